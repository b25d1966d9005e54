"""Candles of every interval agree with the trades they were made of."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sims.servers.binance.market.candles import INTERVALS, KEPT, Candle, Candles, bounds

START_S = int(datetime(2026, 2, 27, 23, 59, 30, tzinfo=UTC).timestamp())
START = START_S * 1_000_000_000


def trade(second: int, price: int, quantity: int, number: int) -> Candle:
    return Candle(
        start_s=second, end_s=second + 1, open=price, high=price, low=price, close=price,
        volume=quantity, quote=price * quantity, count=1, first_id=number, last_id=number,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("interval", "first", "after"),
    [
        ("1s", "2026-02-27T23:59:30", "2026-02-27T23:59:31"),
        ("1m", "2026-02-27T23:59:00", "2026-02-28T00:00:00"),
        ("15m", "2026-02-27T23:45:00", "2026-02-28T00:00:00"),
        ("8h", "2026-02-27T16:00:00", "2026-02-28T00:00:00"),
        ("1d", "2026-02-27T00:00:00", "2026-02-28T00:00:00"),
        ("1w", "2026-02-23T00:00:00", "2026-03-02T00:00:00"),
        ("1M", "2026-02-01T00:00:00", "2026-03-01T00:00:00"),
    ],
)
def test_intervals_begin_where_the_calendar_says(interval: str, first: str, after: str) -> None:
    told = [datetime.fromtimestamp(second, UTC) for second in bounds(interval, START_S)]

    assert [each.isoformat().removesuffix("+00:00") for each in told] == [first, after]


def test_a_month_ends_with_its_year() -> None:
    december = int(datetime(2026, 12, 31, 12, tzinfo=UTC).timestamp())

    assert datetime.fromtimestamp(bounds("1M", december)[1], UTC).year == 2027


TRADES = st.lists(
    st.tuples(st.integers(0, 100), st.integers(1, 50), st.integers(1, 9)), min_size=1, max_size=40
)


@given(TRADES)
def test_every_interval_tells_of_the_same_trades(drawn: list[tuple[int, int, int]]) -> None:
    candles = Candles(20, START)
    second = START_S
    made = []
    for number, (wait, price, quantity) in enumerate(drawn, start=1):
        second += wait
        made.append(trade(second, price, quantity, number))
        candles.add(made[-1])

    for interval in INTERVALS:
        rows = [*reversed(list(candles.closed(interval))), candles.current(interval)]
        for before, after in pairwise(rows):
            assert (before.end_s, before.close) == (after.start_s, after.close if not after.count
                                                    else before.close)  # fmt: skip
        for row in rows:
            assert (row.start_s, row.end_s) == bounds(interval, row.start_s)
            inside = [each for each in made if row.start_s <= each.start_s < row.end_s]
            assert row.count == len(inside)
            if inside:
                prices = [each.close for each in inside]
                assert (row.open, row.close) == (prices[0], prices[-1])
                assert (row.high, row.low) == (max(prices), min(prices))
                assert (row.first_id, row.last_id) == (inside[0].first_id, inside[-1].last_id)
                assert row.volume == sum(each.volume for each in inside)
            else:
                assert row.open == row.high == row.low == row.close


def test_a_long_silence_leaves_out_seconds_but_no_minutes() -> None:
    candles = Candles(20, START)
    candles.add(trade(START_S, 21, 5, 1))
    candles.advance(START_S + 3_600)

    minutes = list(candles.closed("1m"))
    assert (len(minutes), minutes[-1].volume, candles.current("1s").start_s) == (
        60, 5, START_S + 3_600,
    )  # fmt: skip
    assert candles.current("1h").close == 21


def test_only_so_many_are_kept() -> None:
    candles = Candles(20, START)
    candles.advance(START_S + 100 * KEPT)
    for second in range(KEPT + 10):
        candles.advance(START_S + 100 * KEPT + second)

    assert len(list(candles.closed("1s"))) == KEPT
