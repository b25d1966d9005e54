"""An honest venue that knows parents and groups, fills what it is told to, and takes its time.

A second opinion on what belongs together: a child works for what its parent has opened, a fill of
one of a group takes as much from the others, and what is refused is said so.
"""

from collections import deque
from dataclasses import dataclass

from trader.model.envelope import Message
from trader.model.orders import (
    CancelOrder,
    CancelRejected,
    OrderAccepted,
    OrderApproved,
    OrderCanceled,
    OrderFilled,
    OrderRejected,
    OrderReplaced,
    OrderType,
    ReplaceOrder,
    ReplaceRejected,
    SubmitOrder,
)


@dataclass
class Working:
    """An order at the venue; sizes are unsigned, the last two are those of a child."""

    order: SubmitOrder
    size: int
    limit: int | None
    stop: int | None
    done: int = 0
    closing: int = 0
    parent_done: int | None = None

    @property
    def sign(self) -> int:
        return 1 if self.order.lots > 0 else -1

    @property
    def room(self) -> int:
        """What it may fill now. What made a child smaller counts as closed by its parent."""
        if self.parent_done is None:
            return self.size - self.done
        return max(0, min(self.size, self.parent_done - self.closing) - self.done)


class Families:
    """Commands go in and wait, reports come out and wait.

    It refuses the next `refuses` orders that wait for a price.
    """

    def __init__(self, *, prompt: bool, rigid: bool = False) -> None:
        """`prompt`: commands arrive at once; `rigid`: no order can be changed."""
        self.prompt = prompt
        self.rigid = rigid
        self.orders: dict[str, Working] = {}
        self.commands: deque[Message] = deque()
        self.reports: deque[Message] = deque()
        self.refuses = 0
        self.trades = 0

    def take(self, effects: list[Message]) -> None:
        """What left the core."""
        self.commands += effects
        while self.prompt and self.commands:
            self.arrive()

    def arrive(self) -> None:
        """The oldest command is there."""
        match self.commands.popleft():
            case OrderApproved(order=order):
                self._submit(order)
            case CancelOrder(client_order_id=id_):
                if id_ in self.orders:
                    self._end(id_, "asked_for")
                else:
                    self.reports.append(CancelRejected(client_order_id=id_))
            case ReplaceOrder() as command:
                self._replace(command)
            case _:
                pass

    def _submit(self, order: SubmitOrder) -> None:
        id_ = order.client_order_id
        parent = self.orders.get(order.parent)
        waits = order.order_type is not OrderType.MARKET
        if waits and self.refuses:
            self.refuses -= 1
            self.reports.append(OrderRejected(client_order_id=id_, code="no"))
            return
        if order.parent and parent is None:
            self.reports.append(OrderRejected(client_order_id=id_, code="unknown_parent"))
            return
        working = Working(order, abs(order.lots), order.limit_ticks, order.stop_ticks)
        if parent is not None:
            working.parent_done = parent.done
            working.closing = parent.size - working.size
        self.orders[id_] = working
        self.reports.append(OrderAccepted(client_order_id=id_))

    def _replace(self, command: ReplaceOrder) -> None:
        id_ = command.client_order_id
        working = self.orders.get(id_)
        if self.rigid:
            self.reports.append(ReplaceRejected(client_order_id=id_, code="unsupported"))
            return
        if working is None:
            self.reports.append(ReplaceRejected(client_order_id=id_, code="unknown_order"))
            return
        size = working.size if command.lots is None else abs(command.lots)
        if working.order.parent and working.order.parent not in self.orders:
            size = min(size, working.size)
        if size <= working.done:
            self._end(id_, "nothing_left")
            return
        if command.limit_ticks is not None:
            working.limit = command.limit_ticks
        if command.stop_ticks is not None:
            working.stop = command.stop_ticks
        self._resize(id_, size, command.limit_ticks, command.stop_ticks)

    def _resize(
        self, id_: str, size: int, limit: int | None = None, stop: int | None = None
    ) -> None:
        working = self.orders[id_]
        if working.parent_done is not None:
            working.closing += working.size - size
        working.size = size
        lots = size * working.sign
        self.reports.append(
            OrderReplaced(client_order_id=id_, lots=lots, limit_ticks=limit, stop_ticks=stop)
        )

    def _end(self, id_: str, reason: str) -> None:
        self._left(id_, OrderCanceled(client_order_id=id_, reason=reason))

    def _left(self, id_: str, report: Message | None) -> None:
        """The order is gone; its children keep what it opened."""
        del self.orders[id_]
        if report is not None:
            self.reports.append(report)
        for child, working in list(self.orders.items()):
            if working.order.parent == id_ and child in self.orders:
                kept = working.room + working.done
                working.parent_done = None
                if kept == working.done:
                    self._end(child, "parent_ended")
                elif kept < working.size:
                    self._resize(child, kept)

    def split(self, times: int) -> None:
        """So many lots stand for each one; nothing is reported."""
        for each in self.orders.values():
            each.size, each.done, each.closing = (
                each.size * times,
                each.done * times,
                each.closing * times,
            )
            if each.parent_done is not None:
                each.parent_done *= times
            each.limit = each.limit and each.limit // times
            each.stop = each.stop and each.stop // times

    def lose(self, id_: str) -> None:
        """Somebody else cancels the order, or the venue does of itself."""
        self._end(id_, "lost")

    def fill(self, id_: str, lots: int, ticks: int) -> None:
        """Up to so many lots of the order are filled."""
        working = self.orders[id_]
        lots = min(lots, working.room)
        if lots <= 0:
            return
        working.done += lots
        self.trades += 1
        self.reports.append(
            OrderFilled(
                client_order_id=id_,
                trade_id=str(self.trades),
                last_lots=lots * working.sign,
                last_ticks=ticks,
            )
        )
        self._reduce(id_, working, lots)
        for other in self.orders.values():
            if other.order.parent == id_:
                other.parent_done = working.done
        if working.done == working.size:
            self._left(id_, None)

    def _reduce(self, id_: str, working: Working, lots: int) -> None:
        for other, member in list(self.orders.items()):
            if other != id_ and member.order.group and member.order.group == working.order.group:
                if member.size - lots <= member.done:
                    self._end(other, "group")
                else:
                    self._resize(other, member.size - lots)

    def covered(self, instrument: str, order_type: OrderType, side: int) -> int:
        """Lots of a position of this side that protective orders of a type may close now."""
        return sum(
            each.room
            for each in self.orders.values()
            if each.order.order_type is order_type
            and each.order.instrument == instrument
            and each.sign == -side
            and each.order.reduce_only
        )
