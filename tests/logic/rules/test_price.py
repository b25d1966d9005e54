"""The collar around the market, and our own orders in an order's way."""

import pytest

from tests.core.making import adopted
from tests.logic.rules.ruling import (
    NOW,
    PARTLY,
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
    quoted,
    ruled,
    stop,
    stop_limit,
)
from trader.logic.rules.case import Case
from trader.logic.rules.limits import Limits
from trader.logic.rules.price import price_off_market
from trader.model.orders import OrderRole, OrderType, SubmitOrder
from trader.model.units import INT64_MAX

# -- collar --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ticks", "code"),
    [
        (89, "price_off_market"),
        (90, ""),
        (91, ""),
        (109, ""),
        (110, ""),
        (111, "price_off_market"),
    ],
)
@pytest.mark.parametrize("lots", [1, -1])
def test_a_limit_lies_within_the_collar_on_either_side(ticks: int, lots: int, code: str) -> None:
    """A tenth of 100 ticks, the bound included, for purchases as for sales."""
    assert asked(ruled(collar=(1, 10)), limit(lots, ticks)) == [code]


@pytest.mark.parametrize(
    ("ticks", "code"),
    [(84, "price_off_market"), (85, ""), (115, ""), (116, "price_off_market")],
)
def test_the_collar_is_any_fraction(ticks: int, code: str) -> None:
    """Three twentieths of 100 ticks."""
    assert asked(ruled(collar=(3, 20)), limit(1, ticks)) == [code]


@pytest.mark.parametrize(
    ("bid", "ask", "ticks", "code"),
    [
        (100, 101, 110, ""),  # a tenth of 100.5 is 10.05: up to 110.55
        (100, 101, 111, "price_off_market"),
        (100, 101, 91, ""),  # down to 90.45
        (100, 101, 90, "price_off_market"),
    ],
)
def test_the_middle_of_a_quote_is_exact(bid: int, ask: int, ticks: int, code: str) -> None:
    gate = ruled(collar=(1, 10))
    quoted(gate, bid, ask)

    assert asked(gate, limit(1, ticks)) == [code]


def test_the_detail_says_where_the_market_is() -> None:
    gate = ruled(collar=(1, 10))
    quoted(gate, 100, 101)

    denial = gate.judge(limit(1, 111), NOW)
    assert denial is not None
    assert denial.detail == "limit 111, last price 100.5 ticks"


def test_only_limits_that_do_not_protect_are_looked_at() -> None:
    """A stop-limit has one too; a take-profit lies far away on purpose."""
    gate = ruled(collar=(1, 10))
    take = limit(-1, 150, role=OrderRole.PROTECTION)

    assert asked(gate, order(1), stop(1, 150), take) == ["", "", ""]
    assert asked(gate, stop_limit(1, 105, 150)) == ["price_off_market"]
    plain = Case(limits=Limits(), facts=facts(), priced=True)
    assert price_off_market(plain) is None


