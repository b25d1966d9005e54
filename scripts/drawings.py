"""Pictures and tables in the docs, drawn from the code they show, so that none goes stale.

A drawing stands between two comments, `<!-- drawing: NAME -->` and `<!-- end of drawing -->`.
Called by `scripts/draw`; with `--check` nothing is written and a stale page ends with 1.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import NODEFAULT, Struct, structs

from actors.graph import CORE, ROUTES
from actors.runtime.routes import Routes
from trader.config.fields import FieldInfo, fields_of
from trader.config.schema import Config
from trader.logic.lifecycle import TRANSITIONS, transition
from trader.model import control
from trader.model.orders import OrderStatus
from trader.strategies.params import PARAMS

OF_THE_MACHINE: Final = ("seconds", "the baselines took longest")
"""How lines of a page begin that depend on how fast the machine is."""
ROOT: Final = Path(__file__).resolve().parent.parent
PAGES: Final = (
    "README.md",
    "docs/architecture.md",
    "docs/configuration.md",
    "docs/life-of-an-order.md",
)
OPENING: Final = "<!-- drawing:"
BLOCK: Final = re.compile(
    r"(<!-- drawing: (?P<name>[a-z-]+) -->\n).*?(<!-- end of drawing -->)", re.DOTALL
)

NAMES_MAX: Final = 3
COLUMNS: Final = 100
OUTSIDE: Final[Mapping[str, str]] = {
    "world": "world: data, venue, operator, clock",
    "runtime": "runtime",
    "gateway": "gateway",
    "timers": "timers",
    "quarantine": "quarantine",
}
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "see": ("feed", "portfolio"),
    "decide": ("strategy",),
    "trade": ("order_manager", "risk"),
    "guard": ("reconciler", "kill_switch", "scheduler"),
}
CLOCKWORK: Final = frozenset(
    {
        control.RunStarted,
        control.RunEnded,
        control.StartTimer,
        control.TimerFired,
        control.SessionOpened,
        control.SessionClosed,
    }
)
"""Start, end, timers and sessions: a first look at the graph is clearer without them."""

S: Final = OrderStatus
WORKING: Final = (S.ACCEPTED, S.PARTIALLY_FILLED)
SENT: Final = (S.APPROVED, S.SUBMITTED, S.IN_DOUBT, *WORKING, S.PENDING_CANCEL, S.PENDING_REPLACE)
ANSWERED: Final = (S.FILLED, S.CANCELED, S.EXPIRED, S.REJECTED)


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
        lines.append(f'    subgraph to_{group} ["{group}"]')
        lines += [f'        {role}["{_numbered(role)}"]' for role in roles if role in ends]
        lines.append("    end")
    lines += [f'    {a} -->|"{_named(kinds)}"| {b}' for (a, b), kinds in edges.items()]
    return _fenced(lines)


def states() -> str:
    """The life of an order as a Mermaid state diagram, coarse enough to be seen at once.

    An arrow at a box stands for some of the statuses in it; what moves nothing is left out.
    """
    arrows: dict[tuple[str, str], list[str]] = {}
    for before, event, after in moves():
        if before is not after:
            names = arrows.setdefault(_ends(before, after), [])
            names += [event.__name__] * (event.__name__ not in names)
    del arrows["sent", "ended"]
    return _fenced(
        [
            "stateDiagram-v2",
            f"    [*] --> {S.INITIALIZED.name}",
            *(f"    {a} --> {b}: {_named(names)}" for (a, b), names in arrows.items()),
            "    sent --> ended",
            '    state "may be at the venue" as sent {',
            "        state working {",
            *(f"            {status.name}" for status in WORKING),
            "        }",
            *(f"        {status.name}" for status in SENT if status not in WORKING),
            "    }",
            "    state ended {",
            *(f"        {status.name}" for status in ANSWERED),
            "    }",
        ]
    )


def transitions() -> str:
    """The whole table of an order's life, one row a status."""
    cells: dict[str, dict[str, list[str]]] = {status.name: {} for status in TRANSITIONS}
    for before, event, after in moves():
        cells[before.name].setdefault(event.__name__, []).append(after.name)
    rows = [
        (name, " · ".join(f"{event} → {' or '.join(to)}" for event, to in row.items()) or "nothing")
        for name, row in cells.items()
    ]
    return _table(("status", "event → status after it"), rows)


