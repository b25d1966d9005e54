"""Pictures and tables in the docs that are drawn from the code they show, so that none goes stale.

A drawing stands between two comments, `<!-- drawing: NAME -->` and `<!-- end of drawing -->`.
Run through `scripts/draw`; with `--check` nothing is written and a stale page ends with 1.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import NODEFAULT, Struct

from actors.graph import CORE, ROUTES
from actors.runtime.routes import Routes
from trader.config.fields import FieldInfo, fields_of
from trader.config.schema import Config
from trader.logic.lifecycle import ENDED, TRANSITIONS, transition
from trader.model import control
from trader.model.orders import OrderStatus
from trader.strategies.params import PARAMS

ROOT: Final = Path(__file__).resolve().parent.parent
PAGES: Final = (
    "README.md",
    "docs/architecture.md",
    "docs/life-of-an-order.md",
    "docs/configuration.md",
)
NAMES_MAX: Final = 3
BLOCK: Final = re.compile(
    r"(<!-- drawing: (?P<name>[a-z-]+) -->\n).*?(<!-- end of drawing -->)", re.DOTALL
)
OPENING: Final = "<!-- drawing:"

CLOCKWORK: Final = frozenset(
    {
        control.RunStarted,
        control.RunEnded,
        control.StartTimer,
        control.TimerFired,
        control.SessionClosed,
        control.SessionOpened,
    }
)
"""Start, end, timers and sessions: a first look at the graph is clearer without them."""

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "see": ("feed", "portfolio"),
    "decide": ("strategy",),
    "trade": ("order_manager", "risk"),
    "guard": ("reconciler", "kill_switch", "scheduler"),
}
OUTSIDE: Final[Mapping[str, str]] = {
    "world": "world: data, venue, operator, clock",
    "runtime": "runtime",
    "gateway": "gateway",
    "timers": "timers",
}
RISES: Final = {"edge": "--->", "plain": "-->"}


def graph(routes: Routes, *, without: frozenset[type] = frozenset()) -> str:
    """The topology as a Mermaid flowchart: one arrow a pair of roles, named by what goes there."""
    edges: dict[tuple[str, str], list[str]] = {}
    for (source, kind), receivers in routes.items():
        for receiver in receivers if kind not in without else ():
            edges.setdefault((source, receiver), []).append(kind.__name__)
    ends = {end for edge in edges for end in edge}
    lines = ["flowchart TD"]
    lines += [f'    {name}(["{label}"])' for name, label in OUTSIDE.items() if name in ends]
    for group, roles in GROUPS.items():
        lines.append(f'    subgraph {group}s [" "]')
        lines += [f'        {role}["{_numbered(role)}"]' for role in roles if role in ends]
        lines.append("    end")
    lines += [
        f'    {source} -->|"{_named(kinds)}"| {target}' for (source, target), kinds in edges.items()
    ]
    return _fenced(lines)


def states() -> str:
    """The life of an order as a Mermaid state diagram; what leaves a status as it is, is left out."""
    moves: dict[tuple[OrderStatus, OrderStatus], list[str]] = {}
    for status, event, after in _moves():
        if after is not status:
            moves.setdefault((status, after), []).append(event.__name__)
    lines = ["stateDiagram-v2", "    direction TB", f"    [*] --> {OrderStatus.INITIALIZED.name}"]
    lines += [
        f"    {before.name} --> {after.name}: {_named(kinds)}"
        for (before, after), kinds in moves.items()
    ]
    lines += [f"    {status.name} --> [*]" for status in OrderStatus if status >= ENDED]
    return _fenced(lines)


def transitions() -> str:
    """The whole table of an order's life, one row a status."""
    rows = []
    for status in TRANSITIONS:
        cells: dict[str, list[str]] = {}
        for before, event, after in _moves():
            if before is status:
                cells.setdefault(event.__name__, []).append(after.name)
        told = " · ".join(f"{event} → {' or '.join(after)}" for event, after in cells.items())
        rows.append((status.name, told or "nothing more"))
    return _table(("status", "event → status after it"), rows)


