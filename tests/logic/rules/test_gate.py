"""What the gate remembers of what it let through, and what it takes back in the same step."""

from typing import Any

import pytest

from tests.logic.rules.ruling import (
    ACTIVE,
    FLATTENING,
    HALTED,
    NOW,
    PARTLY,
    REDUCING,
    A,
    B,
    asked,
    codes,
    cold,
    facts,
    fill,
    guard,
    holds,
    limit,
    order,
    ruled,
    stop,
    stop_limit,
    target,
)
from trader.logic.rules.gate import Gate
from trader.logic.rules.limits import Filters, Limits
from trader.logic.rules.view import Account, Exposure
from trader.model.control import TradingState
from trader.model.orders import ReplaceOrder, SubmitOrder

# -- judging -------------------------------------------------------------------------------------


def test_an_instrument_that_nobody_configured_is_restricted() -> None:
    denial = ruled().judge(order(1, instrument="X.v"), NOW)

    assert denial is not None
    assert (denial.code, denial.detail) == (
        "instrument_restricted",
        "nobody configured this instrument",
    )


def test_market_orders_priced_ones_and_protection_meet_rules_of_their_own() -> None:
    gate = ruled(collar=(1, 10), lots_max=5)

    assert asked(gate, order(6), limit(1, 150), guard(6), order(5)) == [
        "lots_exceed_max",
        "price_off_market",
        "",
        "",
    ]


def test_judging_leaves_no_trace_but_where_a_strategy_stands() -> None:
    gate = ruled(orders_max=9, repeats_max=9)
    gate.judge(order(1), NOW)
    account = gate.account

    assert (account.seen, account.approved_at, account.resting) == ({}, [], {})
    assert account.standings["one"].recent == []
    assert account.exposures[A].worst() == 0


def test_rules_follow_the_limits_once_they_are_made_anew() -> None:
    gate = ruled()
    gate.account.limits = Limits(lots_max=1)
    assert asked(gate, order(2)) == [""]

    gate.renew()

    assert asked(gate, order(2), order(1)) == ["lots_exceed_max", ""]
    gate.account.trading = HALTED
    gate.renew()
    assert asked(gate, order(1)) == ["trading_halted"]
    gate.account.trading, gate.account.halted = ACTIVE, {A: "news"}
    gate.renew()
    assert asked(gate, order(1), order(1, instrument=B)) == ["instrument_halted", ""]


def test_another_account_is_judged_by_what_is_in_it() -> None:
    gate = ruled(position_max=5)
    codes(gate, order(5, "a"))
    assert asked(gate, order(1)) == ["position_exceeds_max"]

    gate.bind(
        Account(
            exposures={name: Exposure(half=1, last=each.last) for name, each in _known(gate)},
            limits=Limits(position_max=5),
            trading=ACTIVE,
        )
    )

    assert asked(gate, order(5), order(6)) == ["", "position_exceeds_max"]


def _known(gate: Gate) -> list[tuple[str, Exposure]]:
    return list(gate.account.exposures.items())


def test_an_order_that_is_denied_is_not_remembered_and_its_id_is_free() -> None:
    gate = ruled(lots_max=5, orders_max=1)

    assert codes(gate, order(6, "a"), order(5, "a"), order(1, "b")) == [
        "lots_exceed_max",
        "",
        "rate_exceeds_max",
    ]


# -- remembering ---------------------------------------------------------------------------------


def test_nothing_is_remembered_that_no_rule_looks_at() -> None:
    gate = ruled()
    codes(gate, order(1, "a"))

    assert gate.account.approved_at == []
    assert gate.account.standings["one"].recent == []
    assert gate.account.seen == {"a": True}


@pytest.mark.parametrize(
    ("later", "kept"),
    [
        (0, [0, 500, 0]),
        (999, [0, 500, 999]),
        (1_000, [500, 1_000]),
        (1_499, [500, 1_499]),
        (1_500, [1_500]),
        (9_000, [9_000]),
    ],
)
def test_approvals_are_kept_as_long_as_the_window(later: int, kept: list[int]) -> None:
    """What no rule can see any more is forgotten, whichever rule looks back."""
    paced = ruled(orders_max=9, orders_window_ns=1_000)
    repeating = ruled(repeats_max=9, repeats_window_ns=1_000)
    intending = ruled(intent_window_ns=1_000)
    for gate in (paced, repeating, intending):
        for k, at in enumerate((0, 500, later)):
            assert codes(gate, order(k + 1, f"o{k}"), now=NOW + at) == [""]

    expected = [NOW + at for at in kept]
    assert paced.account.approved_at == expected
    for gate in (repeating, intending):
        assert [at for at, *_ in gate.account.standings["one"].recent] == expected


def test_what_is_remembered_of_a_strategys_order() -> None:
    gate = holds(ruled(repeats_max=9), 3)
    codes(gate, limit(1, 90, "a"), stop(-2, 80, "b"), guard(-1))

    assert gate.account.standings["one"].recent == [(NOW, 3, 1, 90, None), (NOW, 3, -2, None, 80)]


