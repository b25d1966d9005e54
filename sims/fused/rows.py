"""The tables' rows of a fused run: the room they are written into, and the names they point to.

The loop writes rows as they lie in memory. What a row says with a number that stands for a name
(of an order, a strategy, a reason) gets its name here, in the order in which step would have met
them.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from sims.fused import account
from trader.config.schema import Config
from trader.data.grid import Int64s
from trader.logic.tables import SCHEMAS, Tables
from trader.model.control import TradingState
from trader.model.units import Lots, Nanoseconds

TABLES: Final = ("decisions", "orders", "statuses", "fills", "equity")
_STATUSES: Final = 3
"""An order is approved, accepted and filled."""
_REASON: Final = SCHEMAS["decisions"].index("reason")


def buffers(answers: int, samples: int) -> tuple[Int64s, ...]:
    """Room for the rows of each table; an answer makes at most one order."""
    rows = (answers, answers, _STATUSES * answers, answers, samples)
    return tuple(
        np.zeros((count, len(SCHEMAS[name])), np.int64)
        for name, count in zip(TABLES, rows, strict=True)
    )


def sizes_and_reasons(
    lots: Lots, below: Lots, heard: Sequence[int]
) -> tuple[Int64s, tuple[str, ...]]:
    """Target and reason when -1, 0 and 1 are said, and the reasons as they first appear.

    `heard` is what the strategy says first, among what it may decide upon; the two ways of
    crossing alternate, so the first two answers give the order of their names.
    """
    if below == 0 and heard and heard[0] < 0:
        # Flat already, a first cross down changes nothing and is not written down.
        heard = heard[1:]
    first = heard[0] if heard else 1
    reasons = ("cross_up", "cross_down") if first > 0 else ("cross_down", "cross_up")
    named = [reasons.index("cross_down"), 0, reasons.index("cross_up")]
    return np.array([[below, 0, lots], named], np.int64), reasons


def tables_of(
    config: Config,
    ts_start: Nanoseconds,
    a: Int64s,
    out: Sequence[Int64s],
    reasons: Sequence[str],
) -> Tables:
    """The rows that were written, under the names that step would have given."""
    tables = Tables()
    orders, fills = int(a[account.ORDERS]), int(a[account.FILLS])
    used = (orders, orders, 2 * orders + fills, fills, int(a[account.SAMPLES]))
    for name, count, rows in zip(TABLES, used, out, strict=True):
        tables.tables[name].extend_bytes(rows[:count].tobytes())
    active, halted = TradingState.ACTIVE, TradingState.HALTED
    tables.tables["states"].append(0, 1, ts_start, 0, 0, active, halted, 0, 1)
    names = tables.names
    names["codes"].take(["reconciled", "reconciler"])
    if orders:
        strategy = config.strategies[0]
        account_id, epoch = config.account.id, 1
        names["orders"].take(
            f"{account_id}-{strategy.name}-{epoch}-{k}" for k in range(1, orders + 1)
        )
        names["trades"].take([str(k) for k in range(1, fills + 1)])
        names["strategies"].take([strategy.name])
        names["instruments"].take([strategy.instrument])
        names["reasons"].take(reasons[: int(out[0][:orders, _REASON].max()) + 1])
    return tables
