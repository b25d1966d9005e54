"""Placing orders at the loopback venue: every way in which a request can end."""

import pytest

from sims.servers.binance.engine import Engine
from sims.servers.binance.request import Request
from tests.sims.servers.binance.desk import Clock
from tests.venues.binance.wire import (
    EPOCH,
    MS,
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
from trader.model.orders import (
    CancelOrder,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderInDoubt,
    OrderRejected,
    OrderSubmitted,
    OrderType,
    TimeInForce,
)
from trader.model.units import INT64_MAX
from trader.venues.binance.inquiry import Patience

ID = f"main-x-{EPOCH}-1"
PLACE = "order.place"
LOW = 5_000_000
CANCEL = CancelOrder(client_order_id=ID, instrument=NAME, request_id="r", reason="t")
UNKNOWN = {"code": -1007, "msg": "Timeout waiting for response from backend server."}


def test_a_market_order_is_accepted_and_filled(wire: Wire) -> None:
    told = wire.perform(order())

    assert kinds(told)[0] is OrderSubmitted
    assert {OrderAccepted, OrderFilled} <= set(kinds(told))
    assert fills(told) == {("1", 1_000, 6_000_000)}
    assert {message.client_order_id for message in told if hasattr(message, "client_order_id")} == {
        ID
    }


def test_an_order_is_signed_with_its_decision_and_a_short_life(wire: Wire) -> None:
    wire.perform(order(lots=-1_000, limit=7_000_000, ts_decided=START - 7 * MS))

    [request] = [each for each in wire.asked if each.method == PLACE]
    assert request.params["timestamp"] == START // MS - 7
    assert request.params["recvWindow"] == 300
    assert (request.params["side"], request.params["quantity"]) == ("SELL", "0.01")
    assert (request.params["type"], request.params["price"]) == ("LIMIT", "70000")
    assert request.status == 200


def test_a_stop_of_ones_own_goes_as_the_venue_names_it(wire: Wire) -> None:
    told = wire.perform(order(lots=-1_000, order_type=OrderType.STOP, stop_ticks=LOW))

    assert kinds(told)[-1] is OrderAccepted
    assert wire.engine.orders[1].terms.stop_price == 50_000 * 10**8


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        (
            {"order_type": OrderType.STOP, "stop_ticks": LOW, "time_in_force": TimeInForce.GTX},
            "time in force GTX of a STOP",
        ),
        ({"time_in_force": TimeInForce.FOK}, "time in force FOK of a MARKET"),
        ({"time_in_force": TimeInForce.GTX}, "time in force GTX of a MARKET"),
        ({"instrument": "ETHUSDT.OTHER"}, "instrument ETHUSDT.OTHER"),
    ],
)
def test_what_the_venue_has_no_words_for_is_rejected_and_never_sent(
    wire: Wire, changes: Document, what: str
) -> None:
    told = wire.perform(order(**changes))

    assert told == [
        OrderRejected(client_order_id=ID, code="unsupported", text=what, ts_event=START)
    ]
    assert PLACE not in [each.method for each in wire.asked]
    assert OrderAccepted in kinds(wire.perform(order(2)))


@pytest.mark.parametrize("life", [TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK])
def test_a_limit_says_how_long_it_works(wire: Wire, life: TimeInForce) -> None:
    wire.perform(order(limit=7_000_000, time_in_force=life))

    [request] = [each for each in wire.asked if each.method == PLACE]
    assert (request.params["timeInForce"], request.status) == (life.name, 200)


@pytest.mark.parametrize("life", [TimeInForce.GTC, TimeInForce.DAY, TimeInForce.IOC])
def test_a_market_order_never_rests_and_says_nothing_of_it(wire: Wire, life: TimeInForce) -> None:
    wire.perform(order(time_in_force=life))

    [request] = [each for each in wire.asked if each.method == PLACE]
    assert ("timeInForce" in request.params, request.status) == (False, 200)


def test_an_order_that_waited_too_long_is_refused_by_the_venue(wire: Wire) -> None:
    told = wire.perform(order(ts_decided=START - 301 * MS))

    assert kinds(told) == [OrderSubmitted, OrderRejected]
    assert told[1] == OrderRejected(
        client_order_id=ID,
        code="-1021",
        text="Timestamp for this request is outside of the recvWindow.",
        ts_event=START,
    )


def test_a_partial_fill_that_ends_is_told_whole(wire: Wire, engine: Engine) -> None:
    engine.mark("BTCUSDT", "60000.00", available="0.004")

    told = wire.perform(order())

    assert fills(told) == {("1", 400, 6_000_000)}
    assert OrderExpired in kinds(told)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"lots": 1}, "-1013"), ({"lots": 2_000_000_000}, "-1013"), ({"lots": 900_000}, "-2010")],
)
def test_a_refusal_is_a_rejection_with_the_venues_code(
    wire: Wire, changes: Document, code: str
) -> None:
    told = wire.perform(order(**changes))

    assert kinds(told) == [OrderSubmitted, OrderRejected]
    assert isinstance(told[1], OrderRejected)
    assert told[1].code == code


