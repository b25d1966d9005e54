"""Trading states, ids used twice, intents sent twice, restricted instruments."""

import pytest

from tests.logic.rules.ruling import (
    ACTIVE,
    FLATTENING,
    HALTED,
    NOW,
    REDUCING,
    A,
    B,
    asked,
    codes,
    facts,
    fill,
    guard,
    holds,
    limit,
    order,
    ruled,
    stop,
    target,
)
from trader.logic.rules.case import Case
from trader.logic.rules.limits import Limits
from trader.logic.rules.plain import (
    instrument_restricted,
    intent_duplicate,
    reducing_only,
    trading_halted,
)

PLAIN = Case(limits=Limits(), facts=facts())


def test_no_rule_is_made_where_nothing_is_asked() -> None:
    """An active account without limits: only the id is looked at."""
    for maker in (trading_halted, reducing_only, intent_duplicate, instrument_restricted):
        assert maker(PLAIN) is None


def test_halted_lets_nothing_out_not_even_what_protects_or_reduces() -> None:
    gate = holds(ruled(trading=HALTED), 5)

    assert asked(gate, order(1), order(-5), guard(-5)) == ["trading_halted"] * 3
    denial = gate.judge(order(1), NOW)
    assert denial is not None
    assert denial.detail == "trading is halted"


# -- reducing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("trading", [REDUCING, FLATTENING])
@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(
    ("lots", "code"), [(-4, ""), (-5, ""), (-6, "reducing_only"), (1, "reducing_only")]
)
def test_reducing_lets_an_order_out_that_goes_no_further_than_flat(
    trading: object, side: int, lots: int, code: str
) -> None:
    gate = holds(ruled(trading=trading), 5 * side)  # type: ignore[arg-type]

    assert asked(gate, order(lots * side)) == [code]


@pytest.mark.parametrize(("lots", "code"), [(-1, ""), (-2, ""), (-3, "reducing_only")])
def test_what_else_closes_the_position_is_counted(lots: int, code: str) -> None:
    """Together they may close it, and no more; what stands on the other side does not help."""
    gate = holds(ruled(trading=REDUCING), 5)
    gate.counting.approve(limit(-3, 120, "sells"))
    gate.counting.approve(stop(9, 130, "buys"))

    assert asked(gate, order(lots)) == [code]


def test_a_resting_stop_does_not_keep_the_position_from_being_closed() -> None:
    gate = holds(ruled(trading=REDUCING), 5)
    gate.counting.approve(guard(-5))

    assert asked(gate, order(-5), order(-6)) == ["", "reducing_only"]


def test_protection_is_measured_by_what_its_strategy_holds() -> None:
    """Another one that rests is not counted, for together they close no more than is held."""
    gate = holds(ruled(trading=REDUCING), 5)
    gate.counting.approve(guard(-5, "first"))

    assert asked(gate, guard(-5), guard(-6), guard(1)) == ["", "reducing_only", "reducing_only"]


@pytest.mark.parametrize(
    ("trading", "role", "code"),
    [
        (REDUCING, order, "reducing_only"),
        (FLATTENING, order, ""),
        (REDUCING, guard, ""),
        (FLATTENING, guard, ""),
    ],
)
def test_strategies_that_stand_against_each_other(trading: object, role: object, code: str) -> None:
    """All of it is flat, so closing one of them opens the account; flattening has to."""
    gate = holds(holds(ruled(trading=trading), 5), -5, strategy="two")  # type: ignore[arg-type]

    assert asked(gate, role(-5)) == [code]  # type: ignore[operator]


def test_what_another_strategy_holds_is_not_ones_own_to_close() -> None:
    gate = holds(ruled(trading=REDUCING), 5, strategy="two")

    assert asked(gate, order(-5), order(-5, strategy="two")) == ["reducing_only", ""]
    denial = gate.judge(order(-5), NOW)
    assert denial is not None
    assert denial.detail == "-5 lots at a position of 0, of all 5"


def test_flattening_asks_only_what_an_order_needs_to_get_out() -> None:
    """Limits on size, value, pace and price do not keep anybody in."""
    gate = holds(
        ruled(trading=FLATTENING, orders_max=1, notional_max=1, restricted=(A,), lots_max=1), 5
    )

    closing = target(-2, "a"), target(-3, "b"), target(-1, "c")
    assert codes(gate, *closing) == ["", "", "reducing_only"]
    assert asked(gate, target(-1, "a")) == ["reducing_only"]


