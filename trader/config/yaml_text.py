"""The one door to YAML: bytes become a tree of texts with their places, or a ConfigError.

PyYAML only finds the structure; what a value means is ours (see `tree`). We read its events
rather than its objects, so that no tag can name a class, and everything that could grow has a
bound: the file, the depth, the nodes that remain when aliases are written out. Duplicate keys,
tags, second documents and texts that are not UTF-8 are refused with their line.
"""

from collections.abc import Iterator
from typing import Final

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    Event,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from trader.config.spelling import escaped, shown
from trader.config.tree import ListNode, MapNode, Node, Origin, Scalar, is_null
from trader.errors import ConfigError

BYTES_MAX: Final = 1_048_576
DEPTH_MAX: Final = 32
NODES_MAX: Final = 100_000
KEY_CHARACTERS_MAX: Final = 100
_CORE_TAG: Final = "tag:yaml.org,2002:"

# The compiled parser is eight times faster; both tell the same events.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_file(content: bytes, source: str) -> MapNode:
    """The tree of a configuration file whose bytes these are; `source` names it in errors."""
    if len(content) > BYTES_MAX:
        raise ConfigError(
            f"the file has more than {BYTES_MAX} bytes", where=source, hint="is it the right file?"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            "the file is not UTF-8", where=f"{source}:{line}", hint="save it as UTF-8"
        ) from None
    node = _parse(text, source, lines=True)
    if node is None or is_null(node):
        raise ConfigError("the file is empty", where=source, hint="`traderd init` writes one")
    if not isinstance(node, MapNode):
        raise ConfigError(
            "expected keys and values at the top", where=str(node.origin), hint="begin with `run:`"
        )
    return node


def parse_value(text: str, source: str) -> Node:
    """The tree of one value given outside a file, such as `5`, `[1, 2]` or `{a: b}`."""
    if len(text) > BYTES_MAX:
        raise ConfigError(f"the value has more than {BYTES_MAX} characters", where=source)
    node = _parse(text, source, lines=False)
    return Scalar("", quoted=False, origin=Origin(source)) if node is None else node


def _parse(text: str, source: str, *, lines: bool) -> Node | None:
    """The only node of the text, None if there is none."""
    if not is_unicode(text):
        raise ConfigError("not UTF-8", where=source)
    composer = _Composer(source, lines=lines)
    try:
        return composer.document(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{source}:{mark.line + 1}" if mark and lines else source
        problem = " ".join((error.problem or error.context or "wrong structure").split())
        raise ConfigError(f"not YAML: {escaped(problem)}", where=where) from None
    except yaml.YAMLError:
        # Its message would repeat the character, which a terminal might obey.
        raise ConfigError("not YAML: a character that must not occur", where=source) from None


def is_unicode(text: str) -> bool:
    """Whether the text can be written: foreign bytes that are no UTF-8 hide in surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class _Composer:
    """Builds nodes from events; `nodes` counts them as if every alias were written out."""

    def __init__(self, source: str, *, lines: bool) -> None:
        self._source = source
        self._lines = lines
        self._anchors: dict[str, tuple[Node, int, int]] = {}
        self._nodes = 0

    def document(self, events: Iterator[Event]) -> Node | None:
        root: Node | None = None
        for event in events:
            if isinstance(event, NodeEvent):
                if root is not None:
                    raise self._error("a second document", event, "keep one in a file")
                root, _ = self._node(event, events, depth=1)
        return root

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> tuple[Node, int]:
        """The node that starts with the event, and how deep it reaches below itself."""
        if depth > DEPTH_MAX:
            raise self._error(f"nested deeper than {DEPTH_MAX}", event)
        if isinstance(event, AliasEvent):
            return self._alias(event, depth)
        before = self._nodes
        self._count(1, event)
        self._refuse_tag(event)
        node: Node
        height = 0
        if isinstance(event, ScalarEvent):
            self._refuse_halves(event)
            node = Scalar(event.value, quoted=bool(event.style), origin=self._origin(event))
        elif isinstance(event, SequenceStartEvent):
            node, height = self._list(event, events, depth)
        else:
            node, height = self._map(event, events, depth)
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            self._anchors[anchor] = (node, self._nodes - before, height)
        return node, height

    def _list(self, start: Event, events: Iterator[Event], depth: int) -> tuple[ListNode, int]:
        items: list[Node] = []
        height = 0
        for event in _until_end(events):
            item, below = self._node(event, events, depth + 1)
            items.append(item)
            height = max(height, below + 1)
        return ListNode(tuple(items), self._origin(start)), height

    def _map(self, start: Event, events: Iterator[Event], depth: int) -> tuple[MapNode, int]:
        entries: dict[str, Node] = {}
        keys: dict[str, Origin] = {}
        height = 0
        for event in _until_end(events):
            key = self._key(event, keys)
            keys[key] = self._origin(event)
            value, below = self._node(next(events), events, depth + 1)
            entries[key] = value
            height = max(height, below + 1)
        return MapNode(entries, keys, self._origin(start)), height

    def _key(self, event: Event, known: dict[str, Origin]) -> str:
        if not isinstance(event, ScalarEvent):
            raise self._error("a key must be a plain text", event)
        self._refuse_tag(event)
        self._refuse_halves(event)
        self._count(1, event)
        if len(event.value) > KEY_CHARACTERS_MAX:
            raise self._error(f"a key longer than {KEY_CHARACTERS_MAX} characters", event)
        if event.value in known:
            first = known[event.value]
            hint = f"the first is in line {first.line}" if first.line else "keep one"
            raise self._error(f"the key {shown(event.value)} occurs twice", event, hint)
        return event.value

    def _alias(self, event: AliasEvent, depth: int) -> tuple[Node, int]:
        name = event.anchor or ""
        if name not in self._anchors:
            raise self._error(f"the alias {shown('*' + name)} has no anchor before it", event)
        node, size, height = self._anchors[name]
        self._count(size, event)
        if depth + height > DEPTH_MAX:
            raise self._error(f"nested deeper than {DEPTH_MAX}", event)
        return node, height

    def _count(self, more: int, event: Event) -> None:
        self._nodes += more
        if self._nodes > NODES_MAX:
            raise self._error(f"more than {NODES_MAX} values, aliases written out", event)

    def _refuse_tag(self, event: Event) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise self._error(
                f"the tag {shown(tag.replace(_CORE_TAG, '!!', 1))} is not allowed",
                event,
                "write the value without it",
            )

    def _refuse_halves(self, event: ScalarEvent) -> None:
        # Only the parser written in Python lets an escape name half a character.
        if not is_unicode(event.value):
            raise self._error("an escape names no character", event)

    def _origin(self, event: Event) -> Origin:
        mark = event.start_mark
        if not self._lines or mark is None:
            return Origin(self._source)
        return Origin(self._source, mark.line + 1, mark.column + 1)

    def _error(self, message: str, event: Event, hint: str = "") -> ConfigError:
        return ConfigError(message, where=str(self._origin(event)), hint=hint)


def _until_end(events: Iterator[Event]) -> Iterator[Event]:
    """The events up to the end of the collection that was just entered."""
    for event in events:
        if isinstance(event, CollectionEndEvent):
            return
        yield event
