"""What an instrument's venue would refuse anyway."""

from typing import Any, Final

import pytest

from tests.logic.rules.ruling import (
    NOW,
    A,
    asked,
    cold,
    facts,
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
from trader.logic.rules.filters import filter_violated
from trader.logic.rules.gate import Gate
from trader.logic.rules.limits import Filters, Limits
from trader.logic.rules.view import Standing, View
from trader.model.orders import ReplaceOrder, SubmitOrder
from trader.model.units import INT64_MAX

NO = "filter_violated"


def filtered(**filters: Any) -> Gate:
    return ruled(facts(filters=Filters(**filters)))


@pytest.mark.parametrize(
    ("filters", "lots", "code"),
    [
        ({"lots_min": 5}, 4, NO),
        ({"lots_min": 5}, 5, ""),
        ({"lots_min": 5}, 6, ""),
        ({"lots_max": 5}, 4, ""),
        ({"lots_max": 5}, 5, ""),
        ({"lots_max": 5}, 6, NO),
        ({"lots_step": 5}, 4, NO),
        ({"lots_step": 5}, 5, ""),
        ({"lots_step": 5}, 6, NO),
        ({"lots_step": 5}, 10, ""),
        ({"lots_max": INT64_MAX - 1}, INT64_MAX, NO),
        ({"lots_max": INT64_MAX}, INT64_MAX, ""),
    ],
)
@pytest.mark.parametrize("side", [1, -1])
def test_sizes(filters: dict[str, int], lots: int, side: int, code: str) -> None:
    assert asked(filtered(**filters), order(side * lots)) == [code]


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (limit(1, 89), NO),
        (limit(1, 90), ""),
        (limit(1, 91), ""),
        (limit(1, 109), ""),
        (limit(1, 110), ""),
        (limit(1, 111), NO),
        (stop(1, 89), NO),
        (stop(1, 90), ""),
        (stop(1, 110), ""),
        (stop(1, 111), NO),
        (stop_limit(1, 110, 111), NO),
        (stop_limit(1, 111, 110), NO),
        (stop_limit(1, 109, 110), ""),
        (order(1), ""),
    ],
)
def test_prices(one: SubmitOrder, code: str) -> None:
    assert asked(filtered(ticks_min=90, ticks_max=110), one) == [code]


@pytest.mark.parametrize(("ticks", "code"), [(49, NO), (50, ""), (51, "")])
def test_worth_is_the_orders_own_price_and_only_what_is_said_is_asked(
    ticks: int, code: str
) -> None:
    """Five lots at 50 ticks are worth 500 quanta, for half a tick x lot is one."""
    gate = filtered(notional_min=500)

    assert asked(gate, limit(5, ticks), stop(5, ticks)) == [code, code]


@pytest.mark.parametrize(("bid", "code"), [(98, NO), (99, ""), (100, "")])
def test_a_market_order_is_worth_the_last_price(bid: int, code: str) -> None:
    gate = filtered(notional_min=995)
    quoted(gate, bid, 100)

    assert asked(gate, order(5)) == [code]


@pytest.mark.parametrize(
    ("filters", "one", "detail"),
    [
        ({"lots_min": 5}, order(-4), "4 lots, at least 5"),
        ({"lots_max": 5}, order(-6), "6 lots, at most 5"),
        ({"lots_step": 5}, order(-6), "6 lots, in steps of 5"),
        ({"ticks_min": 90}, limit(1, 89), "89 ticks, at least 90"),
        ({"ticks_max": 90}, limit(1, 91), "91 ticks, at most 90"),
        ({"notional_min": 201}, order(1), "200 quanta, at least 201"),
    ],
)
def test_the_detail_says_what_the_venue_takes(
    filters: dict[str, int], one: SubmitOrder, detail: str
) -> None:
    denial = filtered(**filters).judge(one, NOW)

    assert denial is not None
    assert (denial.code, denial.detail) == (NO, detail)


def test_nobody_is_exempt_for_the_venue_exempts_nobody() -> None:
    gate = holds(filtered(lots_step=5), 4)

    assert asked(gate, order(-4), guard(-4)) == [NO, NO]


