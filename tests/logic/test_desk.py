"""What works for a strategy, and what protects it."""

import pytest

from trader.logic.cover import Cover
from trader.logic.desk import Desk, Guard, Order, members, target_open
from trader.model.orders import OrderRole, OrderStatus, OrderType

TARGET, PROTECTION, EXPLICIT = OrderRole.TARGET, OrderRole.PROTECTION, OrderRole.EXPLICIT


def desk_of(orders: dict[str, Order]) -> Desk:
    return Desk(instrument="X.v", working=list(orders))


@pytest.mark.parametrize(
    ("lots", "filled", "left"), [(10, 0, 10), (10, 4, 6), (-10, -4, -6), (-10, -10, 0)]
)
def test_what_is_left_keeps_the_orders_sign(lots: int, filled: int, left: int) -> None:
    assert Order(strategy="s", lots=lots, role=TARGET, lots_filled=filled).left == left


@pytest.mark.parametrize(
    ("order", "protects"),
    [
        (Order("s", -10, PROTECTION), True),
        (Order("s", -10, PROTECTION, cancel_wanted=True), False),
        (Order("s", -10, PROTECTION, cancel_wanted=True, renewed=True), True),
        (Order("s", -10, EXPLICIT), False),
        (Order("s", -10, TARGET, renewed=True), False),
    ],
)
def test_an_order_protects_until_it_is_wanted_back(order: Order, *, protects: bool) -> None:
    assert order.protects is protects


@pytest.mark.parametrize(
    ("order", "done", "expected"),
    [
        (Order("s", -10, PROTECTION), 0, 10),
        (Order("s", -10, PROTECTION, lots_filled=-4), 4, 10),
        (Order("s", 10, PROTECTION, lots_filled=4, due=3), 4, 7),
        (Order("s", -10, PROTECTION, due=10), 0, 0),
    ],
)
def test_an_order_is_expected_to_be_what_the_venue_will_tell(
    order: Order, done: int, expected: int
) -> None:
    assert (order.done, order.expected) == (done, expected)


def test_a_stop_has_a_price_that_triggers_it() -> None:
    assert Order("s", 1, PROTECTION, stop_ticks=90).is_stop
    assert not Order("s", 1, PROTECTION, limit_ticks=90).is_stop


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
    assert [id_ for id_, _ in members(desk, orders, "")] == ["c"]


def test_a_group_is_what_works_under_its_name() -> None:
    """Oldest first."""
    orders = {
        "old": Order("s", -5, PROTECTION, group="g"),
        "other": Order("s", -5, PROTECTION, group="h"),
        "new": Order("s", -6, PROTECTION, group="g"),
        "ended": Order("s", -6, PROTECTION, group="g"),
    }
    desk = Desk(instrument="X.v", working=["old", "other", "new"])

    assert list(members(desk, orders, "g")) == [("old", orders["old"]), ("new", orders["new"])]


def test_a_group_may_end_while_it_is_gone_through() -> None:
    """The manager takes each off the desk as it cancels it."""
    orders = {name: Order("s", -1, PROTECTION, group="g") for name in "abc"}
    desk = desk_of(orders)
    seen = []
    for id_, _ in members(desk, orders, "g"):
        desk.working.remove(id_)
        seen.append(id_)

    assert seen == ["a", "b", "c"]


def test_a_desk_starts_with_nothing() -> None:
    desk = Desk(instrument="X.v")

    assert (desk.target, desk.position, desk.count, desk.aim, desk.waits) == (0, 0, 0, None, False)
    assert Order("s", 5, TARGET).expected == 5


def test_no_two_orders_and_no_two_desks_share_their_lists() -> None:
    first, second = Order("s", 1, TARGET), Order("s", 1, TARGET)
    one, two = Desk(instrument="X.v"), Desk(instrument="X.v")
    first.trades.append("t")
    one.working.append("a")
    one.keys["k"] = "a"
    one.covers["a"] = Cover(side=1, lots=1)

    assert (second.trades, two.working, two.keys, two.covers) == ([], [], {}, {})


def test_a_halt_owes_the_orders_that_have_a_price() -> None:
    desk = Desk("A", last_ticks=100)
    stop = Order("one", -10, OrderRole.PROTECTION, reason="stop", group="g", stop_ticks=90)
    stop.order_type = OrderType.STOP
    limit = Order("one", -10, OrderRole.PROTECTION, reason="limit", group="g", limit_ticks=110)
    limit.order_type = OrderType.LIMIT

    for order in (stop, limit, Order("one", -10, OrderRole.PROTECTION, group="g")):
        desk.owe(order)

    assert desk.owed == {
        "g": [
            Guard(OrderType.STOP, -10, 90, 100, "stop"),
            Guard(OrderType.LIMIT, -10, 110, 100, "limit"),
        ]
    }
