"""A row is found by its number: the same that a run gives it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sims.history import INSIDE, MOMENTS, OPENING, windows
from sims.numbering import Numbering
from sims.streams import ACTIONS, Source
from tests.sims.making import START, flat, source
from trader.data.actions import ActionColumns
from trader.model.control import InstrumentHalted
from trader.model.envelope import Message
from trader.model.units import MINUTE_NS


@dataclass
class Columns:
    """Quotes as a file hands them over."""

    bid: Any
    ask: Any
    bid_lots: Any
    ask_lots: Any
    ts_event: Any
    ts: Any


@dataclass
class Happenings:
    """Quotes or halts in memory, at these instants."""

    times: Sequence[int]
    kind: str

    def batches(self, start: int, stop: int, rows: int = 65_536) -> Iterator[Any]:
        for at in range(start, stop, rows):
            ts = np.array(self.times[at : min(at + rows, stop)], np.int64)
            if self.kind == ACTIONS:
                messages: list[Message] = [InstrumentHalted(instrument=f"{each}") for each in ts]
                yield ActionColumns(ts=ts, messages=messages)
            else:
                yield Columns(ts, ts + 1, ts, ts, ts, ts)


def happening(times: Sequence[int], kind: str, *, matches: bool) -> Source:
    return Source(
        instrument="T.sim",
        kind=kind,
        file=cast("Any", Happenings(times, kind)),
        start=0,
        stop=len(times),
        matches=matches,
    )


@st.composite
def several(draw: st.DrawFn) -> list[Source]:
    """Bars, quotes and halts that often meet at one instant."""
    instants = st.lists(st.integers(0, 8), max_size=8).map(
        lambda found: [START + each * MINUTE_NS for each in sorted(found)]
    )
    made = []
    for _ in range(draw(st.integers(1, 4))):
        what = draw(st.sampled_from(("bars", "bars", "quotes", ACTIONS)))
        if what == "bars":
            interval = draw(st.sampled_from((1, 2))) * MINUTE_NS
            rows = flat([10] * draw(st.integers(1, 8)), interval_ns=interval)
            made.append(source(rows, interval_ns=interval, start=draw(st.integers(0, 1))))
        else:
            made.append(happening(draw(instants), what, matches=draw(st.booleans())))
    return made


@given(sources=several())
def test_every_number_is_that_of_the_row_the_core_hears(sources: list[Source]) -> None:
    told = [
        (ts, row)
        for window in windows(sources)
        for ts, code, row in zip(window.times, window.codes, window.rows, strict=True)
        if code % MOMENTS not in {INSIDE, OPENING}
    ]
    numbering = Numbering(sources)

    found = [numbering.row(seq) for seq in range(1, numbering.total + 1)]

    # A TURN bears the bar that opens; the one that closes is the row before it.
    assert [each.known for each in found] == [ts for ts, _ in told]
    assert [each.seq for each in found] == list(range(1, len(told) + 1))
    for each, (_, row) in zip(found, told, strict=True):
        assert each.message == row or each.message.ts_close == row.ts_open  # type: ignore[union-attr]


@given(sources=several())
def test_rows_of_a_kind_know_their_numbers(sources: list[Source]) -> None:
    numbering = Numbering(sources)
    everything = [numbering.row(seq) for seq in range(1, numbering.total + 1)]

    for kind in ("bars", "quotes", ACTIONS):
        assert numbering.of_kind(kind) == [each for each in everything if each.source.kind == kind]


@given(sources=several(), minute=st.integers(-1, 12))
def test_what_is_known_by_an_instant_is_counted(sources: list[Source], minute: int) -> None:
    numbering = Numbering(sources)
    ts = START + minute * MINUTE_NS
    everything = [numbering.row(seq) for seq in range(1, numbering.total + 1)]

    assert numbering.known_by(ts) == len([each for each in everything if each.known <= ts])


def test_a_row_is_numbered_in_its_file() -> None:
    """The run begins at the third bar of the file: that is its row 1 and the file's row 2."""
    found = Numbering([source(flat([10, 11, 12, 13]), start=2)]).row(1)

    assert (found.row, found.known) == (2, START + 3 * MINUTE_NS)


@given(sources=several(), minute=st.integers(-1, 12), wanted=st.integers(0, 15))
def test_the_last_row_of_some_sources(sources: list[Source], minute: int, wanted: int) -> None:
    numbering = Numbering(sources)
    ts = START + minute * MINUTE_NS
    chosen = [each for place, each in enumerate(sources) if wanted >> place & 1]
    everything = [numbering.row(seq) for seq in range(1, numbering.total + 1)]

    mine = [each for each in everything if each.source in chosen and each.known <= ts]

    assert numbering.last(ts, chosen) == (mine[-1] if mine else None)
