"""A curve in one line."""

import pytest

from trader.ui.sparkline import BLOCKS, sparkline


@pytest.mark.parametrize("count", [1, 2, 10, 69, 70, 71, 1_000])
def test_it_is_never_wider_than_asked(count: int) -> None:
    assert len(sparkline(range(count), 70)) == min(count, 70)


def test_it_spans_from_the_lowest_to_the_highest() -> None:
    assert sparkline(range(8), 8) == BLOCKS
    assert sparkline([-3.0, -1.0, -3.0], 3) == "▁█▁"


def test_one_stands_for_several() -> None:
    values = [0, 9, 0, 0, 5, 0]

    assert sparkline(values, 2) == "▁▁"
    assert sparkline(values, 2, max) == "█▁"
