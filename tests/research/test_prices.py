"""One pass over recorded prices: candles, marks, and the extremes of trips."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sims.streams import Source
from trader.model.units import NONE
from trader.research import prices
from trader.research.prices import Question, look, pieces
from trader.research.trades import Fill, RoundTrip

OPENS = [10, 11, 12, 13, 14, 15, 16]


class Rows:
    """Columns in memory that are read in pieces of three rows, whatever is asked for."""

    digest = ""

    def __init__(self, **columns: list[int]) -> None:
        self._columns = {name: np.array(values, np.int64) for name, values in columns.items()}

    def batches(self, start: int, stop: int, rows: int) -> Iterator[Any]:
        del rows
        for row in range(start, stop, 3):
            part = slice(row, min(row + 3, stop))
            yield SimpleNamespace(**{name: each[part] for name, each in self._columns.items()})


def bars() -> Source:
    """Seven bars of ten, each of which closes two above its opening and reaches three beyond."""
    file = Rows(
        ts_open=[10 * k for k in range(7)],
        ts_close=[10 * k + 10 for k in range(7)],
        open=OPENS,
        high=[each + 5 for each in OPENS],
        low=[each - 3 for each in OPENS],
        close=[each + 2 for each in OPENS],
    )
    return Source(instrument="X.y", file=file, start=0, stop=7, kind="bars", interval_ns=10)


def trip(entry: int, left: int | None) -> RoundTrip:
    begun = Fill((0, 0), entry, "a", "X.y", 1, 1, 0)
    ended = None if left is None else Fill((0, 0), left, "a", "X.y", -1, 1, 0)
    return RoundTrip(strategy="a", instrument="X.y", side=1, entry=begun, exit=ended)


def ask(*trips: RoundTrip, since: int = 0, until: int = 70) -> Question:
    return Question(since=since, until=until, instants=[5, 10, 35, 70], trips=trips)


def test_marks_are_the_last_closes_in_half_ticks() -> None:
    seen = look([bars()], ask())["X.y"]

    assert seen.marks.tolist() == [NONE, 24, 28, 36]


@pytest.mark.parametrize(
    ("entry", "left", "bars_", "low", "high"),
    [
        (10, 20, 1, 8, 16),  # at an opening to the next: that bar alone
        (10, 25, 1, 8, 17),  # inside a bar: that bar counts for the extremes
        (0, 70, 7, 7, 21),
        (30, None, 4, 10, 21),
        (20, 20, 0, None, None),
    ],
)
def test_a_trip_has_the_extremes_of_the_bars_it_spans(
    entry: int, left: int | None, bars_: int, low: int | None, high: int | None
) -> None:
    other = trip(60, 70)
    seen = look([bars()], ask(trip(entry, left), other))["X.y"]

    assert seen.bars is not None
    assert seen.bars.tolist() == [bars_, 1]
    if low is not None and high is not None:
        assert (seen.low[0], seen.high[0]) == (2 * low, 2 * high)
    else:
        assert seen.high[0] == NONE


def test_candles_join_rows_and_lose_no_extreme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prices, "CANDLES_MOST", 4)

    seen = look([bars()], ask())["X.y"]

    assert seen.rows_a_candle == 2
    assert seen.candles.begins.tolist() == [0, 20, 40, 60]
    assert seen.candles.ends.tolist() == [20, 40, 60, 70]
    assert seen.candles.open.tolist() == [20, 24, 28, 32]
    assert seen.candles.high.tolist() == [32, 36, 40, 42]
    assert seen.candles.low.tolist() == [14, 18, 22, 26]
    assert seen.candles.close.tolist() == [26, 30, 34, 36]


def test_only_the_time_of_the_run_is_drawn() -> None:
    seen = look([bars()], ask(since=20, until=50))["X.y"]

    assert seen.candles.begins.tolist() == [20, 30, 40]


def test_quotes_are_drawn_by_their_middle_and_finer_than_bars() -> None:
    file = Rows(ts=[1, 2, 3, 4], bid=[10, NONE, 12, 13], ask=[13, 12, 11, 14])
    quotes = Source(instrument="X.y", file=file, start=0, stop=4, kind="quotes")

    seen = look([bars(), quotes], ask())["X.y"]

    assert seen.candles.close.tolist() == [23, 27]
    assert seen.bars is None


def test_prints_are_prices() -> None:
    file = Rows(ts=[1, 2], ticks=[10, 12])
    trades = Source(instrument="X.y", file=file, start=0, stop=2, kind="trades")

    assert [each.close.tolist() for each in pieces(trades)] == [[20, 24]]


def test_a_book_is_drawn_by_the_middle_of_its_top() -> None:
    """A snapshot, a change below the top, one at it, and one that does not follow."""
    rows = Rows(
        ts=[1, 1, 2, 3, 4],
        side=[1, -1, 1, 1, -1],
        ticks=[10, 13, 9, 12, 13],
        lots=[5, 5, 5, 5, 0],
        first_id=[1, 1, 2, 3, 5],
        last_id=[1, 1, 2, 3, 5],
        prev_id=[NONE, NONE, 1, 2, 4],
        snapshot=[1, 1, 0, 0, 0],
        last=[0, 1, 1, 1, 1],
        ts_event=[1, 1, 2, 3, 4],
    )
    depth = Source(instrument="X.y", file=rows, start=0, stop=5, kind="depth")

    candles = look([bars(), depth], ask())["X.y"].candles

    assert (candles.begins.tolist(), candles.close.tolist()) == ([1, 3], [23, 25])
