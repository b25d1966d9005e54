"""What a fill costs."""

from fractions import Fraction

import pytest

from sims.venue import VenueRules
from tests.sims.venue.floor import Floor, order


@pytest.mark.parametrize(
    ("rules", "lots", "expected"),
    [
        # Three lots at 7 with two quanta in a tick x lot are worth 42 quanta.
        (VenueRules(), 3, 0),
        (VenueRules(taker=Fraction(1, 42)), 3, 1),
        (VenueRules(taker=Fraction(1, 41)), 3, 2),  # 1.02 rounded up
        (VenueRules(taker=Fraction(1, 41)), -3, 2),
        (VenueRules(taker=Fraction(-1, 41)), 3, -1),  # -1.02 rounded up
        (VenueRules(taker=Fraction(-1, 43)), 3, 0),  # -0.98 rounded up
        (VenueRules(maker=Fraction(1, 2)), 3, 0),  # a taker pays as a taker
        (VenueRules(per_lot=Fraction(5, 2)), -3, 8),
        (VenueRules(taker=Fraction(1, 42), per_lot=Fraction(5, 2)), 3, 9),  # the sum is rounded
        (VenueRules(taker=Fraction(1, 42), fee_quanta=100), 3, 100),
        (VenueRules(per_lot=Fraction(40), fee_quanta=100), 3, 200),
    ],
)
def test_a_fee_is_rounded_up_once(rules: VenueRules, lots: int, expected: int) -> None:
    floor = Floor(rules)
    floor.send(order("o", lots))
    floor.flat(7)

    assert [fill.fee for fill in floor.fills] == [expected]


def test_a_fee_counts_the_notional_in_money() -> None:
    floor = Floor(VenueRules(taker=Fraction(1, 10)), half=50)
    floor.send(order("o", 3))
    floor.flat(7)

    assert [fill.fee for fill in floor.fills] == [210]
