"""The names that a fused run's rows point to."""

import pytest

from sims.fused.rows import buffers, sizes_and_reasons
from trader.logic.tables import SCHEMAS


@pytest.mark.parametrize(
    ("below", "heard", "up", "down"),
    [
        (-5, [1, -1], 0, 1),
        (-5, [-1, 1], 1, 0),
        (-5, [], 0, 1),
        (-5, [-1], 1, 0),
        (0, [1, -1], 0, 1),
        (0, [-1, 1], 0, 1),
        (0, [-1], 0, 1),
        (0, [], 0, 1),
    ],
)
def test_reasons_are_numbered_as_they_first_change_the_target(
    below: int, heard: list[int], up: int, down: int
) -> None:
    """Where it is never short, a first cross down changes nothing."""
    sizes, reasons = sizes_and_reasons(5, below, heard)

    assert sizes.tolist() == [[below, 0, 5], [down, 0, up]]
    assert (reasons[up], reasons[down]) == ("cross_up", "cross_down")


def test_there_is_room_for_three_statuses_an_order() -> None:
    rooms = buffers(4, 2)

    names = ("decisions", "orders", "statuses", "fills", "equity")
    assert [room.shape for room in rooms] == [
        (rows, len(SCHEMAS[name])) for name, rows in zip(names, (4, 4, 12, 4, 2), strict=True)
    ]
    assert not any(room.any() for room in rooms)
