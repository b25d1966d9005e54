"""The account loop of the fused gear, as plain functions over integers and arrays.

A strategy's scan has told where it answers, whatever the position. Between two answers nothing
happens to the account but that its mark moves, so the loop goes from one instant at which
something happens to the next: an answer, the opening that fills it, a midnight. It calls the same
leaves as the venue and the portfolio, and appends the same rows in the same order as they would.
Uncompiled it runs as it stands, which is how its branches are tested.

`a` is the account: see the names below. Rows of the tables are written as they lie in memory.
"""

from typing import Any, Final, TypeAlias

from trader.kernels.accounting import booked
from trader.kernels.kernel import kernel
from trader.kernels.matching import worsened
from trader.model.orders import Liquidity, OrderRole, OrderStatus, OrderType, TimeInForce
from trader.model.units import NONE

Int64s: TypeAlias = Any
"""A numpy array of int64, one- or two-dimensional; the compiler sees its real type."""

CASH: Final = 0
LOTS: Final = 1
COST: Final = 2
REALIZED: Final = 3
MARK: Final = 4
PEAK: Final = 5
HALF: Final = 6
SEQ: Final = 7
COUNT: Final = 8
NEXT_SAMPLE: Final = 9
SAMPLE_NS: Final = 10
SAMPLES: Final = 11
ORDERS: Final = 12
FILLS: Final = 13
ACCOUNT_WIDTH: Final = 14

MONEY_LIMIT: Final = 2**61
"""Money beyond it might leave int64 in the next step: the loop stops and says so."""

APPROVED: Final = int(OrderStatus.APPROVED)
ACCEPTED: Final = int(OrderStatus.ACCEPTED)
FILLED: Final = int(OrderStatus.FILLED)
MARKET: Final = int(OrderType.MARKET)
GTC: Final = int(TimeInForce.GTC)
TARGET: Final = int(OrderRole.TARGET)
TAKER: Final = int(Liquidity.TAKER)


@kernel
def head(a: Int64s, row: Int64s, ts: int, cause_n: int) -> None:
    """Names a row and its cause, which stands in the same step."""
    a[COUNT] += 1
    row[0] = a[SEQ]
    row[1] = a[COUNT]
    row[2] = ts
    row[3] = a[SEQ]
    row[4] = cause_n


@kernel
def sample(a: Int64s, ts: int, equity: Int64s) -> None:
    """Appends a row of the equity table."""
    row = equity[a[SAMPLES]]
    head(a, row, ts, 0)
    lots, mark, half = a[LOTS], a[MARK], a[HALF]
    row[5] = a[CASH] + lots * mark * half
    row[6] = a[CASH]
    row[7] = 2 * half * a[REALIZED]
    row[8] = half * (lots * mark - 2 * a[COST])
    row[9] = a[PEAK]
    a[SAMPLES] += 1


@kernel
def sample_until(a: Int64s, ts: int, equity: Int64s) -> None:
    """Appends the equity rows that are due at `ts` or before it."""
    while a[NEXT_SAMPLE] <= ts:
        sample(a, a[NEXT_SAMPLE], equity)
        a[NEXT_SAMPLE] += a[SAMPLE_NS]


@kernel
def pass_bars(a: Int64s, start: int, stop: int, close: Int64s) -> None:
    """Marks the bars from `start` to before `stop`, of which none causes anything."""
    if stop <= start:
        return
    lots = a[LOTS]
    if lots != 0:
        best = close[start]
        if lots > 0:
            for row in range(start, stop):
                best = max(best, close[row])
        else:
            for row in range(start, stop):
                best = min(best, close[row])
        a[PEAK] = max(a[PEAK], a[CASH] + lots * 2 * best * a[HALF])
    a[MARK] = 2 * close[stop - 1]
    a[SEQ] = stop
    a[COUNT] = 0


@kernel
def bars_until(
    a: Int64s, start: int, stop: int, close: Int64s, ts_close: Int64s, equity: Int64s
) -> None:
    """Passes bars, and takes each equity row after the last bar known at its instant."""
    row = start
    while row < stop:
        due = stop
        if a[NEXT_SAMPLE] <= ts_close[stop - 1]:
            due = row
            while due < stop and ts_close[due] <= a[NEXT_SAMPLE]:
                due += 1
        pass_bars(a, row, due, close)
        row = due
        sample_until(a, ts_close[row] - 1 if row < stop else ts_close[stop - 1], equity)


