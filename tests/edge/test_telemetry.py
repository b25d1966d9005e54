"""Lines for people and programs: one document each, of what matters."""

import io
import json

from actors.edge.telemetry import Telemetry
from actors.runtime.step_record import step_of
from trader.model.control import RunStarted, TradingState, TradingStateChanged
from trader.model.envelope import Envelope, Message
from trader.model.orders import (
    CancelOrder,
    OrderApproved,
    OrderRole,
    OrderStatus,
    OrderSubmitted,
    OrderType,
    SubmitOrder,
    TimeInForce,
)
from trader.ops.logs import Sink


def envelope(body: Message) -> Envelope:
    return Envelope(seq=7, n=1, ts=5, cause=(7, 0), source="x", body=body)


def said(*bodies: Message) -> list[dict[str, object]]:
    stream = io.StringIO()
    start = envelope(RunStarted(run="r", epoch=1))
    Telemetry(Sink(stream, None), lambda: 9).tell(
        step_of(start, [envelope(body) for body in bodies])
    )
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_a_document_with_its_time_and_event_first() -> None:
    stream = io.StringIO()
    Telemetry(Sink(stream, None), lambda: 9).say("begun", journal="x\ny")
    assert stream.getvalue() == '{"ts":9,"event":"begun","journal":"x\\ny"}\n'


def test_outputs_are_told_by_their_names_without_what_they_leave_open() -> None:
    changed = TradingStateChanged(
        state=TradingState.HALTED, previous=TradingState.ACTIVE, code="c", by="b"
    )
    submitted = OrderSubmitted(client_order_id="i", status=OrderStatus.SUBMITTED, ts_event=3)

    lines = said(changed, submitted)

    assert lines[0]["event"] == "trading_state_changed"
    assert lines[0]["state"] == "halted"
    assert lines[1] == {
        "ts": 9,
        "event": "order_submitted",
        "seq": 7,
        "cause": "7.0",
        "client_order_id": "i",
        "status": "submitted",
        "ts_event": 3,
    }


def test_an_approval_tells_its_order_and_commands_tell_nothing() -> None:
    order = SubmitOrder(
        client_order_id="i",
        strategy="s",
        instrument="A.x",
        lots=1,
        order_type=OrderType.MARKET,
        limit_ticks=None,
        stop_ticks=None,
        time_in_force=TimeInForce.GTC,
        role=OrderRole.TARGET,
        parent="",
        ref_ticks=1,
        ts_decided=1,
    )
    cancel = CancelOrder(client_order_id="i", instrument="A.x", request_id="r", reason="x")

    lines = said(order, OrderApproved(order=order, limits_version=1), cancel)

    assert [(line["event"], line["client_order_id"]) for line in lines] == [("order_approved", "i")]


def test_a_reader_that_has_gone_disturbs_nobody() -> None:
    stream = io.StringIO()
    stream.close()
    sink = Sink(stream, None)

    Telemetry(sink, lambda: 9).say("begun")

    assert sink.lost == 1


def test_an_event_can_be_told_before_it_is_written() -> None:
    stream = io.StringIO()
    telemetry = Telemetry(Sink(stream, None), lambda: 9)

    made = telemetry.make("stalled", at="here")
    assert (made, stream.getvalue()) == ({"ts": 9, "event": "stalled", "at": "here"}, "")

    telemetry.write(made)
    assert json.loads(stream.getvalue()) == made
