"""What risk watches: losses, what fills cost, positions without a stop; and that it speaks once."""

from typing import Any

import pytest
from msgspec.structs import replace

from tests.logic.rules.ruling import (
    ACTIVE,
    HALTED,
    NOW,
    PARTLY,
    A,
    B,
    cold,
    fill,
    guard,
    holds,
    order,
    priced,
    quoted,
    ruled,
    stop,
    stop_limit,
)
from trader.logic.rules.gate import Gate
from trader.logic.rules.limits import Limits
from trader.logic.rules.view import Account, Exposure
from trader.logic.watching import Watching
from trader.model.account import EquityMarked
from trader.model.control import LimitBreached, StartTimer
from trader.model.envelope import Message
from trader.model.orders import OrderFilled, OrderReplaced, OrderRole, OrderType, SubmitOrder
from trader.model.units import SECOND_NS

GUARDED = ("one",)


def watched(**limits: Any) -> tuple[Gate, Watching]:
    gate = ruled(**limits)
    return gate, Watching(gate.account, GUARDED)


def breached(limit: str, value: int, bound: int) -> LimitBreached:
    return LimitBreached(limit=limit, value=value, bound=bound)


def worth(equity: int, peak: int = 1_000, session: int = 1_000, cash: int = 7) -> EquityMarked:
    return EquityMarked(equity=equity, peak=peak, session=session, cash=cash)


# -- losses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "marked", "said"),
    [
        ({}, worth(0), []),
        ({"drawdown_max": (1, 10)}, worth(901), []),
        ({"drawdown_max": (1, 10)}, worth(900), []),
        ({"drawdown_max": (1, 10)}, worth(899), [breached("drawdown_max", 101, 100)]),
        (
            {"drawdown_max": (1, 10), "daily_loss_max": (1, 5)},
            worth(899),
            [breached("drawdown_max", 101, 100)],
        ),
        (
            {"drawdown_max": (1, 5), "daily_loss_max": (1, 10)},
            worth(899),
            [breached("daily_loss_max", 101, 100)],
        ),
        ({"daily_loss_max": (1, 20)}, worth(951), []),
        ({"daily_loss_max": (1, 20)}, worth(950), []),
        ({"daily_loss_max": (1, 20)}, worth(949), [breached("daily_loss_max", 51, 50)]),
        # Up on the day, and still far below what there was once.
        (
            {"drawdown_max": (1, 10), "daily_loss_max": (1, 20)},
            worth(800, session=700),
            [breached("drawdown_max", 200, 100)],
        ),
        (
            {"drawdown_max": (1, 10), "daily_loss_max": (1, 20)},
            worth(899),
            [breached("drawdown_max", 101, 100), breached("daily_loss_max", 101, 50)],
        ),
    ],
)
def test_losses_of_the_peak_and_of_the_session(
    limits: dict[str, Any], marked: EquityMarked, said: list[Message]
) -> None:
    gate, watching = watched(**limits)

    assert list(watching.on_marked(marked, NOW)) == said
    assert (gate.account.equity, gate.account.cash) == (marked.equity, 7)


def test_a_breaker_speaks_once_until_somebody_lets_trading_go_on() -> None:
    _, watching = watched(drawdown_max=(1, 10))
    tripped = breached("drawdown_max", 101, 100)

    assert list(watching.on_marked(worth(899), NOW)) == [tripped]
    assert list(watching.on_marked(worth(1), NOW)) == []
    watching.lift(NOW)
    assert list(watching.on_marked(worth(899), NOW)) == [tripped]


def test_while_trading_is_halted_it_is_silent_and_has_not_spoken() -> None:
    gate, watching = watched(drawdown_max=(1, 10))
    gate.account.trading = HALTED
    assert list(watching.on_marked(worth(899), NOW)) == []

    gate.account.trading = ACTIVE
    assert list(watching.on_marked(worth(899), NOW)) == [breached("drawdown_max", 101, 100)]


def test_limits_are_looked_up_anew() -> None:
    gate, watching = watched()
    gate.account.limits = Limits(drawdown_max=(1, 10))
    assert list(watching.on_marked(worth(899), NOW)) == []

    watching.renew()
    assert list(watching.on_marked(worth(899), NOW)) == [breached("drawdown_max", 101, 100)]


def test_another_account_is_watched_by_what_is_in_it() -> None:
    _, watching = watched()
    other = Account(
        exposures={A: Exposure(half=1)}, limits=Limits(drawdown_max=(1, 10)), trading=ACTIVE
    )

    watching.bind(other)

    assert list(watching.on_marked(worth(899), NOW)) == [breached("drawdown_max", 101, 100)]
    assert other.tripped == ["drawdown_max"]


