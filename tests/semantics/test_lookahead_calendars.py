"""Nobody sees the future of an exchange: every calendar that ships, at each kind of turn it has.

A turn is a session that is unlike the one before: the clocks were changed by then, it is shorter or
longer, days without one lie between, or the market only went on. All bars from the turn's opening
on are altered, or from the middle of its session on; what was seen, decided, sent, filled and
measured before must stay.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Final

import pytest

from sims.seeds import stream
from tests.oracle.market import DAY_NS, Instrument, Sessions, Source, clipped
from tests.oracle.run import OracleRun
from tests.oracle.strategies import Strategy
from tests.semantics.bridge import simulate
from tests.semantics.markets import HOUR_NS, SHAPES, priced, sessions_of, within
from tests.semantics.test_lookahead import CHANGES, EXITS, PLANS, RULES, altered, seen
from trader.calendars.table import known_calendars

Session = tuple[int, int]
SINCE: Final = 12_800 * DAY_NS
"""Turns are looked for from 2005 on."""
BEFORE: Final = 40
AFTER: Final = 14
"""Bars on either side of a turn."""


def kind_of(former: Session, turn: Session) -> str:
    """What is unlike; no more than the first of it."""
    drift = (turn[0] - former[0]) % DAY_NS
    if drift:
        return "clocks on" if drift > DAY_NS // 2 else "clocks back"
    lengths = former[1] - former[0], turn[1] - turn[0]
    if lengths[0] != lengths[1]:
        return "shorter" if lengths[1] < lengths[0] else "longer"
    if turn[0] == former[1]:
        return "no pause"
    return "next day" if turn[0] - former[0] == DAY_NS else "days between"


def turns(sessions: Sessions) -> dict[str, int]:
    """The place of the first session of each kind."""
    found: dict[str, int] = {}
    for place, (former, turn) in enumerate(pairwise(sessions), start=1):
        if former[0] > SINCE:
            found.setdefault(kind_of(former, turn), place)
    return found


CASES: Final = tuple(
    (name, kind, place)
    for name in known_calendars()
    for kind, place in turns(sessions_of(name)).items()
)
IDS: Final = tuple(f"{name} {kind}" for name, kind, _ in CASES)


def labels(sessions: Sessions, interval: int) -> Iterator[int]:
    """Of all bars within these sessions, each once."""
    last = -1
    for opens, closes in sessions:
        first = (closes - 1) // DAY_NS * DAY_NS if interval == DAY_NS else opens
        for label in range(first // interval * interval, closes, interval):
            if label > last:
                yield label
                last = label


def run_at(name: str, kind: str, place: int, interval: int) -> tuple[OracleRun, int]:
    """Each strategy with each set of exits around a turn; and the number of its first bar."""
    sessions = sessions_of(name)
    near = sessions[place - BEFORE : place + AFTER]
    opens, closes = sessions[place]
    inside = (closes - 1) // DAY_NS * DAY_NS if interval == DAY_NS else opens // interval * interval
    all_ = list(labels(near, interval))
    first = next(k for k, label in enumerate(all_) if label >= inside)
    chosen = all_[max(0, first - BEFORE) : first + AFTER]
    bars = priced(stream(11, f"lookahead {name} {kind}"), chosen, interval, SHAPES[2])
    run = OracleRun(
        cash=Fraction(10_000),
        instruments=(Instrument("X.sim", Fraction(1), Fraction(1), calendar=name),),
        sources=(Source("X.sim", bars),),
        strategies=tuple(
            Strategy(f"s{k}", "X.sim", plan, EXITS[k % len(EXITS)]) for k, plan in enumerate(PLANS)
        ),
        rules=RULES,
        calendars={name: within(sessions, bars[0].ts_open, bars[-1].ts_close)},
    )
    return run, min(first, BEFORE)


@pytest.mark.parametrize(("name", "kind", "place"), CASES, ids=IDS)
def test_no_strategy_sees_beyond_a_turn(name: str, kind: str, place: int) -> None:
    """Hours, but for the days between two sessions: there whole days."""
    interval = DAY_NS if kind == "days between" else HOUR_NS
    run, first = run_at(name, kind, place, interval)
    [source], right = run.sources, simulate(run)
    known = clipped(source, run.calendars[name]).bars
    rng = stream(11, "lookahead")
    assert right.fills
    for change, at in (*((change, first) for change in CHANGES), ("random", first + 2)):
        # The inside of a bar that opens at the instant cannot move even what its opening did.
        until = known[at].ts_open - (change != "inside")
        changed = altered(source, source.bars[at].ts_open, change, rng)
        other = replace(run, sources=(changed,))
        assert changed != source
        assert seen(simulate(other), until) == seen(right, until)


@pytest.mark.parametrize("name", ["XNYS", "XASX", "XHKG", "CMES", "24/7"])
def test_what_is_altered_a_bar_earlier_does_matter(name: str) -> None:
    """The test of the test: its close is known where the turn's session opens."""
    kind, place = next((kind, place) for each, kind, place in CASES if each == name)
    run, first = run_at(name, kind, place, HOUR_NS)
    [source] = run.sources
    until = clipped(source, run.calendars[name]).bars[first].ts_open
    before = source.bars[first - 1].ts_open
    changed = altered(source, before, "random", stream(11, "lookahead"))

    other = simulate(replace(run, sources=(changed,)))
    assert seen(other, until) != seen(simulate(run), until)


def test_every_kind_of_turn_is_met() -> None:
    kinds = {kind for _, kind, _ in CASES}

    assert kinds == {
        "clocks on",
        "clocks back",
        "shorter",
        "longer",
        "no pause",
        "next day",
        "days between",
    }
    assert {name for name, _, _ in CASES} == set(known_calendars())
