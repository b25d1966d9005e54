"""An order manager at work: its orders approved or refused, its venue's reports, its positions."""

from collections.abc import Sequence
from typing import Any

from actors.core.order_manager import OrderManager
from tests.core.making import A, B, given, target
from trader.logic.desk import Order
from trader.model.account import PositionChanged
from trader.model.envelope import Message
from trader.model.orders import (
    CancelOrder,
    CancelRejected,
    OrderAccepted,
    OrderApproved,
    OrderBusted,
    OrderCanceled,
    OrderDenied,
    OrderExpired,
    OrderFilled,
    OrderInDoubt,
    OrderRejected,
    OrderReplaced,
    OrderRequested,
    OrderRole,
    OrderSubmitted,
    OrderType,
    Protection,
    ReplaceOrder,
    ReplaceRejected,
    SubmitOrder,
    TrailStops,
)


def manager(*, patient: bool = False) -> OrderManager:
    """Strategy `one` trades A, `two` trades B."""
    return OrderManager({"one": A, "two": B}, account="main", patient=patient)


def name(count: int, strategy: str = "one", epoch: int = 1) -> str:
    """The id of a strategy's order number `count`."""
    return f"main-{strategy}-{epoch}-{count}"


def approved(order: SubmitOrder) -> OrderApproved:
    return OrderApproved(order=order, limits_version=1)


def denied(order: SubmitOrder, code: str = "no") -> OrderDenied:
    return OrderDenied(
        client_order_id=order.client_order_id,
        strategy=order.strategy,
        instrument=order.instrument,
        lots=order.lots,
        code=code,
        detail="",
    )


def ask(made: OrderManager, *wishes: Message) -> list[Message]:
    """What the manager answers to wishes; risk approves every order that comes of them."""
    answers: list[Message] = []
    for wish in wishes:
        for answer in given(made, wish):
            answers.append(answer)
            if isinstance(answer, SubmitOrder):
                answers += ask(made, approved(answer))
    return answers


def work(made: OrderManager, *wishes: Message) -> list[str]:
    """The ids of the orders that come of these wishes, all of them working at the venue."""
    ids = [each.client_order_id for each in ask(made, *wishes) if isinstance(each, SubmitOrder)]
    given(made, *(OrderAccepted(client_order_id=id_) for id_ in ids))
    return ids


def order(made: OrderManager, count: int = 1) -> Order:
    return made.state.orders[name(count)]


def made_lots(messages: Sequence[Message]) -> list[int]:
    """The lots of the orders among the messages."""
    return [each.lots for each in messages if isinstance(each, SubmitOrder)]


def commands(messages: Sequence[Message]) -> list[str]:
    """What goes to the venue: `cancel 1`, `replace 2 -4 stop 90`, `submit 3 5`, in short."""
    said = []
    for each in messages:
        match each:
            case CancelOrder():
                said.append(f"cancel {_count(each.client_order_id)}")
            case ReplaceOrder():
                said.append(f"replace {_count(each.client_order_id)}{_changed(each)}")
            case SubmitOrder():
                said.append(f"submit {_count(each.client_order_id)} {each.lots}")
            case _:
                pass
    return said


def _changed(command: ReplaceOrder) -> str:
    parts = (command.lots, command.limit_ticks, command.stop_ticks)
    named = zip(("", "limit ", "stop "), parts, strict=True)
    return "".join(f" {name}{value}" for name, value in named if value is not None)


def _count(id_: str) -> str:
    return id_.rpartition("-")[2]


# -- reports -------------------------------------------------------------------------------------


def submitted(count: int = 1) -> OrderSubmitted:
    return OrderSubmitted(client_order_id=name(count))


def accepted(count: int = 1) -> OrderAccepted:
    return OrderAccepted(client_order_id=name(count))


def rejected(count: int = 1, code: str = "absent") -> OrderRejected:
    return OrderRejected(client_order_id=name(count), code=code)


def canceled(count: int = 1) -> OrderCanceled:
    return OrderCanceled(client_order_id=name(count))


def expired(count: int = 1) -> OrderExpired:
    return OrderExpired(client_order_id=name(count))


def cancel_rejected(count: int = 1) -> CancelRejected:
    return CancelRejected(client_order_id=name(count))


def replaced(lots: int, count: int = 1, **prices: Any) -> OrderReplaced:
    return OrderReplaced(client_order_id=name(count), lots=lots, **prices)


def replace_rejected(count: int = 1, code: str = "") -> ReplaceRejected:
    return ReplaceRejected(client_order_id=name(count), code=code)


def in_doubt(count: int = 1) -> OrderInDoubt:
    return OrderInDoubt(client_order_id=name(count))


def fill(lots: int, trade: str = "t1", count: int = 1) -> OrderFilled:
    return OrderFilled(client_order_id=name(count), trade_id=trade, last_lots=lots, last_ticks=100)


def bust(lots: int, trade: str = "t1", count: int = 1) -> OrderBusted:
    return OrderBusted(client_order_id=name(count), trade_id=trade, last_lots=lots, last_ticks=100)


def changed(lots: int, last_lots: int, role: OrderRole = OrderRole.TARGET) -> PositionChanged:
    """What the portfolio tells after a fill."""
    fields: dict[str, Any] = {"cost": 0, "realized": 0, "last_ticks": 101, "role": role}
    return PositionChanged(strategy="one", instrument=A, lots=lots, last_lots=last_lots, **fields)


def trail(level: int, side: int = 1) -> TrailStops:
    return TrailStops(strategy="one", side=side, stop_ticks=level, ref_ticks=100, reason="trailing")


def holds(made: OrderManager, lots: int) -> None:
    """Lets strategy `one` hold so many lots, from a time before the test."""
    made.state.desks["one"].position = lots
    made.state.desks["one"].target = lots


# -- wishes --------------------------------------------------------------------------------------


def own(
    key: str, lots: int, *, limit: int | None = None, stop: int | None = None, **terms: Any
) -> OrderRequested:
    """Strategy `one` asks for an order of its own; its prices say which type."""
    if stop is None:
        kind = OrderType.MARKET if limit is None else OrderType.LIMIT
    else:
        kind = OrderType.STOP if limit is None else OrderType.STOP_LIMIT
    return OrderRequested(
        strategy="one",
        instrument=A,
        key=key,
        lots=lots,
        order_type=kind,
        limit_ticks=limit,
        stop_ticks=stop,
        ref_ticks=100,
        **terms,
    )


def protected(
    *sizes: int, patient: bool = False, exits: Sequence[Protection] = (Protection("atr_stop", 20),)
) -> OrderManager:
    """Holds the sum of the sizes; each has its working exits, orders 2, 4, ... if it is one."""
    made = manager(patient=patient)
    total = 0
    for k, size in enumerate(sizes):
        total += size
        entry, *_ = work(made, target(total, protection=tuple(exits)))
        count = int(_count(entry))
        given(made, fill(size, f"entry-{k}", count=count), changed(total, size))
    return made
