"""What the venue has refused by a filter is not sent again until somebody decides anew."""

from tests.core.making import A, awake, bar, config, strategy
from trader.model.control import InstrumentResumed
from trader.model.envelope import Envelope, Message
from trader.model.orders import OrderRejected, SubmitOrder
from trader.model.units import MINUTE_NS


def asked(said: list[Envelope]) -> list[str]:
    return [each.body.client_order_id for each in said if isinstance(each.body, SubmitOrder)]


def test_a_decision_is_sent_once_and_its_refusal_is_final() -> None:
    script = {0: [{"does": "target", "lots": 5}], 3: [{"does": "target", "lots": 6}]}
    core, said = awake(config([strategy(script=script)]), patient=True)
    core.reactor.note(bar(100), 2 * MINUTE_NS)
    assert asked(said) == ["main-one-1-1"]

    refused = OrderRejected(client_order_id="main-one-1-1", code="-1013", text="LOT_SIZE")
    later: list[Message] = [refused, refused, bar(101, row=2), InstrumentResumed(instrument=A)]
    for minute, message in enumerate([*later, bar(102, row=3)], 3):
        core.reactor.note(message, minute * MINUTE_NS)
    assert asked(said) == ["main-one-1-1"]

    core.reactor.note(bar(103, row=4), 9 * MINUTE_NS)
    assert asked(said) == ["main-one-1-1", "main-one-1-2"]
