"""What the state of trading refuses, before and beside all other rules.

Where the rules leave a choice, this is the choice:

* Of a strategy as of the account only what is no protection counts among what is open; of a group
  the order that has most. While flattening only orders of its target count that are not being
  canceled: all others are.
* What was let through in the step in which trading was stopped is looked at again before it
  leaves, as one of the orders that are open by then. Protection leaves: it works for nothing that
  has not been opened. Only a halt holds it back.
* A change is looked at again if it makes its order larger, or moves one that protects nothing.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from tests.oracle.breakers import Trading
from tests.oracle.gate import Gate, Limits, Market
from tests.oracle.ledger import Ledger
from tests.oracle.market import Sessions
from tests.oracle.orders import Change
from tests.oracle.tickets import Role, Ticket

WAY_OUT = ("instrument_halted", "market_closed", "filter_violated")
"""Of the other rules, those that are asked while flattening."""


class StateGate(Gate):
    def __init__(
        self,
        limits: Limits,
        ledger: Ledger,
        calendars: Mapping[str, Sessions | None],
        trading: Trading,
    ) -> None:
        super().__init__(limits, ledger, calendars)
        self._trading = trading

    @property
    def is_flat(self) -> bool:
        """Nobody holds anything, and no order is open."""
        holds = any(position.lots for position in self._ledger.positions.values())
        return not holds and not any(market.working for market in self._markets.values())

    def bare(self, strategy: str, instrument: str) -> Fraction:
        """What is held beyond the room of protective stops that work, at the last price."""
        market, held = self._markets[instrument], self._ledger.lots((strategy, instrument))
        stops = (
            each.room
            for each in market.working
            if each.ticket.order.strategy == strategy
            and each.ticket.role is Role.PROTECTIVE
            and each.ticket.sent.order_type == "stop"
            and each.ticket.is_accepted
            and each.ticket.side * held < 0
        )
        lots = max(0, abs(held) - sum(stops))
        return lots * Fraction(market.close or 0) * self._ledger.units[instrument]

    def recalled(self, ticket: Ticket, change: Change | None) -> str | None:
        """Why an order or a change that was let through must not leave after all."""
        is_guard = ticket.role is Role.PROTECTIVE
        if change is not None:
            is_larger = change.size is not None and change.size > ticket.size
            is_moved = change.limit_ticks is not None or change.stop_ticks is not None
            if not is_larger and (is_guard or not is_moved):
                return None
        state = self._trading.state
        if state == "HALTED":
            return "trading_halted"
        if state == "ACTIVE" or is_guard:
            return None
        is_canceled = ticket.role is Role.OWN or ticket.is_cancel_sent
        if state == "FLATTENING" and is_canceled:
            return "reducing_only"
        return None if self._reduces(ticket, 0) else "reducing_only"

    def _refusals(self, ticket: Ticket, ts: int) -> Iterator[str]:
        state = self._trading.state
        if state == "HALTED":
            yield "trading_halted"
        elif state != "ACTIVE" and not self._reduces(ticket, ticket.lots_left):
            yield "reducing_only"
        for code in super()._refusals(ticket, ts):
            if state != "FLATTENING" or code in WAY_OUT:
                yield code

    def _reduces(self, ticket: Ticket, lots: int) -> bool:
        """Whether so many lots, with what is open on their side, only make a position smaller.

        The strategy's it must be; while reducing, of what is no protection the account's as well.
        """
        held, market = self._held(ticket), self._markets[ticket.order.instrument]
        if ticket.role is Role.PROTECTIVE:
            return _leads_to_nothing(lots, held)
        if self._trading.state == "FLATTENING":
            aimed = [each for each in market.working if _is_aimed(each.ticket, ticket)]
            return _leads_to_nothing(lots + sum(each.lots for each in aimed), held)
        own, all_ = _open(market, ticket, of_all=False), _open(market, ticket, of_all=True)
        return _leads_to_nothing(lots + own, held) and _leads_to_nothing(lots + all_, market.lots)


def _is_aimed(other: Ticket, ticket: Ticket) -> bool:
    """Whether it works for the same target, on the same side."""
    is_same = other.order.strategy == ticket.order.strategy and other.side == ticket.side
    return is_same and other.role is Role.TARGET and not other.is_cancel_sent


def _leads_to_nothing(lots: int, held: int) -> bool:
    return lots * held < 0 and abs(lots) <= abs(held)


def _open(market: Market, ticket: Ticket, *, of_all: bool) -> int:
    """What is open on the ticket's side without protection, of its strategy or of all."""
    own = Market(market.name, market.ledger)
    own.working = [
        each
        for each in market.working
        if of_all or each.ticket.order.strategy == ticket.order.strategy
    ]
    long, short = own.sides(guarded=False)
    return (long if ticket.side > 0 else short) - own.lots
