"""A tree of texts becomes the structs of `schema`; every misfit is an error with its place.

The structs' own types steer: their fields, bounds and patterns are looked up in the description
that msgspec gives of them. The reader remembers, for each dotted key, where its value came from
and how each path was written.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from msgspec import NODEFAULT, Struct, inspect

from trader.config.notation import DIGITS_MAX, Unfit
from trader.config.scalars import read_scalar, seen
from trader.config.spelling import escaped, nearest, shown
from trader.config.tree import (
    ListNode,
    MapNode,
    Node,
    Origin,
    Plain,
    Scalar,
    is_null,
    join,
    labels,
    resolve,
)
from trader.errors import ConfigError
from trader.model.money import plain
from trader.model.units import INT64_MAX

DEFAULT: Final = "default"
"""The origin of what nobody gave."""
EXPONENT_MAX: Final = 30
S = TypeVar("S", bound=Struct)


class Reader:
    """Reads structs out of a tree; relative paths count from `base`."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.origins: dict[str, str] = {}
        self.written: dict[str, str] = {}

    def read(self, node: Node, struct: type[S], at: str = "") -> S:
        """The struct that the node describes; `at` is the node's dotted key."""
        return cast("S", self._value(node, inspect.type_info(struct), at, {}))

    def _value(self, node: Node, kind: inspect.Type, at: str, extra: Mapping[str, Any]) -> object:
        if isinstance(kind, inspect.Metadata):
            return self._value(node, kind.type, at, {**extra, **(kind.extra or {})})
        if at:
            self.origins[at] = str(node.origin)
        if isinstance(kind, inspect.UnionType):
            [inner] = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
            return None if is_null(node) else self._value(node, inner, at, extra)
        if isinstance(kind, inspect.StructType):
            return self._struct(_expect_map(node, at), kind, at)
        if isinstance(kind, inspect.DictType):
            return self._plain(_expect_map(node, at), at)
        if isinstance(kind, inspect.VarTupleType):
            return self._list(node, kind, at)
        return self._single(node, kind, at, extra)

    def _single(self, node: Node, kind: inspect.Type, at: str, extra: Mapping[str, Any]) -> object:
        if not isinstance(node, Scalar):
            raise _misfit("a single value", node, at)
        with _placed(node.origin, at):
            value = read_scalar(node, kind, at, extra)
            return self._path(value, at) if extra.get("kind") == "path" else value

    def _struct(self, node: MapNode, kind: inspect.StructType, at: str) -> object:
        fields = {field.encode_name: field for field in kind.fields}
        for key, origin in node.keys.items():
            if key not in fields:
                raise _unknown(key, fields, place(origin, join(at, key)))
        values: dict[str, object] = {}
        for name, field in fields.items():
            key = join(at, name)
            if name in node.entries:
                values[field.name] = self._value(node.entries[name], field.type, key, {})
            elif field.required:
                raise _missing(key, node)
            else:
                self._defaults(field, key)
        return kind.cls(**values)

    def _defaults(self, field: inspect.Field, at: str) -> None:
        """Notes that nobody gave this key, nor those below it."""
        kind = field.type.type if isinstance(field.type, inspect.Metadata) else field.type
        if isinstance(kind, inspect.StructType) and field.default is not NODEFAULT:
            for below in kind.fields:
                self._defaults(below, join(at, below.encode_name))
        else:
            self.origins[at] = DEFAULT

    def _list(self, node: Node, kind: inspect.VarTupleType, at: str) -> object:
        if not isinstance(node, ListNode):
            raise _misfit("a list", node, at)
        if len(node.items) < (kind.min_length or 0):
            raise ConfigError(f"{shown(at)} is empty", where=place(node.origin, at))
        pairs = zip(labels(node), node.items, strict=True)
        return tuple(self._value(item, kind.item_type, join(at, name), {}) for name, item in pairs)

    def _plain(self, node: Node, at: str) -> Plain:
        """Values that have no declared type: parameters of a strategy."""
        self.origins[at] = str(node.origin)
        if isinstance(node, MapNode):
            return {key: self._plain(value, join(at, key)) for key, value in node.entries.items()}
        if isinstance(node, ListNode):
            pairs = zip(labels(node), node.items, strict=True)
            return [self._plain(item, join(at, name)) for name, item in pairs]
        value = resolve(node)
        with _placed(node.origin, at):
            if isinstance(value, int) and abs(value) > INT64_MAX:
                raise Unfit(f"{seen(node, at)} does not fit into int64")
            if isinstance(value, Decimal):
                return _number(value, seen(node, at))
        return value

    def _path(self, text: object, at: str) -> str:
        assert isinstance(text, str), text
        if not text.isprintable():
            raise Unfit(f"{shown(text)} is no path")
        self.written[at] = text
        return str(self.base / text)


def _number(value: Decimal, seen_as: str) -> Decimal:
    if value and abs(value.adjusted()) > EXPONENT_MAX:
        raise Unfit(f"{seen_as} is too far from 1")
    if len(value.as_tuple().digits) > DIGITS_MAX:
        raise Unfit(f"{seen_as} has more than {DIGITS_MAX} digits")
    return Decimal(plain(value))


def place(origin: Origin | str, at: str) -> str:
    """Where an error is: the source and, in brackets, the key."""
    return f"{escaped(str(origin))} ({escaped(at)})" if at else escaped(str(origin))


@contextmanager
def _placed(origin: Origin, at: str) -> Iterator[None]:
    try:
        yield
    except Unfit as error:
        raise ConfigError(error.message, where=place(origin, at), hint=error.hint) from None


def _unknown(key: str, fields: Mapping[str, inspect.Field], where: str) -> ConfigError:
    return ConfigError(f"unknown key {shown(key)}", where=where, hint=nearest(key, fields))


def _missing(key: str, node: MapNode) -> ConfigError:
    name = key.rpartition(".")[2]
    return ConfigError(
        f"missing key {shown(name)}", where=place(node.origin, key), hint=f"add `{name}: ...`"
    )


def _expect_map(node: Node, at: str) -> MapNode:
    if not isinstance(node, MapNode):
        raise _misfit("keys with values", node, at)
    return node


def _misfit(expected: str, node: Node, at: str) -> ConfigError:
    hint = ""
    if is_null(node):
        hint = "write [] or leave the key out" if expected == "a list" else "leave the key out"
    message = f"expected {expected}, got {seen(node, at)}"
    return ConfigError(message, where=place(node.origin, at), hint=hint)
