"""Many sources become one stream: each event once, in the order of the law, read late."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sims.history import CLOSE, INSIDE, MOMENTS, OPENING, TURN, WHOLE, Window, windows
from sims.streams import Source
from tests.sims.making import START, Row, flat, memory, source
from trader.model.market import BarClosed
from trader.model.units import DAY_NS, HOUR_NS, MINUTE_NS

Event: TypeAlias = tuple[int, int, int, int]
"""Instant, moment, source, row: the law of their order is that of these tuples."""

LENGTHS = (MINUTE_NS, 2 * MINUTE_NS, 3 * MINUTE_NS, 5 * MINUTE_NS)


def law(sources: list[Source]) -> list[Event]:
    """All events in order, said slowly."""
    found = []
    for number, each in enumerate(sources):
        for row in range(each.start, each.stop):
            ts = memory(each).rows[row][0]
            closed = ts + each.interval_ns
            found += [(closed, INSIDE, number, row), (closed, CLOSE, number, row)]
            found += [(ts, OPENING, number, row)]
    return sorted(found)


def events(window: Window, sources: list[Source]) -> Iterator[Event]:
    """A window's events; WHOLE is an inside and a close, TURN these and the next bar's opening."""
    for code, bar in zip(window.codes, window.rows, strict=True):
        number, moment = divmod(code, MOMENTS)
        rows = memory(sources[number]).rows
        [row] = [k for k, each in enumerate(rows) if each[0] == bar.ts_open]
        assert bar == bar_of(sources[number], rows[row])
        if moment == WHOLE:
            yield (bar.ts_close, INSIDE, number, row)
            yield (bar.ts_close, CLOSE, number, row)
        elif moment == TURN:
            yield (bar.ts_open, INSIDE, number, row - 1)
            yield (bar.ts_open, CLOSE, number, row - 1)
            yield (bar.ts_open, OPENING, number, row)
        else:
            yield (bar.ts_open if moment == OPENING else bar.ts_close, moment, number, row)


def bar_of(source: Source, row: Row) -> BarClosed:
    ts, open_, high, low, close, lots = row
    interval = source.interval_ns
    name = source.instrument
    return BarClosed(name, interval, open_, high, low, close, lots, ts, ts + interval)


@st.composite
def several(draw: st.DrawFn) -> list[Source]:
    """One to four sources of some lengths of bar, with holes, of which some end early."""
    made = []
    for number in range(draw(st.integers(1, 4))):
        length = draw(st.sampled_from(LENGTHS))
        holes = draw(st.lists(st.sampled_from((0, 0, 0, 1, MINUTE_NS, HOUR_NS)), max_size=12))
        ts = START + draw(st.integers(-10, 10)) * MINUTE_NS
        rows: list[Row] = []
        for count, hole in enumerate(holes):
            ts += hole
            rows.append((ts, 10 + count, 20 + count, 5, 11 + count, number))
            ts += length
        start = draw(st.integers(0, len(rows)))
        stop = draw(st.integers(start, len(rows)))
        name = f"{'ABCD'[number]}.sim"
        made.append(source(rows, instrument=name, interval_ns=length, start=start, stop=stop))
    return made


@given(sources=several(), batch_rows=st.integers(1, 6), window_events=st.integers(1, 9))
def test_every_event_stands_once_in_the_order_of_the_law(
    sources: list[Source], batch_rows: int, window_events: int
) -> None:
    """However the files are read and however the stream is cut."""
    stream = list(windows(sources, batch_rows, window_events))

    assert [each for window in stream for each in events(window, sources)] == law(sources)
    assert all(0 < len(window.codes) <= window_events for window in stream)


@given(sources=several(), batch_rows=st.integers(1, 6))
def test_an_inside_and_its_close_are_one_event_where_they_are_neighbours(
    sources: list[Source], batch_rows: int
) -> None:
    codes = [code for window in windows(sources, batch_rows) for code in window.codes]

    for code, following in pairwise(codes):
        assert code % MOMENTS != INSIDE or following != code + CLOSE - INSIDE


@given(sources=several(), batch_rows=st.integers(1, 4))
def test_nobody_reads_ahead(sources: list[Source], batch_rows: int) -> None:
    """A batch is read when all that is known before the end of the one before it was handed out."""
    for window in windows(sources, batch_rows, 3):
        first = next(events(window, sources))[0]
        for each in sources:
            read = memory(each).read
            if len(read) > 1:
                last_before = memory(each).rows[read[-2][1] - 1]
                assert last_before[0] <= first


def test_nothing_is_read_before_it_is_asked_for() -> None:
    """The bars of one source lie in an hour, those of the other two in every hour of it."""
    dense = source(flat([10] * 60), instrument="A.sim")
    rows = flat([10] * 30, interval_ns=30 * MINUTE_NS)
    sparse = source(rows, instrument="B.sim", interval_ns=30 * MINUTE_NS)

    stream = windows([dense, sparse], 10)
    assert memory(dense).read == memory(sparse).read == []

    first = next(stream)
    assert len(first.codes) == 10  # nine turns and the sparse bar; beside the tenth, more may be
    assert [memory(each).read for each in (dense, sparse)] == [[(0, 10)], [(0, 10)]]

    for window in stream:
        if window.rows[-1].ts_open < START + HOUR_NS:
            assert memory(sparse).read == [(0, 10)]
    assert memory(dense).read == [(at, at + 10) for at in range(0, 60, 10)]
    assert memory(sparse).read == [(0, 10), (10, 20), (20, 30)]


@pytest.mark.parametrize("window_events", [1, 2, 100])
def test_at_one_instant_insides_come_before_closes_before_openings(window_events: int) -> None:
    """Two sources whose bars meet: nobody's opening is seen before all have decided."""
    sources = [source(flat([10, 11]), instrument=name) for name in ("A.sim", "B.sim")]

    codes = [code for window in windows(sources, 7, window_events) for code in window.codes]

    opening, inside, close = OPENING, INSIDE, CLOSE
    both = [(opening, inside, close), (MOMENTS + opening, MOMENTS + inside, MOMENTS + close)]
    (a_open, a_inside, a_close), (b_open, b_inside, b_close) = both
    met = [a_inside, b_inside, a_close, b_close]
    assert codes == [a_open, b_open, *met, a_open, b_open, *met]


