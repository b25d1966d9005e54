"""What became of an order, asked by its own id until the venue has proven it.

"No such order" proves nothing at first: a query may be answered by a copy that lags behind. Only
when the order is still missing after `absent_after_ns`, which is longer than the order could be
valid on its way, and is not among the open ones either, has it never arrived.
"""

from collections.abc import Callable
from enum import Enum, auto

from msgspec import Raw, Struct

from trader.model.envelope import Message
from trader.model.orders import CancelRejected, OrderRejected
from trader.model.units import INT64_MAX, MILLISECOND_NS, MINUTE_NS, SECOND_NS, Nanoseconds
from trader.venues.binance import reports, requests
from trader.venues.binance.correspondence import Correspondence, Question
from trader.venues.binance.frames import ErrorBody, OrderState, OwnTrade, body
from trader.venues.binance.grid import Grid
from trader.venues.binance.outcomes import NO_SUCH_ORDER
from trader.venues.execution_client import Turn


class Cancel(Enum):
    """What is known of a cancel of the order that is asked about."""

    NONE = auto()
    REFUSED = auto()
    UNKNOWN = auto()


class Patience(Struct, frozen=True, kw_only=True):
    """How long to wait for an answer, between two questions about one thing, and for proof.

    And how often to compare the clocks.
    """

    answer_within_ns: Nanoseconds = 5 * SECOND_NS
    ask_again_ns: Nanoseconds = 500 * MILLISECOND_NS
    absent_after_ns: Nanoseconds = 10 * SECOND_NS
    compare_every_ns: Nanoseconds = MINUTE_NS
    valid_ms: int = 2_000
    """How long after its decision the venue may still take an order."""

    def __post_init__(self) -> None:
        assert self.absent_after_ns > self.valid_ms * MILLISECOND_NS, self


class _Case(Struct):
    """One order under inquiry; `again` is when to ask next."""

    client_order_id: str
    grid: Grid
    since: Nanoseconds
    again: Nanoseconds = INT64_MAX
    cancel: Cancel = Cancel.NONE


class Inquiries:
    """All orders that we ask about; `cancel` repeats a cancel of which nobody knows the end."""

    def __init__(
        self,
        line: Correspondence,
        patience: Patience,
        cancel: Callable[[str, Grid, Nanoseconds], Turn],
    ) -> None:
        self._line = line
        self._patience = patience
        self._cancel = cancel
        self._cases: dict[str, _Case] = {}

    @property
    def due(self) -> Nanoseconds:
        """When to ask the next question anew."""
        return min((case.again for case in self._cases.values()), default=INT64_MAX)

    @property
    def open(self) -> bool:
        """Whether any order is still asked about."""
        return bool(self._cases)

    def start(
        self, client_order_id: str, grid: Grid, now: Nanoseconds, cancel: Cancel = Cancel.NONE
    ) -> Turn:
        """Begins to ask; a case that is open already learns at most that a cancel failed."""
        case = self._cases.get(client_order_id)
        if case is not None:
            case.cancel = case.cancel if cancel is Cancel.NONE else cancel
            return Turn()
        case = _Case(client_order_id, grid, since=now, cancel=cancel)
        self._cases[client_order_id] = case
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
        return self._line.ask(
            Question(
                request=requests.order_status(case.client_order_id, case.grid),
                answered=lambda raw, at: self._found(case, raw, at),
                refused=lambda error, at: self._missed(case, error, at),
                unknown=lambda at: self._later(case, at),
            ),
            now,
        )

    def _later(self, case: _Case, now: Nanoseconds) -> Turn:
        case.again = now + self._patience.ask_again_ns
        return Turn()

    def _found(self, case: _Case, raw: Raw, now: Nanoseconds) -> Turn:
        state = body(raw, OrderState)
        if not case.grid.lots(state.executed):
            return self._conclude(case, state, (), now)
        return self._line.ask(
            Question(
                request=requests.trades(state.order_id, case.grid),
                answered=lambda raw, at: self._traded(case, state, raw, at),
                refused=lambda _, at: self._later(case, at),
                unknown=lambda at: self._later(case, at),
            ),
            now,
        )

    def _traded(self, case: _Case, state: OrderState, raw: Raw, now: Nanoseconds) -> Turn:
        """The fills must add up to what the order has executed, or some are still on their way."""
        trades = body(raw, tuple[OwnTrade, ...])
        mine = [trade for trade in trades if trade.order_id == state.order_id]
        lots = sum(case.grid.lots(trade.size) for trade in mine)
        if lots != case.grid.lots(state.executed):
            return self._later(case, now)
        return self._conclude(case, state, tuple(mine), now)

    def _conclude(
        self, case: _Case, state: OrderState, trades: tuple[OwnTrade, ...], now: Nanoseconds
    ) -> Turn:
        found = reports.of_state(case.client_order_id, state, trades, case.grid)
        if found is None:
            return self._later(case, now)
        return self._close(case, found, now, works=reports.is_working(state))

    def _close(
        self, case: _Case, found: list[Message], now: Nanoseconds, *, works: bool = False
    ) -> Turn:
        del self._cases[case.client_order_id]
        if not works or case.cancel is Cancel.NONE:
            return Turn(messages=found)
        if case.cancel is Cancel.UNKNOWN:
            return Turn(messages=found) + self._cancel(case.client_order_id, case.grid, now)
        refused = CancelRejected(client_order_id=case.client_order_id, code="refused", ts_event=now)
        return Turn(messages=[*found, refused])

    def _missed(self, case: _Case, error: ErrorBody, now: Nanoseconds) -> Turn:
        is_early = now - case.since < self._patience.absent_after_ns
        if error.code != NO_SUCH_ORDER or is_early:
            return self._later(case, now)
        return self._line.ask(
            Question(
                request=requests.open_orders(case.grid),
                answered=lambda raw, at: self._absent(case, raw, at),
                refused=lambda _, at: self._later(case, at),
                unknown=lambda at: self._later(case, at),
            ),
            now,
        )

    def _absent(self, case: _Case, raw: Raw, now: Nanoseconds) -> Turn:
        """Neither the query nor the open orders know it: the order never arrived."""
        open_orders = body(raw, tuple[OrderState, ...])
        if any(state.client_id == case.client_order_id for state in open_orders):
            return self._later(case, now)
        absent = OrderRejected(
            client_order_id=case.client_order_id,
            code="absent",
            text="the venue has never seen the order",
            ts_event=now,
        )
        return self._close(case, [absent], now)
