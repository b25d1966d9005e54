"""Cancels, the account and the stream of events, against the loopback venue."""

import pytest

from sims.servers.binance.engine import Engine
from tests.sims.servers.binance.desk import Clock, Desk, limit
from tests.venues.binance.wire import (
    EPOCH,
    NAME,
    START,
    Document,
    Wire,
    fills,
    instead,
    kinds,
    order,
    proceed,
    query,
    refusal,
)
from trader.errors import VenueFault
from trader.model.account import AccountReported, OrderReport, PositionReport, QueryAccount
from trader.model.orders import (
    CancelOrder,
    CancelRejected,
    OrderAccepted,
    OrderCanceled,
    OrderFilled,
    OrderRejected,
    OrderStatus,
    ReplaceOrder,
    ReplaceRejected,
)

ID = f"main-x-{EPOCH}-1"
LOW = 5_000_000
CANCEL = CancelOrder(client_order_id=ID, instrument=NAME, request_id="r", reason="t")


# -- cancelling -----------------------------------------------------------------------------------


def test_a_cancel_ends_the_order_under_its_own_id(wire: Wire) -> None:
    wire.perform(order(limit=LOW))

    told = wire.perform(CANCEL)

    assert set(kinds(told)) == {OrderCanceled}
    assert {getattr(message, "client_order_id", "") for message in told} == {ID}


def test_a_cancel_that_comes_too_late_asks_what_happened(wire: Wire) -> None:
    wire.perform(order())

    told = wire.perform(CANCEL)

    assert fills(told) == {("1", 1_000, 6_000_000)}
    assert set(kinds(told)) == {OrderFilled}


def test_a_cancel_that_was_refused_leaves_the_order_working(wire: Wire) -> None:
    wire.perform(order(limit=LOW))
    wire.unseen = {"order.cancel"}
    wire.gate = instead("order.cancel", refusal(-2011, "Unknown order sent."))

    expected: list[object] = [OrderAccepted, CancelRejected]
    assert kinds(wire.perform(CANCEL)) == expected


def test_a_cancel_without_an_answer_is_sent_again(wire: Wire) -> None:
    wire.perform(order(limit=LOW))
    wire.unseen = {"order.cancel"}
    wire.gate = instead("order.cancel")
    wire.perform(CANCEL)
    wire.unseen = set()
    wire.gate = proceed

    assert OrderCanceled in kinds(wire.wait(100))


def test_what_nobody_has_placed_cannot_be_changed(wire: Wire) -> None:
    command = ReplaceOrder(client_order_id=ID, instrument=NAME, request_id="r", lots=1)

    assert wire.perform(command) == [
        ReplaceRejected(client_order_id=ID, code="unknown_order", ts_event=START)
    ]


# -- the account ----------------------------------------------------------------------------------


def test_the_account_is_told_whole(wire: Wire) -> None:
    wire.perform(order(limit=LOW))
    wire.perform(order(2))

    told = wire.perform(QueryAccount(request_id="q"))

    assert told == [
        OrderReport(
            client_order_id=ID,
            instrument=NAME,
            status=OrderStatus.ACCEPTED,
            lots=1_000,
            lots_filled=0,
            ts_event=START,
        ),
        PositionReport(instrument=NAME, lots=101_000, ts_event=START),
        AccountReported(request_id="q", count=2, ts_event=START),
    ]


def test_the_account_waits_for_the_orders_in_doubt(wire: Wire) -> None:
    wire.unseen = {"order.status"}
    wire.gate = instead("order.status")
    wire.perform(query())
    wire.perform(QueryAccount(request_id="q"))
    wire.unseen = set()

    assert wire.wait(100) == []
    told = wire.wait(500)

    assert kinds(told) == [OrderRejected, PositionReport, AccountReported]


@pytest.mark.parametrize("method", ["account.status", "openOrders.status"])
def test_a_part_without_an_answer_is_asked_for_with_all_others(wire: Wire, method: str) -> None:
    wire.gate = instead(method, refusal(-1000))
    wire.perform(QueryAccount(request_id="q"))

    expected: list[object] = [PositionReport, AccountReported]
    assert kinds(wire.wait(60)) == expected


# -- the stream -----------------------------------------------------------------------------------


def test_a_resting_order_fills_through_the_stream(wire: Wire, engine: Engine) -> None:
    wire.perform(order(limit=LOW))

    engine.mark("BTCUSDT", "49000.00")

    assert fills(wire.news()) == {("1", 1_000, LOW)}


def test_strangers_are_told_by_their_names(wire: Wire, engine: Engine, clock: Clock) -> None:
    desk = Desk(engine, clock)
    desk.place(limit(newClientOrderId="hand"))
    desk.place(limit(symbol="ETHUSDT", price="2000", newClientOrderId="other"))

    told = wire.news()

    assert [getattr(message, "client_order_id", "") for message in told] == ["hand", "other"]


@pytest.mark.parametrize("event", ["serverShutdown", "eventStreamTerminated"])
def test_the_end_of_the_stream_is_a_fault(wire: Wire, event: str) -> None:
    with pytest.raises(VenueFault, match=event):
        wire.hear({"event": {"e": event, "E": 1}})


@pytest.mark.parametrize("event", [{"e": "balanceUpdate", "d": "1"}, {"e": "brandNew"}, {}])
def test_events_of_other_kinds_are_passed_over(wire: Wire, event: Document) -> None:
    assert wire.hear({"subscriptionId": 0, "event": event}) == []


def test_an_unknown_kind_of_execution_is_asked_about(wire: Wire) -> None:
    wire.perform(order())
    event = {
        "e": "executionReport",
        "s": "BTCUSDT",
        "c": ID,
        "S": "BUY",
        "x": "ODD",
        "i": 1,
        "T": 1,
    }

    assert fills(wire.hear({"event": event})) == {("1", 1_000, 6_000_000)}


def test_a_venue_that_refuses_to_report_is_a_fault(engine: Engine, clock: Clock) -> None:
    wire = Wire(engine, clock)
    wire.unseen = {"userDataStream.subscribe.signature"}
    wire.gate = instead("userDataStream.subscribe.signature", refusal(-2015, "Invalid API-key"))
    with pytest.raises(VenueFault, match=r"Invalid API-key \(-2015\)"):
        wire.connect()


def test_a_venue_that_does_not_answer_is_a_fault(engine: Engine, clock: Clock) -> None:
    wire = Wire(engine, clock)
    wire.unseen = {"userDataStream.subscribe.signature"}
    wire.gate = instead("userDataStream.subscribe.signature")
    wire.connect()
    with pytest.raises(VenueFault, match="does not answer"):
        wire.wait(100)


def test_a_late_answer_to_a_question_that_ended_is_nothing(wire: Wire) -> None:
    wire.gate = instead("order.status")
    wire.perform(query())
    wire.wait(100)

    assert wire.hear({"id": "2", "status": 200, "result": {}}) == []
