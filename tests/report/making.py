"""A made-up run as a page shows it, as small or as large as a test wants it."""

from decimal import Decimal
from typing import Any

import numpy as np

from trader.report.content import Account, Candles, Content, Curve, Floats

DAY_NS = 86_400_000_000_000
START_NS = 1_577_836_800_000_000_000
EVIL = "</script><img src=x onerror=alert(1)>"


def figures(**more: Any) -> dict[str, Any]:
    """An account's figures."""
    return {
        "equity_final": "110000.5",
        "return": 0.100005,
        "cagr": 0.1,
        "volatility": 0.2,
        "sharpe": 0.5,
        "sortino": None,
        "calmar": 1.0,
        "max_drawdown": 0.1,
        "max_drawdown_from": "2020-01-05T00:00:00Z",
        "max_drawdown_lowest": "2020-01-09T00:00:00Z",
        "max_drawdown_until": None,
        "turnover": 3.0,
        "exposure": 0.5,
        "trades": 2,
        "hit_rate": 0.5,
        "profit_factor": None,
        "average_trade": "12.5",
        "holding_time": 90_000.0,
        "fees": "3.1",
        "fills": 4,
        "denials": 1,
        **more,
    }


def run(**more: Any) -> dict[str, Any]:
    """What `run.json` says."""
    return {
        "id": "made-1",
        "command": "traderd --sim",
        "config_digest": "c" * 64,
        "code_version": "0.1.0",
        "seed": 7,
        "gear": "step",
        "gear_why": "asked for",
        "period": {"from": "2020-01-01T00:00:00Z", "to": "2020-03-01T00:00:00Z"},
        "complete": True,
        "inputs": [
            {"instrument": "X.y", "rows": 60, "from": "a", "to": "b", "digest": "d" * 64},
        ],
        "digest": "e" * 64,
        "state_hash": None,
        "money_quantum": "0.01",
        "account": {"currency": "USD", "cash": "100000"},
        "trading_state": "ACTIVE",
        "quarantined": {},
        "warnings": [],
        **more,
    }


def trades(count: int, days: int, name: str = "cross") -> dict[str, list[Any]]:
    """Trades of a day each, every third a loss, the last one open."""
    at = [START_NS + (k * days // max(count, 1)) * DAY_NS for k in range(count)]
    last = count - 1
    return {
        "trade": [k + 1 for k in range(count)],
        "strategy": [name] * count,
        "instrument": ["X.y"] * count,
        "side": ["LONG" if k % 2 else "SHORT" for k in range(count)],
        "lots": [10] * count,
        "ts_entry": at,
        "ts_exit": [None if k == last else ts + DAY_NS for k, ts in enumerate(at)],
        "entry_ticks": [10_000.0 + k % 50 for k in range(count)],
        "exit_ticks": [None if k == last else 10_010.0 for k in range(count)],
        "entry_price": ["100"] * count,
        "exit_price": [None if k == last else "100.1" for k in range(count)],
        "pnl": [Decimal(-5 if k % 3 == 0 else 7) for k in range(count)],
        "return": [0.01] * count,
        "holding_ns": [DAY_NS] * count,
        "entry_reason": ["cross_up"] * count,
        "exit_reason": [None if k == last else "cross_down" for k in range(count)],
    }


def content(
    days: int = 60,
    count: int = 6,
    *,
    names: str = "cross",
    run_: dict[str, Any] | None = None,
    metrics: dict[str, Any] | None = None,
) -> Content:
    """A run of so many days and trades whose strategy, instrument and reasons have these names."""
    instants = START_NS + DAY_NS * np.arange(days)
    rows = np.arange(days, dtype=np.float64)
    equity: Floats = 100_000 + 5_000 * np.sin(rows / 9) + 10 * rows
    peak = np.maximum.accumulate(equity)
    close = (20_000 + 500 * np.sin(np.arange(days) / 5)).astype(np.int64)
    listed = trades(count, days, names)
    listed["instrument"] = [names if names != "cross" else "X.y"] * count
    share = {**figures(), "instrument": names, "realized": "10", "unrealized": "-1"}
    return Content(
        run=run(**(run_ or {})),
        metrics={
            **figures(),
            "ambiguous_bars": 0,
            "band": None,
            "strategies": {names: share},
            "orders_by_status": {"FILLED": 4},
            "denials_by_code": {names: 1},
            "baselines": {"buy_and_hold": figures(), "naive_mean_reversion": None},
            **(metrics or {}),
        },
        account=Account(
            curve=Curve(instants=instants, equity=equity),
            drawdown=(peak - equity) / peak,
            long=np.full(days, 0.5),
            short=np.full(days, -0.1),
        ),
        baselines={"buy_and_hold": Curve(instants=instants, equity=equity + 500)},
        traded=(instants[:count], np.full(min(count, days), 1_000.0)),
        trades=listed,
        candles={
            names if names != "cross" else "X.y": Candles(
                instants=instants,
                open=close - 3,
                high=close + 20,
                low=close - 20,
                close=close,
                step=0.005,
                places=2,
                rows=1,
            )
        },
    )
