"""Instants, and the ends of what is counted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.model.units import (
    DAY_NS,
    HOUR_NS,
    INT64_MAX,
    MINUTE_NS,
    NONE,
    SECOND_NS,
    day_after,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def test_the_units_of_time() -> None:
    assert (SECOND_NS, MINUTE_NS, HOUR_NS, DAY_NS) == (
        10**9,
        60 * 10**9,
        3600 * 10**9,
        86400 * 10**9,
    )


def test_the_ends_of_int64() -> None:
    """NONE is the one value that no amount reaches; it still fits a column."""
    assert (NONE, INT64_MAX) == (-(2**63), 2**63 - 1)


@pytest.mark.parametrize(
    ("ts", "midnight"),
    [
        (-DAY_NS - 1, -DAY_NS),
        (-1, 0),
        (0, DAY_NS),  # strictly after
        (1, DAY_NS),
        (DAY_NS - 1, DAY_NS),
        (DAY_NS, 2 * DAY_NS),
    ],
)
def test_the_next_midnight(ts: int, midnight: int) -> None:
    assert day_after(ts) == midnight


@given(st.integers(-(10**9), 10**10))
def test_the_next_midnight_is_the_calendars(seconds: int) -> None:
    today = (EPOCH + timedelta(seconds=seconds)).date()
    tomorrow = datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(days=1)

    assert day_after(seconds * SECOND_NS) == int((tomorrow - EPOCH).total_seconds()) * SECOND_NS
