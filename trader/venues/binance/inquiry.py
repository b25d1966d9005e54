"""What became of an order, asked by its own id until the venue has proven it.

An order that was changed has had several names, and went on under the last; its fills are those of
all of them. "No such order" proves nothing at first: a query may be answered by a copy that lags
behind. Only when two questions, some time apart, have missed the order after `absent_after_ns`,
which is longer than it could be valid on its way, and it is not among the open ones either, has it
never arrived.

Each pause between two questions is twice the one before, up to a few times the first: many orders
in doubt at once must not use up the weight by which others can still be canceled.
"""

from collections.abc import Callable, Iterable
from enum import Enum, auto
from functools import partial
from typing import Final

from msgspec import Raw, Struct

from trader.model.envelope import Message
from trader.model.orders import CancelRejected, OrderRejected
from trader.model.units import (
    HOUR_NS,
    INT64_MAX,
    MILLISECOND_NS,
    MINUTE_NS,
    SECOND_NS,
    Nanoseconds,
)
from trader.venues.binance import reports, requests
from trader.venues.binance.correspondence import Correspondence, Question
from trader.venues.binance.frames import ErrorBody, OrderState, OwnTrade, body
from trader.venues.binance.grid import instant
from trader.venues.binance.ledger import Ticket
from trader.venues.binance.names import name_of, order_of
from trader.venues.binance.outcomes import NO_SUCH_ORDER
from trader.venues.binance.terms import terms_of_state
from trader.venues.execution_client import Turn

_FILLED: Final = "FILLED"
_GONE: Final = frozenset({"CANCELED", "EXPIRED"})
"""Where an order may have gone on under another name."""
_PAUSES_MAX: Final = 8
"""How many times the first pause the longest one is."""


class Cancel(Enum):
    """What is known of a cancel of the order that is asked about."""

    NONE = auto()
    REFUSED = auto()
    UNKNOWN = auto()


class Patience(Struct, frozen=True, kw_only=True):
    """How long to wait for an answer, before a first question is repeated, and for proof.

    And how often to compare the clocks, and to read the venue's rules.
    """

    answer_within_ns: Nanoseconds = 5 * SECOND_NS
    ask_again_ns: Nanoseconds = 500 * MILLISECOND_NS
    absent_after_ns: Nanoseconds = 10 * SECOND_NS
    compare_every_ns: Nanoseconds = MINUTE_NS
    read_rules_every_ns: Nanoseconds = HOUR_NS
    valid_ms: int = 2_000
    """How long after its decision the venue may still take an order."""

    def __post_init__(self) -> None:
        assert self.absent_after_ns > self.valid_ms * MILLISECOND_NS, self


class _Case(Struct):
    """One order under inquiry; `again` is when to ask next, after so many first `pauses`.

    It was `missed` once when it should have been there.

    `states` is what was found under each of its names, the oldest first, and `trades` their fills.
    `named` are its later names by their counts, None where nothing came of one.
    """

    ticket: Ticket
    since: Nanoseconds
    again: Nanoseconds = INT64_MAX
    pauses: int = 1
    missed: bool = False
    cancel: Cancel = Cancel.NONE
    states: list[OrderState] = []
    named: dict[int, OrderState | None] = {}
    trades: list[OwnTrade] = []


