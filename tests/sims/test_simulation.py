"""A run on a simulated clock: what comes when at one instant; how a run begins, stops and ends."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from sims.build import build
from sims.streams import Source
from tests.semantics import scripted
from tests.sims.making import (
    START,
    buy,
    config,
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
from trader.config.schema import Config, ExitConfig, StrategyConfig
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

Heard: TypeAlias = tuple[str, ...]

WATCHED: Final = (
    *(RunStarted, RunEnded, TimerFired, BarClosed),
    *(TargetPosition, SubmitOrder, OrderAccepted, OrderFilled, OrderCanceled),
)


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


def test_a_hole_in_which_nothing_happens_has_its_rows_at_their_instants() -> None:
    rows = flat([10, 11], start=START + 23 * HOUR_NS)
    rows[1] = (rows[1][0] + 2 * DAY_NS, *rows[1][1:])

    run = simulated(config(), [source(rows)])

    ends = [row["ts"] for row in rows_of(run.core.tables.tables["equity"])]
    assert ends == [START + DAY_NS, START + 2 * DAY_NS, rows[1][0] + MINUTE_NS]


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
    assert (rests.lots, rests.room) == (-8, 8)


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
