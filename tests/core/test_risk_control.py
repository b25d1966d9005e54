"""Limits that change, breakers, replacements, and the way to flat."""

from typing import Any

import pytest

from tests.core.making import A, B, adopted, given, reborn, target
from tests.core.risking import (
    ACTIVE,
    NOW,
    about,
    cold,
    filled,
    limit,
    moves,
    own,
    risk,
    sets,
    stop,
    verdict,
)
from tests.core.saying import position
from trader.calendars.table import calendar
from trader.logic.rules.limits import Facts
from trader.model.account import EquityMarked
from trader.model.control import (
    Flattened,
    InstrumentHalted,
    InstrumentResumed,
    LimitBreached,
    LimitChanged,
    LimitRejected,
    RearmStrategy,
    SessionClosed,
    SplitEffective,
    StrategyDisabled,
    StrategyRearmed,
    TradingState,
)
from trader.model.market import Quote, Trade
from trader.model.orders import (
    CancelRejected,
    CancelRequested,
    OrderApproved,
    OrderCanceled,
    OrderRole,
    OrderStatus,
    ReplaceOrder,
    ReplaceRejected,
    TargetDropped,
)
from trader.model.units import NONE, SECOND_NS

HALTED, REDUCING = TradingState.HALTED, TradingState.REDUCING
FLATTENING = TradingState.FLATTENING
FILLED, PARTLY = OrderStatus.FILLED, OrderStatus.PARTIALLY_FILLED
HOUR = 3600 * SECOND_NS


# -- limits that change --------------------------------------------------------------------------


def test_a_limit_holds_from_the_next_order_on_and_is_named_by_its_version() -> None:
    gate = risk(lots_max=5)

    [changed] = given(gate, sets("lots_max", "7"), now=NOW)

    assert changed == LimitChanged(
        limit="lots_max", old="null", new="7", by="ada", reason="calm", version=2
    )
    assert verdict(gate, own(8, "a")) == "lots_exceed_max"
    order = own(7, "b")
    assert given(gate, order, now=NOW) == [OrderApproved(order=order, limits_version=2)]


def test_a_limit_that_cannot_be_read_changes_nothing() -> None:
    gate = risk(lots_max=5)
    before = gate.dump()

    assert given(gate, sets("lots_max", "many"), now=NOW) == [
        LimitRejected(limit="lots_max", value="many", by="ada", text="lots_max is no number")
    ]
    assert gate.dump() == before


def test_what_is_not_looked_at_from_the_start_cannot_be_limited() -> None:
    [rejected] = given(risk(), sets("unprotected_max", "5"), now=NOW)

    assert isinstance(rejected, LimitRejected)
    assert rejected.text == "a run that began without it does not look at it"


def test_a_limit_below_what_is_there_lets_only_what_leads_back() -> None:
    gate = risk()
    given(gate, filled(9), sets("position_max", "5"), now=NOW)

    assert [verdict(gate, own(lots, f"o{lots}")) for lots in (1, -2, -4)] == [
        "position_exceeds_max",
        "",
        "",
    ]


def test_limits_outlive_a_restart() -> None:
    gate = risk(lots_max=5)
    given(gate, sets("lots_max", "7"), now=NOW)
    again = reborn(gate, cold(lots_max=5))

    assert verdict(again, own(8)) == "lots_exceed_max"
    [approved] = given(again, own(7), now=NOW)
    assert isinstance(approved, OrderApproved)
    assert approved.limits_version == 2


def test_a_breakers_bound_may_be_narrowed_and_speaks_at_the_next_word() -> None:
    gate = risk(drawdown_max=(1, 2))
    marked = EquityMarked(equity=80, peak=100)

    assert given(gate, marked) == []
    given(gate, sets("drawdown_max", "1/10"), now=NOW)
    assert given(gate, marked) == [LimitBreached(limit="drawdown_max", value=20, bound=10)]


# -- breakers ------------------------------------------------------------------------------------


def test_losses_speak_once_and_again_after_a_lift() -> None:
    """From a peak of 1000 down to 899, from a session's 950 down to 899."""
    gate = risk(drawdown_max=(1, 10), daily_loss_max=(1, 20))
    lost = EquityMarked(equity=899, peak=1_000, session=950)
    both = [
        LimitBreached(limit="drawdown_max", value=101, bound=100),
        LimitBreached(limit="daily_loss_max", value=51, bound=47),
    ]

    assert given(gate, EquityMarked(equity=903, peak=1_000, session=950)) == []
    assert given(gate, lost, lost) == both
    assert given(gate, moves(REDUCING), lost) == []
    assert given(gate, moves(ACTIVE, REDUCING), lost) == both
    assert given(gate, moves(HALTED), moves(ACTIVE, HALTED), moves(HALTED), lost) == []