def test_a_mark_that_was_asked_for_is_no_news() -> None:
    """What the account has lost is told of its own accord, and not to the order being judged."""
    gate, watching = watched(drawdown_max=(1, 10))

    assert watching.on_marked(replace(worth(899, cash=5), asked=True), NOW) == ()
    assert (gate.account.equity, gate.account.cash) == (899, 5)
    assert list(watching.on_marked(worth(899), NOW)) == [breached("drawdown_max", 101, 100)]


# -- slippage ------------------------------------------------------------------------------------


def filled_at(ticks: int, lots: int = 5, instrument: str = A) -> OrderFilled:
    return OrderFilled(
        client_order_id="o",
        strategy="one",
        instrument=instrument,
        trade_id="t",
        last_lots=lots,
        last_ticks=ticks,
    )


def counted(watching: Watching, fill: OrderFilled, one: SubmitOrder) -> list[Message]:
    """What is said of a fill once it is booked."""
    watching.filled(fill, one)
    return list(watching.booked())


@pytest.mark.parametrize(
    ("one", "ticks", "said"),
    [
        # 1 tick of 100 are 100 bp, which is what is allowed.
        (order(5), 101, []),
        (order(5), 102, [breached("slippage_bps_max", 200, 100)]),
        (order(5, ref_ticks=102), 102, []),
        (stop(5, 104), 105, []),
        (stop(5, 104), 106, [breached("slippage_bps_max", 192, 100)]),
        (guard(5, ticks=104), 106, [breached("slippage_bps_max", 192, 100)]),
        # Limits cost what they say, or less.
        (stop_limit(5, 104, 120), 119, []),
        (order(5, order_type=OrderType.LIMIT, limit_ticks=120), 119, []),
    ],
)
def test_market_orders_and_stops_are_held_against_what_they_expected(
    one: SubmitOrder, ticks: int, said: list[Message]
) -> None:
    _, watching = watched(slippage_bps_max=(100, 1), slippage_window=1)

    assert counted(watching, filled_at(ticks), one) == said


def test_a_fill_is_spoken_of_once_and_not_before_it_is_booked() -> None:
    gate, watching = watched(slippage_bps_max=(100, 1), slippage_window=1)

    watching.filled(filled_at(102), order(5))
    assert gate.account.tripped == []
    assert list(watching.booked()) == [breached("slippage_bps_max", 200, 100)]
    assert list(watching.booked()) == []


def test_the_mean_goes_over_all_instruments_by_money() -> None:
    """A at 2 a tick x lot: 1000 at 200 bp. B at 4: 2000 at none. Together 66.7 bp."""
    for allowed, said in ((67, []), (66, [breached("slippage_bps_max", 66, 66)])):
        _, watching = watched(slippage_bps_max=(allowed, 1), slippage_window=2)
        assert counted(watching, filled_at(102), order(5)) == []
        there = filled_at(100, instrument=B)
        assert counted(watching, there, order(5, instrument=B)) == said


def test_without_the_limit_no_fill_is_kept_and_a_lift_begins_a_new_window() -> None:
    gate, watching = watched()
    assert counted(watching, filled_at(200), order(5)) == []
    assert gate.account.slips.fills == []

    gate, watching = watched(slippage_bps_max=(100, 1), slippage_window=2)
    watching.filled(filled_at(200), order(5))
    watching.lift(NOW)
    assert counted(watching, filled_at(200), order(5)) == []  # the window is not full again
    assert len(gate.account.slips.fills) == 1


# -- positions without a stop --------------------------------------------------------------------

MONEY = 1_000
"""Five lots of A at 100 ticks."""


def timer(due: int, strategy: str = "one") -> StartTimer:
    return StartTimer(owner="risk", name=f"unprotected:{strategy}", due=due)


def works(gate: Gate, one: SubmitOrder) -> None:
    """The venue has taken an approved order."""
    gate.counting.approve(one)
    gate.account.resting[one.client_order_id].works = True


def test_a_timer_is_set_for_the_instant_at_which_too_much_is_used_up() -> None:
    """1000 quanta for three seconds; the first nanosecond beyond them is too long."""
    gate, watching = watched(unprotected_max=3 * MONEY)
    holds(gate, 5)
    due = NOW + 3 * SECOND_NS + 1

    assert list(watching.look("one", NOW)) == [timer(due)]
    assert list(watching.look("one", due - 1)) == [timer(due)]
    assert list(watching.look("one", due)) == [breached("unprotected_max", 3 * MONEY, 3 * MONEY)]
    assert list(watching.look("one", due + 9)) == []  # it has spoken


