"""Configurations beside one another: the keys in which two of them differ.

Keys are dotted, and items of a list go by their names, so that a strategy more or another order
of instruments does not make everything after it differ.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias

from trader.config.describe import canonical_json
from trader.config.loaded import Loaded
from trader.config.tree import distinct, join
from trader.model.money import plain

Scalar: TypeAlias = str | int | bool | None

_NAMES: Final = (("name",), ("symbol", "venue"), ("instrument", "kind", "interval"), ("kind",))
"""What items of lists are called by, the first that they have."""


def keys_of(loaded: Loaded) -> dict[str, Scalar]:
    """Every key that has a value, with that value; decimals as text."""
    values = json.loads(canonical_json(loaded), parse_float=lambda text: plain(Decimal(text)))
    return dict(_leaves(values, ""))


def differing(a: Mapping[str, Scalar], b: Mapping[str, Scalar]) -> list[dict[str, Any]]:
    """The keys whose values differ, with both; None where one has none."""
    return [
        {"key": key, "a": a.get(key), "b": b.get(key)}
        for key in sorted({*a, *b})
        if a.get(key) != b.get(key)
    ]


def _leaves(value: Any, at: str) -> Iterator[tuple[str, Scalar]]:  # noqa: ANN401 - of JSON
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(below, join(at, key))
    elif isinstance(value, list):
        for name, below in zip(distinct(map(_name, value)), value, strict=True):
            yield from _leaves(below, join(at, name))
    else:
        yield at, value


def _name(item: Any) -> str | None:  # noqa: ANN401 - of JSON
    if not isinstance(item, dict):
        return None
    for keys in _NAMES:
        if keys[0] in item:
            return ".".join(str(item[key]) for key in keys if key in item)
    return None
