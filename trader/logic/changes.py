"""What a working order should become, and what an answer of the venue says about that."""

from trader.logic.cover import Cover
from trader.logic.desk import Change, Order
from trader.model.orders import OrderReplaced
from trader.model.units import Ticks


def lacking(order: Order, cover: Cover | None) -> Change | None:
    """What to ask for so that the order becomes what it should be; None if it is that.

    A protective order should have left what its cover has left; one without a parent, which came
    after the entry had opened something, what that has opened. Its own parent lets no order grow.
    """
    size, done = order.expected, order.done
    if size <= done:
        return None
    lots, limit, stop, reason = size, None, None, ""
    wish = order.wish
    if wish is not None:
        limit = _other(wish.limit_ticks, order.limit_ticks)
        stop = _other(wish.stop_ticks, order.stop_ticks)
        reason = wish.reason
        if wish.lots is not None:
            lots = abs(wish.lots)
    if cover is not None:
        lots = min(size, done + cover.left) if order.parent else done + cover.held
    if lots == size:
        if limit is None and stop is None:
            return None
        return Change(None, limit, stop, reason)
    return Change(lots if order.lots > 0 else -lots, limit, stop, reason, order.taken)


def _other(wanted: Ticks | None, has: Ticks | None) -> Ticks | None:
    """A price that differs from the one the order has; none for an order without such a price."""
    return None if has is None or wanted == has else wanted


def is_met(event: OrderReplaced, asked: Change) -> bool:
    """Whether the venue tells just what it was asked for."""
    if asked.lots not in {None, event.lots}:
        return False
    return (event.limit_ticks, event.stop_ticks) == (asked.limit_ticks, asked.stop_ticks)


def is_due(event: OrderReplaced, order: Order) -> bool:
    """Whether the venue tells just what a group's fill or a parent's end had to leave."""
    is_resized = event.limit_ticks is None and event.stop_ticks is None
    return is_resized and abs(event.lots) == order.expected


def is_answer(event: OrderReplaced, asked: Change, order: Order) -> bool:
    """Whether this is what became of our question, and not of its group or its parent.

    What a group's fill or a parent's end does is told right after it: before any answer. For the
    end of the parent of a strategy's own order nobody waits: it makes the order smaller, which an
    answer only does if that was asked for.
    """
    met = is_met(event, asked)
    if order.due:
        return met and not is_due(event, order)
    return met or not order.parent or abs(event.lots) >= abs(order.lots)


def repeats(event: OrderReplaced, order: Order) -> bool:
    """Whether the venue tells what is known already."""
    return (
        event.lots == order.lots
        and event.limit_ticks in {None, order.limit_ticks}
        and event.stop_ticks in {None, order.stop_ticks}
    )


def merged(newer: Change, older: Change | None) -> Change:
    """Both wishes; where they differ the newer."""
    if older is None:
        return newer
    return Change(
        older.lots if newer.lots is None else newer.lots,
        older.limit_ticks if newer.limit_ticks is None else newer.limit_ticks,
        older.stop_ticks if newer.stop_ticks is None else newer.stop_ticks,
        newer.reason or older.reason,
    )
