"""Moments on ticks that were once wrong, each as small as it gets; both sides must agree."""

from dataclasses import replace
from fractions import Fraction

from tests.oracle.cases import START, X, unit_instrument
from tests.oracle.market import DAY_NS
from tests.oracle.orders import Change, VenueRules
from tests.oracle.run import OracleResult
from tests.oracle.strategies import Actions, Replace, Scripted, Send, Strategy
from tests.oracle.tape.rows import Tape, TapeRun, Tick
from tests.oracle.tape.run import compute_tape
from tests.oracle.ticks import SECOND_NS, Print, Quote
from tests.semantics.markets import FIRST_DAYS, sessions_of
from tests.semantics.reading import differences, observed
from tests.semantics.taped import taped
from tests.semantics.test_venue_witnesses import lots_of, order
from tests.semantics.venues import both_on_ticks


def on_quotes(script: Actions, *quotes: Quote) -> OracleResult:
    """What becomes of a script that hears a quote each second."""
    return agreed(script, *(Tick(START + k * SECOND_NS, each) for k, each in enumerate(quotes)))


def agreed(script: Actions, *ticks: Tick, calendar: str | None = None) -> OracleResult:
    """What the core makes of a script that hears quotes, once the calculator has said the same."""
    run = TapeRun(
        Fraction(10_000),
        (replace(unit_instrument(X), calendar=calendar),),
        (),
        (Strategy("s", X, Scripted(script), hears_ticks=True),),
        calendars={calendar: sessions_of(calendar)} if calendar else {},
        tapes=(Tape(X, "quotes", ticks),),
    )
    whole = taped(run)
    whole.run()
    ours = observed(whole)
    assert differences(ours, compute_tape(run)) == []
    return ours


def test_what_a_child_takes_of_a_level_its_parent_does_not_get() -> None:
    """The parent walks a book of three levels; its child and that one's child come in between."""
    venues = both_on_ticks(VenueRules(), "depth", prints=False)
    venues.submit(order(1, "market", -5), 0)
    venues.submit(order(2, "market", 5, parent=1), 0)
    venues.submit(order(3, "market", -5, parent=2), 0)

    venues.book({111: 2, 109: 2, 108: 9}, {114: 9}, SECOND_NS)

    assert [(number, lots, ticks) for number, _, lots, ticks, *_ in venues.fills] == [
        (1, -2, 111),
        (2, 2, 114),
        (3, -2, 109),
        (1, -3, 108),
        (2, 3, 114),
        (3, -3, 108),
    ]
    venues.agree()


def test_a_print_serves_those_that_worked_when_it_came() -> None:
    """It goes through the child's limit as well, but it is what let the child work."""
    venues = both_on_ticks(VenueRules(), "trades", prints=True)
    venues.submit(order(1, "limit", 4, 100), 0)
    venues.submit(order(2, "limit", -4, 95, parent=1), 0)

    venues.trade(Print(99, 10), SECOND_NS)
    assert lots_of(venues) == [(1, 4)]
    venues.trade(Print(97, 10), 2 * SECOND_NS)

    assert lots_of(venues) == [(1, 4), (2, -4)]
    venues.agree()


def test_a_child_in_the_group_of_its_parent_has_not_come_anew() -> None:
    """Its parent's last fill takes two of it and opens two more: it is cut to them, then trades."""
    venues = both_on_ticks(VenueRules(), "quotes", prints=False)
    venues.quote(Quote(90, 100, 2, 20), SECOND_NS)
    venues.submit(order(1, "limit", -4, 90, group="h"), SECOND_NS)
    venues.submit(order(2, "stop", 6, 101, parent=1, group="h"), SECOND_NS)

    venues.quote(Quote(90, 102, 3, 20), 2 * SECOND_NS)

    assert lots_of(venues) == [(1, -2), (1, -2), (2, 2)]
    assert [row[:3] for row in venues.heard if row[0] == "replaced"] == [
        ("replaced", 2, 4),
        ("replaced", 2, 2),
    ]
    venues.agree()


def test_a_child_that_gets_room_again_rests_behind_what_is_shown_by_then() -> None:
    """The one lot that it was told of was ahead of the two that have been filled."""
    venues = both_on_ticks(VenueRules(), "quotes", prints=True, by_volume=True)
    venues.quote(Quote(90, 100, 2, 1), SECOND_NS)
    venues.submit(order(1, "limit", 4, 95), SECOND_NS)
    venues.submit(order(2, "limit", -4, 100, parent=1), SECOND_NS)
    venues.trade(Print(94, 2), 2 * SECOND_NS)
    venues.trade(Print(101, 2), 3 * SECOND_NS)
    venues.quote(Quote(90, 99, 2, 1), 4 * SECOND_NS)
    venues.trade(Print(94, 2), 5 * SECOND_NS)

    venues.trade(Print(100, 9, 1), 6 * SECOND_NS)

    assert lots_of(venues) == [(1, 2), (2, -2), (1, 2)]
    venues.agree()


def test_a_child_whose_parent_ends_by_its_own_fill_trades_what_that_opened() -> None:
    """The fill takes from the grandparent what that has left, which ends it and the parent."""
    venues = both_on_ticks(VenueRules(), "quotes", prints=False)
    venues.quote(Quote(100, 105, 9, 2), SECOND_NS)
    venues.submit(order(1, "limit", 4, 105, group="g"), SECOND_NS)
    parent = order(2, "limit", -20, 110, parent=1, group="g")
    venues.submit(parent, SECOND_NS)
    venues.submit(order(3, "market", 20, parent=2), SECOND_NS)
    venues.quote(Quote(100, 115, 9, 9), 2 * SECOND_NS)

    venues.replace(parent, Change(limit_ticks=100), 2 * SECOND_NS)

    assert lots_of(venues) == [(1, 2), (2, -2), (3, 2)]
    venues.agree()


def test_a_size_that_an_order_has_already_is_not_asked_for_later() -> None:
    """It is for four when it is told to be; then its group takes three, and nothing brings back."""
    away, near = Quote(100, 101, 9, 9), Quote(110, 111, 3, 9)
    script: Actions = {
        0: tuple(Send(tag, "limit", -4, limit_ticks=110, group="g") for tag in "ab"),
        1: (Replace("b", lots=-4),),
    }

    result = on_quotes(script, away, away, near, away)

    assert [(order.filled, order.size) for order in result.orders] == [(3, 4), (0, 1)]


def test_an_order_that_is_given_after_the_close_waits_for_the_next_session() -> None:
    """What stood at the close is fresh for a minute more, and is told of after it, too."""
    tonight, tomorrow = [each for each in sessions_of("XNYS") if each[0] >= FIRST_DAYS[0] * DAY_NS][
        :2
    ]
    script: Actions = {
        1: (Send("m", "market", 2),),
        2: (Send("l", "limit", 3, limit_ticks=120), Send("d", "limit", 1, limit_ticks=90)),
    }
    instants = (tonight[1] - 1, tonight[1], tonight[1] + SECOND_NS, tomorrow[0] - 1, tomorrow[0])
    prices = (100, 101, 102, 103, 104)
    ticks = [Tick(ts, Quote(ask - 1, ask, 9, 9)) for ts, ask in zip(instants, prices, strict=True)]

    result = agreed(script, *ticks, calendar="XNYS")

    assert [(each.order, each.ts, each.ticks) for each in result.fills] == [
        (1, tomorrow[0], 104),
        (2, tomorrow[0], 104),
    ]