def keys() -> str:
    """Every key of a configuration: what it means, and its value where it is left out."""
    return "\n".join(_section("", Config))


def params() -> str:
    """The parameters of the bundled strategies."""
    parts = []
    for name, struct in PARAMS.items():
        parts.append(f"### `type: {name}`\n\n{_about(struct)}\n\n{_fields(struct)}")
        parts += [
            f"`{field.key}`: {_about(field.inner)}\n\n{_fields(field.inner)}"
            for field in fields_of(struct)
            if field.inner is not None
        ]
    return "\n".join(parts)


def demonstration() -> str:
    """The page with which `traderd --sim` ends, without what differs between machines."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("TRADERD_")}
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run(
            [sys.executable, "-m", "trader", "--sim", "--out", f"{folder}/demo-1"],
            cwd=ROOT,
            env={**own, "COLUMNS": str(COLUMNS), "NO_COLOR": "1", "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
    page = told.stdout.partition("\nfolder")[0].strip().splitlines()
    lines = (line.rstrip() for line in page if not line.lstrip().startswith(OF_THE_MACHINE))
    return "\n".join(("```text", *lines, "```", ""))


def moves() -> Iterator[tuple[OrderStatus, type, OrderStatus]]:
    """Every (status, event, status after it) that the table allows, whatever part is filled."""
    for status, row in TRANSITIONS.items():
        for event in row:
            found = (transition(status, event, lots=2, lots_filled=filled) for filled in (0, 1, 2))
            for after in dict.fromkeys(found):
                assert after is not None, (status, event)
                yield status, event, after


def _ends(before: OrderStatus, after: OrderStatus) -> tuple[str, str]:
    """From where to where a move is drawn: between the outermost boxes that part the two."""
    if before in WORKING and after in WORKING:
        return before.name, after.name
    if before in SENT and after in ANSWERED:
        return "sent", "ended"
    drawn = ["working" if each in WORKING else each.name for each in (before, after)]
    return drawn[0], drawn[1]


def _numbered(role: str) -> str:
    return f"{CORE.index(role) + 1} {role.replace('_', ' ')}"


def _named(kinds: Sequence[str]) -> str:
    """At most three names and how many more there are; a single one more is named too."""
    rest = len(kinds) - NAMES_MAX
    shown = kinds if rest <= 1 else [*kinds[:NAMES_MAX], f"and {rest} more"]
    return "<br>".join(shown)


def _fenced(lines: Iterable[str]) -> str:
    return "\n".join(("```mermaid", *lines, "```", ""))


def _section(path: str, struct: type[Struct]) -> Iterator[str]:
    """The keys of a struct and, after them, the sections below it."""
    fields = fields_of(struct)
    if path:
        yield f"### `{path}`\n\n{_about(struct)}\n"
    yield _fields(struct)
    for field in fields:
        if field.inner is not None:
            below = f"{path}.{field.key}" if path else field.key
            yield from _section(below + "[]" * field.many, field.inner)


def _fields(struct: type[Struct]) -> str:
    needed = {field.encode_name for field in structs.fields(struct) if field.required}
    rows = [
        (
            f"`{field.key}`",
            field.description,
            "must be given" if field.key in needed else _default(field),
        )
        for field in fields_of(struct)
    ]
    return _table(("key", "meaning", "default"), rows)


def _about(struct: type[Struct]) -> str:
    return (struct.__doc__ or "").partition("\n")[0]


def _default(field: FieldInfo) -> str:
    match field.default:
        case None | ():
            return "none"
        case value if value is NODEFAULT:  # made anew for each: an empty list or mapping
            return "none"
        case Struct():
            return "see below"
        case bool() as value:
            return f"`{str(value).lower()}`"
        case value:
            return f"`{value}`"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


DRAWINGS: Final[Mapping[str, Callable[[], str]]] = {
    "demonstration": demonstration,
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
    if [*arguments] not in ([], ["--check"]):
        sys.stderr.write("usage: scripts/draw [--check]\n")
        return 2
    pages = {ROOT / page: (ROOT / page).read_text(encoding="utf-8") for page in PAGES}
    stale = {path: new for path, text in pages.items() if (new := redrawn(text)) != text}
    for path, text in stale.items():
        sys.stderr.write(f"{'stale' if arguments else 'drawn'}: {path.relative_to(ROOT)}\n")
        if not arguments:
            path.write_text(text, encoding="utf-8")
    return int(bool(stale and arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
