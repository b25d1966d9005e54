"""What a rule sees: worst cases, prices, and whether an order only makes smaller."""

import pytest

from tests.logic.rules.ruling import (
    NOW,
    PARTLY,
    A,
    cold,
    fill,
    guard,
    holds,
    order,
    priced,
    quoted,
    ruled,
    stop,
)
from trader.logic.rules.gate import Gate
from trader.logic.rules.view import Exposure, Resting, Standing, View, reduces, reduces_own
from trader.model.market import Trade
from trader.model.units import BEFORE_ALL, INT64_MAX

# -- instruments ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exposure", "more", "expected"),
    [
        (Exposure(half=1), 0, 0),
        (Exposure(half=1, lots=3), 0, 3),
        (Exposure(half=1, lots=-3), 0, 3),
        (Exposure(half=1, lots=3, buys=2), 0, 5),
        (Exposure(half=1, lots=3, sells=-2), 0, 3),
        (Exposure(half=1, lots=3, sells=-9), 0, 6),
        (Exposure(half=1, lots=3, sells=-3, guard_sells=-3), 0, 3),
        (Exposure(half=1, lots=3, sells=-4, guard_sells=-3), 0, 4),
        (Exposure(half=1, lots=-3, guard_buys=8), 0, 5),
        (Exposure(half=1, lots=3, buys=2), 1, 6),
        (Exposure(half=1, lots=3, buys=2), -1, 5),
        (Exposure(half=1, lots=3, sells=-2), -7, 6),
        (Exposure(half=1, lots=INT64_MAX, buys=INT64_MAX), INT64_MAX, 3 * INT64_MAX),
    ],
)
def test_the_worst_case_is_the_worse_of_two_sides(
    exposure: Exposure, more: int, expected: int
) -> None:
    assert exposure.worst(more) == expected


def view(gate: Gate, *, strategy: str = "one") -> View:
    standing = gate.counting.standing(strategy, A)
    return View(gate.account, gate.account.exposures[A], standing)


@pytest.mark.parametrize(
    ("lots", "reach", "worst"), [(1, 6, 6), (4, 9, 9), (-1, 4, 5), (-2, 5, 5), (-3, 6, 6)]
)
def test_an_order_is_measured_on_its_side_and_on_both(lots: int, reach: int, worst: int) -> None:
    """Two held, three to buy, one to sell and four that protect on the sell side."""
    gate = holds(ruled(), 2)
    for each in (order(3, "buy"), order(-1, "sell"), guard(-4)):
        gate.counting.approve(each)
    seen = view(gate)

    seen.face(seen.standing, lots)

    assert (seen.reach, seen.worst) == (reach, worst)
    assert seen.worst == seen.exposure.worst(lots)


@pytest.mark.parametrize(("lots", "reach", "worst"), [(1, 3, 6), (5, 7, 7), (-1, 7, 7)])
def test_what_protects_a_short_position_counts_among_the_purchases(
    lots: int, reach: int, worst: int
) -> None:
    """Two are short, four more to sell; protection may buy four."""
    gate = holds(ruled(), -2)
    for each in (order(-4, "sell"), guard(4, ticks=110)):
        gate.counting.approve(each)
    seen = view(gate)

    seen.face(seen.standing, lots)

    assert (seen.reach, seen.worst) == (reach, worst)


def test_a_price_is_the_last_bar_quote_or_print_in_half_ticks() -> None:
    gate = cold()
    exposure = gate.account.exposures[A]
    seen = view(gate)
    assert (seen.mark, seen.ts) == exposure.price() == (0, BEFORE_ALL)
    assert exposure.worth() == 0

    priced(gate, 100)
    assert exposure.price() == (200, NOW)
    quoted(gate, 100, 101)
    assert exposure.price() == (201, NOW)
    exposure.last = Trade(A, 102, 1, 1, 1, NOW + 1)
    assert exposure.price() == (204, NOW + 1)


def test_facing_a_strategy_looks_at_the_price_again() -> None:
    gate = cold()
    seen = view(gate)
    other = gate.counting.standing("two", A)

    for tell, mark in ((priced, 200), (lambda g, t: quoted(g, t, t + 1), 201)):
        tell(gate, 100)
        seen.face(other, 1)
        assert (seen.standing, seen.mark, seen.ts) == (other, mark, NOW)


