"""A position across a split: its lots, its cost, and what is paid for a lot that is lost."""

import pytest

from trader.logic.books import Holding, Position, split_position

MARK = 440
"""Half ticks after the split: 220 ticks."""
HALF = 5


@pytest.mark.parametrize(
    ("lots", "cost", "ratio", "paid", "expected"),
    [
        pytest.param(3, 330, (2, 1), 0, Position(lots=6, cost=330), id="whole"),
        # Half a lot at 220 ticks, of which a lot is 2,200; a third of the cost goes with it.
        pytest.param(3, 330, (1, 2), 1_100, Position(lots=1, cost=220), id="at cost"),
        pytest.param(3, 300, (1, 2), 1_100, Position(lots=1, cost=200, income=100), id="gain"),
        pytest.param(
            -3, -300, (1, 2), -1_100, Position(lots=-1, cost=-200, income=-100), id="short"
        ),
        pytest.param(1, 110, (1, 2), 1_100, Position(income=0), id="all of it"),
    ],
)
def test_what_is_lost_of_a_lot_is_sold_at_the_mark(
    lots: int, cost: int, ratio: tuple[int, int], paid: int, expected: Position
) -> None:
    position = Position(lots=lots, cost=cost)

    assert split_position(position, Holding(half=HALF, mark=MARK), ratio) == paid
    assert position == expected
