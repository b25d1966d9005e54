"""What a split makes of a desk and its orders.

The venue does the same to what it has, by the same functions, and says nothing of it; only an
order that is left without lots it cancels. A change that is under way when the split comes keeps
the numbers that were sent: what the venue answers counts.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from trader.logic.desk import Change, Desk, Guard, Order, protective_ticks
from trader.logic.splits import split_lots, split_ticks
from trader.model.orders import Protection, TargetPosition
from trader.model.units import Lots, Ticks

Ratio = tuple[int, int]
"""Numerator and denominator: so many lots stand for so many of before."""


def split_desk(desk: Desk, orders: Mapping[str, Order], ratio: Ratio) -> None:
    """Target, position and what covers it, in the lots of after the split, as `orders` are."""
    desk.target = split_lots(desk.target, *ratio)
    desk.own = split_lots(desk.own, *ratio)
    desk.position = split_lots(desk.position, *ratio)
    if desk.last_ticks:
        desk.last_ticks = split_ticks(desk.last_ticks, *ratio)
    if desk.aim is not None:
        desk.aim = _target(desk.aim, ratio)
    desk.owed = {key: [_guard(each, ratio) for each in owed] for key, owed in desk.owed.items()}
    for id_, cover in desk.covers.items():
        entry = orders[id_] if id_ in desk.working else None
        cover.split(ratio, None if entry is None else (entry.lots, entry.lots_filled))


def split_order(order: Order, ratio: Ratio) -> None:
    """Sizes and prices of an order, working or ended, and what is wished of it."""
    order.lots = split_lots(order.lots, *ratio)
    order.lots_filled = split_lots(order.lots_filled, *ratio)
    order.taken = split_lots(order.taken, *ratio)
    order.due = split_lots(order.due, *ratio)
    order.limit_ticks = _price(order.limit_ticks, ratio)
    order.stop_ticks = _price(order.stop_ticks, ratio)
    order.guards = tuple([_guard(each, ratio) for each in order.guards])
    wish = order.wish
    if wish is not None:
        order.wish = Change(
            None if wish.lots is None else split_lots(wish.lots, *ratio),
            _price(wish.limit_ticks, ratio),
            _price(wish.stop_ticks, ratio),
            wish.reason,
            wish.taken,
        )


def _target(target: TargetPosition, ratio: Ratio) -> TargetPosition:
    return replace(
        target,
        lots=split_lots(target.lots, *ratio),
        ref_ticks=split_ticks(target.ref_ticks, *ratio),
        protection=tuple([_protection(target, each, ratio) for each in target.protection]),
    )


def _protection(target: TargetPosition, protection: Protection, ratio: Ratio) -> Protection:
    """The distance to the price that an order has after the split which was placed before it."""
    side = 1 if target.lots > 0 else -1
    price = split_ticks(protective_ticks(target.ref_ticks, side, protection), *ratio)
    distance = abs(split_ticks(target.ref_ticks, *ratio) - price)
    return Protection(protection.reason, distance, protection.kind)


def _guard(guard: Guard, ratio: Ratio) -> Guard:
    lots: Lots = split_lots(guard.lots, *ratio)
    ticks, ref_ticks = split_ticks(guard.ticks, *ratio), split_ticks(guard.ref_ticks, *ratio)
    return Guard(guard.order_type, lots, ticks, ref_ticks, guard.reason)


def _price(ticks: Ticks | None, ratio: Ratio) -> Ticks | None:
    return None if ticks is None else split_ticks(ticks, *ratio)
