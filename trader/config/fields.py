"""The schema as a table: what each key of a struct is called, holds and means."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from msgspec import Struct, inspect


class FieldInfo(Struct, frozen=True, kw_only=True):
    """One key: `inner` is the struct it holds (`many` of them if it is a list), if it holds one."""

    key: str
    attribute: str
    description: str
    extra: Mapping[str, Any]
    default: Any
    inner: type[Struct] | None
    many: bool
    decimal: bool


@cache
def fields_of(struct: type[Struct]) -> tuple[FieldInfo, ...]:
    """The keys of the struct in their order."""
    kind = inspect.type_info(struct)
    assert isinstance(kind, inspect.StructType), kind
    return tuple(_info(field) for field in kind.fields)


def _info(field: inspect.Field) -> FieldInfo:
    extra: dict[str, Any] = {}
    described: dict[str, Any] = {}
    many = False
    kind = field.type
    while True:
        if isinstance(kind, inspect.Metadata):
            extra |= kind.extra or {}
            described |= kind.extra_json_schema or {}
            kind = kind.type
        elif isinstance(kind, inspect.UnionType):
            [kind] = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
        elif isinstance(kind, inspect.VarTupleType):
            many = True
            kind = kind.item_type
        else:
            break
    return FieldInfo(
        key=field.encode_name,
        attribute=field.name,
        description=described["description"],
        extra=extra,
        default=field.default,
        inner=kind.cls if isinstance(kind, inspect.StructType) else None,
        many=many,
        decimal=isinstance(kind, inspect.DecimalType),
    )
