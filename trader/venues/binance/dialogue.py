"""The whole conversation with Binance: subscribe, place each order once, ask until it is proven.

Nothing leaves before the venue has agreed to tell what happens to the account. An order whose
request ends without an answer is in doubt and is asked about; it is never placed again. One that
did not leave at all, for want of a connection, by the end of its epoch, or because the venue has no
words for it, certainly does not exist and is told as rejected.
"""

from collections.abc import Callable, Iterable, Sequence
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
from trader.model.units import INT64_MAX, Nanoseconds
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
from trader.venues.binance.signing import Keys, SigningKey
from trader.venues.execution_client import Reply, Turn
from trader.venues.once import Once

_TEXT_MAX: Final = 200
_ENDS: Final = frozenset({"eventStreamTerminated", "serverShutdown"})
KINDS: Final = _ENDS | {
    "executionReport",
    "outboundAccountPosition",
    "balanceUpdate",
    "externalLockUpdate",
    "listStatus",
}
"""The kinds of events that are known; others are passed over and counted together."""


class BinanceDialogue:
    """One account's conversation, over any number of connections."""

    def __init__(
        self, keys: Keys, grids: Sequence[Grid], patience: Patience, *, has_rest: bool = False
    ) -> None:
        """With `has_rest` somebody makes calls for it, so that it has a second way."""
        self.ready = False
        self.heard: Final[dict[str, int]] = {}
        """How many events of each kind have come, of kinds that nobody here knows as well."""
        self._can_log_on: Final = isinstance(keys, SigningKey)
        self._patience = patience
        self._by_instrument = {grid.instrument: grid for grid in grids}
        self._by_symbol = {grid.symbol: grid for grid in grids}
        self._line = Correspondence(keys, patience.answer_within_ns, has_rest=has_rest)
        self._inquiries = Inquiries(self._line, patience, self._cancel)
        self._holdings = Holdings(self._line, tuple(grids), patience.ask_again_ns)
        self._once = Once(0)
        self._compare_at: Nanoseconds = 0
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
        compare = self._compare_at if self.ready else INT64_MAX
        return min(self._line.due, self._inquiries.due, compare, *holdings)

    def greet(self, epoch: int, now: Nanoseconds) -> Turn:
        """Compares the clocks, then subscribes; `ready` once the venue has confirmed it."""
        self._once = Once(epoch)
        self._line.is_connected = True
        return self._compare(now, self._log_on if self._can_log_on else self._subscribe)

    def perform(self, messages: Iterable[Message], now: Nanoseconds) -> Turn:
        """Effects left the core. What cannot be asked now is asked for anew after a `greet`."""
        turn = Turn()
        for message in messages:
            turn += self._perform(message, now)
        return turn

    def _perform(self, message: Message, now: Nanoseconds) -> Turn:
        if isinstance(message, OrderApproved):
            return self._place(message.order, now)
        if isinstance(message, CancelOrder) and self._line.can_ask:
            grid = self._by_instrument[message.instrument]
            return self._cancel(message.client_order_id, grid, now)
        if not self.ready:
            return Turn()
        if isinstance(message, ReplaceOrder):
            rejected = ReplaceRejected(
                client_order_id=message.client_order_id, code="unsupported", ts_event=now
            )
            return Turn(messages=[rejected])
        if isinstance(message, QueryOrder):
            grid = self._by_instrument[message.instrument]
            return self._inquiries.start(message.client_order_id, grid, now)
        if isinstance(message, QueryAccount):
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

    def returned(self, id_: str, reply: Reply | None, now: Nanoseconds) -> Turn:
        """A call has ended; without a reply nobody knows what came of it."""
        return self._settled(self._line.returned(id_, reply, now), now)

    def tick(self, now: Nanoseconds) -> Turn:
        """Time passed: deadlines, and questions to repeat."""
        turn = self._line.tick(now) + self._inquiries.tick(now)
        if self.ready and self._compare_at <= now:
            turn += self._compare(now, lambda _: Turn())
        return self._settled(turn, now)

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

    def _compare(self, now: Nanoseconds, then: Callable[[Nanoseconds], Turn]) -> Turn:
        self._compare_at = now + self._patience.compare_every_ns
        return self._line.compare_clocks(now, then)

    def _log_on(self, now: Nanoseconds) -> Turn:
        def logged_on(_: Raw, at: Nanoseconds) -> Turn:
            self._line.has_logged_on = True
            return self._ask_for_stream(requests.subscribe(), at)

        return self._line.ask(
            Question(
                request=requests.logon(),
                answered=logged_on,
                refused=_not_let_in,
                unknown=_left_alone,
            ),
            now,
        )

    def _subscribe(self, now: Nanoseconds) -> Turn:
        return self._ask_for_stream(requests.subscribe_signed(), now)

    def _ask_for_stream(self, request: requests.Request, now: Nanoseconds) -> Turn:
        def subscribed(_: Raw, at: Nanoseconds) -> Turn:
            del at
            self.ready = True
            return Turn()

        question = Question(
            request=request, answered=subscribed, refused=_not_let_in, unknown=_left_alone
        )
        return self._line.ask(question, now)

    def _on_event(self, raw: Raw, now: Nanoseconds) -> Turn:
        kind = body(raw, Event).kind
        known = kind if kind in KINDS else "unknown"
        self.heard[known] = self.heard.get(known, 0) + 1
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
        if not self._once.passes(id_) or not self.ready or not self._line.may_place(now):
            text = f"the venue refuses our keys: {self._line.barred}" if self._line.barred else ""
            return _kept(id_, "not_sent", text[:_TEXT_MAX] or "it was not sent", now)
        grid = self._by_instrument.get(order.instrument)
        if grid is None:
            return _kept(id_, "unsupported", f"instrument {order.instrument}", now)
        unsupported = requests.unsupported(order)
        if unsupported:
            return _kept(id_, "unsupported", unsupported, now)
        self._unheard_of[id_] = True
        return self._line.ask(
            Question(
                request=requests.place(order, grid, self._patience.valid_ms),
                answered=lambda raw, at: self._placed(id_, grid, raw, at, now),
                refused=lambda error, at: self._rejected(id_, error, at),
                unknown=lambda at: self._doubt(id_, grid, at, now),
                acts=True,
                once=True,
                sent=(OrderSubmitted(client_order_id=id_, ts_event=now),),
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
                request=requests.cancel(id_, grid),
                answered=lambda raw, _: _canceled(id_, raw),
                refused=lambda _, at: self._inquiries.start(id_, grid, at, Cancel.REFUSED),
                unknown=lambda at: self._inquiries.start(id_, grid, at, Cancel.UNKNOWN),
                acts=True,
                urgent=True,
            ),
            now,
        )


def _not_let_in(error: ErrorBody, now: Nanoseconds) -> Turn:
    del now
    raise VenueFault(f"the venue refuses to report: {error.text[:_TEXT_MAX]} ({error.code})")


def _left_alone(now: Nanoseconds) -> Turn:
    del now
    raise VenueFault("the venue does not answer")


def _kept(id_: str, code: str, text: str, now: Nanoseconds) -> Turn:
    """An order that did not leave, and why."""
    rejected = OrderRejected(client_order_id=id_, code=code, text=text, ts_event=now)
    return Turn(messages=[rejected])


def _canceled(id_: str, raw: Raw) -> Turn:
    ts = instant(body(raw, Canceled).ts_ms)
    return Turn(messages=reports.ended(id_, "CANCELED", "", ts))