@pytest.mark.parametrize("code", [-1002, -1008, -1013, -1015, -1100, -1130, -2010, -2015])
def test_what_proves_a_refusal_rejects_at_once(wire: Wire, code: int) -> None:
    wire.unseen = {PLACE}
    wire.gate = instead(PLACE, refusal(code, "no", status=503 if code == -1008 else 400))

    assert kinds(wire.perform(order())) == [OrderSubmitted, OrderRejected]


@pytest.mark.parametrize(
    "answer",
    [
        refusal(-1007, status=504),
        refusal(-1006, status=500),
        refusal(-1000),
        refusal(-1001),
        refusal(-9999),
        refusal(-2010, "Duplicate order sent."),
        refusal(-1013, status=502),
        {"status": 403},
        {"status": 200, "result": {"clientOrderId": "other", "orderId": 9, "transactTime": 1}},
        {"id": None, "status": 400, "error": {"code": -1135, "msg": "Invalid JSON"}},
        {"id": "77", "status": 400, "error": {"code": -2010, "msg": "?"}},
    ],
)
def test_what_proves_nothing_is_a_doubt_that_is_resolved_by_asking(
    wire: Wire, answer: Document
) -> None:
    """The order was carried out all the same: the query finds it."""
    wire.is_deaf = True
    wire.gate = instead(PLACE, answer)

    told = wire.perform(order())

    assert OrderRejected not in kinds(told)
    assert OrderInDoubt in kinds(told)
    assert fills(told) == {("1", 1_000, 6_000_000)}
    assert wire.methods().count(PLACE) == 1


def test_no_answer_is_a_doubt_after_the_deadline(wire: Wire) -> None:
    wire.unseen = {PLACE}
    wire.gate = instead(PLACE)

    assert kinds(wire.perform(order())) == [OrderSubmitted]
    assert wire.wait(99) == []
    assert wire.wait(1) == [
        OrderInDoubt(client_order_id=ID, waited_ns=100 * MS, ts_event=START + 100 * MS)
    ]


@pytest.mark.parametrize("how", ["deadline", "broken line"])
def test_an_order_that_the_stream_tells_of_is_not_in_doubt(wire: Wire, how: str) -> None:
    """The answer was lost and the events were not: the venue has the order, and that is known."""
    wire.gate = instead(PLACE)
    assert OrderFilled in kinds(wire.perform(order()))

    told = wire.dialogue.lose(wire.now).messages if how == "broken line" else wire.wait(150)

    assert OrderInDoubt not in kinds(told)


def test_an_order_the_venue_never_saw_is_absent_only_after_the_horizon(wire: Wire) -> None:
    wire.unseen = {PLACE}
    wire.gate = instead(PLACE)
    wire.perform(order())
    wire.wait(100)

    assert wire.wait(399) == []
    told = wire.wait(51)

    assert [(type(m), getattr(m, "code", "")) for m in told] == [(OrderRejected, "absent")]
    methods = wire.methods()
    assert methods.count("order.status") == 6, "each pause is twice the one before, but the last"
    assert methods[-1] == "openOrders.status"


def test_many_orders_in_doubt_leave_weight_for_the_way_out(engine: Engine, clock: Clock) -> None:
    """So many that a minute's weight would not do, were each asked about at an even pace."""
    wire = Wire(engine, clock, Patience())
    wire.connect()
    wire.unseen = {PLACE}
    wire.gate = lambda _, answer: [] if answer is None else [answer]
    wire.perform(*(order(count, ts_decided=wire.now) for count in range(1, 101)))
    told = wire.wait(16_000)

    assert kinds(told).count(OrderRejected) == 100
    asked = wire.methods()
    weight = 4 * asked.count("order.status") + 6 * asked.count("openOrders.status")
    assert weight < 6_000 * 0.7


def test_not_found_inside_the_horizon_is_no_evidence(wire: Wire, clock: Clock) -> None:
    """The query lags: first it knows nothing, then the order is filled."""
    wire.gate = instead(PLACE, {"id": None, "status": 400, "error": UNKNOWN})
    lag = START // MS + 200

    def lagging(request: Request, answer: Document | None) -> list[Document]:
        if request.method == "order.status" and clock.ms < lag:
            return [{"id": request.id} | refusal(-2013, "Order does not exist.")]
        return first(request, answer)

    first, wire.gate = wire.gate, lagging
    wire.perform(order())

    told = wire.wait(360)

    assert fills(told) == {("1", 1_000, 6_000_000)}
    assert OrderRejected not in kinds(told)


