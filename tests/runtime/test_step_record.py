"""The record of a step: the input whole, what touches orders whole, everything by its digest."""

import msgspec
import pytest

from actors.runtime.step_record import StepObserver, decode_step, encode_step, step_of
from trader.model.control import RunStarted, SessionOpened
from trader.model.envelope import Envelope, Message
from trader.model.orders import OrderAccepted, OrderRejected


def envelope(body: Message, n: int = 0) -> Envelope:
    return Envelope(seq=3, n=n, ts=9, cause=(3, 0), source="x", body=body)


INPUT = envelope(RunStarted(run="r", epoch=1))
OPENED = envelope(SessionOpened(calendar="UTC", session=1))
ACCEPTED = envelope(OrderAccepted(client_order_id="a"), 1)
REJECTED = envelope(OrderRejected(client_order_id="b", code="absent"), 2)


def test_what_touches_orders_is_kept_and_all_is_digested() -> None:
    step = step_of(INPUT, [OPENED, ACCEPTED, REJECTED])

    assert (step.input, step.kept) == (INPUT, (ACCEPTED, REJECTED))
    assert step.digest != step_of(INPUT, [ACCEPTED, REJECTED]).digest
    assert step.digest != step_of(INPUT, [OPENED, REJECTED, ACCEPTED]).digest


def test_a_step_survives_its_writing() -> None:
    step = step_of(INPUT, [OPENED, ACCEPTED])
    assert decode_step(encode_step(step)) == step
    with pytest.raises(msgspec.MsgspecError):
        decode_step(b"\x00")


def test_an_observer_makes_one_record_a_step() -> None:
    observer = StepObserver()
    for seen in (INPUT, OPENED, ACCEPTED):
        observer(seen)
    assert observer.finish() == step_of(INPUT, [OPENED, ACCEPTED])
    observer(INPUT)
    assert observer.finish() == step_of(INPUT, [])


def test_a_broken_step_leaves_its_input() -> None:
    observer = StepObserver()
    observer(ACCEPTED)
    observer(OPENED)
    assert observer.broken() == ACCEPTED
    observer(INPUT)
    assert observer.finish().input == INPUT
