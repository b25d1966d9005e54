"""Orders on the account that nobody here has placed: a person's, or another program's.

An order of ours is called by its account, strategy, epoch and count. Whatever is called otherwise
is told as foreign, in the venue's own figures, and with what each trade of it moved of what the
account holds, and what it may still fill. That is whole lots: a commission in the base asset that
is none leaves a difference behind, which the reconciler finds.
"""

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from msgspec.structs import replace

from trader.model.account import ForeignReported
from trader.model.units import Lots, Ticks
from trader.venues.binance.frames import Execution, OrderState, OwnTrade
from trader.venues.binance.grid import Grid, amount, instant
from trader.venues.binance.reports import WORKING
from trader.venues.binance.terms import side_sign

_TRADE: Final = "TRADE"


class Foreign:
    """Knows whose an order is by its name; without an account every order is ours."""

    def __init__(self, account: str = "") -> None:
        own = rf"{re.escape(account)}-.+-[0-9]+-[0-9]+(_[0-9]+)?" if account else ".*"
        self._own: Final = re.compile(own, re.ASCII | re.DOTALL)

    def is_foreign(self, name: str) -> bool:
        """Whether somebody else has placed the order of this name.

        >>> foreign = Foreign("main")
        >>> list(map(foreign.is_foreign, ("main-x-3-1", "main-x-3-1_2", "web_1", "b-x-3-1")))
        [False, False, True, True]
        """
        return self._own.fullmatch(name) is None


def of_execution(report: Execution, name: str, grid: Grid | None) -> ForeignReported:
    """An event about a foreign order; in a symbol that we do not trade it moves nothing of ours."""
    is_trade = report.kind == _TRADE
    sign = side_sign(report.side)
    said = ForeignReported(
        client_order_id=name,
        instrument=report.symbol if grid is None else grid.instrument,
        trade_id=str(report.trade_id) if is_trade else "",
        size=_signed(sign, report.last_size if is_trade else report.size),
        price=report.last_price if is_trade else report.price,
        ts_event=instant(report.ts_ms),
    )
    if grid is None:
        return said
    left = _left(sign, report.size, report.executed, grid) if report.status in WORKING else 0
    said = replace(said, lots_left=left, limit_ticks=_limit(report.price, grid))
    if not is_trade:
        return said
    paid = report.commission, report.commission_asset
    return _booked(said, sign, (report.last_size, report.last_price), paid, grid)


def of_trade(name: str, trade: OwnTrade, grid: Grid) -> ForeignReported:
    """A trade of a foreign order, from the account's history; what is left of it nobody says."""
    sign = 1 if trade.is_buyer else -1
    said = ForeignReported(
        client_order_id=name,
        instrument=grid.instrument,
        trade_id=str(trade.trade_id),
        size=_signed(sign, trade.size),
        price=trade.price,
        ts_event=instant(trade.ts_ms),
    )
    paid = trade.commission, trade.commission_asset
    return _booked(said, sign, (trade.size, trade.price), paid, grid)


def of_open_order(state: OrderState, name: str, grid: Grid) -> ForeignReported:
    """A foreign order that works."""
    sign = side_sign(state.side)
    return ForeignReported(
        client_order_id=name,
        instrument=grid.instrument,
        size=_signed(sign, state.size),
        price=state.price,
        ts_event=instant(state.ts_ms),
        lots_left=_left(sign, state.size, state.executed, grid),
        limit_ticks=_limit(state.price, grid),
    )


def _signed(sign: int, size: str) -> str:
    return size if sign > 0 else f"-{size}"


def _booked(
    said: ForeignReported,
    sign: int,
    done: tuple[str, str],
    paid: tuple[str | None, str | None],
    grid: Grid,
) -> ForeignReported:
    """With what the trade moved: whole lots, and in money what those do not show.

    What it cost is its size at its price. A commission in the base asset makes fewer lots of it, so
    the rest was paid for nothing, as a fee.
    """
    size, price = map(amount, done)
    text, asset = paid
    units = sign * size
    moved = units - amount(text or "0") if asset == grid.base else units
    lots = int((moved / grid.lot).to_integral_value(ROUND_FLOOR))
    if price % grid.tick or not price:
        return replace(said, lots=lots)
    ticks = int(price / grid.tick)
    beside = (units / grid.lot - lots) * 2 * ticks * grid.half
    fee = int(beside.to_integral_value(ROUND_CEILING))
    if asset != grid.base:
        fee += grid.fee(text or "0", asset, ticks)
    return replace(said, lots=lots, ticks=ticks, fee=fee)


def _left(sign: int, size: str, executed: str, grid: Grid) -> Lots:
    """The signed lots that an order may still fill, a part of one as a whole one."""
    left = max(Decimal(0), amount(size) - amount(executed)) / grid.lot
    return sign * int(left.to_integral_value(ROUND_CEILING))


def _limit(price: str, grid: Grid) -> Ticks | None:
    """An order's limit to the nearest tick below; a market or stop order has none."""
    return int(amount(price) / grid.tick) or None
