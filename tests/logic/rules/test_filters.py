"""What an instrument's venue would refuse anyway."""

import pytest

from tests.logic.rules.ruling import (
    NOW,
    asked,
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
from trader.model.orders import SubmitOrder
from trader.model.units import INT64_MAX

NO = "filter_violated"


def filtered(**filters: int) -> Gate:
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
