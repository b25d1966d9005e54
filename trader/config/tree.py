"""A configuration before anybody gave it types: scalars, lists and sections with their places.

A scalar keeps the text as it was written, so that a decimal never passes through a float and an
error can show what stood there. What a plain scalar means follows the core schema of YAML 1.2:
`true`, `false`, `null`, integers and decimal numbers, all else is text. `yes`, `on`, `1:30`,
`010` and `2024-01-02` are text. Nodes are never altered: an overlay makes new ones.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from msgspec import Struct

NUMBER_CHARACTERS_MAX: Final = 60
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL: Final = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_DECIMAL_INT: Final = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_OTHER_INT: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(
    r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*([eE][-+]?[0-9]{1,3})?|[eE][-+]?[0-9]{1,3}))"
)

Plain: TypeAlias = "bool | int | Decimal | str | list[Plain] | dict[str, Plain] | None"


class Origin(Struct, frozen=True):
    """Where something was said: a file with its line and column, or a source without lines."""

    source: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.source}:{self.line}" if self.line else self.source


class Scalar(Struct, frozen=True):
    """One value as written; `quoted` if its text is text whatever it looks like."""

    text: str
    quoted: bool
    origin: Origin


class ListNode(Struct, frozen=True):
    """Nodes in their order."""

    items: tuple["Node", ...]
    origin: Origin


class MapNode(Struct, frozen=True):
    """Nodes by key, in the order of the text, and the place of each key."""

    entries: Mapping[str, "Node"]
    keys: Mapping[str, Origin]
    origin: Origin


Node: TypeAlias = Scalar | ListNode | MapNode


def resolve(scalar: Scalar) -> bool | int | Decimal | str | None:
    """What the scalar means by itself. A number longer than 60 characters is text.

    >>> [resolve(Scalar(text, False, Origin("x"))) for text in ("7", "0.10", "yes", "1:30", "~")]
    [7, Decimal('0.10'), 'yes', '1:30', None]
    """
    text = scalar.text
    if scalar.quoted or len(text) > NUMBER_CHARACTERS_MAX:
        return text
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _DECIMAL_INT.fullmatch(text):
        return int(text)
    if _OTHER_INT.fullmatch(text):
        return int(text, 0)
    return Decimal(text) if _FLOAT.fullmatch(text) else text


def is_null(node: Node) -> bool:
    """Whether nothing was said."""
    return isinstance(node, Scalar) and not node.quoted and node.text in _NULL


def labels(node: ListNode) -> list[str]:
    """How each item is addressed: by its name if it has one of its own, else by its index."""
    return distinct(_name(item) for item in node.items)


def distinct(names: Iterable[str | None]) -> list[str]:
    """The names, with the index in place of one that is missing or was there before.

    >>> distinct(["a", None, "a"])
    ['a', '1', '2']
    """
    known: set[str] = set()
    found = []
    for index, name in enumerate(names):
        found.append(str(index) if name is None or name in known else name)
        known.add(found[-1])
    return found


def join(at: str, key: str) -> str:
    """The dotted key of `key` inside `at`."""
    return f"{at}.{key}" if at else key


def _name(item: Node) -> str | None:
    """`name` of a strategy, `symbol.venue` of an instrument."""
    if not isinstance(item, MapNode):
        return None
    for keys in (("name",), ("symbol", "venue")):
        values = [item.entries.get(key) for key in keys]
        parts = [value.text for value in values if isinstance(value, Scalar) and value.text]
        if len(parts) == len(keys):
            return ".".join(parts)
    return None