def test_no_price_is_too_large_to_be_compared() -> None:
    gate = ruled(price=INT64_MAX // 2, collar=(1, 10**9))

    assert asked(gate, limit(1, INT64_MAX // 2), limit(1, INT64_MAX)) == ["", "price_off_market"]


# -- our own orders ------------------------------------------------------------------------------


@pytest.mark.parametrize(("ticks", "code"), [(109, ""), (110, "self_trade"), (111, "self_trade")])
def test_a_purchase_must_not_reach_our_own_offer(ticks: int, code: str) -> None:
    gate = ruled()
    codes(gate, limit(-1, 110, "rests"))

    assert asked(gate, limit(1, ticks), limit(1, ticks, strategy="two")) == [code, code]


@pytest.mark.parametrize(("ticks", "code"), [(91, ""), (90, "self_trade"), (89, "self_trade")])
def test_a_sale_must_not_reach_our_own_bid(ticks: int, code: str) -> None:
    gate = ruled()
    codes(gate, limit(1, 90, "rests"))

    assert asked(gate, limit(-1, ticks)) == [code]


def test_a_market_order_reaches_every_price_and_a_stop_none_yet() -> None:
    gate = ruled()
    codes(gate, limit(-1, 110, "rests"))

    assert asked(gate, order(1), stop(1, 120), guard(1, ticks=120)) == ["self_trade", "", ""]
    assert asked(gate, order(-1), order(1, instrument=B)) == ["", ""]


def test_a_stop_limit_is_judged_by_its_limit() -> None:
    gate = ruled()
    codes(gate, limit(-1, 110, "rests"))

    assert asked(gate, stop_limit(1, 105, 109), stop_limit(1, 105, 110)) == ["", "self_trade"]


def test_the_detail_names_the_order_and_its_price() -> None:
    gate = ruled()
    codes(gate, limit(-1, 110, "rests"))

    denial = gate.judge(order(1), NOW)
    assert denial is not None
    assert denial.detail == "would meet rests at 110 ticks"


def test_orders_without_a_limit_or_of_another_instrument_are_not_met() -> None:
    gate = ruled()
    codes(gate, stop(-1, 90, "stop"), limit(-1, 110, "there", instrument=B), limit(1, 90, "same"))

    assert asked(gate, order(1)) == [""]


def test_what_somebody_else_leaves_in_the_book_keeps_nobody_from_closing() -> None:
    gate = ruled()
    gate.counting.adopt(adopted(left=9, limit=90))

    assert asked(gate, order(-1), limit(-1, 90)) == ["", ""]


def test_what_has_filled_rests_no_more() -> None:
    """More than it was is nothing left, though nobody has said that it ended."""
    gate = ruled()
    codes(gate, limit(-2, 110, "rests"))
    gate.counting.fill(fill(-1, "rests", PARTLY))
    assert asked(gate, order(1)) == ["self_trade"]

    gate.counting.fill(fill(-1, "rests", PARTLY))
    assert asked(gate, order(1)) == [""]


@pytest.mark.parametrize(
    ("lots", "rests", "wanted", "meets", "misses"),
    [(-1, 110, 107, 107, 106), (-1, 110, 113, 110, 109), (1, 90, 93, 93, 94), (1, 90, 87, 90, 91)],
)
def test_a_price_on_its_way_counts_beside_the_one_it_has(
    lots: int, rests: int, wanted: int, meets: int, misses: int
) -> None:
    gate = ruled()
    codes(gate, limit(lots, rests, "rests"))
    gate.counting.ask(gate.account.resting["rests"], 0, wanted)

    assert asked(gate, limit(-lots, meets), limit(-lots, misses)) == ["self_trade", ""]


def take(lots: int, ticks: int, **fields: object) -> SubmitOrder:
    """A protective limit."""
    return limit(lots, ticks, "take", role=OrderRole.PROTECTION, **fields)


@pytest.mark.parametrize(("held", "ticks"), [(5, 110), (-5, 90)])
def test_a_strategy_may_add_to_a_position_that_takes_profit_elsewhere(
    held: int, ticks: int
) -> None:
    """At the market, or short of that price; another strategy, or up to it, would meet it."""
    side = 1 if held > 0 else -1
    gate = holds(ruled(), held)
    assert codes(gate, take(-held, ticks)) == [""]

    assert asked(gate, order(side), limit(side, ticks - side)) == ["", ""]
    others = [order(side, strategy="two"), limit(side, ticks)]
    assert asked(gate, *others) == ["self_trade", "self_trade"]


# -- stop-limits that wait -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rests", "against", "code"),
    [
        # Its stop lies beyond the market at 100: no limit yet.
        (stop_limit(-1, 95, 94, "rests"), order(1), ""),
        (stop_limit(1, 105, 106, "rests"), order(-1), ""),
        (stop_limit(-1, 95, 95, "rests"), order(1), ""),
        (stop_limit(1, 105, 105, "rests"), order(-1), ""),
        # The market has come to its stop.
        (stop_limit(-1, 100, 99, "rests"), order(1), "self_trade"),
        (stop_limit(1, 100, 101, "rests"), order(-1), "self_trade"),
        (stop_limit(-1, 105, 94, "rests"), order(1), "self_trade"),
        # Its limit lies short of its stop: it may have been triggered, and rest.
        (stop_limit(-1, 95, 97, "rests"), order(1), "self_trade"),
        (stop_limit(1, 105, 103, "rests"), order(-1), "self_trade"),
        # A limit comes to its price whether it waits or not.
        (stop_limit(-1, 95, 94, "rests"), limit(1, 94), "self_trade"),
    ],
)
def test_a_stop_limit_that_waits_is_no_limit_yet(
    rests: SubmitOrder, against: SubmitOrder, code: str
) -> None:
    gate = ruled()
    codes(gate, rests)

    assert asked(gate, against) == [code]


def test_a_limit_under_another_name_is_one() -> None:
    """An order with a limit is met as such whatever it says that it is."""
    gate = ruled()
    codes(gate, order(-1, "rests", order_type=OrderType.MARKET, limit_ticks=110))

    assert asked(gate, order(1)) == ["self_trade"]
    assert A in gate.account.exposures