class Inquiries:
    """All orders that we ask about.

    `cancel` repeats a cancel of which nobody knows the end; `tell` passes on what was found.
    """

    def __init__(
        self,
        line: Correspondence,
        patience: Patience,
        cancel: Callable[[Ticket, Nanoseconds], Turn],
        tell: Callable[[Ticket, list[Message], Nanoseconds], Turn],
    ) -> None:
        self._line = line
        self._patience = patience
        self._cancel = cancel
        self._tell = tell
        self._cases: dict[str, _Case] = {}

    @property
    def due(self) -> Nanoseconds:
        """When to ask the next question anew."""
        return min((case.again for case in self._cases.values()), default=INT64_MAX)

    @property
    def open(self) -> bool:
        """Whether any order is still asked about."""
        return bool(self._cases)

    def is_asking(self, tickets: Iterable[Ticket]) -> bool:
        """Whether one of these orders is asked about."""
        return any(ticket.id in self._cases for ticket in tickets)

    def start(self, ticket: Ticket, now: Nanoseconds, cancel: Cancel = Cancel.NONE) -> Turn:
        """Begins to ask; a case that is open already learns at most that a cancel failed."""
        case = self._cases.get(ticket.id)
        if case is not None:
            case.cancel = case.cancel if cancel is Cancel.NONE else cancel
            return Turn()
        case = _Case(ticket, since=now, cancel=cancel)
        self._cases[ticket.id] = case
        return self._ask(case, now)

    def tick(self, now: Nanoseconds) -> Turn:
        """Asks again where it is time."""
        turn = Turn()
        for case in list(self._cases.values()):
            if case.again <= now:
                turn += self._ask(case, now)
        return turn

    def forget(self) -> None:
        """The connection is gone, and all cases with it: the next one is asked anew."""
        self._cases = {}

    def _ask(self, case: _Case, now: Nanoseconds) -> Turn:
        case.again = INT64_MAX
        case.states, case.trades = [], []
        ticket = case.ticket
        return self._put(
            case,
            requests.order_status(ticket.id, ticket.grid),
            lambda raw, at: self._found(case, raw, at),
            now,
            refused=lambda error, at: self._missed(case, error, at),
        )

    def _put(
        self,
        case: _Case,
        request: requests.Request,
        answered: Callable[[Raw, Nanoseconds], Turn],
        now: Nanoseconds,
        refused: Callable[[ErrorBody, Nanoseconds], Turn] | None = None,
    ) -> Turn:
        """Asks one of a case's questions; without an answer the case begins anew after a while."""
        return self._line.ask(
            Question(
                request=request,
                answered=answered,
                refused=refused or (lambda _, at: self._later(case, at)),
                unknown=lambda at: self._later(case, at),
            ),
            now,
        )

    def _later(self, case: _Case, now: Nanoseconds) -> Turn:
        case.again = now + case.pauses * self._patience.ask_again_ns
        if self._is_early(case, now):
            # Nothing is gained by going on longer without the proof than it takes.
            case.again = min(case.again, _since(case) + self._patience.absent_after_ns)
        case.pauses = min(2 * case.pauses, _PAUSES_MAX)
        return Turn()

    def _is_early(self, case: _Case, now: Nanoseconds) -> bool:
        return now - _since(case) < self._patience.absent_after_ns

    # -- it is there ------------------------------------------------------------------------------

    def _found(self, case: _Case, raw: Raw, now: Nanoseconds) -> Turn:
        state = body(raw, OrderState)
        case.states = [state]
        ticket = case.ticket
        if reports.is_working(state) and ticket.is_renaming and self._is_early(case, now):
            # What would place it anew may still be on its way.
            return self._later(case, now)
        goes_on = state.status in _GONE and (ticket.count or not ticket.made)
        if not goes_on:
            return self._ask_trades(case, now)
        return self._put(
            case,
            requests.orders_since(state.order_id, ticket.grid),
            lambda raw, at: self._renamed(case, raw, at),
            now,
        )

    def _renamed(self, case: _Case, raw: Raw, now: Nanoseconds) -> Turn:
        """The order may go on under names that it got later."""
        case.named = {
            count: state
            for state in body(raw, tuple[OrderState, ...])
            for id_, count in (order_of(state.client_id),)
            if id_ == case.ticket.id and count
        }
        return self._ask_names(case, now)

    def _ask_names(self, case: _Case, now: Nanoseconds) -> Turn:
        """A cancel has taken a name away: the venue finds the order by it, but does not show it."""
        ticket, count = case.ticket, _next_name(case)
        if count is None:
            later = [case.named[each] for each in sorted(case.named)]
            case.states += [state for state in later if state is not None]
            return self._ask_trades(case, now)
        return self._put(
            case,
            requests.order_status(name_of(ticket.id, count), ticket.grid),
            lambda raw, at: self._known(case, count, body(raw, OrderState), at),
            now,
            refused=lambda error, at: self._unknown(case, count, error, at),
        )

    def _known(self, case: _Case, count: int, state: OrderState | None, now: Nanoseconds) -> Turn:
        case.named[count] = state
        return self._ask_names(case, now)

    def _unknown(self, case: _Case, count: int, error: ErrorBody, now: Nanoseconds) -> Turn:
        """Nothing came of that name, unless we are too early to say so of one that we gave."""
        is_ours = count <= case.ticket.count
        if error.code != NO_SUCH_ORDER or (is_ours and self._is_early(case, now)):
            return self._later(case, now)
        return self._known(case, count, None, now)

    def _ask_trades(self, case: _Case, now: Nanoseconds) -> Turn:
        """The fills of each name, one after the other."""
        grid = case.ticket.grid
        told = {trade.order_id for trade in case.trades}
        for state in case.states:
            if state.order_id not in told and grid.lots(state.executed):
                return self._put(
                    case,
                    requests.trades(state.order_id, grid),
                    partial(self._traded, case, state),
                    now,
                )
        return self._conclude(case, now)

    def _traded(self, case: _Case, state: OrderState, raw: Raw, now: Nanoseconds) -> Turn:
        """The fills must add up to what the order has executed, or some are still on their way.

        Where they never do, one of them was taken back.
        """
        grid = case.ticket.grid
        trades = body(raw, tuple[OwnTrade, ...])
        mine = [trade for trade in trades if trade.order_id == state.order_id]
        found = sum(grid.lots(trade.size) for trade in mine)
        if found != grid.lots(state.executed) and self._is_early(case, now):
            return self._later(case, now)
        case.trades += mine
        return self._ask_trades(case, now)

    def _conclude(self, case: _Case, now: Nanoseconds) -> Turn:
        """Tells what became of the order, by its last name and the fills of all."""
        ticket, state = case.ticket, case.states[-1]
        is_news = len(case.states) > 1 or ticket.next is not None or not ticket.made
        found = reports.of_state(ticket.id, state, case.trades, ticket.grid)
        if found is None:
            return self._later(case, now)
        works, size = reports.is_working(state), ticket.lots
        learn(ticket, case.states)
        # It may have been made smaller before anybody heard of it, and whole by that.
        is_resized = ticket.lots != size
        if works and (is_news or is_resized):
            found.insert(1, reports.resized(ticket, instant(state.ts_ms)))
        elif state.status == _FILLED and is_resized:
            found.insert(0, reports.resized(ticket, instant(state.ts_ms)))
        return self._close(case, found, now, works=works)

    def _close(
        self, case: _Case, found: list[Message], now: Nanoseconds, *, works: bool = False
    ) -> Turn:
        ticket = case.ticket
        del self._cases[ticket.id]
        turn = self._tell(ticket, found, now)
        if not works or case.cancel is Cancel.NONE:
            return turn
        if case.cancel is Cancel.UNKNOWN:
            return turn + self._cancel(ticket, now)
        refused = CancelRejected(client_order_id=ticket.id, code="refused", ts_event=now)
        return turn + Turn(messages=[refused])

    # -- it is not --------------------------------------------------------------------------------

    def _missed(self, case: _Case, error: ErrorBody, now: Nanoseconds) -> Turn:
        if error.code != NO_SUCH_ORDER or self._is_early(case, now):
            return self._later(case, now)
        if not case.missed:
            case.missed, case.pauses = True, 1
            return self._later(case, now)
        return self._put(
            case,
            requests.open_orders(case.ticket.grid),
            lambda raw, at: self._absent(case, raw, at),
            now,
        )

    def _absent(self, case: _Case, raw: Raw, now: Nanoseconds) -> Turn:
        """Neither the query nor the open orders know it: the order never arrived."""
        open_orders = body(raw, tuple[OrderState, ...])
        if any(order_of(state.client_id)[0] == case.ticket.id for state in open_orders):
            return self._later(case, now)
        absent = OrderRejected(
            client_order_id=case.ticket.id,
            code="absent",
            text="the venue has never seen the order",
            ts_event=now,
        )
        return self._close(case, [absent], now)


