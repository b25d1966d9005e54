"""The same run, however it is read, watched, or interrupted.

How rows are cut into batches and whether somebody looks on is nobody's business; the order of the
sources decides ties and nothing else; and a snapshot with the tail of the history leads to the
same outputs and the same state as never having stopped.
"""

from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.assembly import Snapshot
from sims.history import windows
from sims.seeds import stream
from sims.simulation import Simulation
from sims.venue import Venue
from tests.oracle.market import Bar, Source
from tests.oracle.run import OracleRun
from tests.oracle.strategies import BollingerReversion, BuyAndHold, EmaCross, Lots, Strategy
from tests.semantics.bridge import memory_sources, simulation_of
from tests.semantics.cases import KINDS, generated, runs
from tests.semantics.configured import config_of
from tests.semantics.markets import HOUR_NS, SHAPES, START, market
from tests.semantics.reading import observed
from trader.logic.tables import Tables

NAMED: Final[Mapping[str, str]] = {
    "order": "orders",
    "parent": "orders",
    "trade": "trades",
    "strategy": "strategies",
    "instrument": "instruments",
    "reason": "reasons",
    "code": "codes",
    "by": "codes",
}
"""The dictionary that each column of names points into."""

Told = dict[str, list[tuple[int | str, ...]]]


def told(tables: Tables) -> Told:
    """Every row of every table with the names themselves in place of their indices."""
    words = {kind: list(names) for kind, names in tables.names.items()}
    found: Told = {}
    for name, table in tables.tables.items():
        kinds = [NAMED.get(column) for column in table.columns]
        found[name] = [
            tuple(
                words[kind][value] if kind and value >= 0 else value
                for kind, value in zip(kinds, table.row(index).values(), strict=True)
            )
            for index in range(len(table))
        ]
    return found


def played(run: OracleRun, rows_max: int = 2**31) -> Simulation:
    whole = simulation_of(config_of(run), memory_sources(run, rows_max=rows_max))
    whole.run()
    return whole


def receipt(whole: Simulation) -> tuple[str, str]:
    return whole.core.tables.digest(), whole.core.state_hash()


@settings(max_examples=60)
@given(run=runs(), rows_max=st.integers(1, 30))
def test_batches_do_not_matter(run: OracleRun, rows_max: int) -> None:
    """Neither for the events of the history nor for the run that is made of them."""
    events = [
        [
            (code, bar)
            for window in windows(memory_sources(run), rows)
            for code, bar in _pairs(window)
        ]
        for rows in (rows_max, 10_000)
    ]

    assert events[0] == events[1]
    assert receipt(played(run, rows_max)) == receipt(played(run))


def _pairs(window: object) -> list[tuple[int, object]]:
    return list(zip(window.codes, window.rows, strict=True))  # type: ignore[attr-defined]


@settings(max_examples=40)
@given(run=runs())
def test_an_observer_does_not_matter(run: OracleRun) -> None:
    """With one, bars take the long way through the graph."""
    watched = simulation_of(config_of(run), memory_sources(run))
    seen: Counter[str] = Counter()
    watched.core.reactor.observer = lambda envelope: seen.update([envelope.source])
    watched.run()

    assert receipt(watched) == receipt(played(run))
    assert seen["world"] >= len(run.sources[0].bars)


def test_sources_decide_ties_and_nothing_else() -> None:
    """Two markets whose bars close together: rows are numbered in the order of the sources.

    Strategies that size in lots do the same whatever that order is, at the same instants.
    """
    rng = stream(3, "order")
    run = generated(rng, (30,), ["ema_cross"])
    bars = [market(rng, HOUR_NS, START, 40, SHAPES[0]) for _ in range(2)]
    names = ("X.sim", "Y.sim")
    sources = tuple(Source(name, each) for name, each in zip(names, bars, strict=True))
    run = replace(
        run,
        instruments=tuple(replace(run.instruments[0], name=name) for name in names),
        sources=sources,
        strategies=(
            Strategy("x", "X.sim", EmaCross(1, 3, Lots(5), "both")),
            Strategy("y", "Y.sim", BollingerReversion(Lots(3), 3, 0.5, 0.0, "both")),
        ),
        cash=Fraction(10_000),
        decide_from=None,
    )
    there = observed(played(run))
    back = observed(played(replace(run, sources=sources[::-1])))

    assert there.fills
    assert there.positions == back.positions
    assert Counter(replace(f, seq=0, order=0) for f in there.fills) == Counter(
        replace(f, seq=0, order=0) for f in back.fills
    )
    # The row of X is odd where X comes first, even where it comes second.
    assert {d.seq % 2 for d in there.decisions if d.instrument == "X.sim"} == {1}
    assert {d.seq % 2 for d in back.decisions if d.instrument == "X.sim"} == {0}