def test_what_fills_cost_is_a_mean_over_the_last_ones() -> None:
    """Expected 100: bought at 101 is 100 bp, sold at 98 is 200 bp: together 150."""
    gate = risk(slippage_bps_max=(149, 1), slippage_window=2)
    given(gate, own(5, "a"), own(-5, "b"), now=NOW)

    assert given(gate, filled(5, "a", 101, status=FILLED), position(5)) == []
    assert given(gate, filled(-5, "b", 98, status=FILLED)) == []  # nothing closes it yet
    assert given(gate, position(0)) == [
        LimitBreached(limit="slippage_bps_max", value=150, bound=149)
    ]


def test_a_fill_of_an_order_that_nobody_knows_expected_nothing() -> None:
    gate = risk(slippage_bps_max=(1, 1), slippage_window=1)

    assert given(gate, filled(5, ticks=150), position(5)) == []


# -- disabled strategies -------------------------------------------------------------------------


def test_a_strategy_that_repeats_itself_is_disabled_until_a_person_lifts_that() -> None:
    gate = risk(repeats_max=2)
    given(gate, own(1, "a"), own(-1, "b"), now=NOW)
    rearm = RearmStrategy(strategy="one", by="ada", reason="mended")

    _, disabled = given(gate, own(1, "c"), now=NOW)
    assert disabled == StrategyDisabled(strategy="one", code="repeat_exceeds_max")
    later = NOW + 60 * SECOND_NS
    assert len(given(gate, own(1, "c"), now=later)) == 1  # told once
    assert given(gate, rearm) == [StrategyRearmed(strategy="one", by="ada", reason="mended")]
    assert verdict(gate, own(1, "c"), later) == ""


def test_a_strategy_that_was_paused_before_its_first_order_is_let_trade_again_too() -> None:
    rearm = RearmStrategy(strategy="one", by="ada", reason="seen")

    assert given(risk(), rearm) == [StrategyRearmed(strategy="one", by="ada", reason="seen")]


def test_a_replacement_to_no_end_disables_as_well() -> None:
    gate = risk(repeats_max=2)
    given(gate, limit(1, 90, "a"), own(1, "b"), now=NOW)

    assert given(gate, change("a", 2), now=NOW) == [
        ReplaceRejected(client_order_id="a", code="repeat_exceeds_max"),
        StrategyDisabled(strategy="one", code="repeat_exceeds_max"),
    ]


# -- replacements --------------------------------------------------------------------------------


def change(id_: str, lots: int | None, **prices: int) -> ReplaceOrder:
    return ReplaceOrder(
        client_order_id=id_, instrument=A, request_id=f"{id_}-r", lots=lots, **prices
    )


def test_a_replacement_passes_or_is_refused_and_then_the_order_is_as_it_was() -> None:
    gate = risk(position_max=8)
    given(gate, limit(5, 90), now=NOW)

    assert given(gate, change("o", 8), now=NOW) == [change("o", 8)]
    assert given(gate, change("o", 9), now=NOW) == [
        ReplaceRejected(client_order_id="o", code="position_exceeds_max")
    ]
    assert verdict(gate, limit(1, 90, "p")) == "position_exceeds_max"
    given(gate, about(ReplaceRejected))
    assert verdict(gate, limit(3, 90, "p")) == ""


def aimed(lots: int, id_: str) -> Any:
    """An order on the way to a target."""
    return own(lots, id_, role=OrderRole.TARGET)


def test_a_cancel_on_its_way_is_left_out_of_its_target_until_it_is_refused() -> None:
    """Of ten four are filled, and three are wanted now: one is to be sold, not seven."""
    gate = risk()
    given(gate, target(10), aimed(10, "a"), filled(4, "a", status=PARTLY), target(3), now=NOW)

    given(gate, about(CancelRequested, "a"))
    assert [verdict(gate, aimed(-2, "b")), verdict(gate, aimed(-1, "c"))] == ["parent_overrun", ""]
    given(gate, about(CancelRejected, "a"))
    assert [verdict(gate, aimed(-7, "d")), verdict(gate, aimed(-6, "e"))] == ["parent_overrun", ""]


def test_a_target_that_was_dropped_lets_what_leads_back_pass() -> None:
    """Five are held short of a target that is given up: they may be bought back, and no more."""
    gate = risk()
    given(gate, target(-5), filled(-5), TargetDropped(strategy="one", instrument=A), now=NOW)

    assert [verdict(gate, aimed(6, "a")), verdict(gate, aimed(5, "b"))] == ["parent_overrun", ""]


# -- flat ----------------------------------------------------------------------------------------


def test_while_flattening_the_last_order_or_fill_says_that_all_is_flat() -> None:
    gate = risk()
    given(gate, filled(5), filled(-3, strategy="two", instrument=B), stop(-5, 90), now=NOW)

    assert given(gate, moves(FLATTENING), now=NOW) == []
    closing = own(-5, "c"), own(3, "d", strategy="two", instrument=B)
    given(gate, *closing, now=NOW)
    assert given(gate, filled(-5, "c", status=FILLED)) == []
    assert given(gate, filled(3, "d", strategy="two", instrument=B, status=FILLED)) == []
    assert given(gate, about(OrderCanceled, "s")) == [Flattened()]


