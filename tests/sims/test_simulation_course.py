"""A run's course: where it stops, how it ends, and what must not matter to it."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sims import simulation
from sims.build import build
from sims.history import windows
from sims.simulation import Simulation
from sims.streams import Source
from tests.sims.making import (
    START,
    buy,
    config,
    cross,
    flat,
    instrument,
    limit,
    no_clock,
    pair,
    rows_of,
    simulated,
    source,
    trader,
    two,
)
from trader.config.schema import ReportConfig, StrategyConfig
from trader.model.orders import OrderStatus
from trader.model.units import MINUTE_NS

# -- stopping -------------------------------------------------------------------------------------


@pytest.mark.parametrize("until", [1, 2, 3, 7, 8, 100])
def test_a_run_stops_after_a_row_also_between_two_of_an_instant(until: int) -> None:
    """What it did is what the whole run had done by then, and a row of equity."""
    sources = pair([10, 11, 12, 13])
    run = build(two(), sources, no_clock)
    run.until = until
    run.run()

    assert run.rows == run.core.reactor.state.seq == min(until, 8)
    assert run.stopped is (until <= 8)
    full, part = (each.core.tables.tables for each in (simulated(two(), sources), run))
    for name in ("decisions", "orders", "fills"):
        done = [row for row in rows_of(full[name]) if row["seq"] < until]
        assert [row for row in rows_of(part[name]) if row["seq"] < until] == done
    assert rows_of(part["equity"])[-1]["seq"] == run.rows


def test_whoever_watches_can_stop_it_between_windows() -> None:
    seen: list[int] = []

    def watch(run: Simulation) -> None:
        seen.append(run.rows)
        run.stopped = True

    run = build(config(), [source(flat([10] * 5_000))], no_clock)
    run.run(watch)

    assert seen == [run.rows]
    assert 0 < run.rows < run.rows_total == 5_000
    assert len(run.core.tables.tables["equity"]) == 3  # two midnights and the end


def test_a_pacer_holds_back_every_instant_but_the_first() -> None:
    """And knows how far the run has come."""
    run = build(two(), pair([10, 11, 12]), no_clock)
    paced: list[tuple[int, int, int]] = []
    run.pacer = lambda now: paced.append((now, run.now, run.rows))
    run.run()

    instants = [START + k * MINUTE_NS for k in (1, 2, 3)]
    assert paced == [(ts, ts, 2 * k) for k, ts in enumerate(instants)]


def test_a_pacer_can_stop_the_run_at_the_next_row() -> None:
    run = build(config(), [source(flat([10] * 100))], no_clock)

    def stop_soon(now: int) -> None:
        if now == START + 10 * MINUTE_NS:
            run.until = run.rows + 1

    run.pacer = stop_soon
    run.run()

    assert run.rows == 10


# -- the end --------------------------------------------------------------------------------------


def test_at_the_end_nothing_is_closed_and_all_is_marked() -> None:
    """An order of the last row is accepted; one that rests goes on resting."""
    script = {0: buy(3), 1: limit(1, 5), 2: buy(9)}
    run = simulated(config(trader("a", script)), [source(flat([10, 12, 15]))])

    tables = run.core.tables.tables
    assert [fill["lots"] for fill in rows_of(tables["fills"])] == [3]
    assert [row["status"] for row in rows_of(tables["statuses"]) if row["order"] == 2] == [
        OrderStatus.APPROVED,
        OrderStatus.ACCEPTED,
    ]
    assert sorted(run.venue.books["X.sim"].orders) == ["main-a-1-2", "main-a-1-3"]
    [last] = rows_of(tables["equity"])
    assert (last["ts"], last["seq"]) == (START + 3 * MINUTE_NS, 3)
    scale = run.core.scale
    assert scale.text(last["equity"]) == "1015"  # three lots bought at 10, marked at 15
    assert scale.text(last["cash"]) == "970"


def test_an_equity_row_is_due_at_the_very_end_too() -> None:
    """The last close is at the instant of a row: one for the interval, one for the end."""
    whole = config(report=ReportConfig(equity_interval="1m"))

    run = simulated(whole, [source(flat([10, 11]))])

    rows = rows_of(run.core.tables.tables["equity"])
    assert [row["ts"] - START for row in rows] == [MINUTE_NS, 2 * MINUTE_NS, 2 * MINUTE_NS]


# -- what must not matter -------------------------------------------------------------------------


@given(
    prices=st.lists(st.integers(1, 20), min_size=1, max_size=20),
    cut=st.tuples(st.integers(1, 5), st.integers(1, 7)),
)
def test_how_history_is_cut_is_nobodys_business(prices: list[int], cut: tuple[int, int]) -> None:
    """Digest and state are the same whatever is read, or handed over, at once."""
    whole = config(
        cross(direction="both"),
        StrategyConfig(
            name="other",
            type="ema_cross",
            instrument="B.sim",
            params={"fast": 1, "slow": 3, "weight": "0.5"},
        ),
        instruments=(instrument(), instrument("B.sim")),
    )
    sources = [
        source(flat(prices), instrument="X.sim"),
        source(flat(prices[::-1], start=START + 2 * MINUTE_NS), instrument="B.sim"),
    ]

    def in_pieces(every: list[Source]) -> Any:
        return windows(every, *cut)

    usual = simulated(whole, sources)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation, "windows", in_pieces)
        pieces = simulated(whole, sources)

    assert pieces.core.tables.digest() == usual.core.tables.digest()
    assert pieces.core.state_hash() == usual.core.state_hash()
    assert pieces.rows == usual.rows == 2 * len(prices)


def test_the_clock_only_counts_how_long_reading_takes() -> None:
    ticks = iter(range(10_000))
    run = build(config(), [source(flat([10, 11]))], lambda: float(next(ticks)))
    seen: list[int] = []
    run.run(lambda moment: seen.append(moment.rows))

    assert run.load_seconds == len(seen) + 1  # a second for each window, and for the end
    usual = simulated(config(), [source(flat([10, 11]))])
    assert run.core.tables.digest() == usual.core.tables.digest()


def test_progress_is_told_after_each_window() -> None:
    """Never after more than its 4,096 events, one a row."""
    seen: list[int] = [0]
    run = build(config(), [source(flat([10] * 5_000))], no_clock)

    run.run(lambda moment: seen.append(moment.rows))

    assert seen[-1] == run.rows == 5_000
    assert all(0 < later - earlier <= 4_096 for earlier, later in pairwise(seen))
