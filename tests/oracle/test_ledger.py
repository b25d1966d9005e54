"""Cost, realized and equity, worked by hand."""

from fractions import Fraction

import pytest

from tests.oracle.ledger import Ledger, Position, toward_zero
from tests.oracle.market import Instrument


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [(302, 3, 100), (-302, 3, -100), (300, 3, 100), (-300, 3, -100), (2, 3, 0), (-2, 3, 0)],
)
def test_division_drops_the_fraction(numerator: int, denominator: int, quotient: int) -> None:
    assert toward_zero(numerator, denominator) == quotient


@pytest.mark.parametrize(
    ("fills", "lots", "cost", "realized"),
    [
        ([(2, 100), (3, 110)], 5, 530, 0),
        # 302 / 3 = 100.67 releases 100, then 202 / 2 = 101, then all that is left
        ([(1, 100), (2, 101), (-1, 110)], 2, 202, 10),
        ([(1, 100), (2, 101), (-1, 110), (-1, 110)], 1, 101, 19),
        ([(1, 100), (2, 101), (-1, 110), (-1, 110), (-1, 110)], 0, 0, 28),
        # short: -302 / 3 releases -100, not -101
        ([(-1, 100), (-2, 101), (1, 90)], -2, -202, 10),
        ([(-1, 100), (-2, 101), (3, 90)], 0, 0, 32),
        # through zero: two are closed at a profit of 10 each, three are opened at 110
        ([(2, 100), (-5, 110)], -3, -330, 20),
        ([(-2, 100), (5, 110)], 3, 330, -20),
    ],
)
def test_a_position_is_worked_by_hand(
    fills: list[tuple[int, int]], lots: int, cost: int, realized: int
) -> None:
    """And what was paid is always realized less cost."""
    position = Position()
    flow = 0
    for size, ticks in fills:
        position.fill(size, ticks)
        flow -= size * ticks
        assert flow == position.realized_units - position.cost

    assert (position.lots, position.cost, position.realized_units) == (lots, cost, realized)


def test_two_strategies_in_one_instrument_are_not_netted() -> None:
    ledger = Ledger(Fraction(1_000), (Instrument("X", Fraction(1, 2), Fraction(1, 5)),))

    ledger.book(("a", "X"), 10, 100, Fraction(1))
    ledger.book(("b", "X"), -10, 100, Fraction(1))
    ledger.mark("X", 110)

    assert (ledger.lots(("a", "X")), ledger.lots(("b", "X"))) == (10, -10)
    assert ledger.cash == 998
    assert ledger.equity() == 998
    assert ledger.realized_all() == -2


def test_equity_is_cash_and_marked_lots_and_its_peak_starts_with_the_cash() -> None:
    """One tick times one lot is 1/10 of the currency; 10 lots gain 1 for each tick."""
    ledger = Ledger(Fraction(1_000), (Instrument("X", Fraction(1, 2), Fraction(1, 5)),))
    ledger.book(("a", "X"), 10, 100, Fraction(0))

    ledger.mark("X", 90)
    assert [ledger.equity(), ledger.peak] == [990, 1_000]
    assert ledger.drawdown() == Fraction(1, 100)

    ledger.mark("X", 120)
    assert [ledger.equity(), ledger.peak] == [1_020, 1_020]
    assert ledger.drawdown() == 0


def test_before_the_first_mark_the_fill_marks() -> None:
    ledger = Ledger(Fraction(1_000), (Instrument("X", Fraction(1), Fraction(1)),))

    ledger.book(("a", "X"), 1, 100, Fraction(0))
    ledger.book(("a", "X"), 1, 200, Fraction(0))

    assert ledger.marks == {"X": 100}
    assert ledger.equity() == 900
