"""What leaves together, and what became of a change of which nobody heard."""

from tests.venues.binance.wire import EPOCH, NAME, Wire, fills, kinds, order
from trader.model.orders import CancelOrder, OrderCanceled, OrderReplaced, ReplaceOrder

PLACE = "order.place"
LOW = 5_000_000
CANCEL = CancelOrder(
    client_order_id=f"main-x-{EPOCH}-1", instrument=NAME, request_id="r", reason="t"
)


def test_an_order_that_leaves_together_with_its_cancel_is_placed_first(wire: Wire) -> None:
    """While a commit takes its time the core goes on, and all it said by then leaves at once."""
    wire.methods()

    told = wire.perform(CANCEL, order(limit=LOW))

    assert wire.methods() == [PLACE, "order.cancel"]
    assert kinds(told)[-1] is OrderCanceled
    assert not any(each.is_open for each in wire.engine.orders.values())


def test_the_cancel_of_another_order_goes_first(wire: Wire) -> None:
    wire.perform(order(limit=LOW))
    wire.methods()

    wire.perform(order(2, limit=LOW), CANCEL)

    assert wire.methods() == ["order.cancel", PLACE]


def test_a_smaller_size_of_which_nobody_heard_is_told_with_the_fill_that_ends_it(
    wire: Wire,
) -> None:
    """Else the rest of what was asked for first would be waited for without an end."""
    wire.perform(order(limit=5_000_000))
    id_ = f"main-x-{EPOCH}-1"
    wire.is_deaf = wire.loses_answers = True
    wire.perform(ReplaceOrder(client_order_id=id_, instrument=NAME, request_id="r", lots=400))
    wire.is_deaf = wire.loses_answers = False
    wire.engine.mark("BTCUSDT", "49000.00")

    told = wire.wait(1_000)

    sizes = [each.lots for each in told if isinstance(each, OrderReplaced)]
    assert sizes == [400]
    assert fills(told) == {("1", 400, 5_000_000)}
