"""Where a strategy stood, on the screen."""

import io
from typing import Any

import pytest
from rich.console import Console

from tests.ui.test_why import DECISION, INPUT
from trader.ui.why_not import print_why_not

TOLD: dict[str, Any] = {
    "run": "story",
    "strategy": "s",
    "instrument": "X.y",
    "time": "2024-01-02T00:03:00Z",
    "currency": "USD",
    "rows": 3,
    "rows_compared": 1_234,
    "compared_with": "tables",
    "saw": {**INPUT, "heard": INPUT["row"]},
    "inputs": [{"name": "close", "value": 10_000, "price": "100"}],
    "state": {"count": 3, "alpha": 0.1 + 0.2, "ring": list(range(100))},
    "conditions": [
        {"name": "ready", "value": "3 bars", "needs": "2 bars", "holds": True},
        {"name": "cross", "value": "none", "needs": "one", "holds": False},
        {"name": "note", "value": "7", "needs": "", "holds": True},
    ],
    "decides_from": None,
    "disabled": False,
    "quarantined": None,
    "target_lots": 1_000,
    "position_lots": 0,
    "blocked": None,
    "held": None,
    "exits": [],
    "working": [],
    "trading": {"state": "ACTIVE", "latched": False, "reason": ""},
    "entries": [
        {"side": "BUY", "target_lots": 1_000, "lots": 1_000, "withheld": None, "denied": None},
        {"side": "SELL", "target_lots": None, "lots": None, "withheld": "no_size", "denied": None},
    ],
    "last_decision": DECISION,
    "last_order": None,
    "held_back": ["its rule: cross is none, it needs one", "and more"],
}


def shown(**changes: Any) -> str:
    console = Console(file=io.StringIO(), width=100, color_system=None, highlight=False)
    print_why_not(console, {**TOLD, **changes})
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_whole_page() -> None:
    assert shown().splitlines() == [
        "story: s on X.y at 2024-01-02T00:03:00Z",
        "",
        "held back     its rule: cross is none, it needs one",
        "              and more",
        "",
        "saw           3.0  2024-01-02T00:03:00Z  bar of X.y, 1m from 2024-01-02T00:02:00Z",
        "              open 100, high 101, low 99, close 100, 1,000 lots",
        "              row 2 of /data/bars.parquet",
        "inputs        close 100",
        "conditions    holds  ready: 3 bars, needs 2 bars",
        "              fails  cross: none, needs one",
        "              note: 7",
        "state         count 3",
        "              alpha 0.3",
        "              ring [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,… (100 in all)",
        "",
        "position      0 lots, target 1,000",
        "decided last  3.1  2024-01-02T00:03:00Z  s decides 1,000 lots: up",
        "              close 100, z 0",
        "",
        "trading       ACTIVE",
        "an entry      BUY 1,000 to 1,000: risk would let it pass",
        "              SELL: only the strategy knows its size; there is no order to judge",
        "played        again to row 3: 1,234 rows of its tables are the same",
    ]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"held_back": []}, "held back     nothing held it back"),
        ({"saw": None}, "saw           nothing yet"),
        ({"saw": {**INPUT, "heard": None}}, "the feed did not let it through"),
        ({"last_decision": None}, "decided last  none yet"),
        ({"blocked": "SHORT"}, "blocked       shorts, until its rule has let go of them"),
        ({"decides_from": "2024-02-01T00:00:00Z"}, "decides       not before 2024-02-01"),
        ({"quarantined": "ValueError: no"}, "quarantined   ValueError: no"),
        (
            {"trading": {"state": "HALTED", "latched": True, "reason": "drawdown_max"}},
            "trading       HALTED: drawdown_max, until a person lifts it",
        ),
    ],
)
def test_what_may_be_otherwise(changes: dict[str, Any], text: str) -> None:
    assert text in shown(**changes)


def test_what_the_feed_made_of_a_row() -> None:
    quote = {
        "kind": "quotes",
        "instrument": "X.y",
        "bid": "9",
        "bid_lots": 1,
        "ask": "10",
        "ask_lots": 2,
    }

    page = shown(saw={**INPUT, "heard": quote})

    assert "the feed made of it: quote of X.y" in page


def test_orders_and_exits_are_lines() -> None:
    order = {
        "client_order_id": "main-s-1-2",
        "side": "SELL",
        "lots": -1_000,
        "lots_filled": -10,
        "role": "PROTECTION",
        "order_type": "STOP",
        "status": "PARTIALLY_FILLED",
        "limit": None,
        "stop": "98",
    }
    exits = [
        {"kind": "trailing", "ready": True, "distance": "2", "level": "101", "ends_now": False},
        {"kind": "time_stop", "ready": True, "distance": None, "level": None, "ends_now": True},
        {"kind": "atr_stop", "ready": False, "distance": None, "level": None, "ends_now": False},
    ]
    held = {"side": "LONG", "entry": "101", "best": "103", "bars": 2}

    page = shown(working=[order], exits=exits, held=held)

    for line in (
        "orders        main-s-1-2: SELL 1,000 stop 98, 10 filled, PARTIALLY_FILLED",
        "exits         trailing, 2 away, level 101, entry at 101, best close 103, 2 bars held",
        "              time_stop, ends the position now, entry at 101, best close 103, 2 bars held",
        "              atr_stop, warming up",
    ):
        assert line in page


def test_a_denial_of_an_entry_names_rule_and_comparison() -> None:
    entry = {
        "side": "SELL",
        "target_lots": -5,
        "lots": -15,
        "withheld": "blocked",
        "denied": {"code": "lots_exceed_max", "rule": "", "compared": "15 lots, allowed 9"},
    }

    assert (
        "SELL 15 to -5: blocked until its rule has let go of it;"
        " risk would deny it, lots_exceed_max: 15 lots, allowed 9"
    ) in shown(entries=[entry])
