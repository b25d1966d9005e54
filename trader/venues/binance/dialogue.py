"""The whole conversation with Binance: subscribe, place each order once, ask until it is proven.

Nothing leaves before the venue has agreed to tell what happens to the account. What becomes of the
orders is the business of `trading`; here stands what comes first on each connection, who is told
what, and when the account is asked about.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

from msgspec import Raw

from trader.errors import VenueFault
from trader.model.account import QueryAccount
from trader.model.envelope import Message
from trader.model.orders import (
    CancelOrder,
    OrderApproved,
    QueryOrder,
    ReplaceOrder,
    SubmitOrder,
)
from trader.model.units import Nanoseconds
from trader.venues.binance import reports, requests
from trader.venues.binance.budget import Budget
from trader.venues.binance.correspondence import Correspondence, Question
from trader.venues.binance.foreign import Foreign, of_execution
from trader.venues.binance.frames import ErrorBody, Event, Execution, body, read_frame
from trader.venues.binance.grid import Grid
from trader.venues.binance.holdings import Holdings
from trader.venues.binance.inquiry import Patience
from trader.venues.binance.placing import TEXT_MAX, kept
from trader.venues.binance.rule_book import RuleBook, breaks_rules
from trader.venues.binance.signing import Keys, SigningKey
from trader.venues.binance.trading import Trading
from trader.venues.execution_client import Reply, Turn
from trader.venues.once import Once

Command = TypeVar("Command", CancelOrder, ReplaceOrder)

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

    def __init__(  # noqa: PLR0913 - what the daemon lends it
        self,
        keys: Keys,
        grids: Sequence[Grid],
        patience: Patience,
        *,
        account: str = "",
        has_rest: bool = False,
        budget: Budget | None = None,
        reads_rules: bool = False,
    ) -> None:
        """With `has_rest` somebody makes calls for it, so that it has a second way.

        All who ask from one address share one `budget`. Orders that are not called as those of
        `account` are foreign; without it none is. Whoever `reads_rules` is told what the venue
        takes of each instrument before it is told what the account holds.
        """
        self.ready = False
        self.heard: Final[dict[str, int]] = {}
        """How many events of each kind have come, of kinds that nobody here knows as well."""
        self._can_log_on: Final = isinstance(keys, SigningKey)
        self._patience = patience
        self._by_instrument = {grid.instrument: grid for grid in grids}
        self._by_symbol = {grid.symbol: grid for grid in grids}
        self._line = Correspondence(
            keys, patience.answer_within_ns, has_rest=has_rest, budget=budget
        )
        self._foreign = Foreign(account)
        self._trading = Trading(self._line, grids, patience, self._foreign)
        self._holdings = Holdings(self._line, tuple(grids), patience.ask_again_ns, self._foreign)
        self._rules = RuleBook(
            self._line, tuple(grids), patience.read_rules_every_ns if reads_rules else None
        )
        self._once = Once(0)
        self._compare_at: Nanoseconds = 0

    @property
    def busy(self) -> bool:
        """Whether what became of some order is still to be told."""
        return self._line.acts or not self._trading.is_settled

    @property
    def due(self) -> Nanoseconds:
        """When `tick` has something to do, at the latest."""
        holdings = (self._holdings.due,) if self._can_survey else ()
        later = (self._compare_at, self._rules.due) if self.ready else ()
        return min(self._line.due, self._trading.due, *later, *holdings)

    @property
    def _can_survey(self) -> bool:
        """Whether the account may be asked about: no order could change it, the rules are known."""
        return self._trading.is_settled and self._rules.is_known

    def know(self, instrument: str, trade_id: str) -> None:
        """Fills of an instrument up to this one are known from a life before this one."""
        if trade_id.isdecimal():
            grid = self._by_instrument[instrument]
            self._trading.history.know(grid.symbol, int(trade_id))

    def know_clock_off(self) -> None:
        """The core has been told in a life before this one that our clock is not to be trusted."""
        self._line.core_trusts_clock = False

    @property
    def clock_skew_ns(self) -> Nanoseconds:
        """By how much our clock is ahead of the venue's, at its likeliest."""
        return -self._line.clock.offset_ns

    def greet(self, epoch: int, now: Nanoseconds) -> Turn:
        """Compares the clocks, then subscribes; `ready` once the venue has confirmed it."""
        self._once = Once(epoch)
        self._line.is_connected = True
        return self._compare(now, self._log_on if self._can_log_on else self._subscribe)

    def perform(self, messages: Iterable[Message], now: Nanoseconds) -> Turn:
        """Effects left the core. What cannot be asked now is asked for anew after a `greet`."""
        by_kind: dict[type, list[Any]] = {}
        for message in messages:
            by_kind.setdefault(type(message), []).append(message)
        turn = Turn()
        orders = [each.order for each in by_kind.get(OrderApproved, ())]
        new = {order.client_order_id for order in orders}
        # Cancels free what the orders may need; but nothing can be canceled before it is placed.
        cancels = by_kind.get(CancelOrder, [])
        turn += self._cancel([each for each in cancels if each.client_order_id not in new], now)
        turn += self._submit(orders, now)
        turn += self._cancel([each for each in cancels if each.client_order_id in new], now)
        if not self.ready:
            return turn
        if ReplaceOrder in by_kind:
            turn += self._trading.replace(self._with_grids(by_kind[ReplaceOrder]), now)
        for query in by_kind.get(QueryOrder, ()):
            grid = self._by_instrument[query.instrument]
            turn += self._trading.ask(query.client_order_id, grid, now)
        for account in by_kind.get(QueryAccount, ()):
            self._holdings.want(account.request_id)
        return self._settled(turn, now)

    def _cancel(self, cancels: list[CancelOrder], now: Nanoseconds) -> Turn:
        if not cancels or not self._line.can_ask:
            return Turn()
        return self._trading.cancel(self._with_grids(cancels), now)

    def _with_grids(self, commands: list[Command]) -> list[tuple[Command, Grid]]:
        return [(each, self._by_instrument[each.instrument]) for each in commands]

    def _submit(self, orders: list[SubmitOrder], now: Nanoseconds) -> Turn:
        """Orders leave once, in their epoch, and only while we hear what becomes of them."""
        turn, good = Turn(), []
        for order in orders:
            id_, grid = order.client_order_id, self._by_instrument.get(order.instrument)
            if not self._once.passes(id_) or not self.ready or not self._line.may_place(now):
                barred = self._line.barred
                text = f"the venue refuses our keys: {barred}" if barred else "it was not sent"
                turn += kept(id_, "not_sent", text[:TEXT_MAX], now)
            elif grid is None:
                turn += kept(id_, "unsupported", f"instrument {order.instrument}", now)
            else:
                good.append((order, grid))
        return turn + self._trading.submit(good, now) if good else turn

    def hear(self, frame: bytes, now: Nanoseconds) -> Turn:
        """A frame arrived; raises VenueFault if it makes no sense or ends the stream."""
        self._line.note_life(now)
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
        turn = self._line.tick(now) + self._trading.tick(now)
        if self.ready and self._compare_at <= now:
            turn += self._compare(now, lambda _: Turn())
        if self.ready:
            turn += self._rules.tick(now)
        return self._settled(turn, now)

    def lose(self, now: Nanoseconds) -> Turn:
        """The connection broke: whatever acted on orders is in doubt, the rest is void."""
        self.ready = False
        turn = self._line.forget(now)
        self._trading.forget()
        self._holdings.forget()
        self._rules.forget()
        return Turn(messages=turn.messages)

    def _settled(self, turn: Turn, now: Nanoseconds) -> Turn:
        """Does what had to wait; asks about the account once no order is in doubt any more."""
        turn += self._trading.follow_up(now)
        if any(map(breaks_rules, turn.messages)):
            self._rules.want(now)
        return turn + self._holdings.tick(now) if self._can_survey else turn

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
            self.ready = True
            self._rules.want(at)
            return self._trading.history.catch_up(at) + self._rules.tick(at)

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
        if kind == "balanceUpdate":
            return self._trading.busts.look(now)
        if kind != "executionReport":
            return Turn()
        report = body(raw, Execution)
        grid = self._by_symbol.get(report.symbol)
        name = reports.name_of(report)
        if self._foreign.is_foreign(name):
            found = of_execution(report, name, grid)
            if grid is not None and found.trade_id.isdecimal():
                self._trading.history.hear(grid.symbol, report.trade_id)
            return Turn(messages=[found])
        if grid is None:
            return Turn(messages=[reports.foreign(report)])
        return self._trading.hear(report, grid, now)


def _not_let_in(error: ErrorBody, now: Nanoseconds) -> Turn:
    del now
    raise VenueFault(f"the venue refuses to report: {error.text[:TEXT_MAX]} ({error.code})")


def _left_alone(now: Nanoseconds) -> Turn:
    del now
    raise VenueFault("the venue does not answer")
