"""Orders of one account that could trade with each other, as `tests.oracle.gate` has decided."""

from fractions import Fraction

from tests.oracle.tickets import Role, Ticket


def could_trade(ticket: Ticket, other: Ticket, close: Fraction | int | None) -> bool:
    kind, price = ticket.order.order_type, ticket.limit_ticks
    if kind == "stop" or ticket.side == other.side or not other.lots_left:
        return False
    if kind == "market" or price is None:
        is_its_own = other.order.strategy == ticket.order.strategy
        if is_its_own and other.role is Role.PROTECTIVE:
            return False  # else a strategy that takes profit could never add to its position
        return bool(other.limits_in_question) and not _waits(other, close)
    return any(ticket.side * (price - limit) >= 0 for limit in other.limits_in_question)


def _waits(ticket: Ticket, close: Fraction | int | None) -> bool:
    """A stop-limit whose stop the last close has not reached, with the limit at or beyond it.

    If the limit lies short of the stop, a stop that was reached before may have left it to rest.
    """
    stop, limit = ticket.stop_ticks, ticket.limit_ticks
    if ticket.order.order_type != "stop_limit" or stop is None or limit is None:
        return False
    is_reached = ticket.side * ((close or 0) - stop) >= 0
    return ticket.side * (limit - stop) >= 0 and not is_reached
