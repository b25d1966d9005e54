"""What a person reads of a running daemon."""

import io
from typing import Any

from rich.console import Console

from trader.ops.protocol import Answer, Welcome
from trader.ui.daemon import print_answer

WELCOME = Welcome(version=1, run="one", account="main", mode="paper", pid=7)


def test_an_orders_id_stays_whole_however_narrow_the_console() -> None:
    order = {
        "client_order_id": "main-trend-follow-12-3456",
        "instrument": "BTCUSDT.binance",
        "side": "sell",
        "size": "0.00104",
        "filled": "0",
        "order_type": "STOP",
        "limit": None,
        "stop": "59973.7",
        "role": "PROTECTION",
        "status": "ACCEPTED",
    }
    text = io.StringIO()

    print_answer(
        Console(file=text, width=40), "orders", WELCOME, Answer(ts=1, document={"orders": [order]})
    )

    row = next(line for line in text.getvalue().splitlines() if "main-" in line)
    assert row.split() == ["-" if each is None else each for each in order.values()]


STATUS = {
    "trading": "HALTED",
    "latched": False,
    "code": "",
    "lifts": "",
    "equity": "100",
    "cash": "100",
    "realized": "0",
    "unrealized": "0",
    "positions": 0,
    "orders_working": 0,
    "orders_in_doubt": 0,
    "seq": 1,
    "epoch": 1,
    "strategies": [],
    "prices": [],
    "edges": [],
    "reconciliation": {
        "compared_age_s": None,
        "agreed_age_s": None,
        "is_asking": True,
        "differences": [],
    },
    "doubts": [],
    "limits": [],
}


def shown(**changes: Any) -> str:
    text = io.StringIO()
    answer = Answer(ts=1, document={**STATUS, **changes})
    print_answer(Console(file=text, width=100), "status", WELCOME, answer)
    return text.getvalue()


def compared(age: float | None, agreed: float | None, *found: str) -> dict[str, Any]:
    differences = [{"kind": "position", "key": key, "ours": "1", "theirs": "2"} for key in found]
    return {
        "compared_age_s": age,
        "agreed_age_s": agreed,
        "is_asking": False,
        "differences": differences,
    }


def test_a_daemon_that_is_sure_of_all_says_little() -> None:
    edge = {"edge": "gateway", "state": "running", "failures": 0, "error": "", "again_in_s": None}
    text = shown(reconciliation=compared(90.0, 90.0), edges=[edge])

    assert "compared with the venue 1.5 min ago: both agree" in text
    assert "edges at work: gateway" in text
    assert "failed" not in text
    assert "doubt" not in text


def test_what_it_is_not_sure_of_is_shown_with_its_age() -> None:
    text = shown(
        reconciliation=compared(2.0, 7_200.0, "EURUSDT.binance"),
        doubts=[
            {
                "client_order_id": "main-x-1-1",
                "strategy": "x",
                "instrument": "EURUSDT.binance",
                "lots": -5,
                "age_s": 75.0,
            }
        ],
        limits=[
            {"limit": "weight", "headroom": 0.97, "used": 180, "max": 6_000},
            {"limit": "orders_10s", "headroom": 0.5, "used": None, "max": None},
        ],
        edges=[
            {
                "edge": "gateway",
                "state": "pausing",
                "failures": 3,
                "error": "the venue is gone",
                "again_in_s": 2.5,
            },
            {"edge": "late", "state": "waiting", "failures": 0, "error": "", "again_in_s": None},
        ],
    )

    assert "compared with the venue 2.0 s ago: 1 differ, agreed 2.0 h ago" in text
    assert "main-x-1-1" in text
    assert "1.2 min" in text
    assert "left of the venue's limits: weight 97% (180 of 6,000) · orders_10s 50%" in text
    failed = "gateway is pausing, failed 3 times of late: the venue is gone; tried again in 2.5 s"
    assert failed in text
    assert "late is waiting" in text


def test_before_it_has_compared_anything_it_says_so() -> None:
    assert "not compared with the venue yet" in shown()
    never = shown(reconciliation=compared(2.0, None, "EURUSDT.binance"))
    assert "1 differ" in never
    assert "agreed" not in never
