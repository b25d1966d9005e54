"""What the venue's answers and events mean to the core, as the messages it knows.

The same fact comes several times, in an answer, in an event and to a question. Each is passed on
under the same ids, and the order manager knows which of them is new.
"""

from collections.abc import Iterable
from typing import Final

from trader.errors import VenueFault
from trader.model.account import OrderReport, PositionReport
from trader.model.envelope import Message
from trader.model.orders import (
    Liquidity,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    OrderReplaced,
    OrderStatus,
)
from trader.model.units import Lots, Money, Nanoseconds, Ticks
from trader.venues.binance.frames import (
    AccountStatus,
    Execution,
    OrderState,
    OwnTrade,
    Placed,
)
from trader.venues.binance.grid import Grid, instant
from trader.venues.binance.ledger import Ticket
from trader.venues.binance.names import order_of
from trader.venues.binance.terms import side_sign

PENDING: Final = "PENDING_NEW"
"""The status of an order that waits in a list for its parent."""
WORKING: Final = frozenset({"NEW", PENDING, "PARTIALLY_FILLED", "PENDING_CANCEL"})
_EXPIRED: Final = frozenset({"EXPIRED", "EXPIRED_IN_MATCH"})
_FILLED: Final = "FILLED"
_TRIGGERED: Final = "OCO_TRIGGER"


def of_execution(report: Execution, id_: str, grid: Grid, past: Lots = 0) -> list[Message] | None:
    """An event about an order; None for a kind of which we do not know what it leaves behind.

    `past` is what the order filled under former names.
    """
    make = _EXECUTIONS.get(report.kind)
    return None if make is None else make(report, id_, grid, past)


def _new(report: Execution, id_: str, grid: Grid, past: Lots) -> list[Message]:
    """It works, or waits; also for a second time, when a price has triggered it."""
    del grid, past
    return [_accepted(id_, report.order_id, instant(report.ts_ms))]


def _trade(report: Execution, id_: str, grid: Grid, past: Lots) -> list[Message]:
    del past
    return [_traded(report, id_, grid, instant(report.ts_ms))]


def _end(report: Execution, id_: str, grid: Grid, past: Lots) -> list[Message]:
    del grid, past
    reason = report.expiry_reason or report.reject_reason
    return ended(id_, report.kind, reason, instant(report.ts_ms))


def _replaced(report: Execution, id_: str, grid: Grid, past: Lots) -> list[Message]:
    """It is smaller, and otherwise what it was."""
    lots = past + grid.lots(report.size)
    ts = instant(report.ts_ms)
    return [OrderReplaced(client_order_id=id_, lots=side_sign(report.side) * lots, ts_event=ts)]


def _prevented(report: Execution, id_: str, grid: Grid, past: Lots) -> list[Message]:
    """It met an order of the same owner: it has ended, or goes on without what met."""
    ts = instant(report.ts_ms)
    if report.status in _EXPIRED:
        return ended(id_, report.status, report.expiry_reason, ts)
    lots = past + grid.lots(report.size) - grid.lots(report.prevented)
    return [OrderReplaced(client_order_id=id_, lots=side_sign(report.side) * lots, ts_event=ts)]


_EXECUTIONS: Final = {
    "NEW": _new,
    "TRADE": _trade,
    "CANCELED": _end,
    "REJECTED": _end,
    "EXPIRED": _end,
    "REPLACED": _replaced,
    "TRADE_PREVENTION": _prevented,
}


def is_triggered_end(report: Execution) -> bool:
    """Whether an order was ended by the other one of its pair."""
    return report.expiry_reason == _TRIGGERED


def resized(ticket: Ticket, ts: Nanoseconds) -> OrderReplaced:
    """What an order is for in all, and at which prices, as the venue has it."""
    terms = ticket.terms
    assert terms is not None, ticket
    return OrderReplaced(
        client_order_id=ticket.id,
        lots=terms.sign * ticket.whole,
        limit_ticks=terms.limit_ticks,
        stop_ticks=terms.stop_ticks,
        ts_event=ts,
    )


def of_placed(placed: Placed, id_: str, grid: Grid) -> list[Message]:
    """The answer to a new order, which tells at once what it filled."""
    ts = instant(placed.ts_ms)
    sign = side_sign(placed.side) if placed.fills else 0
    fills = [
        _filled(
            id_,
            trade_name(fill.trade_id, grid),
            sign * grid.lots(fill.size),
            grid.ticks(fill.price),
            _fee(fill.commission, fill.commission_asset, fill.price, grid),
            ts,
            grid=grid,
            is_maker=False,
        )
        for fill in placed.fills
    ]
    end = ended(id_, placed.status, placed.expiry_reason, ts)
    return [_accepted(id_, placed.order_id, ts), *fills, *end]