@dataclass(frozen=True)
class Stop:
    """A simulation between two steps: all that a new process would need to go on."""

    core: Snapshot
    venue: Venue
    now: int
    rows: int
    table_rows: dict[str, int]
    state_hash: str


def stopped(whole: Simulation) -> Stop:
    """A copy that shares nothing with the simulation; the core's part goes through bytes."""
    packed = msgspec.msgpack.encode(whole.core.snapshot())
    return Stop(
        core=msgspec.msgpack.decode(packed, type=Snapshot),
        venue=deepcopy(whole.venue),
        now=whole.now,
        rows=whole.rows,
        table_rows={name: len(table) for name, table in whole.core.tables.tables.items()},
        state_hash=whole.core.state_hash(),
    )


def resumed(run: OracleRun, stop: Stop, skip: int) -> Simulation:
    """A new simulation that goes on where the other one stopped."""
    whole = simulation_of(
        config_of(run), memory_sources(run, skip=skip), lambda *_, **__: stop.venue
    )
    whole.core.restore(stop.core)
    whole.now, whole.rows = stop.now, stop.rows
    assert whole.core.state_hash() == stop.state_hash
    whole.run()
    return whole


@pytest.mark.parametrize("seed", range(25))
def test_a_snapshot_and_the_tail_are_the_whole(seed: int) -> None:
    """All markets rest for a while after `skip` rows, and there the run is stopped and copied."""
    rng = stream(seed, "snapshot")
    skip = rng.randint(1, 40)
    run = generated(rng, (41, 41, 41), [rng.choice(KINDS) for _ in range(5)])
    run = replace(run, sources=tuple(_resting(s, skip, rng.randint(2, 70)) for s in run.sources))
    stops: list[Stop] = []

    def look(whole: Simulation) -> None:
        if whole.rows == skip * len(run.sources):
            stops.append(stopped(whole))

    whole = simulation_of(config_of(run), memory_sources(run, rows_max=skip + 1))
    whole.run(look)
    stop = stops[0]
    tail = resumed(run, stop, skip)

    assert tail.core.state_hash() == whole.core.state_hash() != stop.state_hash
    assert told(tail.core.tables) == {
        name: lines[stop.table_rows[name] :] for name, lines in told(whole.core.tables).items()
    }
    assert [book.orders for book in tail.venue.books.values()] == [
        book.orders for book in whole.venue.books.values()
    ]


def _resting(source: Source, skip: int, hours: int) -> Source:
    """The source as hourly bars with a pause of `hours` hours after `skip` of them."""
    bars = []
    for number, bar in enumerate(source.bars):
        ts = START + (number + (hours if number >= skip else 0)) * HOUR_NS
        bars.append(replace(bar, ts_open=ts, ts_close=ts + HOUR_NS))
    return Source(source.instrument, tuple(bars))


def test_a_snapshot_taken_is_not_touched_by_what_follows() -> None:
    """Bytes that were packed at once and bytes packed at the end of the run are the same."""
    bars = tuple(Bar(k * HOUR_NS, (k + 1) * HOUR_NS, 10, 11, 9, 10, 90) for k in range(60))
    run = replace(
        generated(stream(1, "kept"), (5,), ["hold"]),
        strategies=(Strategy("s", "X.sim", BuyAndHold(Lots(3))),),
        decide_from=None,
    )
    run = replace(run, sources=(Source("X.sim", bars),))
    kept: list[tuple[Snapshot, bytes]] = []

    def look(whole: Simulation) -> None:
        snapshot = whole.core.snapshot()
        kept.append((snapshot, msgspec.msgpack.encode(snapshot)))

    simulation_of(config_of(run), memory_sources(run, rows_max=3)).run(look)

    assert len({packed for _, packed in kept}) > 1
    assert all(msgspec.msgpack.encode(snapshot) == packed for snapshot, packed in kept)