# -- changes -------------------------------------------------------------------------------------


def change(gate: Gate, lots: int | None, now: int = NOW, **prices: Any) -> str:
    """The rule that denies another size or price of the order `a`, or nothing."""
    id_ = prices.pop("id_", "a")
    command = ReplaceOrder(
        client_order_id=id_, instrument=A, request_id=f"{id_}-r", lots=lots, **prices
    )
    denial = gate.change(command, now)
    return "" if denial is None else denial.code


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(
    ("lots", "code", "room"),
    [
        (7, "", 5),
        (8, "", 6),
        (9, "position_exceeds_max", 3),  # denied: it is as it was
        (5, "", 3),
        (4, "", 3),  # counts as the larger one until the venue has lowered it
        (2, "", 3),
        (1, "", 3),
        (None, "", 3),
    ],
)
def test_a_larger_size_is_judged_as_if_the_order_were_not_there(
    side: int, lots: int | None, code: str, room: int
) -> None:
    """Two of five are filled, and eight are allowed."""
    gate = ruled(position_max=8)
    codes(gate, order(5 * side, "a"))
    gate.counting.fill(fill(2 * side, "a", PARTLY))

    assert change(gate, None if lots is None else lots * side) == code
    assert gate.account.resting["a"].room == room
    exposure = gate.account.exposures[A]
    assert (exposure.orders, exposure.buys - exposure.sells) == (1, room)


def test_another_limit_is_judged_and_counts_beside_the_old_one() -> None:
    gate = ruled(collar=(1, 10))
    codes(gate, limit(5, 95, "a"))

    assert change(gate, None, limit_ticks=111) == "price_off_market"
    assert gate.account.resting["a"].asked_ticks is None
    assert change(gate, None, limit_ticks=95) == ""
    assert gate.account.resting["a"].asked_ticks is None
    assert change(gate, None, limit_ticks=110) == ""
    assert gate.account.resting["a"].asked_ticks == 110


def test_another_stop_is_judged_by_what_the_order_is_worth_then() -> None:
    gate = ruled(notional_max=1_000)
    codes(gate, stop(5, 100, "a"))

    assert change(gate, None, stop_ticks=101) == "notional_exceeds_max"
    assert change(gate, None, stop_ticks=99) == ""
    assert gate.account.resting["a"].asked_ticks == 99


def test_of_an_order_with_a_limit_the_stop_that_is_asked_for_does_not_count() -> None:
    gate = ruled()
    codes(gate, stop_limit(5, 100, 101, "a"))

    assert change(gate, None, stop_ticks=99) == ""
    assert gate.account.resting["a"].asked_ticks is None
    assert change(gate, None, stop_ticks=98, limit_ticks=102) == ""
    assert gate.account.resting["a"].asked_ticks == 102


@pytest.mark.parametrize(
    ("filters", "lots", "code"),
    [
        (Filters(lots_min=8), None, ""),
        (Filters(lots_max=10), 10, ""),
        (Filters(lots_max=10), 11, "filter_violated"),
        (Filters(lots_step=4), 12, ""),
        (Filters(lots_step=4), 10, "filter_violated"),
        (Filters(notional_min=1_600), None, ""),
    ],
)
def test_a_venue_looks_at_the_whole_of_a_changed_order(
    filters: Filters, lots: int | None, code: str
) -> None:
    """Six of eight have filled; another order is looked at by itself."""
    gate = ruled(facts(filters=filters))
    assert codes(gate, limit(8, 100, "a")) == [""]
    gate.counting.fill(fill(6, "a", PARTLY))

    assert change(gate, lots, limit_ticks=101) == code
    assert asked(gate, limit(8, 100, "b")) == [""]


@pytest.mark.parametrize("name", ["open_orders_max", "open_orders_total_max"])
def test_an_order_that_is_changed_is_not_one_more(name: str) -> None:
    limits: dict[str, Any] = {name: 1}
    gate = ruled(**limits)
    assert codes(gate, limit(5, 95, "a"), limit(5, 95, "b")) == ["", "open_orders_exceed_max"]

    assert change(gate, 6, limit_ticks=96) == ""
    assert codes(gate, limit(5, 95, "c")) == ["open_orders_exceed_max"]


def test_a_limit_may_move_past_its_own_old_price_but_not_into_our_other_one() -> None:
    gate = ruled()
    codes(gate, limit(5, 95, "a"), limit(-5, 105, "b"))

    assert change(gate, None, limit_ticks=104) == ""
    assert change(gate, None, limit_ticks=104, id_="b") == "self_trade"
    assert change(gate, None, limit_ticks=105) == "self_trade"


def test_protection_moves_freely_and_grows_by_the_rules_for_protection() -> None:
    gate = ruled(position_max=5)
    gate.counting.approve(guard(-5))

    assert change(gate, None, stop_ticks=1, id_="g") == ""
    assert change(gate, -6, id_="g") == "position_exceeds_max"
    assert change(holds(gate, 1), -6, id_="g") == ""