def of_state(
    id_: str, state: OrderState, trades: Iterable[OwnTrade], grid: Grid
) -> list[Message] | None:
    """What a query found, with the order's fills; None for a status that we do not know."""
    ts = instant(state.ts_ms)
    found: list[Message] = [of_own_trade(id_, trade, grid) for trade in trades]
    if state.status in WORKING:
        return [_accepted(id_, state.order_id, ts), *found]
    if state.status == _FILLED:
        return found
    end = ended(id_, state.status, state.expiry_reason, ts)
    return [*found, *end] if end else None


def is_working(state: OrderState) -> bool:
    """Whether the order can still trade."""
    return state.status in WORKING


def of_open_order(state: OrderState, grid: Grid) -> OrderReport:
    """One of the orders that work, for the reconciler."""
    sign = side_sign(state.side)
    filled = grid.lots(state.executed)
    return OrderReport(
        client_order_id=order_of(state.client_id)[0],
        instrument=grid.instrument,
        status=OrderStatus.PARTIALLY_FILLED if filled else OrderStatus.ACCEPTED,
        lots=sign * grid.lots(state.size),
        lots_filled=sign * filled,
        ts_event=instant(state.ts_ms),
    )


def of_account(account: AccountStatus, grid: Grid, now: Nanoseconds) -> PositionReport:
    """What the account holds of a symbol's base asset, free or locked by orders."""
    held = [b for b in account.balances if b.asset == grid.base]
    texts = [text for balance in held for text in (balance.free, balance.locked)]
    return PositionReport(instrument=grid.instrument, lots=grid.held(*texts), ts_event=now)


def foreign(report: Execution) -> Message:
    """An order in a symbol that we do not trade: whoever placed it, it is not ours."""
    id_ = name_of(report)
    return _accepted(id_, report.order_id, instant(report.ts_ms))


def name_of(report: Execution) -> str:
    """The name of the order that an event is about, which may bear the name of its cancel."""
    return report.original_id or report.client_id


def _accepted(id_: str, order_id: int, ts: Nanoseconds) -> OrderAccepted:
    return OrderAccepted(client_order_id=id_, venue_order_id=str(order_id), ts_event=ts)


def ended(id_: str, status: str, reason: str, ts: Nanoseconds) -> list[Message]:
    """The end that a status tells, if it tells one."""
    if reason == _TRIGGERED:
        # Its pair ended it, which no order of ours asked for and none expects.
        return [OrderCanceled(client_order_id=id_, reason="group", ts_event=ts)]
    if status == "CANCELED":
        return [OrderCanceled(client_order_id=id_, reason="canceled", ts_event=ts)]
    if status == "REJECTED":
        code = reason or "rejected"
        return [OrderRejected(client_order_id=id_, code=code, ts_event=ts)]
    if status in _EXPIRED:
        return [OrderExpired(client_order_id=id_, reason=reason or status, ts_event=ts)]
    return []


def _traded(report: Execution, id_: str, grid: Grid, ts: Nanoseconds) -> OrderFilled:
    # An order that was filled by allocation has no trade of its own.
    is_allocated = report.trade_id < 0 <= report.allocation_id
    return _filled(
        id_,
        f"a{report.allocation_id}" if is_allocated else trade_name(report.trade_id, grid),
        side_sign(report.side) * grid.lots(report.last_size),
        grid.ticks(report.last_price),
        _fee(report.commission, report.commission_asset, report.last_price, grid),
        ts,
        grid=grid,
        is_maker=report.is_maker,
    )


def of_own_trade(id_: str, trade: OwnTrade, grid: Grid) -> OrderFilled:
    """A fill from the account's history."""
    lots = grid.lots(trade.size)
    return _filled(
        id_,
        trade_name(trade.trade_id, grid),
        lots if trade.is_buyer else -lots,
        grid.ticks(trade.price),
        _fee(trade.commission, trade.commission_asset, trade.price, grid),
        instant(trade.ts_ms),
        grid=grid,
        is_maker=trade.is_maker,
    )


def _filled(  # noqa: PLR0913
    id_: str,
    trade_id: str,
    lots: Lots,
    ticks: Ticks,
    fee: Money,
    ts: Nanoseconds,
    *,
    grid: Grid,
    is_maker: bool,
) -> OrderFilled:
    if not lots:
        raise VenueFault(f"a fill of no lots as trade {trade_id}", where=grid.symbol)
    grid.check_worth(lots, ticks)
    return OrderFilled(
        client_order_id=id_,
        trade_id=trade_id,
        last_lots=lots,
        last_ticks=ticks,
        fee=fee,
        liquidity=Liquidity.MAKER if is_maker else Liquidity.TAKER,
        ts_event=ts,
    )


def trade_name(trade_id: int, grid: Grid) -> str:
    """The id of a fill, the same by whatever road it comes."""
    if trade_id < 0:
        raise VenueFault(f"a fill as trade {trade_id}", where=grid.symbol)
    return str(trade_id)


def _fee(commission: str | None, asset: str | None, price: str, grid: Grid) -> Money:
    return grid.fee(commission or "0", asset, grid.ticks(price))
