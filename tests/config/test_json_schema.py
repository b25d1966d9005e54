"""The JSON Schema covers every key, says what each means and is as wide as the reader."""

from typing import Any

import pytest

from trader.config.fields import fields_of
from trader.config.json_schema import json_schema
from trader.config.schema import Config
from trader.strategies.params import PARAMS


@pytest.fixture(scope="module")
def definitions() -> dict[str, Any]:
    """The structs of the schema by name."""
    found: dict[str, Any] = json_schema()["$defs"]
    return found


def test_every_key_is_described(definitions: dict[str, Any]) -> None:
    undescribed = [
        f"{name}.{key}"
        for name, struct in definitions.items()
        for key, value in struct["properties"].items()
        if not value.get("description")
    ]

    assert undescribed == []
    assert set(definitions["Config"]["properties"]) == {each.key for each in fields_of(Config)}


def test_unknown_keys_are_refused_by_it(definitions: dict[str, Any]) -> None:
    assert all(struct["additionalProperties"] is False for struct in definitions.values())


@pytest.mark.parametrize(
    ("struct", "key", "expected"),
    [
        ("Account", "cash", {"type": ["string", "number"], "exclusiveMinimum": 0.0}),
        ("VenueConfig", "participation", {"type": ["string", "number", "null"], "maximum": 1.0}),
        ("Run", "from", {"type": ["integer", "string", "null"], "default": None}),
        ("Run", "seed", {"type": "integer", "minimum": 0, "default": 1}),
        ("Run", "gear", {"enum": ["auto", "fused", "step"]}),
        ("StrategyConfig", "type", {"enum": [*PARAMS, None]}),
        ("EmaCrossParams", "direction", {"enum": ["both", "long"]}),
    ],
)
def test_a_key_is_as_wide_as_the_reader(
    definitions: dict[str, Any], struct: str, key: str, expected: dict[str, Any]
) -> None:
    assert expected.items() <= definitions[struct]["properties"][key].items()


def test_the_type_decides_the_parameters(definitions: dict[str, Any]) -> None:
    pairs = {
        rule["if"]["properties"]["type"]["const"]: rule["then"]["properties"]["params"]["$ref"]
        for rule in definitions["StrategyConfig"]["allOf"]
    }

    assert pairs == {name: f"#/$defs/{struct.__name__}" for name, struct in PARAMS.items()}