def test_one_source_alone_turns_from_bar_to_bar() -> None:
    codes = [code for window in windows([source(flat([10, 11, 12]))]) for code in window.codes]

    assert codes == [OPENING, TURN, TURN, WHOLE]


def test_a_bar_after_a_hole_opens_by_itself() -> None:
    rows = [*flat([10]), *flat([11], start=START + 2 * MINUTE_NS)]

    codes = [code for window in windows([source(rows)]) for code in window.codes]

    assert codes == [OPENING, WHOLE, OPENING, WHOLE]


def test_a_century_and_a_half_is_in_order_too() -> None:
    """Instants lie within 2^62 of 1970, and their differences within 2^63."""
    first = -(2**62) + DAY_NS
    sources = [
        source(flat([10] * 270, start=first + shift, interval_ns=366 * DAY_NS), interval_ns=length)
        for shift, length in ((0, 366 * DAY_NS), (DAY_NS, DAY_NS))
    ]

    stream = [each for window in windows(sources) for each in events(window, sources)]

    assert stream == law(sources)
    assert stream[-1][0] - stream[0][0] > 2**63 - 2**61


def test_a_source_without_rows_says_nothing() -> None:
    rows = flat([10, 11])
    sources = [source(rows, instrument="A.sim", stop=0), source(rows, instrument="B.sim")]

    stream = list(windows(sources))

    assert [code // MOMENTS for window in stream for code in window.codes] == [1, 1, 1]
    assert list(windows([sources[0]])) == []
