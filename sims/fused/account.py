"""The account loop of the fused gear, as plain functions over integers and arrays.

A strategy's scan has told where it answers, whatever the position. Between two answers nothing
happens to the account but that its mark moves, so the loop goes from one instant at which
something happens to the next: an answer, the opening that fills it, a midnight. It calls the same
leaves as the venue and the portfolio, and appends the same rows in the same order as they would.
Uncompiled it runs as it stands, which is how its branches are tested.

`a` is the account: see the names below. Rows of the tables are written as they lie in memory, in
buffers of zeros: the one strategy, the one instrument and all that is 0 need no writing.
"""

from typing import Any, Final, TypeAlias

from trader.kernels.accounting import booked
from trader.kernels.kernel import kernel
from trader.kernels.matching import worsened
from trader.logic.tables import SCHEMAS
from trader.model.orders import Liquidity, OrderRole, OrderStatus, OrderType, TimeInForce
from trader.model.units import NONE

Int64s: TypeAlias = Any
"""A numpy array of int64, one- or two-dimensional; the compiler sees its real type."""

Bars: TypeAlias = tuple[Int64s, Int64s]
"""Opens and closes."""

Clock: TypeAlias = tuple[Int64s, int, int]
"""Times of opening, the step between them or 0 where there are holes, the length of a bar."""

Answers: TypeAlias = tuple[Int64s, Int64s, Int64s, int]
"""Rows, what is said in them, what is told with it, and which of the answers is the first that
may decide."""

Rules: TypeAlias = tuple[Int64s, Int64s]
"""Target and reason when -1, 0 and 1 are said; the slippage's rate, unit and ticks."""

Out: TypeAlias = tuple[Int64s, Int64s, Int64s, Int64s, Int64s]
"""Decisions, orders, statuses (three an order), fills, equity."""

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

DECISION_TARGET: Final = SCHEMAS["decisions"].index("target_lots")
DECISION_REASON: Final = SCHEMAS["decisions"].index("reason")
DECISION_INPUT: Final = SCHEMAS["decisions"].index("input_0")
ORDER_ID: Final = SCHEMAS["orders"].index("order")
ORDER_TYPE: Final = SCHEMAS["orders"].index("order_type")
ORDER_LOTS: Final = SCHEMAS["orders"].index("lots")
ORDER_LIMIT: Final = SCHEMAS["orders"].index("limit_ticks")
ORDER_STOP: Final = SCHEMAS["orders"].index("stop_ticks")
ORDER_TIME_IN_FORCE: Final = SCHEMAS["orders"].index("time_in_force")
ORDER_ROLE: Final = SCHEMAS["orders"].index("role")
ORDER_PARENT: Final = SCHEMAS["orders"].index("parent")
STATUS_ORDER: Final = SCHEMAS["statuses"].index("order")
STATUS_STATUS: Final = SCHEMAS["statuses"].index("status")
STATUS_FILLED: Final = SCHEMAS["statuses"].index("lots_filled")
FILL_ORDER: Final = SCHEMAS["fills"].index("order")
FILL_TRADE: Final = SCHEMAS["fills"].index("trade")
FILL_LOTS: Final = SCHEMAS["fills"].index("lots")
FILL_TICKS: Final = SCHEMAS["fills"].index("ticks")
FILL_LIQUIDITY: Final = SCHEMAS["fills"].index("liquidity")
EQUITY_EQUITY: Final = SCHEMAS["equity"].index("equity")
EQUITY_CASH: Final = SCHEMAS["equity"].index("cash")
EQUITY_REALIZED: Final = SCHEMAS["equity"].index("realized")
EQUITY_UNREALIZED: Final = SCHEMAS["equity"].index("unrealized")
EQUITY_PEAK: Final = SCHEMAS["equity"].index("peak")
"""Where the tables keep what the loop writes; the heads of all rows are alike."""

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
def head(table: Int64s, at: int, seq: int, n: int, ts: int, cause_n: int) -> None:
    """Names a row and its cause, which stands in the same step."""
    table[at, 0] = seq
    table[at, 1] = n
    table[at, 2] = ts
    table[at, 3] = seq
    table[at, 4] = cause_n


@kernel
def sample(a: Int64s, ts: int, equity: Int64s) -> None:
    """Appends a row of the equity table."""
    at = a[SAMPLES]
    a[COUNT] += 1
    head(equity, at, a[SEQ], a[COUNT], ts, 0)
    lots, mark, half = a[LOTS], a[MARK], a[HALF]
    equity[at, EQUITY_EQUITY] = a[CASH] + lots * mark * half
    equity[at, EQUITY_CASH] = a[CASH]
    equity[at, EQUITY_REALIZED] = 2 * half * a[REALIZED]
    equity[at, EQUITY_UNREALIZED] = half * (lots * mark - 2 * a[COST])
    equity[at, EQUITY_PEAK] = a[PEAK]
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
def opens(times: Int64s, step: int, row: int) -> int:
    """When a bar opens; a grid without holes is computed, which spares the memory its times."""
    return int(times[0] + row * step if step != 0 else times[row])


