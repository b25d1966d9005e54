"""Facts about recorded files: what is odd in them, counted, without calling it wrong.

Markets close, books cross, instruments split. Whether a hole is a night or a loss is for people to
say, so a survey counts and judges nothing. It reads a file as a run would; what a run would refuse
ends the survey too.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final, TypeAlias

import numpy as np

from trader.data.bars import BATCH_ROWS, BarColumns, BarFile
from trader.data.depth import DepthColumns
from trader.data.grid import Bools, Int64s
from trader.data.quotes import QuoteColumns
from trader.data.ticks import TickFile
from trader.data.trades import TradeColumns
from trader.model.units import HOUR_NS, INT64_MAX, NONE

JUMP_SHARE: Final = 5
"""A price that moves by more than one part in so many of the one before it has jumped."""
SHORT_HOLE_NS: Final = 4 * HOUR_NS
"""A shorter hole between bars is hardly a night."""

Facts: TypeAlias = Mapping[str, int]
"""How often each odd thing occurs; what does not occur is left out."""


def survey_bars(file: BarFile) -> Facts:
    """Read all bars of a file; raises `DataError` for what a run would refuse."""
    facts: Counter[str] = Counter()
    close, opened = 0, None
    for bars in file.batches(0, file.rows):
        facts["off_grid"] += bars.rounded
        if file.has_volume:
            facts["zero_volume"] += int((bars.lots == 0).sum())
        facts["jumps"] += _jumps(bars.close, close)
        _holes(facts, bars, opened, file.interval_ns)
        close, opened = int(bars.close[-1]), int(bars.ts_open[-1])
    return +facts


def survey_quotes(file: TickFile[QuoteColumns]) -> Facts:
    """Read all quotes of a file; raises `DataError` for what a run would refuse."""
    facts: Counter[str] = Counter()
    middle = 0
    former: tuple[int, ...] = ()
    for quotes in file.batches(0, file.rows):
        same = (quotes.ts, quotes.bid, quotes.ask, quotes.bid_lots, quotes.ask_lots)
        former = _count_repeats(facts, same, former)
        both = (quotes.bid != NONE) & (quotes.ask != NONE)
        facts["off_grid"] += quotes.rounded
        facts["crossed"] += quotes.crossed
        facts["one_sided"] += int((~both).sum())
        facts["unknown_size"] += _without_size(quotes)
        middles = (quotes.bid[both] + quotes.ask[both]) // 2
        facts["jumps"] += _jumps(middles, middle)
        middle = int(middles[-1]) if len(middles) else middle
    return +facts


def survey_trades(file: TickFile[TradeColumns]) -> Facts:
    """Read all trades of a file; raises `DataError` for what a run would refuse."""
    facts: Counter[str] = Counter()
    last = 0
    former: tuple[int, ...] = ()
    for trades in file.batches(0, file.rows):
        former = _count_repeats(facts, (trades.trade_id,), former)
        facts["off_grid"] += trades.rounded
        facts["zero_size"] += trades.empty
        facts["unknown_side"] += int((trades.side == 0).sum())
        facts["jumps"] += _jumps(trades.ticks, last)
        last = int(trades.ticks[-1])
    return +facts


def survey_depth(file: TickFile[DepthColumns], batch_rows: int = BATCH_ROWS) -> Facts:
    """Read all changes of a file; raises `DataError` for what a run would refuse.

    A sequence gap is a change whose ids do not follow on those of the change before it, nor on a
    snapshot that came between them.
    """
    facts: Counter[str] = Counter()
    last_id: int | None = None
    held = NONE
    for rows in file.batches(0, file.rows, batch_rows):
        ends = rows.last == 1
        facts["off_grid"] += rows.rounded
        facts["messages"] += int(ends.sum())
        facts["snapshots"] += int((ends & (rows.snapshot == 1)).sum())
        changes = ends & (rows.snapshot == 0) & (rows.last_id != NONE)
        ids = rows.last_id[changes]
        snapshots, held = _snapshots(rows, ends, changes, held)
        if not len(ids):
            continue
        former = np.concatenate(([NONE if last_id is None else last_id], ids[:-1]))
        broken = _broken(rows, changes, former, snapshots)
        facts["sequence_gaps"] += int(broken[last_id is None :].sum())
        last_id = int(ids[-1])
    return +facts


def _holes(facts: Counter[str], bars: BarColumns, former: int | None, interval_ns: int) -> None:
    opens = bars.ts_open if former is None else np.concatenate(([former], bars.ts_open))
    steps = np.diff(opens)
    holes = steps[steps > interval_ns]
    short = holes[holes < SHORT_HOLE_NS]
    facts["holes"] += len(holes)
    facts["short_holes"] += len(short)
    facts["missing_bars"] += int((short // interval_ns - 1).sum())


def _count_repeats(
    facts: Counter[str], columns: tuple[Int64s, ...], former: tuple[int, ...]
) -> tuple[int, ...]:
    """Count the rows that say what the row before them says; returns what the last row says.

    `former` is what the row before the first one says, nothing if there is none.
    """
    same = np.ones(len(columns[0]), dtype=np.bool_)
    for at, column in enumerate(columns):
        before = former[at] if former else column[0]
        same &= np.diff(column, prepend=before) == 0
    facts["repeats"] += int(same[0 if former else 1 :].sum())
    return tuple(int(column[-1]) for column in columns)


def _jumps(prices: Int64s, former: int) -> int:
    """How many prices are far from the one before them; `former` comes first, 0 if there is none.

    Up and down are measured alike: by the smaller of the two prices.
    """
    every = prices if former == 0 else np.concatenate(([former], prices))
    one, other = every[:-1], every[1:]
    return int((np.abs(other - one) * JUMP_SHARE > np.maximum(one, other)).sum())


def _without_size(quotes: QuoteColumns) -> int:
    missing = (quotes.bid != NONE) & (quotes.bid_lots == NONE)
    missing |= (quotes.ask != NONE) & (quotes.ask_lots == NONE)
    return int(missing.sum())


def _snapshots(rows: DepthColumns, ends: Bools, changes: Bools, held: int) -> tuple[Int64s, int]:
    """For each change the last id of the snapshots since the one before it, NONE without any.

    `held` is that of the snapshots after the last change so far; what is left of them is returned.
    A snapshot that tells no id holds whatever comes next.
    """
    at = np.flatnonzero(changes)
    found = np.full(len(at) + 1, NONE)
    found[0] = held
    for row in np.flatnonzero(ends & (rows.snapshot == 1)).tolist():
        id_ = int(rows.last_id[row])
        next_change = int(np.searchsorted(at, row))
        found[next_change] = max(int(found[next_change]), INT64_MAX - 1 if id_ == NONE else id_)
    return found[:-1], int(found[-1])


def _broken(rows: DepthColumns, changes: Bools, former: Int64s, snapshots: Int64s) -> Bools:
    """Which changes follow neither on the one before nor on a snapshot, by what ids they have."""
    first, prev = rows.first_id[changes], rows.prev_id[changes]
    by_first = (first != NONE) & (first > np.maximum(former, snapshots) + 1)
    by_prev = (prev != former) & ((snapshots == NONE) | (prev > snapshots))
    broken: Bools = np.where(prev != NONE, by_prev, by_first)
    return broken