def test_what_flattens_does_not_wait_for_orders_that_are_being_canceled() -> None:
    """Its own sale of three rests, one of its target of two is leaving, and so is a purchase."""
    gate = holds(ruled(), 5)
    for each in (limit(-3, 120, "own"), target(-2, "leaving"), target(4, "more")):
        gate.counting.approve(each)
    gate.counting.leave("leaving", leaving=True)
    gate.account.trading = FLATTENING
    gate.renew()

    assert asked(gate, target(-5), target(-6)) == ["", "reducing_only"]


# -- ids -----------------------------------------------------------------------------------------


def test_an_id_passes_once_even_if_its_order_has_ended() -> None:
    gate = ruled()

    assert codes(gate, order(1, "a"), order(1, "a"), order(1, "b")) == [
        "",
        "duplicate_client_order_id",
        "",
    ]
    gate.counting.fill(fill(1, "a"))
    assert asked(gate, order(1, "a"), guard(-1, "a")) == ["duplicate_client_order_id"] * 2


# -- intents -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("later", "code"),
    [(0, "intent_duplicate"), (999, "intent_duplicate"), (1_000, ""), (1_001, "")],
)
def test_the_same_order_again_within_the_window_is_denied(later: int, code: str) -> None:
    gate = ruled(intent_window_ns=1_000)

    assert codes(gate, order(1, "a")) == [""]
    assert asked(gate, order(1, "b"), now=NOW + later) == [code]


def test_another_order_is_another_intent() -> None:
    """Its lots, its limit, its stop or its strategy; protection has no intent of its own."""
    gate = ruled(intent_window_ns=1_000)
    assert codes(gate, limit(1, 90, "a"), stop(1, 110, "b")) == ["", ""]

    others = [
        limit(2, 90),
        limit(-1, 110),
        limit(1, 91),
        limit(1, 90, strategy="two"),
        stop(1, 111),
        order(1),
        guard(1, ticks=110),
    ]
    assert asked(gate, *others) == [""] * len(others)
    assert asked(gate, limit(1, 90), stop(1, 110)) == ["intent_duplicate"] * 2


def test_an_intent_older_than_the_window_does_not_count_though_it_is_remembered() -> None:
    """Another rule looks back further."""
    gate = ruled(intent_window_ns=1_000, repeats_max=9, repeats_window_ns=5_000)
    assert codes(gate, order(1, "a")) == [""]
    assert codes(gate, order(2, "b"), now=NOW + 1_500) == [""]

    assert asked(gate, order(1), order(2), now=NOW + 1_600) == ["", "intent_duplicate"]


def test_the_window_is_the_same_behind_a_later_order() -> None:
    gate = ruled(intent_window_ns=1_000)
    assert codes(gate, order(1, "a")) == [""]
    assert codes(gate, order(2, "b"), now=NOW + 500) == [""]

    assert asked(gate, order(1), now=NOW + 999) == ["intent_duplicate"]
    assert asked(gate, order(1), now=NOW + 1_000) == [""]


def test_the_detail_says_how_long_ago() -> None:
    gate = ruled(intent_window_ns=1_000)
    codes(gate, order(1, "a"))

    denial = gate.judge(order(1), NOW + 7)
    assert denial is not None
    assert denial.detail == "sent 7 ns ago as well"


# -- restricted ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lots", "code"),
    [(-4, ""), (-5, ""), (-6, "instrument_restricted"), (1, "instrument_restricted")],
)
def test_a_restricted_instrument_is_only_left(lots: int, code: str) -> None:
    gate = holds(ruled(restricted=(A,)), 5)

    assert asked(gate, order(lots)) == [code]
    assert asked(gate, order(lots, instrument=B)) == [""]


def test_protection_in_a_restricted_instrument_passes() -> None:
    gate = holds(ruled(restricted=(B, A), trading=ACTIVE), 5)

    assert asked(gate, guard(-5)) == [""]
    denial = gate.judge(order(1), NOW)
    assert denial is not None
    assert denial.detail == "A.v is restricted"
