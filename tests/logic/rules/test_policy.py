"""The list of all rules, and which of them are asked."""

from typing import Any

import pytest

from tests.logic.rules.ruling import (
    ACTIVE,
    FLATTENING,
    HALTED,
    NOW,
    REDUCING,
    A,
    asked,
    facts,
    limit,
    order,
    ruled,
    target,
)
from trader.calendars.sessions import Calendar
from trader.calendars.table import calendar
from trader.logic.rules.case import Case
from trader.logic.rules.limits import Filters, Limits
from trader.logic.rules.policy import CODES, POLICY, WAY_OUT, rules
from trader.model.control import TradingState

STRICT = Limits(
    lots_max=1,
    notional_max=1,
    position_max=1,
    gross_max=1,
    orders_max=1,
    open_orders_max=1,
    collar=(1, 10),
    concentration_max=(1, 10),
    sector_max=(1, 10),
    repeats_max=1,
    intent_window_ns=1,
    restricted=(A,),
    borrow=False,
    closed_orders="deny",
)
LISTED = facts(
    sector="tech", shortable=False, filters=Filters(lots_min=1), sessions=calendar("XNYS")
)
ALWAYS = ("duplicate_client_order_id", "price_stale", "self_trade")


def made(trading: TradingState = ACTIVE, *, priced: bool = True, protective: bool = False) -> int:
    """How many rules such an order meets where everything is limited and suspended."""
    case = Case(
        limits=STRICT,
        facts=LISTED,
        trading=trading,
        halted=True,
        priced=priced,
        protective=protective,
    )
    return len(rules(case))


def test_every_code_is_the_name_of_its_rule_and_of_one_alone() -> None:
    assert tuple(maker.__name__ for maker in POLICY) == CODES
    assert len(set(CODES)) == len(CODES) == 23
    assert isinstance(LISTED.sessions, Calendar)


def test_without_limits_only_a_few_are_asked() -> None:
    plain = Case(limits=Limits(), facts=facts())
    names = [maker.__name__ for maker in POLICY if maker(plain) is not None]

    assert names == [*ALWAYS, "parent_overrun"]
    assert len(rules(plain)) == 4


@pytest.mark.parametrize(
    ("trading", "priced", "protective", "count"),
    [
        # All but the one about the trading state itself, and its counterpart.
        (ACTIVE, True, False, 21),
        (ACTIVE, False, False, 20),
        (REDUCING, True, False, 22),
        (HALTED, True, False, 22),
        (ACTIVE, True, True, 5),
        (REDUCING, False, True, 6),
        (FLATTENING, True, False, 5),
        (FLATTENING, True, True, 3),
    ],
)
def test_what_cannot_concern_an_order_costs_it_nothing(
    trading: TradingState, priced: bool, protective: bool, count: int
) -> None:
    assert made(trading, priced=priced, protective=protective) == count


def test_the_way_out_is_part_of_the_policy_in_the_same_order() -> None:
    assert [maker for maker in POLICY if maker in WAY_OUT] == list(WAY_OUT)


def test_the_first_rule_that_says_no_decides() -> None:
    """One order that breaks four of them: as each is lifted the next one speaks."""
    one = limit(9, 150, instrument=A)
    breaks: dict[str, Any] = {
        "lots_max": 5,
        "notional_max": 100,
        "collar": (1, 10),
        "restricted": (A,),
    }

    said = []
    for name in ("", "restricted", "collar", "lots_max", "notional_max"):
        breaks.pop(name, None)
        said += asked(ruled(**breaks), one)

    assert said == [
        "instrument_restricted",
        "price_off_market",
        "lots_exceed_max",
        "notional_exceeds_max",
        "",
    ]


def test_the_last_rule_is_the_targets() -> None:
    gate = ruled(lots_max=5)

    assert asked(gate, target(6), target(5), order(5)) == ["lots_exceed_max", "parent_overrun", ""]
    assert gate.judge(order(5), NOW) is None
