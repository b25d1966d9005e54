"""What the venue lists of an instrument: bounds in our numbers, and when nothing is traded."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from tests.logic.rules.ruling import NOW, A, cold, limit, order, priced
from trader.logic.rules.gate import Gate
from trader.logic.rules.limits import NO_FILTERS, Facts, Filters, Steps
from trader.logic.rules.listing import filters_of, listed_filters, misfit, take
from trader.logic.rules.view import Account
from trader.model.account import DifferenceFound
from trader.model.control import (
    InstrumentChanged,
    InstrumentHalted,
    InstrumentReported,
    InstrumentResumed,
    TradingState,
)
from trader.model.envelope import Message
from trader.model.instrument import Band, Instrument, InstrumentVersion

STEPS = Steps(tick=Decimal("0.01"), lot=Decimal("0.00001"), places=8)
VERSION = InstrumentVersion(
    since=7,
    tick=Decimal("0.01"),
    lot=Decimal("0.00001"),
    size_min=Decimal("0.00001"),
    size_max=Decimal(9_000),
    price_min=Decimal("0.01"),
    price_max=Decimal(1_000_000),
    notional_min=Decimal(5),
    orders_max=200,
)


def report(version: InstrumentVersion) -> InstrumentReported:
    listed = Instrument(symbol="A", venue="v", currency="USD", versions=(version,))
    return InstrumentReported(instrument=A, listed=listed)


def account() -> Account:
    return cold().account


def told(one: Account, *versions: InstrumentVersion) -> list[Message]:
    return [message for version in versions for message in take(one, report(version), STEPS)]


def test_bounds_are_counted_in_our_own_numbers() -> None:
    assert filters_of(VERSION, STEPS) == Filters(
        lots_min=1,
        lots_max=900_000_000,
        ticks_min=1,
        ticks_max=100_000_000,
        notional_min=500_000_000,
        orders_max=200,
    )
    coarse = replace(VERSION, lot=Decimal("0.001"), size_max=None, market_lot=Decimal("0.01"))
    assert filters_of(coarse, STEPS).lots_step == 100
    assert filters_of(coarse, STEPS).market_lots_step == 1_000
    assert filters_of(coarse, STEPS).lots_max is None


def test_a_bound_beside_the_grid_is_met_by_the_next_number_within_it() -> None:
    odd = replace(
        VERSION,
        price_min=Decimal("0.011"),
        price_max=Decimal("0.029"),
        notional_max=Decimal("0.000000019"),
    )
    found = filters_of(odd, STEPS)

    assert (found.ticks_min, found.ticks_max, found.notional_max) == (2, 2, 1)


def test_a_band_is_two_exact_shares_for_each_side() -> None:
    band = Band(
        buy_min=Decimal("0.2"),
        buy_max=Decimal(5),
        sell_min=Decimal("0.25"),
        sell_max=Decimal("1.1"),
    )
    found = filters_of(replace(VERSION, band=band), STEPS)

    assert (found.buy_band, found.sell_band) == (((1, 5), (5, 1)), ((1, 4), (11, 10)))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, ""),
        ({"lot": Decimal("0.001")}, ""),
        ({"tick": Decimal("0.001")}, "a tick of 0.01, the venue's is 0.001"),
        ({"tick": Decimal("0.1")}, "a tick of 0.01, the venue's is 0.1"),
        ({"lot": Decimal("0.000001")}, "a lot of 0.00001, the venue's is 0.000001"),
    ],
)
def test_a_grid_that_does_not_fit_says_why(changes: dict[str, Any], text: str) -> None:
    assert misfit(replace(VERSION, **changes), STEPS) == text


def test_nothing_is_known_of_what_is_not_listed_or_does_not_fit() -> None:
    wrong = report(replace(VERSION, tick=Decimal(1))).listed

    assert listed_filters(None, STEPS) == NO_FILTERS
    assert listed_filters(wrong, STEPS) == NO_FILTERS
    assert listed_filters(report(VERSION).listed, STEPS) == filters_of(VERSION, STEPS)


def test_what_is_listed_first_and_what_changes_is_told_and_nothing_else() -> None:
    one = account()
    first = told(one, VERSION)
    again = told(one, replace(VERSION, since=8))
    changed = told(one, replace(VERSION, since=9, notional_min=Decimal(1_000), orders_max=None))

    assert first == [
        InstrumentChanged(
            instrument=A,
            since=7,
            changes="tick 0.01, lot 0.00001, size_min 0.00001, size_max 9000, price_min 0.01, "
            "price_max 1000000, notional_min 5, orders_max 200",
        )
    ]
    assert again == []
    assert changed == [
        InstrumentChanged(
            instrument=A, since=9, changes="notional_min 5 -> 1000, orders_max 200 -> none"
        )
    ]
    assert [each.since for each in one.listed[A].versions] == [7, 9]


def test_a_band_and_a_switch_are_told_in_words() -> None:
    band = Band(
        buy_min=Decimal("0.2"), buy_max=Decimal(5), sell_min=Decimal("0.3"), sell_max=Decimal(4)
    )
    one = account()
    told(one, VERSION)

    [changed] = told(one, replace(VERSION, since=8, band=band, notional_min_spares_market=True))

    assert isinstance(changed, InstrumentChanged)
    assert changed.changes == (
        "notional_min_spares_market false -> true, band none -> 0.2..5/0.3..4"
    )


@pytest.mark.parametrize(("status", "reason"), [("HALT", "halt"), ("", "suspended")])
def test_what_does_not_trade_is_suspended_and_goes_on_later(status: str, reason: str) -> None:
    one = account()
    still = replace(VERSION, since=8, is_trading=False, status=status)

    assert told(one, VERSION, still)[2:] == [InstrumentHalted(instrument=A, reason=reason)]
    assert one.halted == {A: reason}
    assert told(one, replace(still, since=9, orders_max=100))[1:] == []
    assert told(one, replace(VERSION, since=10))[1:] == [InstrumentResumed(instrument=A)]
    assert one.halted == {}


def test_a_listing_lifts_only_what_a_listing_has_suspended() -> None:
    one = account()
    told(one, VERSION)
    one.halted[A] = "by another word"

    told(one, replace(VERSION, since=8, orders_max=100))

    assert one.halted == {A: "by another word"}


def test_a_grid_that_cannot_be_held_is_a_difference_by_name_until_it_is_ours_again() -> None:
    one = account()
    coarse = replace(VERSION, since=8, tick=Decimal("0.1"))
    why = "a tick of 0.01, the venue's is 0.1"

    assert told(one, VERSION, coarse)[1:] == [
        InstrumentChanged(instrument=A, since=8, changes="tick 0.01 -> 0.1"),
        DifferenceFound(
            kind="grid",
            key=A,
            ours="a tick of 0.01 and a lot of 0.00001",
            theirs="a tick of 0.1 and a lot of 0.00001",
        ),
        InstrumentHalted(instrument=A, reason=why),
    ]
    assert told(one, replace(coarse, since=9, orders_max=100))[1:] == []
    assert one.halted == {A: why}
    assert told(one, replace(VERSION, since=10))[1:] == [InstrumentResumed(instrument=A)]


def test_a_grid_that_never_fitted_is_one_at_once() -> None:
    kinds = [type(each) for each in told(account(), replace(VERSION, lot=Decimal("0.0000001")))]

    assert kinds == [InstrumentChanged, DifferenceFound, InstrumentHalted]


def test_the_gate_holds_orders_against_what_is_listed() -> None:
    facts = Facts(name=A, half=1, steps=STEPS)
    one = cold(facts).account
    one.trading = TradingState.ACTIVE
    gate = Gate(one, [facts])
    priced(gate, 100)
    take(one, report(replace(VERSION, orders_max=None, size_max=Decimal("0.00005"))), STEPS)
    gate.renew()

    denial = gate.judge(order(6), NOW)
    assert denial is not None
    assert (denial.code, denial.detail) == ("filter_violated", "6 lots, at most 5")
    assert gate.judge(limit(5, 100), NOW) is not None  # worth less than 5
