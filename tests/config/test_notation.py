"""Instants, intervals and decimals in every notation they may have."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.config.notation import Unfit, decimal, instant, instant_text, interval_ns, whole_instant

DAY = 86_400_000_000_000


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("1970-01-01", 0),
        ("1969-12-31", -DAY),
        ("2024-02-29", 19_782 * DAY),
        ("1970-01-01T00:00Z", 0),
        ("1970-01-01T00:00:00.000002Z", 2000),
        ("1970-01-01 00:00:01z", 1_000_000_000),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("1970-01-01T00:00:00-05:30", 19_800_000_000_000),
        ("1970-01-02T00:00:00+14:00", DAY - 50_400_000_000_000),
    ],
)
def test_instants(text: str, ns: int) -> None:
    assert instant(text) == ns


@pytest.mark.parametrize(
    "text",
    ["", "x", "2024", "20240101", "2024-1-1", "2024-13-01", "2023-02-29", "0000-01-01",
     "2024-01-01T", "2024-01-01T10", "2024-01-01T10:00", "2024-01-01T24:00Z", "2024-01-01T10:60Z",
     "2024-01-01T10:00:60Z", "2024-01-01T10:00:00.Z", "2024-01-01T10:00:00.1234567890Z",
     "2024-01-01T10:00+24:00", "2024-01-01T10:00+0100", "2024-01-01T10:00 Z", "2024-W01-1",
     "1600-01-01", "2300-01-01", "9999-12-31T23:59:59Z", "2024-01-01\n",
     "\u0662\u0660\u0662\u0664-01-01"],
)  # fmt: skip
def test_what_is_no_instant(text: str) -> None:
    with pytest.raises(Unfit):
        instant(text)


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_an_instant_comes_back_to_the_nanosecond(ns: int) -> None:
    assert instant(instant_text(ns)) == ns


def test_nanoseconds_are_an_instant_but_a_year_is_none() -> None:
    assert [whole_instant(ns) for ns in (0, -1, 60_000_000_000)] == [0, -1, 60_000_000_000]
    for ns in (2024, 2**63, -(2**63)):
        with pytest.raises(Unfit):
            whole_instant(ns)


@pytest.mark.parametrize(
    ("text", "ns"), [("1s", 10**9), ("90m", 5_400 * 10**9), ("366d", 366 * DAY), ("24h", DAY)]
)
def test_intervals(text: str, ns: int) -> None:
    assert interval_ns(text) == ns


@pytest.mark.parametrize("text", ["", "1", "m", "0m", "-1m", "1.5h", "1M", "1 m", "01m", "367d"])
def test_what_is_no_interval(text: str) -> None:
    with pytest.raises(Unfit):
        interval_ns(text)


@given(st.decimals(-(10**15), 10**15, places=9))
def test_a_decimal_is_exact(value: Decimal) -> None:
    assert decimal(f"{value:f}") == value


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1e5", "write 100000"),
        ("-2.5E-3", "write -0.0025"),
        ("1_000.5", "write 1000.5"),
        ("1,000", "write 1000"),
        ("0,5", "write 0.5"),
        ("-12,25", "write -12.25"),
        ("1,5.0", ""),
        ("1.2.3e4", ""),
        ("e5", ""),
        ("0x10", ""),
        ("Infinity", ""),
        ("NaN", ""),
        ("", ""),
        (".", ""),
        ("1" * 29, ""),
        ("1e999", ""),
        ("\u0665", ""),
    ],
)
def test_what_is_no_decimal(text: str, hint: str) -> None:
    with pytest.raises(Unfit) as caught:
        decimal(text)

    assert caught.value.hint == hint
