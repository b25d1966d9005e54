"""What all positions may be worth together, and what they may cost."""

from typing import Any

import pytest

from tests.logic.rules.ruling import (
    NOW,
    PARTLY,
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
    quoted,
    ruled,
    stop,
)
from trader.logic.rules.case import Case
from trader.logic.rules.exposure import (
    balance_insufficient,
    concentration_exceeds_max,
    gross_exceeds_max,
    sector_exceeds_max,
    short_forbidden,
)
from trader.logic.rules.gate import Gate
from trader.logic.rules.limits import Limits
from trader.model.orders import OrderRole
from trader.model.units import INT64_MAX

SIDES = pytest.mark.parametrize("side", [1, -1])
C = "C.v"
ALL: dict[str, Any] = {
    "gross_max": 1,
    "concentration_max": (1, 2),
    "sector_max": (1, 2),
    "borrow": False,
}
MAKERS = (
    gross_exceeds_max,
    concentration_exceeds_max,
    sector_exceeds_max,
    balance_insufficient,
    short_forbidden,
)


def test_no_rule_is_made_for_what_is_not_set_nor_for_protection() -> None:
    plain = Case(limits=Limits(), facts=facts())
    known = facts(sector="tech", shortable=False)
    guards = Case(limits=Limits(**ALL), facts=known, protective=True)

    assert [maker(plain) for maker in MAKERS] == [None] * 5
    assert [maker(guards) for maker in MAKERS] == [None] * 5


def worth(gate: Gate, equity: int, cash: int = 0) -> Gate:
    """The account is worth so much, as somebody has told."""
    gate.account.equity, gate.account.cash = equity, cash
    return gate


# -- gross ---------------------------------------------------------------------------------------


@SIDES
@pytest.mark.parametrize(("most", "code"), [(999, "gross_exceeds_max"), (1_000, ""), (1_001, "")])
def test_one_order_alone(side: int, most: int, code: str) -> None:
    """Five lots of A at 100 ticks, half a tick x lot is worth one."""
    assert asked(ruled(gross_max=most), order(5 * side)) == [code]


@SIDES
@pytest.mark.parametrize(("most", "code"), [(3_199, "gross_exceeds_max"), (3_200, ""), (3_201, "")])
def test_the_worst_cases_of_all_instruments_together(side: int, most: int, code: str) -> None:
    """A: 2 held, 3 open, 5 more are 2000; B: 1 held and 2 open at twice the money are 1200."""
    gate = ruled(gross_max=most)
    holds(gate, 2 * side)
    holds(gate, -side, strategy="two", instrument=B)
    gate.counting.approve(stop(3 * side, 100, "a"))
    gate.counting.approve(stop(-2 * side, 100, "b", strategy="two", instrument=B))

    assert asked(gate, order(5 * side)) == [code]


def test_a_side_that_is_not_the_worst_may_grow_up_to_it() -> None:
    gate = ruled(gross_max=1_000)
    codes(gate, stop(5, 110, "buys"))

    assert asked(gate, stop(-5, 90), stop(-6, 90)) == ["", "gross_exceeds_max"]


def test_beyond_the_bound_only_what_does_not_raise_it_passes() -> None:
    """A price rose, or somebody lowered the bound."""
    gate = holds(ruled(gross_max=100), 5)

    assert asked(gate, order(-5), order(-10), order(-11), order(1)) == [
        "",
        "",
        "gross_exceeds_max",
        "gross_exceeds_max",
    ]


def test_an_instrument_without_a_price_is_worth_nothing_yet() -> None:
    gate = cold(gross_max=1_000)
    quoted(gate, 100, 100)
    holds(gate, 1_000, strategy="two", instrument=B)

    assert asked(gate, order(5), order(6)) == ["", "gross_exceeds_max"]
    quoted(gate, 1, 1, B)
    assert asked(gate, order(1)) == ["gross_exceeds_max"]