def test_one_question_that_misses_an_order_late_proves_nothing(wire: Wire) -> None:
    """Nobody answered until the horizon had passed, and then a copy that lagged behind."""
    missed = [{"status": 400, "error": {"code": -2013, "msg": "Order does not exist."}}]

    def lagging(request: Request, answer: Document | None) -> list[Document]:
        if request.method == PLACE or (request.method == "order.status" and wire.now < late):
            return []
        if request.method == "order.status" and missed:
            return [{"id": request.id} | missed.pop()]
        return proceed(request, answer)

    late = START + 450 * MS
    wire.gate = lagging
    wire.is_deaf = True
    wire.perform(order())
    told = []
    while wire.now < late + 500 * MS:
        told += wire.wait(50)
        wire.hear({"event": {"e": "listStatus"}})

    assert missed == []
    assert fills(told) == {("1", 1_000, 6_000_000)}
    assert OrderRejected not in kinds(told)


def test_an_order_among_the_open_ones_is_not_absent(wire: Wire) -> None:
    def deaf(request: Request, answer: Document | None) -> list[Document]:
        if request.method == PLACE:
            return []
        if request.method == "order.status":
            return [{"id": request.id} | refusal(-2013, "Order does not exist.")]
        return proceed(request, answer)

    wire.gate = deaf
    wire.perform(order(limit=LOW))

    assert OrderRejected not in kinds(wire.wait(2_000))
    wire.gate = proceed
    assert kinds(wire.wait(100)) == [OrderAccepted]


def test_fills_that_do_not_add_up_are_asked_for_again(wire: Wire) -> None:
    empty = {"status": 200, "result": []}
    wire.gate = instead("myTrades", empty)
    wire.perform(order())

    assert wire.perform(query()) == []
    assert fills(wire.wait(50)) == {("1", 1_000, 6_000_000)}


def test_a_status_we_do_not_know_is_asked_for_again(wire: Wire) -> None:
    state = {
        "symbol": "BTCUSDT",
        "clientOrderId": ID,
        "orderId": 1,
        "status": "SUSPENDED",
        "side": "BUY",
        "origQty": "1",
        "executedQty": "0",
        "updateTime": 1,
    }
    wire.perform(order(limit=LOW))
    wire.gate = instead("order.status", {"status": 200, "result": state})

    assert wire.perform(query()) == []
    assert kinds(wire.wait(50)) == [OrderAccepted]


def test_an_id_leaves_once_and_only_in_its_epoch(wire: Wire) -> None:
    wire.perform(order(2))
    again = wire.perform(order(2))
    former = wire.perform(order(client_order_id=f"main-x-{EPOCH - 1}-9"))

    assert [kinds(told) for told in (again, former)] == [[OrderRejected]] * 2
    assert wire.methods().count(PLACE) == 1
    assert all(getattr(told[0], "code", "") == "not_sent" for told in (again, former))
    assert OrderFilled in kinds(wire.perform(order(1)))


def test_without_a_subscription_nothing_leaves(engine: Engine, clock: Clock) -> None:
    wire = Wire(engine, clock)

    assert kinds(wire.perform(order())) == [OrderRejected]
    assert wire.perform(query()) == []
    assert wire.methods() == []


def test_a_line_that_breaks_leaves_doubts_and_no_questions(wire: Wire) -> None:
    wire.is_deaf = True
    wire.gate = instead(PLACE)
    wire.perform(order(limit=LOW))

    told = wire.dialogue.lose(wire.now).messages

    assert kinds(told) == [OrderInDoubt]
    assert not wire.dialogue.ready
    assert wire.dialogue.due == INT64_MAX
    wire.connect(EPOCH + 1)
    assert kinds(wire.perform(query())) == [OrderAccepted]


def test_the_venue_can_demand_silence(wire: Wire) -> None:
    """Nothing is placed meanwhile, and what waits is asked afterwards, cancels first."""
    wire.perform(order(limit=LOW))
    until = START // MS + 5_000
    ban = {"code": -1003, "msg": "Way too much", "data": {"serverTime": 1, "retryAfter": until}}
    wire.gate = instead("order.status", {"status": 418, "error": ban})
    wire.perform(query())
    wire.methods()

    assert kinds(wire.perform(order(2))) == [OrderRejected]
    wire.perform(query(7))
    wire.perform(CANCEL)
    assert wire.wait(4_999) == []
    assert wire.methods() == []
    assert OrderCanceled in kinds(wire.wait(1))
    assert wire.methods()[0] == "order.cancel"
