"""Orders on the account that nobody here has placed: a person's, or another program's.

An order of ours is called by its account, strategy, epoch and count. Whatever is called otherwise
is told as foreign, in the venue's own figures, and by how many lots each trade of it moved what the
account holds. Those are whole lots: a commission in the base asset that is none leaves a difference
behind, which the reconciler finds.
"""

import re
from decimal import ROUND_FLOOR
from typing import Final

from trader.model.account import ForeignReported
from trader.model.units import Lots
from trader.venues.binance.frames import Execution, OrderState, OwnTrade
from trader.venues.binance.grid import Grid, amount, instant
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
    signed = "" if side_sign(report.side) > 0 else "-"
    lots = 0
    if is_trade and grid is not None:
        paid = report.commission, report.commission_asset
        lots = _moved(side_sign(report.side), report.last_size, paid, grid)
    return ForeignReported(
        client_order_id=name,
        instrument=report.symbol if grid is None else grid.instrument,
        trade_id=str(report.trade_id) if is_trade else "",
        size=signed + (report.last_size if is_trade else report.size),
        price=report.last_price if is_trade else report.price,
        lots=lots,
        ts_event=instant(report.ts_ms),
    )


def of_trade(name: str, trade: OwnTrade, grid: Grid) -> ForeignReported:
    """A trade of a foreign order, from the account's history."""
    sign = 1 if trade.is_buyer else -1
    paid = trade.commission, trade.commission_asset
    return ForeignReported(
        client_order_id=name,
        instrument=grid.instrument,
        trade_id=str(trade.trade_id),
        size=trade.size if trade.is_buyer else f"-{trade.size}",
        price=trade.price,
        lots=_moved(sign, trade.size, paid, grid),
        ts_event=instant(trade.ts_ms),
    )


def of_open_order(state: OrderState, name: str, grid: Grid) -> ForeignReported:
    """A foreign order that works."""
    return ForeignReported(
        client_order_id=name,
        instrument=grid.instrument,
        size=state.size if side_sign(state.side) > 0 else f"-{state.size}",
        price=state.price,
        ts_event=instant(state.ts_ms),
    )


def _moved(sign: int, size: str, paid: tuple[str | None, str | None], grid: Grid) -> Lots:
    """By how many lots of the base asset a trade moved what is held."""
    text, asset = paid
    units = sign * amount(size)
    if asset == grid.base:
        units -= amount(text or "0")
    return int((units / grid.lot).to_integral_value(ROUND_FLOOR))