@pytest.mark.parametrize(
    ("held", "one", "bare"),
    [
        (5, guard(-5), 0),
        (-5, guard(5, ticks=110), 0),
        (5, guard(-3), 2),
        (5, guard(-9), 0),
        (5, stop_limit(-5, 90, 89, role=OrderRole.PROTECTION), 0),
        (5, stop(-5, 90), 5),  # it protects nothing, though it may close the position
        (5, guard(5, ticks=110), 5),  # the wrong side
        (5, order(-5, order_type=OrderType.LIMIT, limit_ticks=120, role=OrderRole.PROTECTION), 5),
        (5, guard(-5, strategy="two"), 5),
    ],
)
def test_only_a_stop_that_works_on_the_other_side_covers(
    held: int, one: SubmitOrder, bare: int
) -> None:
    gate, watching = watched(unprotected_max=3 * MONEY)
    holds(gate, held)
    works(gate, one)

    watching.look("one", NOW)

    assert gate.account.standings["one"].naked.worth == bare * 200


def test_a_stop_that_is_on_its_way_or_in_doubt_covers_nothing() -> None:
    gate, watching = watched(unprotected_max=3 * MONEY)
    holds(gate, 5)
    gate.counting.approve(guard(-5))

    assert list(watching.look("one", NOW)) == [timer(NOW + 3 * SECOND_NS + 1)]
    gate.account.resting["g"].works = True
    assert list(watching.look("one", NOW + SECOND_NS)) == []


def test_a_larger_size_covers_once_the_venue_confirms_it() -> None:
    gate, watching = watched(unprotected_max=3 * MONEY)
    holds(gate, 5)
    works(gate, guard(-3))
    gate.counting.ask(gate.account.resting["g"], 5, None)
    naked = gate.account.standings["one"].naked

    watching.look("one", NOW)
    assert naked.worth == 2 * 200
    gate.counting.replaced(OrderReplaced(client_order_id="g", lots=-5))
    watching.look("one", NOW)
    assert naked.worth == 0


def test_a_full_cover_begins_the_count_anew_a_part_of_it_does_not() -> None:
    gate, watching = watched(unprotected_max=3 * MONEY)
    holds(gate, 5)
    watching.look("one", NOW)

    works(gate, guard(-4))
    later = NOW + 2 * SECOND_NS
    # 2000 are used up; a fifth of it lasts five times as long.
    assert list(watching.look("one", later)) == [timer(later + 5 * SECOND_NS + 1)]
    works(gate, guard(-1, "g2"))
    later += SECOND_NS
    assert list(watching.look("one", later)) == []
    gate.counting.end("g")
    assert list(watching.look("one", later)) == [timer(later + 3 * MONEY * SECOND_NS // 800 + 1)]


def test_too_much_at_the_very_instant_of_the_cover_is_too_much() -> None:
    gate, watching = watched(unprotected_max=3 * MONEY)
    holds(gate, 5)
    watching.look("one", NOW)
    works(gate, guard(-5))

    assert list(watching.look("one", NOW + 4 * SECOND_NS)) == [
        breached("unprotected_max", 4 * MONEY, 3 * MONEY)
    ]


def test_the_price_counts_as_it_is_when_somebody_looks() -> None:
    gate, watching = watched(unprotected_max=3 * MONEY)
    holds(gate, 5)
    quoted(gate, 100, 101)
    watching.look("one", NOW)
    assert gate.account.standings["one"].naked.worth == 1_005

    priced(gate, 50)
    watching.look("one", NOW)
    assert gate.account.standings["one"].naked.worth == 500


def test_without_a_price_or_a_position_nothing_is_at_stake() -> None:
    gate = cold(unprotected_max=1)
    watching = Watching(gate.account, GUARDED)
    assert list(watching.look("one", NOW)) == []  # it never stood anywhere

    holds(gate, 5)
    assert list(watching.look("one", NOW)) == []
    priced(gate, 100)
    assert len(watching.look("one", NOW)) == 1
    holds(gate, -5)
    assert list(watching.look("one", NOW)) == []


def test_only_strategies_that_are_meant_to_have_stops_are_watched() -> None:
    gate, watching = watched(unprotected_max=1)
    holds(gate, 5, strategy="two")
    assert list(watching.look("two", NOW)) == []

    gate, watching = watched()
    holds(gate, 5)
    assert list(watching.look("one", NOW)) == []


def test_a_lift_begins_the_count_anew_for_everybody() -> None:
    gate, watching = watched(unprotected_max=3 * MONEY)
    holds(gate, 5)
    watching.look("one", NOW)
    watching.look("one", NOW + 4 * SECOND_NS)
    assert gate.account.tripped == ["unprotected_max"]

    again = NOW + 3_600 * SECOND_NS
    watching.lift(again)

    assert list(watching.look("one", again)) == [timer(again + 3 * SECOND_NS + 1)]


def test_a_part_of_a_stop_that_has_filled_covers_what_is_left() -> None:
    gate, watching = watched(unprotected_max=3 * MONEY)
    holds(gate, 5)
    works(gate, guard(-5))
    gate.counting.fill(fill(-2, "g", PARTLY))

    assert list(watching.look("one", NOW)) == []
    assert gate.account.standings["one"].lots == 3
