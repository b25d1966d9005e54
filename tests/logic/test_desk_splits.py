"""What a split makes of a desk and its orders."""

import pytest

from trader.logic.cover import Cover
from trader.logic.desk import Change, Desk, Guard, Order
from trader.logic.desk_splits import split_desk, split_order
from trader.model.orders import OrderRole, OrderType, Protection, TargetPosition

STOP, LIMIT = OrderType.STOP, OrderType.LIMIT


def test_a_desk_stands_where_the_account_does() -> None:
    aim = TargetPosition(
        strategy="s",
        instrument="A",
        lots=15,
        ref_ticks=100,
        reason="up",
        inputs=(7,),
        protection=(Protection("stop", 15), Protection("profit", 0, LIMIT)),
    )
    desk = Desk(instrument="A", target=15, position=-9, own=3, aim=aim, last_ticks=101)
    desk.covers["e"] = Cover(side=1, lots=15, opened=9)

    split_desk(desk, {}, (7, 2))

    assert (desk.target, desk.position, desk.own, desk.last_ticks) == (52, -31, 10, 29)
    assert desk.covers["e"] == Cover(side=1, lots=31, opened=31)
    assert desk.aim is not None
    assert (desk.aim.lots, desk.aim.ref_ticks, desk.aim.inputs) == (52, 29, (7,))
    assert desk.aim.protection == (Protection("stop", 5), Protection("profit", 0, LIMIT))


def test_a_desk_that_has_done_nothing_has_no_price() -> None:
    desk = Desk(instrument="A")

    split_desk(desk, {}, (7, 1))

    assert desk == Desk(instrument="A")


@pytest.mark.parametrize(
    ("prices", "expected"),
    [((None, None), (None, None)), ((101, None), (14, None)), ((2, 700), (1, 100))],
)
def test_an_order_is_counted_in_new_lots_and_ticks(
    prices: tuple[int | None, int | None], expected: tuple[int | None, int | None]
) -> None:
    limit, stop = prices
    order = Order("s", -10, OrderRole.PROTECTION, lots_filled=-3, limit_ticks=limit)
    order.stop_ticks, order.taken, order.due = stop, 2, 1

    split_order(order, (7, 1))

    assert (order.lots, order.lots_filled, order.taken, order.due) == (-70, -21, 14, 7)
    assert (order.limit_ticks, order.stop_ticks) == expected


def test_so_is_what_it_takes_along_and_what_is_wished_of_it() -> None:
    order = Order("s", 10, OrderRole.TARGET)
    order.guards = (Guard(STOP, -10, 80, 100, "stop"),)
    order.wish = Change(15, None, 90, "x", 2)

    split_order(order, (1, 10))

    assert order.guards == (Guard(STOP, -1, 800, 1000, "stop"),)
    assert order.wish == Change(1, None, 900, "x", 2)
    order.wish = Change(None, 90)
    split_order(order, (2, 1))
    assert order.wish == Change(None, 45)
