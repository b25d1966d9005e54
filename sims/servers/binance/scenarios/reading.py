"""Reading a scenario from a file (YAML, or JSON), and its parts from an administrator."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from sims.servers.binance.scenarios.deeds import AnyDeed
from sims.servers.binance.scenarios.rules import AnyRule
from trader.config.tree import ListNode, MapNode, Node, is_null
from trader.config.yaml_text import parse_file
from trader.errors import UsageError


class Script(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scenario as it is written down."""

    seed: int = 1
    rules: Sequence[AnyRule] = ()
    deeds: Sequence[AnyDeed] = ()


def read_script(path: Path) -> Script:
    """Read a file; a `TraderdError` tells what is wrong with it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read the scenario: {error.strerror}", where=str(path)) from error
    try:
        return msgspec.convert(_plain(parse_file(content, str(path))), Script, strict=False)
    except (msgspec.ValidationError, ValueError) as error:
        raise UsageError(f"bad scenario: {error}", where=str(path)) from error


def _plain(node: Node) -> object:
    """Return a tree as texts; what they mean is left to the types they are read into."""
    if isinstance(node, MapNode):
        return {key: _plain(value) for key, value in node.entries.items()}
    if isinstance(node, ListNode):
        return [_plain(item) for item in node.items]
    return None if is_null(node) else node.text
