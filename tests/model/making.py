"""Messages made from their own definitions, so that a new one is tested the day it is written."""

from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from msgspec import NODEFAULT, Struct, structs

from trader.model.envelope import Envelope, Message

MESSAGES: tuple[type[Struct], ...] = get_args(Message)

INT64 = st.integers(-(2**63), 2**63 - 1)
TEXT = st.text(max_size=8)


def values(annotation: Any) -> st.SearchStrategy[Any]:
    """Everything that a field of this type can hold."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is UnionType:
        return st.one_of([values(each) for each in inner])
    if origin is tuple and inner[-1] is Ellipsis:
        return st.lists(values(inner[0]), max_size=3).map(tuple)
    if origin is list:
        return st.lists(values(inner[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(values(inner[0]), values(inner[1]), max_size=3)
    if origin is tuple:
        return st.tuples(*(values(each) for each in inner))
    assert isinstance(annotation, type), annotation
    return _plain(annotation)


def _plain(kind: type) -> st.SearchStrategy[Any]:
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if issubclass(kind, Struct):
        return instances(kind)
    known: dict[type, st.SearchStrategy[Any]] = {
        int: INT64,
        str: TEXT,
        bool: st.booleans(),
        Decimal: st.decimals(allow_nan=False, allow_infinity=False),
        float: st.floats(allow_nan=False),
        NoneType: st.none(),
    }
    return known[kind]


@cache
def instances(kind: type[Struct]) -> st.SearchStrategy[Any]:
    """Structs of this kind, any field of them anything."""
    hints = get_type_hints(kind)
    fields = {name: values(hints[name]) for name in kind.__struct_fields__}
    return st.builds(kind, **fields)


@cache
def envelopes(kind: type[Struct]) -> st.SearchStrategy[Envelope]:
    """Envelopes around messages of this kind."""
    whole = {
        name: values(hint) for name, hint in get_type_hints(Envelope).items() if name != "body"
    }
    return st.builds(Envelope, body=instances(kind), **whole)


def optional_at_the_end(kind: type[Struct]) -> list[structs.FieldInfo]:
    """The last fields with a default: those that an older writer may not have known."""
    found: list[structs.FieldInfo] = []
    for field in reversed(structs.fields(kind)):
        if field.default is NODEFAULT and field.default_factory is NODEFAULT:
            break
        found.insert(0, field)
    return found
