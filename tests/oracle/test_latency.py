"""Commands and reports that take their time, one hour or half an hour each way."""

from fractions import Fraction

from tests.oracle.cases import (
    CASH,
    HOUR_NS,
    START,
    Row,
    X,
    bars,
    decided,
    flat,
    statuses,
    told,
    unit_instrument,
)
from tests.oracle.exits import AtrStop, Exit
from tests.oracle.market import Source
from tests.oracle.orders import VenueRules
from tests.oracle.run import OracleResult, OracleRun, compute
from tests.oracle.strategies import Actions, Cancel, Replace, Scripted, Send, Strategy, Target

HALF = HOUR_NS // 2
TENTH = VenueRules(participation=Fraction(1, 10))


def run(
    at_bar: Actions, *rows: Row, latency: int = HALF, exits: tuple[Exit, ...] = ()
) -> OracleResult:
    return compute(
        OracleRun(
            CASH,
            (unit_instrument(X),),
            (Source(X, bars(*rows)),),
            (Strategy("s", X, Scripted(at_bar), exits),),
            TENTH,
            latency_ns=latency,
        )
    )


def test_an_order_that_arrives_inside_a_bar_waits_for_the_next_opening() -> None:
    """Sent at 1:00, there at 1:30, filled at 2:00, known at 2:30: two rows were known then."""
    result = run({0: (Target(5),)}, flat(100), flat(101), flat(102), flat(103))

    assert told(result) == [(2, 2, 5, 102)]


def test_an_order_that_arrives_at_an_opening_is_in_time_for_it() -> None:
    """Sent at 1:00, there at 2:00 before that opening; known at 3:00, before the third row."""
    result = run({0: (Target(5),)}, *[flat(100 + k) for k in range(5)], latency=HOUR_NS)

    assert told(result) == [(2, 2, 5, 102)]


def test_what_is_under_way_at_the_end_is_not_booked_but_counted() -> None:
    """Filled at 2:00, the report of it is due at 2:30; the acceptance was known at 2:00."""
    early = run({0: (Target(5),)}, flat(100), flat(101), latency=HALF)
    late = run({1: (Target(5),)}, flat(100), flat(101), latency=HALF)

    assert (early.in_flight, statuses(early)) == (0, ["ACCEPTED"])
    assert (late.in_flight, statuses(late)) == (1, ["SUBMITTED"])


def test_a_fill_under_way_is_no_position() -> None:
    rows = (flat(100), flat(101), (102, 102, 90, 95, 1_000))
    order = Send("l", "limit", 5, limit_ticks=95)
    result = run({0: (order,)}, *rows)

    assert result.fills == ()
    assert result.positions == {}
    assert result.in_flight == 1
    assert result.cash == CASH


def test_a_cancel_crosses_a_fill_and_a_target_waits_for_the_answer() -> None:
    """Ten are asked for at 1:00; bar 2 gives four, known at 2:30.

    At 2:00 the target becomes -10: the cancel is there at 2:30, inside bar 2, and acts at 3:00;
    its answer comes at 3:30. Fourteen are sold then.
    """
    rows = (flat(100), flat(100, 40), flat(100, 40), *[flat(100)] * 3)
    result = run({0: (Target(10),), 1: (Target(-10),)}, *rows)

    assert [(o.lots, o.status, o.ts - START) for o in result.orders] == [
        (10, "CANCELED", HOUR_NS),
        (-14, "FILLED", 7 * HALF),
    ]
    assert told(result) == [(2, 2, 4, 100), (4, 4, -14, 100)]


def test_a_cancel_that_comes_too_late_is_refused() -> None:
    """The order is filled at 2:00; the cancel is sent at 2:00 and arrives at 2:30."""
    order = Send("m", "market", 5)
    result = run({0: (order,), 1: (Cancel("m"),)}, *[flat(100)] * 5)

    assert statuses(result) == ["FILLED"]


def test_a_size_that_is_filled_already_is_asked_for_by_a_cancel() -> None:
    """Five of eight are filled at 2:00, which is known at 2:30; at 3:00 they are enough."""
    order = Send("l", "limit", 8, limit_ticks=99)
    rows = (flat(100), flat(100), flat(99, 50))
    result = run({0: (order,), 2: (Replace("l", lots=5),)}, *rows)

    assert told(result) == [(2, 2, 5, 99)]
    assert statuses(result) == ["PENDING_CANCEL"]


def test_a_stop_that_was_filled_is_known_late() -> None:
    """Bought and stopped out in the bar that ends at 4:00; known after the row of that bar."""
    down = (100, 101, 90, 99, 1_000)
    rows = (flat(100), flat(100), flat(100), down, flat(99), flat(99))
    result = run({1: (Target(10),)}, *rows, latency=1_000, exits=(AtrStop(1, Fraction(1)),))

    assert decided(result) == [(2, 10, "scripted"), (4, 0, "atr_stop")]
