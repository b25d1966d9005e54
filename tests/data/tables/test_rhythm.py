"""What distances between bars tell, and what they do not."""

from collections.abc import Sequence

import numpy as np
import pytest

from trader.data.tables.findings import Finding
from trader.data.tables.rhythm import interval, interval_text, label

MINUTE = 60_000_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def times(minutes: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([int(each * MINUTE) for each in minutes], dtype=np.int64)


@pytest.mark.parametrize(
    ("minutes", "found"),
    [
        ([0, 1], "1m"),
        ([0, 5, 10, 25], "5m"),
        ([0, 1_440, 5_760, 7_200], "1d"),
        ([0, 10_080, 20_160], "7d"),
        ([0, 0.5, 1], "30s"),
        ([0, 60, 60, 120], "1h"),
    ],
)
def test_the_shortest_usual_distance_is_the_interval(minutes: list[float], found: str) -> None:
    ns, finding = interval(times(minutes))

    assert isinstance(finding, Finding)
    assert finding.value == interval_text(ns) == found


@pytest.mark.parametrize(
    ("minutes", "row"),
    [
        ([0], 0),
        ([7, 7], 0),
        ([5 * at for at in range(40)] + [197], 40),
        ([0, 44_640, 86_400, 131_040], 2),
        ([0, 0.001, 0.002], 1),
    ],
)
def test_distances_that_agree_on_nothing_show_none(minutes: list[float], row: int) -> None:
    found, why = interval(times(minutes))

    assert isinstance(why, str)
    assert found == row


def days(first: int, last: int, count: int = 5, every: int = 1) -> list[float]:
    """Days of bars from one minute of the day to another."""
    return [1_440 * day + at for day in range(count) for at in range(first, last + 1, every)]


@pytest.mark.parametrize(
    ("minutes", "length", "end", "origin"),
    [
        (days(570, 959), 1, "open", "found"),
        (days(571, 960), 1, "close", "found"),
        (days(570, 955, every=5), 5, "open", "found"),
        (days(575, 960, every=5), 5, "close", "found"),
        (days(0, 1_439), 1, "open", "default"),
        (days(570, 930, every=30), 30, "open", "default"),
        (days(571, 960, count=2), 1, "open", "default"),
    ],
)
def test_closings_of_the_market_show_which_end_bars_are_named_by(
    minutes: list[float], length: int, end: str, origin: str
) -> None:
    made = label(times(minutes), length * MINUTE)

    assert not isinstance(made, str)
    assert (made[0], made[1].origin) == (end, origin)


def test_closings_that_disagree_are_asked_about() -> None:
    minutes = days(571, 960, count=7) + [1_440 * 8 + at for at in (*days(574, 957, count=5),)]

    made = label(times(minutes), MINUTE)

    assert isinstance(made, str)
    assert "6 of 11 closings" in made
