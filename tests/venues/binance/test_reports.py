"""Every kind of event that an account hears, and that a fill is the same by whatever road."""

import json
from typing import Any

import pytest

from tests.shared_data import shared
from tests.venues.binance.counter import Counter
from tests.venues.binance.family import ENTRY as ID
from tests.venues.binance.family import MID, entry
from tests.venues.binance.wire import GRID, KEYS, PATIENCE, START, kinds
from trader.errors import VenueFault
from trader.model.envelope import Message
from trader.model.orders import (
    Liquidity,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    OrderReplaced,
)
from trader.venues.binance import reports
from trader.venues.binance.dialogue import BinanceDialogue
from trader.venues.binance.frames import Execution, Fill, OwnTrade, Placed

EVENT: dict[str, Any] = {
    "e": "executionReport",
    "E": START // 10**6,
    "T": START // 10**6,
    "s": "BTCUSDT",
    "c": ID,
    "C": "",
    "S": "BUY",
    "x": "NEW",
    "X": "NEW",
    "i": 1,
    "g": -1,
    "q": "0.01",
    "z": "0",
}


def hear(counter: Counter, **fields: Any) -> list[Message]:
    counter.events.append(EVENT | fields)
    counter.release()
    return counter.told()


def resting() -> Counter:
    counter = Counter()
    counter.perform(entry())
    counter.methods()
    return counter


ROWS: list[tuple[dict[str, Any], list[Message]]] = [
    # It works, or waits for its parent, or has been triggered: once more the same word.
    ({}, [OrderAccepted(client_order_id=ID, venue_order_id="1", ts_event=START)]),
    (
        {"X": "PENDING_NEW"},
        [OrderAccepted(client_order_id=ID, venue_order_id="1", ts_event=START)],
    ),
    (
        {"w": True, "W": 1},
        [OrderAccepted(client_order_id=ID, venue_order_id="1", ts_event=START)],
    ),
    # It fills, by a trade or by an allocation.
    (
        {"x": "TRADE", "X": "PARTIALLY_FILLED", "l": "0.004", "L": "60000", "z": "0.004", "t": 7},
        [
            OrderFilled(
                client_order_id=ID, trade_id="7", last_lots=400, last_ticks=MID, ts_event=START
            )
        ],
    ),
    (
        {"x": "TRADE", "l": "0.01", "L": "60000", "z": "0.01", "t": -1, "a": 9, "m": True},
        [
            OrderFilled(
                client_order_id=ID,
                trade_id="a9",
                last_lots=1_000,
                last_ticks=MID,
                liquidity=Liquidity.MAKER,
                ts_event=START,
            )
        ],
    ),
    # It is canceled, by us under the name of the cancel, or by the venue.
    (
        {"x": "CANCELED", "X": "CANCELED", "c": "cancel", "C": ID},
        [OrderCanceled(client_order_id=ID, reason="canceled", ts_event=START)],
    ),
    # It expires, by its own terms or for reasons of the venue.
    (
        {"x": "EXPIRED", "X": "EXPIRED", "eR": "UNFILLED_IOC_QUANTITY_EXPIRED"},
        [OrderExpired(client_order_id=ID, reason="UNFILLED_IOC_QUANTITY_EXPIRED", ts_event=START)],
    ),
    (
        {"x": "EXPIRED", "X": "EXPIRED"},
        [OrderExpired(client_order_id=ID, reason="EXPIRED", ts_event=START)],
    ),
    (
        {"x": "EXPIRED", "X": "EXPIRED", "eR": "OCO_TRIGGER"},
        [OrderCanceled(client_order_id=ID, reason="group", ts_event=START)],
    ),
    # It is refused after it was taken.
    (
        {"x": "REJECTED", "X": "REJECTED", "r": "INSUFFICIENT_BALANCES"},
        [OrderRejected(client_order_id=ID, code="INSUFFICIENT_BALANCES", ts_event=START)],
    ),
    # It is smaller.
    (
        {"x": "REPLACED", "q": "0.006"},
        [OrderReplaced(client_order_id=ID, lots=600, ts_event=START)],
    ),
    (
        {"x": "REPLACED", "q": "0.006", "c": "amendment", "C": ID},
        [OrderReplaced(client_order_id=ID, lots=600, ts_event=START)],
    ),
    # It met an order of the same owner.
    (
        {"x": "TRADE_PREVENTION", "X": "EXPIRED_IN_MATCH", "A": "0.01"},
        [OrderExpired(client_order_id=ID, reason="EXPIRED_IN_MATCH", ts_event=START)],
    ),
    (
        {"x": "TRADE_PREVENTION", "X": "PARTIALLY_FILLED", "A": "0.003", "z": "0.001"},
        [OrderReplaced(client_order_id=ID, lots=700, ts_event=START)],
    ),
]