def test_nothing_to_flatten_is_flat_at_once() -> None:
    assert given(risk(), moves(FLATTENING), now=NOW) == [Flattened()]


def test_a_reverse_split_may_flatten_too() -> None:
    gate = risk()
    given(gate, filled(5), moves(FLATTENING), now=NOW)
    split = SplitEffective(instrument=A, numerator=1, denominator=10, ts_event=NOW)

    assert given(gate, split, now=NOW) == [Flattened()]


# -- instruments ---------------------------------------------------------------------------------


def test_a_suspension_lasts_until_the_venue_lifts_it() -> None:
    gate = risk()
    given(gate, InstrumentHalted(instrument=A, reason="news"), now=NOW)
    assert [verdict(gate, own(1)), verdict(gate, own(1, "b", instrument=B))] == [
        "instrument_halted",
        "",
    ]
    again = reborn(gate, cold())
    assert verdict(again, own(1)) == "instrument_halted"

    given(gate, InstrumentResumed(instrument=A), InstrumentResumed(instrument=B), now=NOW)
    assert verdict(gate, own(1)) == ""


def test_quotes_are_prices_and_prints_only_until_the_first_of_them() -> None:
    gate = risk()
    exposure = gate.state.exposures[A]

    given(gate, Trade(A, 102, 1, 1, 1, NOW + 1))
    assert exposure.price() == (204, NOW + 1)
    given(gate, Quote(A, NONE, 104, 1, 1, NOW + 2), Quote(A, 104, NONE, 1, 1, NOW + 2))
    assert exposure.price() == (204, NOW + 1)
    given(gate, Quote(A, 103, 104, 1, 1, NOW + 2), Trade(A, 99, 1, 1, 1, NOW + 3))
    assert exposure.price() == (207, NOW + 2)


# New York, 2024: Thanksgiving on the 28th, half a day on the 29th, then a weekend.
WEDNESDAY_CLOSE = 1_732_741_200 * SECOND_NS
FRIDAY_OPEN, FRIDAY_CLOSE = 1_732_890_600 * SECOND_NS, 1_732_903_200 * SECOND_NS
MONDAY_OPEN = 1_733_149_800 * SECOND_NS


@pytest.mark.parametrize(
    ("since", "now", "code"),
    [
        (WEDNESDAY_CLOSE, FRIDAY_OPEN, ""),
        (WEDNESDAY_CLOSE, FRIDAY_OPEN + 2 * HOUR, ""),
        (WEDNESDAY_CLOSE, FRIDAY_OPEN + 2 * HOUR + 1, "price_stale"),
        (FRIDAY_CLOSE - HOUR, FRIDAY_CLOSE + 9 * HOUR, ""),
        (FRIDAY_CLOSE - HOUR, MONDAY_OPEN + HOUR, ""),
        (FRIDAY_CLOSE - HOUR, MONDAY_OPEN + HOUR + 1, "price_stale"),
        (WEDNESDAY_CLOSE, MONDAY_OPEN, "price_stale"),  # three and a half hours on Friday
    ],
)
def test_a_price_ages_only_while_its_market_is_open(since: int, now: int, code: str) -> None:
    """Over a holiday, half a day and a weekend."""
    gate = risk(Facts(name=A, half=1, sessions=calendar("XNYS"), stale_after_ns=2 * HOUR))
    given(gate, Quote(A, 100, 100, 1, 1, since))

    assert verdict(gate, own(1), now) == code


def test_with_a_session_the_ids_of_ended_orders_are_forgotten() -> None:
    gate = risk()
    given(gate, own(1, "ended"), limit(1, 90, "open"), about(OrderCanceled, "ended"), now=NOW)

    given(gate, SessionClosed(calendar="UTC", session=0))

    assert gate.state.seen == {"open": True}


# -- what has left already -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "expected"),
    [(ACTIVE, ""), (HALTED, "trading_halted"), (REDUCING, "reducing_only")],
)
def test_what_was_let_through_may_be_recalled_in_the_same_step(
    state: TradingState, expected: str
) -> None:
    gate = risk()
    [approved] = given(gate, limit(5, 90), now=NOW)
    assert given(gate, change("o", 6), now=NOW) == [change("o", 6)]
    given(gate, moves(state), now=NOW)

    assert gate.recall(approved) == expected
    assert gate.recall(change("o", 6)) == expected
    # What only lowers, what has ended and what is no order leaves in any state.
    given(gate, about(ReplaceRejected))
    assert gate.recall(change("o", 4)) == ""
    assert gate.recall(change("gone", 4)) == ""
    assert gate.recall(Flattened()) == ""


def test_what_somebody_else_holds_counts_and_is_closed_before_all_is_flat() -> None:
    """His orders are his own: nobody waits for them."""
    gate = risk(position_max=10)
    given(gate, adopted(6, left=5, limit=90))

    assert verdict(gate, own(1)) == "position_exceeds_max"
    assert given(gate, moves(FLATTENING), now=NOW) == []
    assert given(gate, adopted(-6), now=NOW) == [Flattened()]
    assert gate.state.resting["web_1"].theirs
