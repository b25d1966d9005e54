"""The whole conversation with Binance: subscribe, place each order once, ask until it is proven.

Nothing leaves before the venue has agreed to tell what happens to the account. An order whose
request ends without an answer is in doubt and is asked about; it is never placed again. One that
did not leave at all, for want of a connection, by the end of its epoch, or because the venue has no
words for it, certainly does not exist and is told as rejected.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Raw

from trader.errors import VenueFault
from trader.model.account import QueryAccount
from trader.model.envelope import Message
from trader.model.orders import (
    CancelOrder,
    OrderApproved,
    OrderInDoubt,
    OrderRejected,
    OrderSubmitted,
    QueryOrder,
    ReplaceOrder,
    ReplaceRejected,
    SubmitOrder,
)
from trader.model.units import Nanoseconds
from trader.venues.binance import reports, requests
from trader.venues.binance.correspondence import Correspondence, Question
from trader.venues.binance.frames import (
    Canceled,
    ErrorBody,
    Event,
    Execution,
    Placed,
    body,
    read_frame,
)
from trader.venues.binance.grid import Grid, instant
from trader.venues.binance.holdings import Holdings
from trader.venues.binance.inquiry import Cancel, Inquiries, Patience
from trader.venues.binance.signing import KeyPair
from trader.venues.dialogue import Turn
from trader.venues.once import Once

_TEXT_MAX: Final = 200
_ENDS: Final = frozenset({"eventStreamTerminated", "serverShutdown"})


class BinanceDialogue:
    """One account's conversation, over any number of connections."""

    def __init__(self, keys: KeyPair, grids: Sequence[Grid], patience: Patience) -> None:
        self.ready = False
        self._patience = patience
        self._by_instrument = {grid.instrument: grid for grid in grids}
        self._by_symbol = {grid.symbol: grid for grid in grids}
        self._line = Correspondence(keys, patience.answer_within_ns)
        self._inquiries = Inquiries(self._line, patience, self._cancel)
        self._holdings = Holdings(self._line, tuple(grids), patience.ask_again_ns)
        self._once = Once(0)
        self._unheard_of: dict[str, bool] = {}

    @property
    def busy(self) -> bool:
        """Whether what became of some order is still to be told."""
        return self._line.acts or self._inquiries.open

    @property
    def due(self) -> Nanoseconds:
        """When `tick` has something to do, at the latest."""
        waits = self._inquiries.open
        holdings = () if waits else (self._holdings.due,)
        return min(self._line.due, self._inquiries.due, *holdings)

    def greet(self, epoch: int, now: Nanoseconds) -> Turn:
        """Subscribes; `ready` once the venue has confirmed it."""
        self._once = Once(epoch)
        return self._line.ask(
            Question(
                make=requests.subscribe,
                answered=self._subscribed,
                refused=self._not_subscribed,
                unknown=self._never_subscribed,
            ),
            now,
        )

    def perform(self, message: Message, now: Nanoseconds) -> Turn:
        """An effect left the core. What cannot be asked now is asked for anew after a `greet`."""
        if isinstance(message, OrderApproved):
            return self._place(message.order, now)
        if not self.ready:
            return Turn()
        if isinstance(message, CancelOrder):
            grid = self._by_instrument[message.instrument]
            return self._cancel(message.client_order_id, grid, now)
        if isinstance(message, ReplaceOrder):
            rejected = ReplaceRejected(
                client_order_id=message.client_order_id, code="unsupported", ts_event=now
            )
            return Turn(messages=[rejected])
        if isinstance(message, QueryOrder):
            grid = self._by_instrument[message.instrument]
            return self._inquiries.start(message.client_order_id, grid, now)
        assert isinstance(message, QueryAccount), message
        self._holdings.want(message.request_id)
        return self._settled(Turn(), now)

    def hear(self, frame: bytes, now: Nanoseconds) -> Turn:
        """A frame arrived; raises VenueFault if it makes no sense or ends the stream."""
        read = read_frame(frame)
        if read.is_event:
            return self._settled(self._on_event(read.event, now), now)
        if not read.status:
            raise VenueFault("a frame is neither answer nor event", where=repr(frame[:80]))
        return self._settled(self._line.hear(read, now), now)

    def tick(self, now: Nanoseconds) -> Turn:
        """Time passed: deadlines, and questions to repeat."""
        return self._settled(self._line.tick(now) + self._inquiries.tick(now), now)

    def lose(self, now: Nanoseconds) -> Turn:
        """The connection broke: whatever acted on orders is in doubt, the rest is void."""
        self.ready = False
        turn = self._line.forget(now)
        self._unheard_of = {}
        self._inquiries.forget()
        self._holdings.forget()
        return Turn(messages=turn.messages)

    def _settled(self, turn: Turn, now: Nanoseconds) -> Turn:
        """Asks about the account as soon as no order is in doubt any more."""
        return turn if self._inquiries.open else turn + self._holdings.tick(now)

    # -- the stream -------------------------------------------------------------------------------

    def _subscribed(self, raw: Raw, now: Nanoseconds) -> Turn:
        del raw, now
        self.ready = True
        return Turn()

    def _not_subscribed(self, error: ErrorBody, now: Nanoseconds) -> Turn:
        del now
        raise VenueFault(f"the venue refuses to report: {error.text[:_TEXT_MAX]} ({error.code})")

    def _never_subscribed(self, now: Nanoseconds) -> Turn:
        del now
        raise VenueFault("the venue does not answer")

    def _on_event(self, raw: Raw, now: Nanoseconds) -> Turn:
        kind = body(raw, Event).kind
        if kind in _ENDS:
            raise VenueFault(f"the venue ends the stream: {kind}")
        if kind != "executionReport":
            return Turn()
        report = body(raw, Execution)
        # Whatever it says, the venue has the order: its missing answer is no doubt any more.
        self._unheard_of.pop(report.original_id or report.client_id, None)
        grid = self._by_symbol.get(report.symbol)
        if grid is None:
            return Turn(messages=[reports.foreign(report)])
        found = reports.of_execution(report, grid)
        if found is None:
            return self._inquiries.start(report.original_id or report.client_id, grid, now)
        return Turn(messages=found)

    # -- orders -----------------------------------------------------------------------------------

    def _place(self, order: SubmitOrder, now: Nanoseconds) -> Turn:
        id_ = order.client_order_id
        if not self._once.passes(id_) or not self.ready or self._line.is_silent(now):
            return _kept(id_, "not_sent", "it was not sent", now)
        grid = self._by_instrument.get(order.instrument)
        if grid is None:
            return _kept(id_, "unsupported", f"instrument {order.instrument}", now)
        unsupported = requests.unsupported(order)
        if unsupported:
            return _kept(id_, "unsupported", unsupported, now)
        self._unheard_of[id_] = True
        return self._line.ask(
            Question(
                make=lambda _: requests.place(order, grid, self._patience.valid_ms),
                answered=lambda raw, at: self._placed(id_, grid, raw, at, now),
                refused=lambda error, at: self._rejected(id_, error, at),
                unknown=lambda at: self._doubt(id_, grid, at, now),
                acts=True,
                sent=OrderSubmitted(client_order_id=id_, ts_event=now),
            ),
            now,
        )

    def _placed(self, id_: str, grid: Grid, raw: Raw, now: Nanoseconds, asked: Nanoseconds) -> Turn:
        placed = body(raw, Placed)
        if placed.client_id != id_:
            return self._doubt(id_, grid, now, asked)
        self._unheard_of.pop(id_, None)
        return Turn(messages=reports.of_placed(placed, grid))

    def _rejected(self, id_: str, error: ErrorBody, now: Nanoseconds) -> Turn:
        self._unheard_of.pop(id_, None)
        text = error.text[:_TEXT_MAX]
        rejected = OrderRejected(client_order_id=id_, code=str(error.code), text=text, ts_event=now)
        return Turn(messages=[rejected])

    def _doubt(self, id_: str, grid: Grid, now: Nanoseconds, asked: Nanoseconds) -> Turn:
        """Asks about the order; a doubt is told only where nothing was heard of it at all."""
        inquiry = self._inquiries.start(id_, grid, now)
        if self._unheard_of.pop(id_, None) is None:
            return inquiry
        doubt = OrderInDoubt(client_order_id=id_, waited_ns=now - asked, ts_event=now)
        return Turn(messages=[doubt]) + inquiry

    def _cancel(self, id_: str, grid: Grid, now: Nanoseconds) -> Turn:
        return self._line.ask(
            Question(
                make=lambda at: requests.cancel(id_, grid, at),
                answered=lambda raw, _: _canceled(id_, raw),
                refused=lambda _, at: self._inquiries.start(id_, grid, at, Cancel.REFUSED),
                unknown=lambda at: self._inquiries.start(id_, grid, at, Cancel.UNKNOWN),
                acts=True,
                urgent=True,
            ),
            now,
        )


def _kept(id_: str, code: str, text: str, now: Nanoseconds) -> Turn:
    """An order that did not leave, and why."""
    rejected = OrderRejected(client_order_id=id_, code=code, text=text, ts_event=now)
    return Turn(messages=[rejected])


def _canceled(id_: str, raw: Raw) -> Turn:
    ts = instant(body(raw, Canceled).ts_ms)
    return Turn(messages=reports.ended(id_, "CANCELED", "", ts))
