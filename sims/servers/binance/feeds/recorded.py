"""A recorded market: a file of bars, trades or quotes, told as what the street did.

Prices off the symbol's grid are rounded to it. A bar becomes a few quotes on the way from its
opening by its extremes to its close; a trade stands between a bid and an ask.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Final

from sims.servers.binance.amounts import ONE
from sims.servers.binance.feeds.rows import Feed, Quote, Row, Taken, looped
from sims.servers.binance.markets import SymbolRules
from trader.data.bars import open_bars
from trader.data.quotes import open_quotes
from trader.data.reading import Read, read_file
from trader.data.tables.table import Asked
from trader.data.trades import open_trades
from trader.errors import DataError

STEPS_A_LEG: Final = 4
LEGS: Final = 3
ROUND_NS: Final = 1_000_000_000


def recorded(path: Path, rules: SymbolRules) -> Feed:
    """Yield a file's rows again and again; `DataError` if it cannot be read."""
    read = read_file(path, str(path), Asked())
    opened = _OPENERS.get(read.kind)
    if opened is None:
        raise DataError(
            f"a market cannot be fed with {read.kind}", where=str(path), hint="bars, trades, quotes"
        )
    rows = list(opened(read, rules))
    if not any(isinstance(row, Quote) for row in rows):
        raise DataError("no row of it has two prices", where=str(path))
    first, last = rows[0].at_ns, rows[-1].at_ns
    shifted = [row._replace(at_ns=row.at_ns - first) for row in rows]
    return looped(lambda: shifted, last - first + ROUND_NS)


def _bars(read: Read, rules: SymbolRules) -> Iterator[Row]:
    file = open_bars(
        read.recording,
        name=rules.symbol,
        interval_ns=read.interval_ns,
        tick=_unit(rules.tick),
        lot=_unit(rules.step),
        off_grid="round",
    )
    for batch in file.batches(0, file.rows):
        columns = (batch.ts_open, batch.open, batch.high, batch.low, batch.close, batch.lots)
        for ts, first, high, low, last, lots in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            turns = (low, high) if last >= first else (high, low)
            corners = [first, *turns, last]
            yield from _bar(ts, read.interval_ns, corners, max(lots, LEGS) // LEGS, rules)


def _bar(ts: int, interval_ns: int, corners: list[int], lots: int, rules: SymbolRules) -> list[Row]:
    """Walk from corner to corner; at the end of each leg a part of the bar's volume trades."""
    rows: list[Row] = []
    step_ns = interval_ns // (LEGS * STEPS_A_LEG)
    before = corners[0]
    for leg, (here, there) in enumerate(pairwise(corners)):
        for step in range(STEPS_A_LEG):
            at = ts + (leg * STEPS_A_LEG + step) * step_ns
            ticks = here + (there - here) * (step + 1) // STEPS_A_LEG
            is_buyer = ticks >= before
            rows.append(_around(at, ticks, lots, is_buyer=is_buyer, rules=rules))
            if step in {0, STEPS_A_LEG - 1}:
                quantity = max(1, lots // 2) * rules.step
                rows.append(Taken(at, ticks * rules.tick, quantity, is_buyer))
            before = ticks
    return rows


def _trades(read: Read, rules: SymbolRules) -> Iterator[Row]:
    file = open_trades(
        read.recording,
        name=rules.symbol,
        tick=_unit(rules.tick),
        lot=_unit(rules.step),
        off_grid="round",
    )
    before = 0
    for batch in file.batches(0, file.rows):
        columns = (batch.ts, batch.ticks, batch.lots, batch.side)
        for ts, ticks, lots, side in zip(*(column.tolist() for column in columns), strict=True):
            if lots <= 0:
                continue
            is_buyer = side > 0 if side else ticks >= before
            yield _around(ts, ticks, lots, is_buyer=is_buyer, rules=rules)
            yield Taken(ts, ticks * rules.tick, lots * rules.step, is_buyer)
            before = ticks


def _quotes(read: Read, rules: SymbolRules) -> Iterator[Row]:
    file = open_quotes(
        read.recording,
        name=rules.symbol,
        tick=_unit(rules.tick),
        lot=_unit(rules.step),
        off_grid="round",
    )
    for batch in file.batches(0, file.rows):
        columns = (batch.ts, batch.bid, batch.ask, batch.bid_lots, batch.ask_lots)
        for ts, bid, ask, bid_lots, ask_lots in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            # A missing side is a negative number; a locked or crossed book cannot stand here.
            if 0 < bid < ask:
                sizes = (max(bid_lots, 1) * rules.step, max(ask_lots, 1) * rules.step)
                yield Quote(ts, bid * rules.tick, ask * rules.tick, *sizes)


_OPENERS: Final[dict[str, Callable[[Read, SymbolRules], Iterator[Row]]]] = {
    "bars": _bars,
    "trades": _trades,
    "quotes": _quotes,
}


def _around(at: int, ticks: int, lots: int, *, is_buyer: bool, rules: SymbolRules) -> Quote:
    """Return a quote a tick wide of which somebody can take `lots` at `ticks`."""
    bid = max(1, ticks - 1 if is_buyer else ticks)
    quantity = 2 * lots * rules.step
    return Quote(at, bid * rules.tick, (bid + 1) * rules.tick, quantity, quantity)


def _unit(units: int) -> Decimal:
    return Decimal(units) / ONE