@kernel
def decide(
    a: Int64s, ts: int, size: int, target: int, reason: int, told: Int64s, answer: int, out: Any
) -> None:
    """Appends the decision, its order and the order's approval."""
    number = a[ORDERS]
    row = out[0][number]
    head(a, row, ts, 0)
    row[5] = row[6] = 0
    row[7] = target
    row[8] = reason
    for k in range(told.shape[0]):
        row[9 + k] = told[k, answer]
    row = out[1][number]
    head(a, row, ts, a[COUNT])
    row[5] = number
    row[6] = row[7] = 0
    row[8] = MARKET
    row[9] = size
    row[10] = row[11] = row[14] = NONE
    row[12] = GTC
    row[13] = TARGET
    row = out[2][3 * number]
    head(a, row, ts, a[COUNT])
    row[5] = number
    row[6] = APPROVED
    row[7] = 0
    a[ORDERS] += 1


@kernel
def accept(a: Int64s, ts: int, approved: int, out: Any) -> None:
    """Appends the venue's acceptance of the last order, caused by its approval."""
    number = a[ORDERS] - 1
    row = out[2][3 * number + 1]
    head(a, row, ts, approved)
    row[5] = number
    row[6] = ACCEPTED
    row[7] = 0


@kernel
def fill(a: Int64s, ts: int, approved: int, lots: int, ticks: int, out: Any) -> None:
    """Appends the last order's fill and books it."""
    number = a[ORDERS] - 1
    row = out[3][number]
    head(a, row, ts, approved)
    row[5] = row[6] = number
    row[7] = row[8] = 0
    row[9] = lots
    row[10] = ticks
    row[11] = 0
    row[12] = TAKER
    status = out[2][3 * number + 2]
    for k in range(5):
        status[k] = row[k]
    status[5] = number
    status[6] = FILLED
    status[7] = lots
    realized, cost = booked(a[LOTS], a[COST], lots, ticks)
    a[REALIZED] += realized
    a[COST] = cost
    a[LOTS] += lots
    a[CASH] -= lots * 2 * ticks * a[HALF]
    a[PEAK] = max(a[PEAK], a[CASH] + a[LOTS] * a[MARK] * a[HALF])
    a[FILLS] += 1


@kernel
def account_loop(
    a: Int64s, bars: Any, answers: Any, sizes: Int64s, slippage: Int64s, out: Any
) -> int:
    """Runs the account over all bars; 0, or the number of the row at which money left its range.

    `bars`: (open, close, ts_open, ts_close). `answers`: (rows, says, told as int64, first row
    that may decide). `sizes`: target and reason when it says -1, 0, 1. `slippage`: rate, unit,
    ticks. `out`: decisions, orders, statuses (three an order), fills, equity.
    """
    open_, close, ts_open, ts_close = bars
    rows, says, told, first = answers
    equity = out[4]
    count = close.shape[0]
    target, at = 0, 0
    for answer in range(rows.shape[0]):
        row = rows[answer]
        wanted = sizes[0, says[answer] + 1]
        if row < first or wanted == target:
            continue
        ts = ts_close[row]
        bars_until(a, at, row, close, ts_close, equity)
        sample_until(a, ts - 1, equity)
        pass_bars(a, row, row + 1, close)
        at = row + 1
        size = wanted - a[LOTS]
        target = wanted
        decide(a, ts, size, target, sizes[1, says[answer] + 1], told, answer, out)
        approved = a[COUNT]
        sample_until(a, ts, equity)
        accept(a, ts, approved, out)
        if at == count:
            break
        sample_until(a, ts_open[at], equity)
        ticks = worsened(open_[at], size, slippage[0], slippage[1], slippage[2])
        fill(a, ts_open[at], approved, size, ticks, out)
        if abs(a[CASH]) > MONEY_LIMIT:
            return row + 1
    bars_until(a, at, count, close, ts_close, equity)
    sample_until(a, ts_close[count - 1], equity)
    sample(a, ts_close[count - 1], equity)
    return 0
