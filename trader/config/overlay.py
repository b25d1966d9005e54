"""Values from outside the file laid over it: defaults < file < environment < `--set`.

`TRADERD_RUN__SEED=9` and `--set run.seed=9` both put 9 at `run.seed`. An element of a list is
named by its name (`strategies.cross.params.fast`, `instruments.BTCUSDT.binance.tick`) or by its
index (`data.0.path`). Values are read as YAML. In the environment, where names are upper case
and poor in characters, letters match whatever their case and `_` stands for any other sign.
A variable counts if it has `__` in its name or names a single key at the top (`TRADERD_STATE_DIR`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from trader.config.spelling import escaped, nearest, shown
from trader.config.tree import ListNode, MapNode, Node, Origin, is_null, labels
from trader.config.yaml_text import is_unicode, parse_value
from trader.errors import ConfigError

PREFIX: Final = "TRADERD_"
PARTS_MAX: Final = 24
_SEPARATOR: Final = "__"
_OTHER_SIGN: Final = re.compile(r"[^a-z0-9]")


class _Assignment(Struct, frozen=True):
    """One value on its way to its key; `loose` if the key was spelled as a variable's name."""

    parts: tuple[str, ...]
    value: Node
    origin: Origin
    loose: bool


def overlay(
    root: MapNode, *, sets: Sequence[str], environ: Mapping[str, str], top: Iterable[str]
) -> MapNode:
    """The tree with the variables in the order of their names, then the sets in theirs.

    `top` are the keys at the top that a variable without `__` may name.
    """
    names = _variables(environ, set(top))
    for assignment in (*(_variable(name, environ[name]) for name in names), *map(_set, sets)):
        root = _into_map(root, assignment.parts, assignment)
    return root


def _variables(environ: Mapping[str, str], top: set[str]) -> list[str]:
    found = []
    for name in environ:
        key = name.removeprefix(PREFIX)
        if key != name and (_SEPARATOR in key or key.lower() in top):
            found.append(name)
    return sorted(found)


def _variable(name: str, text: str) -> _Assignment:
    source = f"environment {escaped(name)}"
    parts = tuple(name.removeprefix(PREFIX).lower().split(_SEPARATOR))
    return _assignment(parts, text, source, loose=True)


def _set(argument: str) -> _Assignment:
    key, equals, text = argument.partition("=")
    if not equals:
        raise ConfigError(
            f"--set {shown(argument)} has no value", where="--set", hint="write --set a.b=value"
        )
    if not text.strip():
        raise ConfigError(
            f"--set {shown(argument)} has an empty value",
            where="--set",
            hint=f"write {shown(key.strip() + '=null')} for no value",
        )
    return _assignment(tuple(key.strip().split(".")), text, "--set", loose=False)


def _assignment(parts: tuple[str, ...], text: str, source: str, *, loose: bool) -> _Assignment:
    dotted = ".".join(parts)
    where = f"{source} ({escaped(dotted[:80])})"
    if not all(parts) or len(parts) > PARTS_MAX or not is_unicode(dotted):
        raise ConfigError(f"{shown(dotted)} is no key", where=source, hint="write it like run.seed")
    try:
        value = parse_value(text, source)
    except ConfigError as error:
        raise ConfigError(error.message, where=where, hint=error.hint) from None
    return _Assignment(parts=parts, value=value, origin=Origin(source), loose=loose)


def _into(node: Node, parts: tuple[str, ...], assignment: _Assignment) -> Node:
    if not parts:
        return assignment.value
    if isinstance(node, MapNode):
        return _into_map(node, parts, assignment)
    if isinstance(node, ListNode):
        return _into_list(node, parts, assignment)
    if is_null(node):
        return _into_map(MapNode({}, {}, assignment.origin), parts, assignment)
    above = ".".join(assignment.parts[: -len(parts)])
    raise _error(assignment, f"{shown(above)} is a single value and has no key {shown(parts[0])}")


def _into_map(node: MapNode, parts: tuple[str, ...], assignment: _Assignment) -> MapNode:
    key = parts[0]
    if assignment.loose and key not in node.entries:
        key = next((each for each in node.entries if _loosely(each) == _loosely(key)), key)
    old = node.entries.get(key, MapNode({}, {}, assignment.origin))
    value = _into(old, parts[1:], assignment)
    keys = {**node.keys, key: node.keys.get(key, assignment.origin)}
    if len(parts) == 1:
        keys[key] = assignment.origin
    return MapNode({**node.entries, key: value}, keys, node.origin)


def _into_list(node: ListNode, parts: tuple[str, ...], assignment: _Assignment) -> ListNode:
    names = labels(node)
    index, used = _find(names, parts, loose=assignment.loose)
    if not used:
        above = ".".join(assignment.parts[: -len(parts)])
        words = names[0].count(".") + 1 if names else 1
        wanted = ".".join(parts[:words])
        raise _error(
            assignment, f"{shown(above)} has no element {shown(wanted)}", nearest(wanted, names)
        )
    items = list(node.items)
    items[index] = _into(items[index], parts[used:], assignment)
    return ListNode(tuple(items), node.origin)


def _find(names: Sequence[str], parts: tuple[str, ...], *, loose: bool) -> tuple[int, int]:
    """The index meant by the first parts and how many of them say so; 0 of them if none does."""
    found = (0, 0)
    for index, name in enumerate(names):
        words = tuple(name.split("."))
        used = len(words) if parts[: len(words)] == words else 0
        if loose and not used and _loosely(parts[0]) == _loosely(name):
            used = 1
        if used > found[1]:
            found = (index, used)
    if not found[1] and re.fullmatch(r"[0-9]{1,6}", parts[0]) and int(parts[0]) < len(names):
        return int(parts[0]), 1
    return found


def _loosely(name: str) -> str:
    return _OTHER_SIGN.sub("_", name.lower())


def _error(assignment: _Assignment, message: str, hint: str = "") -> ConfigError:
    where = f"{assignment.origin} ({escaped('.'.join(assignment.parts)[:80])})"
    return ConfigError(message, where=where, hint=hint)
