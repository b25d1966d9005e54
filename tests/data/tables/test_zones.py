"""Clocks on walls: skipped hours, hours that came twice, and every other one."""

from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.data.tables.zones import Placed, Trouble, is_zone, placed

HOUR = 3_600_000_000_000
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Tokyo", "UTC")
BEGIN = int(datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC")).timestamp()) * 10**9


def readings(instants: list[int], zone: str) -> pl.Series:
    """What the clock shows at these instants, as nanoseconds since 1970 on it."""
    utc = pl.Series(instants, dtype=pl.Int64).cast(pl.Datetime("ns", "UTC"))
    return utc.dt.convert_time_zone(zone).dt.replace_time_zone(None).cast(pl.Int64)


@given(
    zone=st.sampled_from(ZONES),
    first=st.integers(0, 366 * 24),
    count=st.integers(1, 400),
    minutes=st.sampled_from([15, 30, 60]),
)
def test_hours_without_holes_are_placed_where_they_were(
    zone: str, first: int, count: int, minutes: int
) -> None:
    """Round the clock the clock steps back in the middle of a doubled hour, or at its end."""
    instants = [BEGIN + first * HOUR + at * HOUR * minutes // 60 for at in range(count)]

    made = placed(readings(instants, zone), zone, equal_is_back=True)

    if isinstance(made, Trouble):  # the series begins or ends inside of the doubled hour
        at = made.row
        assert min(at, count - at) <= 2 * 60 // minutes
        assert "came twice" in made.message
    else:
        assert made.instants.to_list() == instants


def at(*clock: str) -> pl.Series:
    return pl.Series(clock).str.to_datetime("%Y-%m-%d %H:%M", time_unit="ns").cast(pl.Int64)


def test_an_hour_that_came_twice_is_told_apart_by_its_step_back() -> None:
    clock = at("2020-11-01 00:30", "2020-11-01 01:30", "2020-11-01 01:00", "2020-11-01 02:00")

    made = placed(clock, "America/New_York", equal_is_back=False)

    assert isinstance(made, Placed)
    assert made.doubled == 2
    steps = made.instants.diff().drop_nulls().to_list()
    assert steps == [HOUR, HOUR // 2, HOUR]


def test_equal_readings_of_bars_are_an_hour_apart_those_of_ticks_are_not() -> None:
    clock = at("2020-11-01 00:00", "2020-11-01 01:00", "2020-11-01 01:00", "2020-11-01 02:00")

    bars = placed(clock, "America/New_York", equal_is_back=True)
    ticks = placed(clock, "America/New_York", equal_is_back=False)

    assert isinstance(bars, Placed)
    assert bars.instants.diff().drop_nulls().to_list() == [HOUR] * 3
    assert isinstance(ticks, Trouble)


@pytest.mark.parametrize(
    ("clock", "row", "words"),
    [
        (["2020-03-08 01:30", "2020-03-08 02:30"], 1, "2020-03-08 02:30:00 does not exist in"),
        (["2020-10-31 01:30", "2020-11-01 01:30"], 1, "2020-11-01 01:30:00 came twice in"),
        (
            ["2020-11-01 01:40", "2020-11-01 01:20", "2020-11-01 01:10"],
            0,
            "2020-11-01 01:40:00 came twice in",
        ),
    ],
)
def test_what_nothing_tells_is_trouble(clock: list[str], row: int, words: str) -> None:
    made = placed(at(*clock), "America/New_York", equal_is_back=False)

    assert isinstance(made, Trouble)
    assert (made.row, words in made.message) == (row, True)


@pytest.mark.parametrize(
    ("name", "known"),
    [("UTC", True), ("Europe/Berlin", True), ("New York", False), ("", False), ("+05:30", False)],
)
def test_names_of_zones(name: str, *, known: bool) -> None:
    assert is_zone(name) is known