@kernel
def bars_until(
    a: Int64s, start: int, stop: int, close: Int64s, clock: Clock, equity: Int64s
) -> None:
    """Passes bars, and takes each equity row after the last bar known at its instant."""
    times, step, interval = clock
    row = start
    while row < stop:
        due = stop
        if a[NEXT_SAMPLE] <= opens(times, step, stop - 1) + interval:
            due = row
            while due < stop and opens(times, step, due) + interval <= a[NEXT_SAMPLE]:
                due += 1
        pass_bars(a, row, due, close)
        row = due
        if row < stop:
            sample_until(a, opens(times, step, row) + interval - 1, equity)
        else:
            sample_until(a, opens(times, step, stop - 1) + interval, equity)


@kernel
def decide(
    a: Int64s, ts: int, decision: tuple[int, int, int], told: Int64s, answer: int, out: Out
) -> None:
    """Appends the decision (size of the order, target, reason), its order and the approval."""
    decisions, orders, statuses = out[0], out[1], out[2]
    size, target, reason = decision
    at, seq, n = a[ORDERS], a[SEQ], a[COUNT]
    head(decisions, at, seq, n + 1, ts, 0)
    decisions[at, DECISION_TARGET] = target
    decisions[at, DECISION_REASON] = reason
    for k in range(told.shape[0]):
        decisions[at, DECISION_INPUT + k] = told[k, answer]
    head(orders, at, seq, n + 2, ts, n + 1)
    orders[at, ORDER_ID] = at
    orders[at, ORDER_TYPE] = MARKET
    orders[at, ORDER_LOTS] = size
    orders[at, ORDER_LIMIT] = NONE
    orders[at, ORDER_STOP] = NONE
    orders[at, ORDER_TIME_IN_FORCE] = GTC
    orders[at, ORDER_ROLE] = TARGET
    orders[at, ORDER_PARENT] = NONE
    head(statuses, 3 * at, seq, n + 3, ts, n + 2)
    statuses[3 * at, STATUS_ORDER] = at
    statuses[3 * at, STATUS_STATUS] = APPROVED
    a[ORDERS] = at + 1
    a[COUNT] = n + 3


@kernel
def accept(a: Int64s, ts: int, approved: int, statuses: Int64s) -> None:
    """Appends the venue's acceptance of the last order, caused by its approval."""
    at, n = a[ORDERS] - 1, a[COUNT] + 1
    a[COUNT] = n
    head(statuses, 3 * at + 1, a[SEQ], n, ts, approved)
    statuses[3 * at + 1, STATUS_ORDER] = at
    statuses[3 * at + 1, STATUS_STATUS] = ACCEPTED


@kernel
def fill(a: Int64s, ts: int, approved: int, lots: int, ticks: int, out: Out) -> None:
    """Appends the last order's fill and books it."""
    statuses, fills = out[2], out[3]
    at, seq, n = a[ORDERS] - 1, a[SEQ], a[COUNT] + 1
    a[COUNT] = n
    head(fills, at, seq, n, ts, approved)
    fills[at, FILL_ORDER] = at
    fills[at, FILL_TRADE] = at
    fills[at, FILL_LOTS] = lots
    fills[at, FILL_TICKS] = ticks
    fills[at, FILL_LIQUIDITY] = TAKER
    # The fill and the status that it leaves are one message.
    head(statuses, 3 * at + 2, seq, n, ts, approved)
    statuses[3 * at + 2, STATUS_ORDER] = at
    statuses[3 * at + 2, STATUS_STATUS] = FILLED
    statuses[3 * at + 2, STATUS_FILLED] = lots
    held, half = a[LOTS], a[HALF]
    realized, cost = booked(held, a[COST], lots, ticks)
    cash = a[CASH] - lots * 2 * ticks * half
    a[REALIZED] += realized
    a[COST] = cost
    a[LOTS] = held + lots
    a[CASH] = cash
    a[PEAK] = max(a[PEAK], cash + (held + lots) * a[MARK] * half)
    a[FILLS] += 1


@kernel
def account_loop(
    a: Int64s, bars: Bars, clock: Clock, answers: Answers, rules: Rules, out: Out
) -> int:
    """Runs the account over all bars; 0, or the number of the row at which money left its range."""
    open_, close = bars
    times, step, interval = clock
    rows, says, told, first = answers
    sizes, slippage = rules
    equity = out[4]
    count = close.shape[0]
    at = 0
    for answer in range(first, rows.shape[0]):
        row = rows[answer]
        # The opening after a decision has filled it, so the position is the target.
        wanted = sizes[0, says[answer] + 1]
        size = wanted - a[LOTS]
        if size == 0:
            continue
        ts = opens(times, step, row) + interval
        bars_until(a, at, row, close, clock, equity)
        sample_until(a, ts - 1, equity)
        pass_bars(a, row, row + 1, close)
        at = row + 1
        decide(a, ts, (size, wanted, sizes[1, says[answer] + 1]), told, answer, out)
        approved = a[COUNT]
        sample_until(a, ts, equity)
        accept(a, ts, approved, out[2])
        if at == count:
            break
        ts_fill = opens(times, step, at)
        sample_until(a, ts_fill, equity)
        ticks = worsened(open_[at], size, slippage[0], slippage[1], slippage[2])
        fill(a, ts_fill, approved, size, ticks, out)
        if abs(a[CASH]) > MONEY_LIMIT:
            return int(at)
    bars_until(a, at, count, close, clock, equity)
    end = opens(times, step, count - 1) + interval
    sample(a, end, equity)
    return 0
