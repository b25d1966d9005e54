"""What works for a strategy, and what protects it."""

import pytest

from trader.logic.desk import Desk, Order, protection_side, target_open
from trader.model.orders import OrderRole, OrderStatus

TARGET, PROTECTION, EXPLICIT = OrderRole.TARGET, OrderRole.PROTECTION, OrderRole.EXPLICIT


def desk_of(orders: dict[str, Order]) -> Desk:
    return Desk(instrument="X.v", working=list(orders))


@pytest.mark.parametrize(
    ("lots", "filled", "left"), [(10, 0, 10), (10, 4, 6), (-10, -4, -6), (-10, -10, 0)]
)
def test_what_is_left_keeps_the_orders_sign(lots: int, filled: int, left: int) -> None:
    assert Order(strategy="s", lots=lots, role=TARGET, lots_filled=filled).left == left


@pytest.mark.parametrize(
    ("order", "kept"),
    [
        (Order("s", -10, PROTECTION), 10),
        (Order("s", -10, PROTECTION, lots_filled=-4), 6),
        (Order("s", -10, PROTECTION, lots_filled=-4, cut=2), 4),  # asked to be smaller
        (Order("s", 10, PROTECTION, lots_filled=4, cut=2), 4),
        (Order("s", -10, PROTECTION, cut=2, cancel_wanted=True), 0),
    ],
)
def test_what_is_kept_is_what_our_wishes_leave(order: Order, kept: int) -> None:
    assert order.kept == kept


@pytest.mark.parametrize(
    ("orders", "total"),
    [
        ({}, 0),
        ({"a": Order("s", 10, TARGET)}, 10),
        ({"a": Order("s", 10, TARGET, lots_filled=4), "b": Order("s", -3, TARGET)}, 3),
        ({"a": Order("s", 10, PROTECTION), "b": Order("s", 10, EXPLICIT)}, 0),  # not of targets
        ({"a": Order("s", 10, TARGET, cancel_wanted=True), "b": Order("s", 5, TARGET)}, 5),
    ],
)
def test_open_lots_are_those_of_orders_made_from_targets(
    orders: dict[str, Order], total: int
) -> None:
    assert target_open(desk_of(orders), orders) == total


def test_only_working_orders_are_looked_at() -> None:
    orders = {
        "a": Order("s", 10, TARGET, status=OrderStatus.CANCELED),
        "b": Order("s", -10, PROTECTION, status=OrderStatus.FILLED),
        "c": Order("s", 2, TARGET),
    }
    desk = Desk(instrument="X.v", working=["c"])

    assert target_open(desk, orders) == 2
    assert list(protection_side(desk, orders, 10)) == []


@pytest.mark.parametrize(("position", "ids"), [(10, ["old", "new"]), (-10, ["short"]), (0, [])])
def test_protection_is_what_would_close_the_position(position: int, ids: list[str]) -> None:
    """Oldest first; an entry or an order of the strategy's own is none, on either side."""
    orders = {
        "entry": Order("s", -5, TARGET),
        "old": Order("s", -5, PROTECTION),
        "short": Order("s", 5, PROTECTION),
        "own": Order("s", -5, EXPLICIT),
        "new": Order("s", -6, PROTECTION),
    }

    assert list(protection_side(desk_of(orders), orders, position)) == ids


def test_protection_may_end_while_it_is_gone_through() -> None:
    """The manager takes each off the desk as it cancels it."""
    orders = {name: Order("s", -1, PROTECTION) for name in "abc"}
    desk = desk_of(orders)
    seen = []
    for id_ in protection_side(desk, orders, 3):
        desk.working.remove(id_)
        seen.append(id_)

    assert seen == ["a", "b", "c"]


def test_a_desk_starts_with_nothing() -> None:
    desk = Desk(instrument="X.v")

    assert (desk.target, desk.position, desk.count, desk.waiting) == (0, 0, 0, None)
    assert Order("s", 5, TARGET).kept == 5


def test_no_two_orders_and_no_two_desks_share_their_lists() -> None:
    first, second = Order("s", 1, TARGET), Order("s", 1, TARGET)
    one, two = Desk(instrument="X.v"), Desk(instrument="X.v")
    first.trades.append("t")
    one.working.append("a")
    one.keys["k"] = "a"

    assert (second.trades, two.working, two.keys) == ([], [], {})
