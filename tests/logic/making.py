"""Orders, and what risk knows of two instruments, so that a test names only what it is about."""

from typing import Any

from trader.logic.limits import Exposure, RiskView
from trader.model.control import TradingState
from trader.model.orders import OrderRole, OrderType, SubmitOrder, TimeInForce

NOW = 1_000_000_000_000
FRESH_NS = 60_000_000_000


def submit(lots: int, **fields: Any) -> SubmitOrder:
    """A market order on instrument A."""
    usual: dict[str, Any] = {
        "client_order_id": "o1",
        "strategy": "s",
        "instrument": "A",
        "order_type": OrderType.MARKET,
        "limit_ticks": None,
        "stop_ticks": None,
        "time_in_force": TimeInForce.GTC,
        "role": OrderRole.TARGET,
        "parent": "",
        "ref_ticks": 100,
        "ts_decided": NOW,
    }
    return SubmitOrder(lots=lots, **{**usual, **fields})


def limit(lots: int, ticks: int, **fields: Any) -> SubmitOrder:
    """A limit order on instrument A."""
    return submit(lots, order_type=OrderType.LIMIT, limit_ticks=ticks, **fields)


def stop(lots: int, ticks: int, **fields: Any) -> SubmitOrder:
    """A stop order on instrument A."""
    return submit(lots, order_type=OrderType.STOP, stop_ticks=ticks, **fields)


def knows(**exposure: Any) -> RiskView:
    """An active account flat in A at 100 ticks and in B at 50, but for what is said about A."""
    usual = {"tick_lot": 1, "stale_after_ns": FRESH_NS, "ticks": 100, "ts": NOW}
    b = Exposure(tick_lot=3, stale_after_ns=FRESH_NS, ticks=50, ts=NOW)
    return RiskView(
        exposures={"A": Exposure(**{**usual, **exposure}), "B": b}, trading=TradingState.ACTIVE
    )
