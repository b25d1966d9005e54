"""Corporate actions: splits, dividends and halts, read as the messages that they become.

The file is judged whole, and as a story: rows in order, nothing twice, a halt before its end. For
what is wrong here is not seen in a run; it just moves a position by a factor.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

from trader.calendars.sessions import Sessions
from trader.config.notation import instant_text
from trader.data.action_cells import ACTION, read_cells
from trader.data.action_rows import Terms, action_of
from trader.data.bars import BATCH_ROWS, BarFile
from trader.data.defects import Source
from trader.data.grid import Int64s
from trader.data.parquet import digest_of
from trader.model.control import (
    DividendPaid,
    InstrumentHalted,
    InstrumentResumed,
    SplitEffective,
)
from trader.model.envelope import Message
from trader.model.money import MoneyScale
from trader.model.units import Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ActionColumns:
    """Some actions in time order: when each takes effect, and as what."""

    ts: Int64s
    messages: list[Message]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ActionFile:
    """One file of actions; `open_actions` makes it.

    `digest` is BLAKE2b-256 of the file's bytes in hex.
    """

    source: Source
    digest: str
    ts: Int64s
    messages: tuple[Message, ...]

    @property
    def rows(self) -> int:
        """How many there are; a file without any is one as well."""
        return len(self.messages)

    def window(self, ts_from: int | None, ts_to: int | None) -> tuple[int, int]:
        """The actions in [ts_from, ts_to): the first and the one after the last; perhaps none."""
        start = 0 if ts_from is None else int(np.searchsorted(self.ts, ts_from))
        stop = self.rows if ts_to is None else int(np.searchsorted(self.ts, ts_to))
        return start, max(start, stop)

    def batches(self, start: int, stop: int, rows: int = BATCH_ROWS) -> Iterator[ActionColumns]:
        """The actions [start, stop) in pieces of at most `rows`."""
        for at in range(start, stop, rows):
            part = slice(at, min(at + rows, stop))
            yield ActionColumns(ts=self.ts[part], messages=list(self.messages[part]))

    def check_between(self, bars: BarFile) -> None:
        """No split and no dividend falls inside a bar; raises `DataError` for one that does.

        Such a bar would have begun at one price and ended at another that means the same.
        """
        for row, (ts, message) in enumerate(zip(self.ts.tolist(), self.messages, strict=True)):
            if not isinstance(message, SplitEffective | DividendPaid):
                continue
            if (bar := bars.under_way(ts)) is not None:
                opens, closes = map(instant_text, bar)
                raise self.source.defect(
                    f"at {instant_text(ts)} it falls inside the bar from {opens} to {closes}",
                    row=row,
                    hint="give the instrument its calendar, or the row the `ts` of an opening",
                )


def open_actions(
    path: Path, *, name: str, sessions: Sessions, lot: Decimal, scale: MoneyScale
) -> ActionFile:
    """Read the actions of one instrument, whose sessions and lot these are.

    Dividends are in account currency for a unit, and become money for a lot in multiples of the
    `scale`. Raises `DataError` for a file that is broken or contradicts the sessions.
    """
    cells = read_cells(path, name)
    terms = Terms(name, sessions, lot, scale)
    times, messages = [], []
    for row in range(len(cells.rows)):
        ts, message = action_of(cells, row, terms)
        times.append(ts)
        messages.append(message)
    _check_story(cells.source, times, messages)
    return ActionFile(
        source=cells.source,
        digest=digest_of(path),
        ts=np.array(times, np.int64),
        messages=tuple(messages),
    )


def _check_story(source: Source, times: list[Nanoseconds], messages: list[Message]) -> None:
    """Rows in order, nothing twice, and halts that end before the next."""
    halted = False
    told: list[Message] = []
    for row, (ts, message) in enumerate(zip(times, messages, strict=True)):
        if row and ts < times[row - 1]:
            raise source.defect(
                f"out of order: {source.place(row)} is of {instant_text(ts)},"
                f" {source.place(row - 1)} of {instant_text(times[row - 1])}",
                row=row,
                hint="sort the rows by their time",
            )
        told = [*told, message] if row and ts == times[row - 1] else [message]
        if _is_told_twice(told):
            raise source.defect(f"it is there twice, at {instant_text(ts)}", row=row)
        if isinstance(message, InstrumentHalted | InstrumentResumed):
            if halted == isinstance(message, InstrumentHalted):
                state = "halted already" if halted else "not halted"
                raise source.defect(f"the instrument is {state}", row=row, column=ACTION)
            halted = not halted


def _is_told_twice(told: list[Message]) -> bool:
    """Whether the last of an instant's actions is there already; one split is all there can be."""
    *before, last = told
    if isinstance(last, SplitEffective):
        return any(isinstance(each, SplitEffective) for each in before)
    return isinstance(last, DividendPaid) and last in before
