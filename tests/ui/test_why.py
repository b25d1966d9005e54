"""A chain of causes on the screen: aligned, one message after another, nothing cut."""

import io
from typing import Any, Final

from rich.console import Console

from trader.ui.why import print_why

INPUT = {
    "kind": "input",
    "name": "3.0",
    "ts": "2024-01-02T00:03:00Z",
    "cause": None,
    "row": {
        "kind": "bars",
        "instrument": "X.y",
        "interval": "1m",
        "ts_open": "2024-01-02T00:02:00Z",
        "ts_close": "2024-01-02T00:03:00Z",
        "open": "100",
        "high": "101",
        "low": "99",
        "close": "100",
        "lots": 1_000,
    },
    "file": {"path": "/data/bars.parquet", "place": "row 2", "digest": "ab"},
}
DECISION = {
    "kind": "decision",
    "name": "3.1",
    "ts": "2024-01-02T00:03:00Z",
    "cause": "3.0",
    "strategy": "s",
    "instrument": "X.y",
    "target_lots": 1_000,
    "reason": "up",
    "inputs": [
        {"name": "close", "value": 10_000, "price": "100"},
        {"name": "z", "value": -0.0, "price": None},
    ],
}
ORDER = {
    "kind": "order",
    "name": "3.2",
    "ts": "2024-01-02T00:03:00Z",
    "cause": "3.1",
    "client_order_id": "main-s-1-1",
    "strategy": "s",
    "instrument": "X.y",
    "side": "BUY",
    "order_type": "MARKET",
    "time_in_force": "GTC",
    "role": "TARGET",
    "parent": None,
    "exit": None,
    "lots": 1_000,
    "limit": None,
    "stop": None,
    "limit_ticks": None,
    "stop_ticks": None,
    "status": "FILLED",
    "lots_filled": 1_000,
}
APPROVED = {
    "kind": "status",
    "name": "3.3",
    "ts": "2024-01-02T00:03:00Z",
    "cause": "3.2",
    "client_order_id": "main-s-1-1",
    "status": "APPROVED",
    "lots_filled": 0,
    "because": None,
}
FILL = {
    **APPROVED,
    "kind": "fill",
    "name": "3.8",
    "cause": "3.3",
    "trade_id": "1",
    "strategy": "s",
    "instrument": "X.y",
    "status": "FILLED",
    "lots": 1_000,
    "price": "100.1",
    "ticks": 10_010,
    "fee": "0.5",
    "liquidity": "TAKER",
    "reference": "decision",
    "reference_price": "100",
    "slippage_bps": 10.0,
    "told": "2024-01-02T00:03:00Z",
}
ENDED = {
    "status": "FILLED",
    "name": "3.8",
    "ts": "2024-01-02T00:03:00Z",
    "lots_filled": 1_000,
    "because": None,
    "reason": None,
}
STOP = {
    **ORDER,
    "client_order_id": "main-s-1-2",
    "side": "SELL",
    "order_type": "STOP",
    "time_in_force": "DAY",
    "exit": "atr_stop",
    "stop": "98",
    "status": "CANCELED",
    "decided": None,
    "events": [{**APPROVED, "kind": "replacement", "lots": -900, "stop": "99", "limit": None}],
    "trades": [],
    "ended": {**ENDED, "status": "CANCELED", "because": DECISION},
}
TRADE = {
    "part": "opened",
    "trade": 7,
    "side": "LONG",
    "lots": 1_000,
    "entry_price": "100.1",
    "exit_price": None,
    "entry_reason": "up",
    "exit_reason": None,
    "ts_entry": "2024-01-02T00:03:00Z",
    "ts_exit": None,
    "fees": "0.5",
    "pnl": "-12.345",
    "entry_fill": "3.8",
    "exit_fill": None,
}
LIFE = {
    **ORDER,
    "decided": DECISION,
    "events": [APPROVED, FILL],
    "ended": ENDED,
    "trades": [TRADE],
    "protection": [STOP],
}


def shown(width: int = 120, **changes: Any) -> str:
    told = {
        "run": "story",
        "id": "main-s-1-1",
        "kind": "order",
        "name": "3.2",
        "currency": "USD",
        "chain": [ORDER, DECISION, INPUT],
        "orders": [LIFE],
        "followed": [],
        "denial": None,
        "breach": None,
        "played_again": False,
        **changes,
    }
    console = Console(file=io.StringIO(), width=width, color_system=None, highlight=False)
    print_why(console, told)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


FILL_LINE: Final = (
    "  3.8  2024-01-02T00:03:00Z  +1,000 at 100.1, 10.0 bps worse than the 100 decided at: FILLED"
)


def test_the_whole_page_of_an_order() -> None:
    assert shown().splitlines() == [
        "story: main-s-1-1, BUY 1,000 of X.y at the market: FILLED",
        "",
        "why",
        "  3.0  2024-01-02T00:03:00Z  bar of X.y, 1m from 2024-01-02T00:02:00Z",
        "                             open 100, high 101, low 99, close 100, 1,000 lots",
        "                             row 2 of /data/bars.parquet",
        "  3.1  2024-01-02T00:03:00Z  s decides 1,000 lots: up",
        "                             close 100, z 0",
        "  3.2  2024-01-02T00:03:00Z  BUY 1,000 of X.y at the market",
        "",
        "what became of it",
        "  3.3  2024-01-02T00:03:00Z  APPROVED",
        FILL_LINE,
        "                             trade 1, fee 0.5 USD, taker",
        "",
        "what protected it",
        "  main-s-1-2  SELL 1,000 of X.y stop 98, DAY, atr_stop: CANCELED",
        "              made 2024-01-02T00:03:00Z",
        "              changed once 2024-01-02T00:03:00Z",
        "              canceled 2024-01-02T00:03:00Z, because of 3.1: s decided 1,000, up",
        "",
        "the trade",
        "  7  LONG 1,000, opened by this order: -12.34 USD",
        "     opened 2024-01-02T00:03:00Z at 100.1, up",
        "     still open at the end of the run",
        "",
    ]


def test_long_lines_are_not_cut_and_not_broken() -> None:
    assert shown(width=40) == shown(width=120)


def test_a_denial_shows_rule_and_comparison_below_its_line() -> None:
    denial = {
        "kind": "denial",
        "name": "3.3",
        "ts": "2024-01-02T00:03:00Z",
        "cause": "3.2",
        "client_order_id": "main-s-1-1",
        "code": "lots_exceed_max",
    }
    found = {"code": "lots_exceed_max", "rule": "No more.", "compared": "5 lots, allowed 3"}

    page = shown(chain=[denial, ORDER, DECISION, INPUT], orders=[], denial=found)

    assert "story: main-s-1-1 was denied: lots_exceed_max" in page
    assert page.index("5 lots, allowed 3") < page.index("No more.")


def test_an_order_that_waited_shows_what_it_was_for() -> None:
    page = shown(chain=[ORDER, APPROVED, INPUT])

    assert "what it was for\n  3.1  2024-01-02T00:03:00Z  s decides 1,000 lots: up" in page


def test_an_order_without_an_end_still_works() -> None:
    assert "still works at the end of the run" in shown(orders=[{**LIFE, "ended": None}])


def test_the_venues_word_stands_last() -> None:
    ended = {**ENDED, "status": "CANCELED", "reason": "group"}

    assert "CANCELED by the venue: group" in shown(orders=[{**LIFE, "ended": ended}])


def test_orders_of_a_decision_are_named() -> None:
    page = shown(chain=[DECISION, INPUT])

    assert "story: a decision of s: up" in page
    assert "what became of main-s-1-1" in page