@pytest.mark.parametrize("lots", [-9, 0, 2, 1])
def test_what_cannot_be_the_venue_has_to_refuse(lots: int) -> None:
    """The other side, or no more than has filled; and so for an order that does not work."""
    gate = ruled(position_max=5)
    codes(gate, limit(5, 95, "a"))
    gate.counting.fill(fill(2, "a", PARTLY))

    assert change(gate, lots, limit_ticks=105) == ""
    assert change(gate, 99, id_="nobody") == ""
    assert gate.account.resting["a"].asked_ticks is None


def test_a_change_that_was_let_through_counts_in_every_window() -> None:
    """One that only lowers does not, and neither does protection."""
    gate = ruled(orders_max=3, repeats_max=9)
    codes(gate, limit(5, 95, "a"))
    gate.counting.approve(guard(-5))

    assert [change(gate, 4), change(gate, -6, id_="g")] == ["", ""]
    assert change(gate, 6, limit_ticks=96) == ""
    assert gate.account.approved_at == [NOW, NOW]
    assert gate.account.standings["one"].recent == [(NOW, 0, 5, 95, None), (NOW, 0, 6, 96, None)]
    assert [change(gate, 7), change(gate, 8)] == ["", "rate_exceeds_max"]


def test_no_change_is_let_through_while_halted() -> None:
    gate = ruled()
    codes(gate, limit(5, 95, "a"))
    gate.account.trading = HALTED
    gate.renew()

    assert [change(gate, 6), change(gate, 4)] == ["trading_halted", ""]


# -- taking back ---------------------------------------------------------------------------------


def approved(trading: TradingState, held: int, *orders: SubmitOrder) -> list[str]:
    """Orders were let through while active; then the state became this."""
    gate = holds(ruled(), held)
    for each in orders:
        gate.counting.approve(each)
    gate.account.trading = trading
    return [gate.recall(each) for each in orders]


@pytest.mark.parametrize(
    ("trading", "held", "lots", "code"),
    [
        (ACTIVE, 0, 1, ""),
        (HALTED, 5, -5, "trading_halted"),
        (HALTED, 0, 1, "trading_halted"),
        (REDUCING, 0, 1, "reducing_only"),
        (REDUCING, 5, 1, "reducing_only"),
        (REDUCING, 5, -4, ""),
        (REDUCING, 5, -5, ""),
        (REDUCING, 5, -6, "reducing_only"),
        (FLATTENING, 5, -5, ""),
        (FLATTENING, 5, -6, "reducing_only"),
        (FLATTENING, 5, 1, "reducing_only"),
        (FLATTENING, -5, 5, ""),
        (FLATTENING, -5, 6, "reducing_only"),
    ],
)
def test_what_must_not_leave_after_all(
    trading: TradingState, held: int, lots: int, code: str
) -> None:
    assert approved(trading, held, target(lots)) == [code]


def test_of_what_flattens_only_orders_of_targets_leave_that_are_not_canceled() -> None:
    """The strategy's own is being canceled, and so is the sale of twenty that turns it."""
    gate = holds(ruled(), 5)
    sent = order(-5, "own"), target(-20, "turn"), target(-5, "close")
    for each in sent:
        gate.counting.approve(each)
    gate.counting.leave("turn", leaving=True)
    gate.account.trading = FLATTENING

    assert [gate.recall(each) for each in sent] == ["reducing_only", "reducing_only", ""]


def test_protection_leaves_unless_trading_is_halted() -> None:
    for trading in (REDUCING, FLATTENING):
        assert approved(trading, 5, guard(-5)) == [""]
    assert approved(HALTED, 5, guard(-5)) == ["trading_halted"]


def test_all_that_was_let_through_counts_not_one_order_alone() -> None:
    """Which of them would turn the position nobody can say: none of them leaves."""
    closing = stop(-3, 90, "a"), stop(-3, 90, "b")

    assert approved(REDUCING, 6, *closing) == ["", ""]
    assert approved(REDUCING, 5, *closing) == ["reducing_only"] * 2


@pytest.mark.parametrize(("trading", "code"), [(REDUCING, "reducing_only"), (FLATTENING, "")])
def test_strategies_that_stand_against_each_other(trading: TradingState, code: str) -> None:
    """While flattening each closes what is its own."""
    gate = holds(holds(ruled(), 5), -5, strategy="two")
    gate.counting.approve(target(-5))
    gate.account.trading = trading

    assert gate.recall(target(-5)) == code


def test_what_has_filled_meanwhile_is_held() -> None:
    """The gate counts what is left of the order, and what it opened."""
    gate = cold()
    gate.counting.approve(order(5))
    gate.counting.fill(fill(5))
    gate.account.trading = REDUCING
    gate.counting.approve(order(-5, "close"))

    assert gate.recall(order(-5, "close")) == ""
