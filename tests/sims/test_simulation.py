"""A run on a simulated clock: what comes when at one instant; how a run begins, stops and ends."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sims import simulation
from sims.build import build
from sims.history import Source, windows
from sims.simulation import Simulation
from tests.semantics import scripted
from tests.sims.making import START, config, cross, flat, instrument, simulated, source
from trader.config.schema import Config, ExitConfig, ReportConfig, StrategyConfig
from trader.model.control import RunEnded, RunStarted, TimerFired
from trader.model.envelope import Envelope, Message
from trader.model.market import BarClosed
from trader.model.orders import (
    OrderAccepted,
    OrderCanceled,
    OrderEvent,
    OrderFilled,
    SubmitOrder,
    TargetPosition,
)
from trader.model.units import DAY_NS, HOUR_NS, MINUTE_NS

Line: TypeAlias = dict[str, Any]
Script: TypeAlias = dict[int, list[Line]]
Heard: TypeAlias = tuple[str, ...]

WATCHED: Final = (
    *(RunStarted, RunEnded, TimerFired, BarClosed),
    *(TargetPosition, SubmitOrder, OrderAccepted, OrderFilled, OrderCanceled),
)


def buy(lots: int) -> list[Line]:
    return [{"does": "target", "lots": lots}]


def limit(lots: int, ticks: int) -> list[Line]:
    return [{"does": "order", "key": "k", "lots": lots, "limit": ticks}]


def trader(name: str, script: Script, traded: str = "X.sim") -> StrategyConfig:
    return StrategyConfig(
        name=name, file=scripted.__file__, instrument=traded, params={"script": script}
    )


def no_clock() -> float:
    return 0.0


def heard(whole: Config, sources: Sequence[Source]) -> list[tuple[int, Heard]]:
    """What enters from the world or is decided, by instant, in the order of its delivery."""
    run = build(whole, list(sources), no_clock)
    found: list[tuple[int, list[str]]] = []

    def note(envelope: Envelope) -> None:
        body = envelope.body
        world = not isinstance(body, BarClosed | OrderEvent) or envelope.source == "world"
        if isinstance(body, WATCHED) and world:
            if not found or found[-1][0] != envelope.ts:
                found.append((envelope.ts, []))
            found[-1][1].append(_short(body))

    run.core.reactor.observer = note
    run.run()
    return [(ts, tuple(said)) for ts, said in found]


def _short(body: Message) -> str:
    match body:
        case BarClosed():
            return f"bar {body.instrument[0]}"
        case TimerFired():
            return body.owner
        case TargetPosition():
            return f"target {body.instrument[0]}"
        case OrderEvent():
            return f"{type(body).__name__.removeprefix('Order').lower()} {body.client_order_id[5]}"
        case _:
            return type(body).__name__


def two(**sections: Any) -> Config:
    """Two instruments, a buyer on each at its first bar."""
    return config(
        trader("a", {0: buy(1)}, "A.sim"),
        trader("b", {0: buy(1)}, "B.sim"),
        instruments=(instrument("A.sim"), instrument("B.sim")),
        **sections,
    )


def pair(prices: Sequence[int], **fields: Any) -> list[Source]:
    return [source(flat(prices, **fields), instrument=name) for name in ("A.sim", "B.sim")]


# -- one instant ----------------------------------------------------------------------------------


def test_all_bars_of_an_instant_are_decided_before_a_fill_they_cause_is_known() -> None:
    """The order of a is at the venue before b decides; its opening fills at that very instant."""
    instants = heard(two(), pair([10, 11]))

    assert instants == [
        (START, ("RunStarted",)),
        (
            START + MINUTE_NS,
            (
                *("bar A", "target A", "SubmitOrder", "bar B", "target B", "SubmitOrder"),
                *("accepted a", "accepted b", "filled a", "filled b"),
            ),
        ),
        (START + 2 * MINUTE_NS, ("bar A", "bar B", "RunEnded")),
    ]


def test_an_instant_goes_insides_timers_reports_bars_late_timers_openings() -> None:
    """A midnight: a's limit was filled inside the bar that ends there, b buys at its close.

    The scheduler's day ends before the reports and bars; the equity row comes after the bars and
    before what their decisions and the next opening did.
    """
    start = START + DAY_NS - 2 * MINUTE_NS
    whole = config(
        trader("a", {0: limit(1, 8)}, "A.sim"),
        trader("b", {1: buy(1)}, "B.sim"),
        instruments=(instrument("A.sim"), instrument("B.sim")),
    )

    instants = dict(heard(whole, pair([10, 7, 10], start=start)))

    assert instants[START + DAY_NS] == (
        "scheduler",
        "filled a",
        *("bar A", "bar B", "target B", "SubmitOrder"),
        "portfolio",
        *("accepted b", "filled b"),
    )


def test_an_order_answered_at_the_opening_takes_part_in_that_bars_inside() -> None:
    """The stop of an entry filled at the open is at the venue for the rest of the bar."""
    script = {0: buy(1), 1: [{"does": "order", "key": "s", "lots": -1, "stop": 9}]}
    rows = [*flat([10, 10]), (START + 2 * MINUTE_NS, 10, 10, 8, 10, 5)]

    instants = heard(config(trader("a", script)), [source(rows)])

    assert instants[-1] == (START + 3 * MINUTE_NS, ("filled a", "bar X", "RunEnded"))


def test_timers_on_the_way_fire_at_their_own_instants() -> None:
    """The acceptance is known at once, the fill two days later, the midnights between them."""
    rows = flat([10, 11], start=START + 23 * HOUR_NS, interval_ns=MINUTE_NS)
    rows[1] = (rows[1][0] + 2 * DAY_NS, *rows[1][1:])

    instants = heard(config(trader("a", {0: buy(1)})), [source(rows)])

    ts, later = rows[0][0], rows[1][0]
    assert instants == [
        (ts, ("RunStarted",)),
        (ts + MINUTE_NS, ("bar X", "target X", "SubmitOrder", "accepted a")),
        (START + DAY_NS, ("scheduler", "portfolio")),
        (START + 2 * DAY_NS, ("scheduler", "portfolio")),
        (later, ("filled a",)),
        (later + MINUTE_NS, ("bar X", "RunEnded")),
    ]


def test_a_timer_at_an_opening_after_a_hole_comes_before_the_opening() -> None:
    rows = flat([10, 11], start=START + 23 * HOUR_NS)
    rows[1] = (START + DAY_NS, *rows[1][1:])

    instants = dict(heard(config(trader("a", {0: buy(1)})), [source(rows)]))

    assert instants[START + DAY_NS] == ("scheduler", "portfolio", "filled a")


def test_what_waits_for_the_bars_of_an_instant_comes_before_the_next_round() -> None:
    """A bar that ends at midnight, and a hole: the equity row holds what was before the reports."""
    rows = flat([10, 11], start=START + DAY_NS - MINUTE_NS)
    rows[1] = (rows[1][0] + HOUR_NS, *rows[1][1:])

    instants = dict(heard(config(trader("a", {0: buy(1)})), [source(rows)]))

    assert instants[START + DAY_NS] == (
        *("scheduler", "bar X", "target X", "SubmitOrder"),
        *("portfolio", "accepted a"),
    )


def test_a_cancel_is_at_the_venue_before_the_opening_at_its_instant() -> None:
    script = {0: limit(1, 9), 1: [{"does": "cancel", "key": "k"}]}

    instants = heard(config(trader("a", script)), [source(flat([10, 10, 5]))])

    assert instants[2] == (START + 2 * MINUTE_NS, ("bar X", "canceled a"))
    assert instants[3] == (START + 3 * MINUTE_NS, ("bar X", "RunEnded"))


def test_a_stop_is_lowered_at_the_venue_with_the_position_it_protects() -> None:
    """Ten lots are bought with a stop for ten; two of them are sold again."""
    stopped = StrategyConfig(
        name="a",
        file=scripted.__file__,
        instrument="X.sim",
        params={"script": {2: buy(10), 4: buy(8)}},
        exits=(ExitConfig(kind="atr_stop", n=1, k=Decimal(5)),),
    )

    run = simulated(config(stopped), [source(flat([10, 11, 12, 13, 14, 15, 16]))])

    [rests] = run.venue.books["X.sim"].orders.values()
    assert (rests.lots, rests.granted) == (-8, 8)


# -- the beginning --------------------------------------------------------------------------------


def test_trading_is_active_before_the_first_row() -> None:
    """The venue says that the account is empty, instrument by instrument."""
    whole = simulated(two(), pair([10, 11]))

    [row] = [whole.core.tables.tables["states"].row(0)]
    assert (row["seq"], row["n"], row["ts"]) == (0, 1, START)
    assert row["state"] > row["previous"] == 0


def test_the_first_instant_is_that_of_the_earliest_opening() -> None:
    early, late = pair([10, 11])
    assert heard(two(), [late, early])[0] == (START, ("RunStarted",))

    rows = flat([10, 11], start=START + MINUTE_NS)
    delayed = [source(rows, instrument="A.sim"), pair([10, 11])[1]]
    assert heard(two(), delayed)[0] == (START, ("RunStarted",))


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
        done = [row for row in _rows(full[name]) if row["seq"] < until]
        assert [row for row in _rows(part[name]) if row["seq"] < until] == done
    assert _rows(part["equity"])[-1]["seq"] == run.rows


def _rows(table: Any) -> list[dict[str, int]]:
    return [table.row(index) for index in range(len(table))]


def test_whoever_watches_can_stop_it_between_windows() -> None:
    seen: list[int] = []

    def watch(run: Simulation) -> None:
        seen.append(run.rows)
        run.stopped = True

    run = build(config(), [source(flat([10] * 5_000))], no_clock)
    run.run(watch)

    assert seen == [run.rows]
    assert 0 < run.rows < run.rows_total == 5_000
    assert len(run.core.tables.tables["equity"]) == 2  # a midnight and the end


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
    assert [fill["lots"] for fill in _rows(tables["fills"])] == [3]
    assert sorted(run.venue.books["X.sim"].orders) == ["main-a-1-2", "main-a-1-3"]
    [last] = _rows(tables["equity"])
    assert (last["ts"], last["seq"]) == (START + 3 * MINUTE_NS, 3)
    scale = run.core.scale
    assert scale.text(last["equity"]) == "1015"  # three lots bought at 10, marked at 15
    assert scale.text(last["cash"]) == "970"


def test_an_equity_row_is_due_at_the_very_end_too() -> None:
    """The last close is at the instant of a row: one for the interval, one for the end."""
    whole = config(report=ReportConfig(equity_interval="1m"))

    run = simulated(whole, [source(flat([10, 11]))])

    rows = _rows(run.core.tables.tables["equity"])
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
    """Never after more than its 4,096 events, two a row."""
    seen: list[int] = [0]
    run = build(config(), [source(flat([10] * 5_000))], no_clock)

    run.run(lambda moment: seen.append(moment.rows))

    assert seen[-1] == run.rows == 5_000
    assert all(0 < later - earlier <= 2_048 for earlier, later in pairwise(seen))