@pytest.mark.parametrize(("held", "open_", "worth"), [(0, 0, 0), (2, 3, 1_000), (-2, 3, 400)])
def test_a_worst_case_is_worth_the_last_price(held: int, open_: int, worth: int) -> None:
    gate = holds(ruled(), held)
    if open_:
        gate.counting.approve(order(open_))

    assert gate.account.exposures[A].worth() == worth


def test_the_worth_of_many_lots_is_exact() -> None:
    gate = holds(ruled(price=INT64_MAX // 2), INT64_MAX)

    assert gate.account.exposures[A].worth() == INT64_MAX * (INT64_MAX - 1)


# -- orders --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lots", "size", "done", "side", "left"),
    [(5, 5, 0, 1, 5), (5, 5, 2, 1, 3), (-5, 5, 2, -1, -3), (5, 5, 7, 1, 0), (-5, 8, 2, -1, -6)],
)
def test_what_an_order_has_left(lots: int, size: int, done: int, side: int, left: int) -> None:
    resting = Resting(order(lots), size, done=done)

    assert (resting.side, resting.left) == (side, left)
    assert (resting.instrument, resting.role) == (A, resting.order.role)


# -- what only makes smaller ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "open_", "lots", "smaller"),
    [
        (0, 0, 1, False),
        (5, 0, 1, False),
        (5, 0, -1, True),
        (5, 0, -5, True),
        (5, 0, -6, False),
        (5, -3, -2, True),
        (5, -3, -3, False),
        (5, 3, -5, True),  # what is open on the other side does not help
        (5, 3, -6, False),
        (-5, 0, 5, True),
        (-5, 3, 2, True),
        (-5, 3, 3, False),
        (INT64_MAX, 0, -INT64_MAX, True),
    ],
)
def test_an_order_reduces_with_all_that_is_open_on_its_side(
    held: int, open_: int, lots: int, smaller: bool
) -> None:
    """The account's position, and the strategy's, which here are the same."""
    gate = holds(ruled(), held)
    if open_:
        gate.counting.approve(stop(open_, 100, "open"))
    gate.counting.approve(guard(-held or 1))
    seen = view(gate)

    assert reduces(order(lots), seen) is smaller
    assert reduces_own(order(lots), seen) is smaller


def test_protection_is_measured_alone() -> None:
    gate = holds(ruled(), 5)
    gate.counting.approve(stop(-5, 100, "open"))

    assert not reduces_own(order(-5), view(gate))
    assert reduces_own(guard(-5, "other"), view(gate))
    assert not reduces_own(guard(-6, "other"), view(gate))


def test_a_strategys_position_is_not_the_accounts() -> None:
    gate = holds(holds(ruled(), 5), -3, strategy="two")

    assert reduces_own(order(-5), view(gate))
    assert not reduces(order(-5), view(gate))
    assert reduces(order(-2), view(gate))
    assert not reduces_own(order(-2), view(gate, strategy="two"))


def test_nobodys_standing_is_flat() -> None:
    gate = ruled()
    seen = View(gate.account, gate.account.exposures[A], Standing(instrument=A))

    assert not reduces_own(order(1), seen)
    gate.counting.approve(order(1))
    gate.counting.fill(fill(1, "o", PARTLY))
    assert reduces(order(-1), seen)


def test_nothing_is_measured_where_no_limit_looks_at_it() -> None:
    gate = ruled()
    seen = View(gate.account, gate.account.exposures[A], Standing(instrument=A), measures=False)

    seen.face(Standing(instrument=A), 7)

    assert (seen.mark, seen.reach, seen.worst) == (200, 0, 0)


@pytest.mark.parametrize(
    ("lots", "code"),
    [
        (20, None),
        (21, "position_exceeds_max"),
        (-40, None),
        (-150, "position_exceeds_max"),
    ],
)
def test_the_worst_case_of_two_buys_a_stop_and_a_group(lots: int, code: str | None) -> None:
    """A hundred are held; the documentation tells of these orders with the same numbers."""
    gate = ruled(position_max=200)
    holds(gate, 100)
    for each in (
        order(50, "b1"),
        order(30, "b2"),
        guard(-100, "s", parent="entry"),
        order(-40, "g1", group="g"),
        order(-60, "g2", group="g"),
    ):
        assert gate.admit(each, NOW) is None, each
    assert gate.account.exposures[A].worst() == 180

    denial = gate.judge(order(lots, "new"), NOW)

    assert (denial and denial.code) == code
