"""What a split makes of the values that a state may hold."""

from typing import Any

import pytest

from trader.kernels.indicators import Ema
from trader.strategies.carrying import carried


@pytest.mark.parametrize(
    ("value", "after"),
    [
        (7, 2),  # 2.33
        (3, 1),
        (5, 2),  # 1.67
        (-5, -2),
        (7.0, 7.0 * 1 / 3),
        (None, None),
        ([3, 6.0, None], [1, 2.0, None]),
        ((9, 12), (3, 4)),
        ({"a": 3, "b": [6]}, {"a": 1, "b": [2]}),
        ([], []),
    ],
)
def test_values_are_divided_where_they_are(value: Any, after: Any) -> None:
    assert carried(value, 1, 3) == after
    assert type(carried(value, 1, 3)) is type(after)


def test_what_can_carry_itself_does() -> None:
    average = Ema(n=3, ema=9.0)

    assert carried([average], 1, 3) == [average]
    assert average.ema == 3.0


@pytest.mark.parametrize("value", ["7", True, b"6", object()])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="a split cannot carry a"):
        carried([value], 1, 3)