def _since(case: _Case) -> Nanoseconds:
    """Since when nothing was sent that could make the order another one."""
    return max(case.since, case.ticket.renamed_at)


def _next_name(case: _Case) -> int | None:
    """The count of the first name of which nothing is known yet.

    Nobody here has counted the names of an order from a life before this one: they are asked for
    until one is missing.
    """
    ticket, last = case.ticket, max(case.ticket.count, *case.named, 0)
    unknown = next((each for each in range(1, last + 1) if each not in case.named), None)
    if unknown is not None:
        return unknown
    state = case.named[last] if last else case.states[0]
    is_gone = state is not None and state.status in _GONE
    return last + 1 if is_gone and not ticket.made else None


def learn(ticket: Ticket, states: list[OrderState]) -> None:
    """Keeps what was found of an order under all of its names, the last of which counts."""
    *former, last = states
    grid = ticket.grid
    ticket.heard = True
    ticket.next, ticket.untold = None, False
    ticket.list_id = last.list_id
    ticket.pends = last.status == reports.PENDING
    ticket.sized_ms = max(ticket.sized_ms, last.ts_ms)
    ticket.numbers = tuple(state.order_id for state in states)
    ticket.past = sum(grid.lots(state.executed) for state in former)
    ticket.executed = grid.lots(last.executed)
    ticket.terms = terms_of_state(last, grid)
    ticket.lots = ticket.whole
    if reports.is_working(last):
        ticket.name = last.client_id
        ticket.count = max(ticket.count, order_of(last.client_id)[1])
