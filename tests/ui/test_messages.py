"""Each kind of message in words."""

from typing import Any

import pytest

from tests.ui.test_why import APPROVED, FILL
from trader.ui.messages import because, inputs_said, order, said

TOLD: dict[str, Any] = {"currency": "USD", "denial": None, "breach": None}
STATE = {
    "kind": "state",
    "name": "5.1",
    "state": "HALTED",
    "previous": "ACTIVE",
    "reason": "drawdown_max",
    "by": "risk",
}


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (
            {"kind": "quotes", "bid": "9.9", "bid_lots": 5, "ask": None, "ask_lots": None},
            "quote of X.y\nbid 9.9 x 5, ask none",
        ),
        (
            {"kind": "quotes", "bid": "9.9", "bid_lots": None, "ask": "10", "ask_lots": 1_000},
            "quote of X.y\nbid 9.9, ask 10 x 1,000",
        ),
        ({"kind": "trades", "lots": 1_500, "price": "10"}, "print of X.y\n1,500 lots at 10"),
        ({"kind": "depth", "side": -1, "price": "10", "lots": 3}, "book of X.y\nask 10 x 3"),
        (
            {"kind": "actions", "action": "split", "numerator": 7, "denominator": 2},
            "split 7:2 of X.y",
        ),
        (
            {"kind": "actions", "action": "dividend", "amount_per_lot": "0.25"},
            "dividend of 0.25 a lot of X.y",
        ),
        ({"kind": "actions", "action": "halt", "reason": "news"}, "halt of X.y"),
    ],
)
def test_a_row_of_any_kind(row: dict[str, Any], text: str) -> None:
    each = {"kind": "input", "row": {"instrument": "X.y", **row}, "file": None}

    assert said(each, TOLD) == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"slippage_bps": -3.21},
            "+1,000 at 100.1, 3.2 bps better than the 100 decided at: FILLED",
        ),
        (
            {"slippage_bps": 0.0, "reference": "stop"},
            "+1,000 at 100.1, just the 100 of the stop: FILLED",
        ),
        ({"slippage_bps": None}, "+1,000 at 100.1: FILLED"),
    ],
)
def test_a_fill_beside_its_reference(changes: dict[str, Any], text: str) -> None:
    assert said({**FILL, **changes}, TOLD).partition("\n")[0] == text


def test_a_fill_that_was_told_late_says_when() -> None:
    late = {**FILL, "told": "2024-01-02T00:03:10Z"}

    assert said(late, TOLD).endswith("taker, told 2024-01-02T00:03:10Z")


def test_a_fill_in_a_chain_names_its_order() -> None:
    alone = {key: FILL[key] for key in FILL if key not in {"status", "slippage_bps", "told"}}

    assert said(alone, TOLD).startswith("+1,000 at 100.1 for main-s-1-1\n")


@pytest.mark.parametrize(
    ("cause", "text"),
    [
        ({"kind": "fill", "name": "4.1", "client_order_id": "a"}, "4.1: the fill of a"),
        (STATE, "5.1: trading became HALTED, drawdown_max"),
        (
            {"kind": "status", "name": "4.1", "client_order_id": "a", "status": "CANCELED"},
            "4.1: a was CANCELED",
        ),
        ({"kind": "denial", "name": "4.1", "client_order_id": "a"}, "4.1: a was DENIED"),
        ({"kind": "input", "name": "4.0"}, "4.0: input"),
    ],
)
def test_what_moved_an_order(cause: dict[str, Any], text: str) -> None:
    assert because(cause) == text
    canceled = {**APPROVED, "status": "PENDING_CANCEL", "because": cause}
    assert said(canceled, TOLD) == f"PENDING_CANCEL, because of {text}"


def test_a_state_shows_its_breach_below() -> None:
    breach = {"limit": "drawdown_max", "value": "12", "bound": "10", "unit": "USD"}

    assert said(STATE, TOLD) == "risk moves trading from ACTIVE to HALTED: drawdown_max"
    assert said(STATE, {**TOLD, "breach": breach}).endswith("\ndrawdown_max: 12 USD, allowed 10")
    flat = {**STATE, "previous": "FLATTENING", "reason": "flattened"}
    assert said(flat, {**TOLD, "breach": breach}).endswith("HALTED: flattened")


def test_a_replacement_says_what_is_new() -> None:
    moved = {"kind": "replacement", "lots": -1_000, "stop": "99.5", "limit": None}

    assert said(moved, TOLD) == "is 1,000 lots, stop 99.5 from here on"


def test_an_order_shows_its_prices_and_its_exit() -> None:
    stop_limit = {
        "side": "SELL",
        "lots": -1_000,
        "instrument": "X.y",
        "order_type": "STOP_LIMIT",
        "stop": "98",
        "limit": "97",
        "time_in_force": "GTC",
        "exit": None,
    }

    assert order(stop_limit) == "SELL 1,000 of X.y stop 98, limit 97"


def test_other_messages() -> None:
    adjusted = {
        "kind": "adjustment",
        "reason": "split",
        "strategy": "s",
        "lots": 70,
        "income": "0.5",
    }

    assert said({"kind": "start"}, TOLD) == "the start of the run"
    assert said({"kind": "equity", "equity": "1234.567"}, TOLD) == "equity 1,234.57 USD"
    assert said(adjusted, TOLD) == "split: s holds 70 lots, 0.5 USD came with it"
    assert said({"kind": "split", "numerator": 2, "denominator": 1}, TOLD).startswith("split 2:1")


def test_inputs_show_prices_in_currency_and_floats_short() -> None:
    inputs = [
        {"name": "close", "value": 10_000, "price": "100"},
        {"name": "z", "value": 0.1 + 0.2, "price": None},
        {"name": "n", "value": 3, "price": None},
    ]

    assert inputs_said(inputs) == "close 100, z 0.3, n 3"