def keys() -> str:
    """Every key of a configuration: what it means, and its value where it is left out."""
    return "\n".join(_section("", Config))


def params() -> str:
    """The parameters of the bundled strategies."""
    lines: list[str] = []
    for name, struct in PARAMS.items():
        about = (struct.__doc__ or "").partition("\n")[0]
        lines += [f"### {name}", "", about, "", _fields("", fields_of(struct))]
    return "\n".join(lines)


def _moves() -> Iterator[tuple[OrderStatus, type, OrderStatus]]:
    """Every (status, event, status after it) that the table allows, for any filled part."""
    for status, row in TRANSITIONS.items():
        for event in row:
            found = (transition(status, event, lots=2, lots_filled=filled) for filled in (0, 1, 2))
            for after in dict.fromkeys(found):
                if after is not None:
                    yield status, event, after


def _numbered(role: str) -> str:
    return f"{CORE.index(role) + 1} {role.replace('_', ' ')}"


def _named(kinds: Sequence[str]) -> str:
    """At most three names; of more, how many there are."""
    rest = len(kinds) - NAMES_MAX
    shown = [*kinds[:NAMES_MAX], *([f"and {rest} more"] if rest > 0 else [])]
    return "<br>".join(shown)


def _fenced(lines: Iterable[str]) -> str:
    return "\n".join(("```mermaid", *lines, "```", ""))


def _section(path: str, struct: type[Struct]) -> Iterator[str]:
    """The keys of a struct and, after them, the sections below it."""
    fields = fields_of(struct)
    own = [field for field in fields if field.inner is None]
    if path:
        about = (struct.__doc__ or "").partition("\n")[0]
        yield f"### {path}\n\n{about}\n"
    if own:
        yield _fields(path, own)
    for field in fields:
        if field.inner is not None:
            mark = "[]" if field.many else ""
            yield from _section(f"{path}.{field.key}{mark}".lstrip("."), field.inner)


def _fields(path: str, fields: Iterable[FieldInfo]) -> str:
    rows = [(f"`{field.key}`", field.description, _default(field)) for field in fields]
    return _table(("key", "meaning", "default"), rows)


def _default(field: FieldInfo) -> str:
    match field.default:
        case value if value is NODEFAULT:
            return "must be given"
        case None | () | {}:
            return "none"
        case bool() as value:
            return str(value).lower()
        case value:
            return str(value)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


DRAWINGS: Final[Mapping[str, Callable[[], str]]] = {
    "graph": lambda: graph(ROUTES),
    "graph-of-trading": lambda: graph(ROUTES, without=CLOCKWORK),
    "states": states,
    "transitions": transitions,
    "keys": keys,
    "params": params,
}


def redrawn(text: str) -> str:
    """The page with every drawing in it made anew; raises ValueError for a broken mark."""

    def draw(match: re.Match[str]) -> str:
        if match["name"] not in DRAWINGS:
            raise ValueError(f"no drawing is called {match['name']!r}: {', '.join(DRAWINGS)}")
        return f"{match[1]}{DRAWINGS[match['name']]()}{match[3]}"

    done, count = BLOCK.subn(draw, text)
    if count != text.count(OPENING):
        raise ValueError("a drawing has no end, or its mark is misspelled")
    return done


def main(arguments: Sequence[str]) -> int:
    """Draws into every page, or with `--check` says which of them are stale."""
    if set(arguments) - {"--check"}:
        sys.stderr.write("usage: scripts/draw [--check]\n")
        return 2
    stale = []
    for page in PAGES:
        path = ROOT / page
        before = path.read_text(encoding="utf-8")
        after = redrawn(before)
        if after == before:
            continue
        stale.append(page)
        if not arguments:
            path.write_text(after, encoding="utf-8")
    word = "stale" if arguments else "drawn"
    for page in stale:
        sys.stderr.write(f"{word}: {page}\n")
    if stale and arguments:
        sys.stderr.write("  hint: run scripts/draw\n")
    return int(bool(stale and arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