@pytest.mark.parametrize(("fields", "expected"), ROWS)
def test_what_an_event_means(fields: dict[str, Any], expected: list[Message]) -> None:
    assert hear(resting(), **fields) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [row for row in ROWS if row[0].get("a") is None],
)
def test_it_means_the_same_to_whoever_has_forgotten_the_order(
    fields: dict[str, Any], expected: list[Message]
) -> None:
    assert hear(Counter(), **fields) == expected


def test_a_kind_of_next_year_is_asked_about() -> None:
    counter = resting()
    told = hear(counter, x="SPLIT_IN_TWO")

    assert counter.methods() == ["order.status"]
    assert kinds(told) == [OrderAccepted]


@pytest.mark.parametrize(
    "kind",
    [
        "outboundAccountPosition",
        "balanceUpdate",
        "externalLockUpdate",
        "listStatus",
    ],
)
def test_events_that_concern_no_order_are_counted(kind: str) -> None:
    counter = resting()
    counter.dialogue.heard.clear()

    assert hear(counter, e=kind) == []
    assert counter.dialogue.heard == {kind: 1}


def test_events_that_nobody_knows_are_counted_together() -> None:
    counter = resting()
    for kind in ("ofNextYear", "ofTheYearAfter", ""):
        assert hear(counter, e=kind) == []
    assert counter.dialogue.heard["unknown"] == 3


@pytest.mark.parametrize("kind", ["eventStreamTerminated", "serverShutdown"])
def test_the_end_of_a_stream_is_the_end_of_the_connection(kind: str) -> None:
    with pytest.raises(VenueFault, match=kind):
        hear(resting(), e=kind)


# -- one fill, many roads -------------------------------------------------------------------------


def test_a_fill_is_the_same_by_every_road() -> None:
    """By the stream, with the answer to the order, and from the account's history."""
    streamed = reports.of_execution(
        Execution(
            symbol="BTCUSDT",
            client_id=ID,
            side="SELL",
            kind="TRADE",
            order_id=1,
            trade_id=77,
            last_size="0.004",
            last_price="60000.00",
            commission="0.24",
            commission_asset="USDT",
            ts_ms=5,
        ),
        ID,
        GRID,
    )
    fill = Fill(
        trade_id=77, price="60000", size="0.00400000", commission="0.24", commission_asset="USDT"
    )
    placed = Placed(client_id=ID, order_id=1, ts_ms=5, status="FILLED", side="SELL", fills=(fill,))
    answered = reports.of_placed(placed, ID, GRID)[1:]
    trade = OwnTrade(
        trade_id=77,
        order_id=1,
        price="60000.00000000",
        size="0.004",
        commission="0.24",
        commission_asset="USDT",
        ts_ms=5,
        is_buyer=False,
    )
    remembered = [reports.of_own_trade(ID, trade, GRID)]

    assert streamed == answered == remembered


def test_what_a_recorded_stream_says_is_what_it_means() -> None:
    """With all the fields that the venue sends, known to us or not."""
    lines = shared("wire/open/binance/user_stream_sequence_composed.jsonl").read_text().splitlines()
    kinds_of = [json.loads(line)["event"].get("x") for line in lines]
    assert {"NEW", "TRADE", "CANCELED", "EXPIRED", "REPLACED"} <= set(kinds_of)

    path = shared("wire/open/binance/user_execution_report_conditional_fields.json")
    event = json.loads(path.read_text())
    dialogue = BinanceDialogue(KEYS, [GRID], PATIENCE)
    told = dialogue.hear(json.dumps({"event": event}).encode(), START).messages
    assert kinds(told) == [OrderAccepted]
