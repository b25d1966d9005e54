"""Suspended instruments, closed markets, prices that are too old."""

import numpy as np
import pytest

from tests.logic.rules.ruling import (
    NOW,
    A,
    B,
    asked,
    cold,
    facts,
    guard,
    holds,
    order,
    priced,
    quoted,
    ruled,
)
from trader.calendars.sessions import Calendar
from trader.logic.rules.case import Case
from trader.logic.rules.gate import Gate
from trader.logic.rules.limits import Limits
from trader.logic.rules.session import instrument_halted, market_closed
from trader.model.units import DAY_NS

HOUR = 3_600_000_000_000
STALE = 2 * HOUR
FRIDAY = 0, 8 * HOUR
"""A whole session; the next one, after a weekend, is half a day."""
MONDAY = 3 * DAY_NS, 3 * DAY_NS + 4 * HOUR
TUESDAY = 4 * DAY_NS, 4 * DAY_NS + 8 * HOUR
WEEK = (FRIDAY, MONDAY, TUESDAY)
EXCHANGE = Calendar(
    "X",
    np.array([opens for opens, _ in WEEK], dtype=np.int64),
    np.array([closes for _, closes in WEEK], dtype=np.int64),
    ts_from=-DAY_NS,
    ts_to=6 * DAY_NS,
)


def listed(**limits: object) -> Gate:
    """A has the sessions of X and a price for two hours of open time; B is never closed."""
    return ruled(facts(sessions=EXCHANGE, stale_after_ns=STALE), facts(B), **limits)  # type: ignore[arg-type]


# -- suspended -----------------------------------------------------------------------------------


def test_nothing_but_protection_is_sent_while_the_venue_has_suspended_trading() -> None:
    gate = holds(ruled(halted="volatility"), 5)

    assert asked(gate, order(1), order(-5), guard(-5)) == ["instrument_halted"] * 2 + [""]
    assert asked(gate, order(1, instrument=B)) == [""]


@pytest.mark.parametrize(("reason", "detail"), [("volatility", "volatility"), ("", "suspended")])
def test_the_detail_is_the_venues_reason(reason: str, detail: str) -> None:
    denial = ruled(halted=reason).judge(order(1), NOW)

    assert denial is not None
    assert denial.detail == detail


def test_no_rule_for_an_instrument_that_trades() -> None:
    assert instrument_halted(Case(limits=Limits(), facts=facts())) is None


# -- closed --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (-1, "market_closed"),
        (0, ""),
        (FRIDAY[1] - 1, ""),
        (FRIDAY[1], "market_closed"),
        (FRIDAY[1] + DAY_NS, "market_closed"),
        (MONDAY[0], ""),
        (MONDAY[1] - 1, ""),
        (MONDAY[1], "market_closed"),  # half a day: the afternoon is closed
    ],
)
def test_an_order_while_the_market_is_closed(now: int, code: str) -> None:
    """It is denied where that is wanted: else it waits. What reduces is no exception."""
    gate = listed(closed_orders="deny")
    priced(gate, 100, ts=now)
    holds(gate, 5)

    assert asked(gate, order(1), order(-5), now=now) == [code, code]
    assert asked(gate, guard(-5), now=now) == [""]


def test_without_the_wish_or_without_a_calendar_no_market_is_closed() -> None:
    wishes = Limits(closed_orders="deny")

    assert market_closed(Case(limits=Limits(), facts=facts(sessions=EXCHANGE))) is None
    assert market_closed(Case(limits=wishes, facts=facts())) is None


def test_the_detail_names_the_calendar() -> None:
    denial = listed(closed_orders="deny").judge(order(1), FRIDAY[1])

    assert denial is not None
    assert denial.detail == "no session of X"


# -- stale ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("age", "code"), [(999, ""), (1_000, ""), (1_001, "price_stale")])
def test_a_price_is_stale_after_the_age_that_was_set(age: int, code: str) -> None:
    gate = ruled(stale_after=1_000)

    assert asked(gate, order(1), now=NOW + age) == [code]


@pytest.mark.parametrize(("age", "code"), [(STALE, ""), (STALE + 1, "price_stale")])
def test_without_a_limit_it_is_stale_after_what_the_instrument_says(age: int, code: str) -> None:
    gate = ruled(facts(stale_after_ns=STALE))

    assert asked(gate, order(1), now=NOW + age) == [code]


@pytest.mark.parametrize(
    ("since", "now", "code"),
    [
        # From Friday's close to Monday's opening no time passes.
        (FRIDAY[1], MONDAY[0], ""),
        (FRIDAY[1], MONDAY[0] + STALE, ""),
        (FRIDAY[1], MONDAY[0] + STALE + 1, "price_stale"),
        (FRIDAY[1] - HOUR, MONDAY[0] + HOUR, ""),
        (FRIDAY[1] - HOUR, MONDAY[0] + HOUR + 1, "price_stale"),
        # Nor from noon of the half day to the next morning.
        (MONDAY[1] - HOUR, TUESDAY[0] + HOUR, ""),
        (MONDAY[1] - HOUR, TUESDAY[0] + HOUR + 1, "price_stale"),
        # The half day between counts its four hours.
        (FRIDAY[1], TUESDAY[0], "price_stale"),
    ],
)
def test_only_the_time_counts_in_which_the_market_was_open(since: int, now: int, code: str) -> None:
    gate = listed()
    priced(gate, 100, ts=since)

    assert asked(gate, order(1), now=now) == [code]


def test_the_detail_is_the_age_in_open_time() -> None:
    gate = listed()
    priced(gate, 100, ts=FRIDAY[1])

    denial = gate.judge(order(1), MONDAY[0] + STALE + 7)
    assert denial is not None
    assert denial.detail == f"last price is {STALE + 7} ns old"


@pytest.mark.parametrize(("lots", "code"), [(-5, ""), (-6, "price_stale"), (1, "price_stale")])
def test_what_makes_a_position_smaller_needs_no_price(lots: int, code: str) -> None:
    gate = holds(cold(), 5)

    assert asked(gate, order(lots)) == [code]


def test_without_any_price_the_detail_says_so() -> None:
    denial = cold().judge(order(1), NOW)

    assert denial is not None
    assert denial.detail == "no price yet"


def test_a_quote_is_a_price_as_well() -> None:
    gate = cold()
    quoted(gate, 99, 100)

    assert asked(gate, order(1), order(1, instrument=B)) == ["", "price_stale"]
    assert gate.account.exposures[A].price() == (199, NOW)
