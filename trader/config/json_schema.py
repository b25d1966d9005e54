"""The JSON Schema of a configuration, for editors that complete and check while one types.

msgspec writes it from the structs; what only our reader knows is added: decimals and instants
may be numbers or texts, decimals have bounds, and `type` decides which `params` fit.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct

from trader.config.fields import FieldInfo, fields_of
from trader.config.schema import Config, StrategyConfig
from trader.strategies.params import PARAMS

_BOUNDS: Final = {"above": "exclusiveMinimum", "least": "minimum", "most": "maximum"}
_REF: Final = "#/$defs/{name}"


def json_schema() -> dict[str, Any]:
    """The schema as a document of plain values."""
    roots: list[type[Struct]] = [Config, *PARAMS.values()]
    _, definitions = msgspec.json.schema_components(roots, ref_template=_REF)
    for struct in _reachable(roots):
        properties = definitions[struct.__name__]["properties"]
        for field in fields_of(struct):
            properties[field.key] = _completed(properties[field.key], field)
    strategy = definitions[StrategyConfig.__name__]
    strategy["properties"]["type"]["enum"] = [*PARAMS, None]
    strategy["allOf"] = [_params_of(name, struct) for name, struct in PARAMS.items()]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": _REF.format(name=Config.__name__),
        "$defs": definitions,
    }
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(schema))
    return plain


def _reachable(structs: list[type[Struct]]) -> Iterator[type[Struct]]:
    for struct in structs:
        yield struct
        inner = [field.inner for field in fields_of(struct) if field.inner is not None]
        yield from _reachable(inner)


def _completed(schema: dict[str, Any], field: FieldInfo) -> dict[str, Any]:
    """The schema of one key with what its description says beyond the type."""
    if field.decimal:
        bounds = {
            word: float(field.extra[ours]) for ours, word in _BOUNDS.items() if ours in field.extra
        }
        return _widened(schema, ["string", "number"], "string") | bounds
    if field.extra.get("kind") == "instant":
        return _widened(schema, ["integer", "string"], "integer")
    return schema


def _widened(schema: dict[str, Any], kinds: list[str], narrow: str) -> dict[str, Any]:
    rest = {key: value for key, value in schema.items() if key not in {"type", "anyOf", "format"}}
    is_optional = {"type": "null"} in schema.get("anyOf", [])
    assert is_optional or schema.get("type") == narrow, schema
    return {"type": [*kinds, "null"] if is_optional else kinds, **rest}


def _params_of(name: str, struct: type[Struct]) -> dict[str, Any]:
    return {
        "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
        "then": {"properties": {"params": {"$ref": _REF.format(name=struct.__name__)}}},
    }