def test_without_filters_there_is_no_rule() -> None:
    assert filter_violated(Case(limits=Limits(), facts=facts())) is None


@pytest.mark.parametrize(
    ("filters", "one", "code"),
    [
        ({"market_lots_min": 5}, order(4), NO),
        ({"market_lots_min": 5}, order(5), ""),
        ({"market_lots_min": 5}, limit(4, 100), ""),
        ({"market_lots_max": 5}, order(-6), NO),
        ({"market_lots_max": 5}, stop(-6, 90), ""),
        ({"market_lots_step": 5}, order(6), NO),
        ({"market_lots_step": 5}, order(10), ""),
        ({"lots_step": 2, "market_lots_step": 3}, order(3), NO),
    ],
)
def test_a_market_order_has_bounds_of_its_own_beside_those_of_all(
    filters: dict[str, int], one: SubmitOrder, code: str
) -> None:
    assert asked(filtered(**filters), one) == [code]


@pytest.mark.parametrize(
    ("filters", "one", "code"),
    [
        ({"notional_max": 1_000}, limit(5, 100), ""),
        ({"notional_max": 1_000}, limit(5, 101), NO),
        ({"notional_max": 1_000}, order(6), NO),
        ({"notional_max": 1_000, "notional_max_spares_market": True}, order(6), ""),
        ({"notional_max": 1_000, "notional_max_spares_market": True}, limit(6, 100), NO),
        ({"notional_min": 1_000}, order(4), NO),
        ({"notional_min": 1_000, "notional_min_spares_market": True}, order(4), ""),
        ({"notional_min": 1_000, "notional_min_spares_market": True}, stop(4, 100), NO),
    ],
)
def test_the_bounds_of_worth_may_spare_market_orders(
    filters: dict[str, Any], one: SubmitOrder, code: str
) -> None:
    """Five lots at 100 ticks are worth 1,000 quanta."""
    assert asked(filtered(**filters), one) == [code]


BAND: Final[dict[str, Any]] = {"buy_band": ((9, 10), (11, 10)), "sell_band": ((1, 2), (3, 2))}


@pytest.mark.parametrize(
    ("lots", "ticks", "code"),
    [
        (1, 89, NO),
        (1, 90, ""),
        (1, 110, ""),
        (1, 111, NO),
        (-1, 49, NO),
        (-1, 50, ""),
        (-1, 150, ""),
        (-1, 151, NO),
    ],
)
def test_a_limit_lies_within_shares_of_the_last_price_by_its_side(
    lots: int, ticks: int, code: str
) -> None:
    assert asked(filtered(**BAND), limit(lots, ticks)) == [code]


def test_what_has_no_limit_or_no_price_to_be_held_against_is_in_no_band() -> None:
    assert asked(filtered(**BAND), order(1), stop(1, 1)) == ["", ""]
    unpriced = cold(facts(filters=Filters(**BAND)), stale_after=INT64_MAX)
    assert unpriced.judge(limit(1, 1), NOW) is None


def test_only_so_many_orders_may_be_open_and_a_change_is_no_further_one() -> None:
    gate = filtered(orders_max=2)

    assert [gate.admit(limit(1, 100, id_), NOW) for id_ in "ab"] == [None, None]
    denial = gate.admit(guard(-1), NOW)
    assert denial is not None
    assert (denial.code, denial.detail) == (NO, "2 open orders, at most 2")
    larger = ReplaceOrder(client_order_id="a", instrument=A, request_id="r", lots=3)
    assert gate.change(larger, NOW) is None


@pytest.mark.parametrize(("lots", "code"), [(1, NO), (2, ""), (5, ""), (6, NO)])
def test_of_what_was_configured_and_what_the_venue_lists_the_tighter_holds(
    lots: int, code: str
) -> None:
    ours = facts(filters=Filters(lots_min=2, lots_max=9))
    case = Case(limits=Limits(), facts=ours, listed=Filters(lots_min=1, lots_max=5))
    rule = filter_violated(case)
    gate = ruled(ours)
    view = View(gate.account, gate.account.exposures[A], Standing(instrument=A))

    assert rule is not None
    denial = rule(order(lots), view, NOW)
    assert ("" if denial is None else denial.code) == code