def test_the_largest_worths_add_up_exactly() -> None:
    gate = ruled(price=INT64_MAX // 2, gross_max=INT64_MAX)
    holds(gate, INT64_MAX, strategy="two", instrument=B)

    denial = gate.judge(order(INT64_MAX), NOW)
    assert denial is not None
    assert denial.detail == (
        f"worst case {3 * INT64_MAX * (INT64_MAX - 1)} quanta, allowed {INT64_MAX}"
    )


# -- concentration -------------------------------------------------------------------------------


@SIDES
@pytest.mark.parametrize(
    ("equity", "code"), [(2_999, "concentration_exceeds_max"), (3_000, ""), (3_001, "")]
)
def test_one_instrument_is_a_share_of_the_equity(side: int, equity: int, code: str) -> None:
    """Two held, one open, two more are worth 1000: a third of 3000."""
    gate = worth(ruled(concentration_max=(1, 3)), equity)
    holds(gate, 2 * side)
    gate.counting.approve(stop(side, 100, "open"))

    assert asked(gate, order(2 * side)) == [code]


def test_what_does_not_raise_the_share_passes_whatever_the_equity() -> None:
    gate = worth(holds(ruled(concentration_max=(1, 3)), 5), -100)

    assert asked(gate, order(-5), order(-10), order(1)) == ["", "", "concentration_exceeds_max"]
    denial = gate.judge(order(1), NOW)
    assert denial is not None
    assert denial.detail == "worst case 1200 quanta of -100"


# -- sectors -------------------------------------------------------------------------------------


def sectors(**limits: Any) -> Gate:
    """A and B are in one sector, C in none."""
    return ruled(facts(sector="tech"), facts(B, 2, sector="tech"), facts(C), **limits)


@SIDES
@pytest.mark.parametrize(
    ("equity", "code"), [(2_799, "sector_exceeds_max"), (2_800, ""), (2_801, "")]
)
def test_a_sectors_instruments_are_counted_together(side: int, equity: int, code: str) -> None:
    """A: 5 are 1000; B: one held at twice the money is 400; half of 2800."""
    gate = worth(sectors(sector_max=(1, 2)), equity)
    holds(gate, -side, strategy="two", instrument=B)
    holds(gate, 1_000, strategy="three", instrument=C)

    assert asked(gate, order(5 * side)) == [code]


def test_an_instrument_without_a_sector_has_no_such_rule() -> None:
    gate = worth(sectors(sector_max=(1, 2)), 0)

    assert asked(gate, order(1, instrument=C), order(1)) == ["", "sector_exceeds_max"]
    denial = gate.judge(order(1), NOW)
    assert denial is not None
    assert denial.detail == "worst case of tech 200 quanta of 0"


def test_a_sector_beyond_its_share_may_be_left() -> None:
    gate = worth(holds(sectors(sector_max=(1, 2)), 5), 0)

    assert asked(gate, order(-5), order(-10), order(-11)) == ["", "", "sector_exceeds_max"]


# -- balance -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cash", "code"), [(999, "balance_insufficient"), (1_000, ""), (1_001, "")]
)
def test_a_purchase_costs_its_own_price_else_the_last(cash: int, code: str) -> None:
    gate = worth(ruled(borrow=False), 0, cash)
    assert asked(gate, order(5)) == [code]

    elsewhere = worth(ruled(price=70, borrow=False), 0, cash)
    assert asked(elsewhere, limit(5, 100), stop(5, 100)) == [code, code]


@pytest.mark.parametrize(
    ("cash", "code"), [(2_559, "balance_insufficient"), (2_560, ""), (2_561, "")]
)
def test_what_open_purchases_could_cost_is_kept_back(cash: int, code: str) -> None:
    """A limit of 4 left at 95: 760; a market order of 2 in B: 800; and 5 of A: 1000."""
    gate = worth(ruled(borrow=False), 0, 100_000)
    rests, there = limit(6, 95, "rests"), order(2, "there", strategy="two", instrument=B)
    assert codes(gate, rests, there) == ["", ""]
    gate.counting.fill(fill(2, "rests", PARTLY))
    gate.counting.approve(guard(7, "guard", ticks=110))
    gate.counting.approve(stop(-2, 90, "sells"))
    worth(gate, 0, cash)

    assert asked(gate, order(5)) == [code]


@pytest.mark.parametrize(("asks", "costs"), [(None, 95), (97, 97), (93, 95)])
def test_a_limit_that_is_being_moved_costs_the_dearer_price(asks: int | None, costs: int) -> None:
    gate = worth(ruled(borrow=False), 0, 100_000)
    codes(gate, limit(1, 95, "rests"))
    gate.counting.ask(gate.account.resting["rests"], 0, asks)

    assert asked(worth(gate, 0, 2 * costs + 200), order(1)) == [""]
    assert asked(worth(gate, 0, 2 * costs + 199), order(1)) == ["balance_insufficient"]


@pytest.mark.parametrize(("lots", "code"), [(-4, ""), (-5, ""), (-6, "balance_insufficient")])
def test_nothing_is_sold_that_is_not_held(lots: int, code: str) -> None:
    gate = worth(holds(ruled(borrow=False), 5), 0, 100_000)

    assert asked(gate, order(lots)) == [code]
    assert asked(gate, guard(-6)) == ["", "balance_insufficient"][:1]


@pytest.mark.parametrize(("lots", "code"), [(-2, ""), (-3, "balance_insufficient")])
def test_what_is_being_sold_already_counts(lots: int, code: str) -> None:
    gate = worth(holds(ruled(borrow=False), 5), 0, 0)
    gate.counting.approve(stop(-3, 90, "sells"))

    assert asked(gate, order(lots)) == [code]


def test_a_short_that_is_there_may_be_bought_back_without_cash() -> None:
    gate = worth(holds(ruled(borrow=False), -5), 0, 0)

    assert asked(gate, order(5), order(6)) == ["", "balance_insufficient"]
    denial = gate.judge(order(6), NOW)
    assert denial is not None
    assert denial.detail == "1200 quanta of 0"
    denial = gate.judge(order(-1), NOW)
    assert denial is not None
    assert denial.detail == "worst case -6 lots"


# -- short ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "lots", "code"),
    [
        (0, 1, ""),
        (0, -1, "short_forbidden"),
        (5, -4, ""),
        (5, -5, ""),
        (5, -6, "short_forbidden"),
        (-5, 1, ""),
        (-5, -1, "short_forbidden"),
    ],
)
def test_an_instrument_that_may_not_be_sold_short(held: int, lots: int, code: str) -> None:
    gate = holds(ruled(facts(shortable=False), facts(B)), held)

    assert asked(gate, order(lots)) == [code]
    assert asked(gate, order(lots, instrument=B)) == [""]


def test_every_sale_that_is_open_counts_as_if_it_were_done() -> None:
    """Not those that protect, for they sell no more than is held."""
    gate = holds(ruled(facts(shortable=False)), 5)
    gate.counting.approve(stop(-3, 90, "sells"))
    gate.counting.approve(guard(-5))

    assert asked(gate, order(-2), order(-3)) == ["", "short_forbidden"]
    assert asked(gate, order(-3, role=OrderRole.PROTECTION)) == [""]
    assert gate.account.exposures[A].sells == -3
