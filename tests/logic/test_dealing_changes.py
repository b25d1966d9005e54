"""Orders that change: asked for, answered, refused, and what a group does of itself."""

import pytest

from tests.logic.dealt import ID, dealing
from trader.logic.cover import Cover
from trader.logic.desk import Change, Order
from trader.model.account import DifferenceFound
from trader.model.envelope import Message
from trader.model.orders import (
    CancelOrder,
    CancelRejected,
    OrderAccepted,
    OrderReplaced,
    OrderRole,
    OrderStatus,
    ReplaceOrder,
    ReplaceRejected,
    ReplaceRequested,
)

S = OrderStatus


def commands(messages: list[Message]) -> list[Message]:
    return [each for each in messages if isinstance(each, CancelOrder | ReplaceOrder)]


def test_a_change_is_told_and_asked_for() -> None:
    dealer, _, order = dealing(status=S.ACCEPTED, limit_ticks=95, wish=Change(7, 96))

    assert dealer.urge(ID, order) == [
        ReplaceRequested(
            client_order_id=ID,
            strategy="one",
            instrument="A.v",
            status=S.PENDING_REPLACE,
            request_id=f"{ID}-r",
        ),
        ReplaceOrder(
            client_order_id=ID,
            instrument="A.v",
            request_id=f"{ID}-r",
            lots=7,
            limit_ticks=96,
        ),
    ]
    assert (order.wish, order.asked) == (None, Change(7, 96))


@pytest.mark.parametrize(
    ("status", "asked"), [(S.APPROVED, 0), (S.PENDING_REPLACE, 0), (S.ACCEPTED, 1)]
)
def test_a_change_waits_until_the_order_works(status: OrderStatus, asked: int) -> None:
    dealer, _, order = dealing(status=status, wish=Change(7))

    assert len(commands(dealer.urge(ID, order))) == asked
    assert (order.wish is None) is bool(asked)


def test_no_wish_is_no_change() -> None:
    dealer, _, order = dealing(status=S.ACCEPTED)

    assert dealer.urge(ID, order) == []


@pytest.mark.parametrize(("status", "kept"), [(S.ACCEPTED, None), (S.PENDING_REPLACE, Change(10))])
def test_a_wish_for_what_the_order_is_ends_with_that(
    status: OrderStatus, kept: Change | None
) -> None:
    """While an answer is still to come the order may become something else."""
    dealer, _, order = dealing(status=status, wish=Change(10))

    assert dealer.urge(ID, order) == []
    assert order.wish == kept


def test_a_change_that_leaves_nothing_is_a_cancel_and_need_not_wait() -> None:
    dealer, _, order = dealing(status=S.PENDING_REPLACE, lots_filled=4, wish=Change(3))

    [command] = commands(dealer.urge(ID, order, "why"))

    assert isinstance(command, CancelOrder)
    assert command.reason == "why"


def test_a_protective_order_follows_its_cover() -> None:
    dealer, desk, order = dealing(status=S.ACCEPTED, role=OrderRole.PROTECTION, group="e")
    desk.covers["e"] = cover = Cover(side=-1, lots=6, opened=6)

    assert dealer.cover(order) is cover
    [command] = commands(dealer.urge(ID, order))
    assert isinstance(command, ReplaceOrder)
    assert command.lots == 6
    order.role = OrderRole.EXPLICIT
    assert dealer.cover(order) is None


def replaced(lots: int, **prices: int) -> OrderReplaced:
    return OrderReplaced(client_order_id=ID, lots=lots, **prices)  # type: ignore[arg-type]


def test_an_answer_brings_the_order_back_to_work_with_what_it_has_become() -> None:
    asked = Change(7, 96, reason="moved")
    dealer, _, order = dealing(
        status=S.PENDING_REPLACE, limit_ticks=95, asked=asked, lots_filled=2, reason="made"
    )

    [told] = dealer.resized(replaced(7, limit_ticks=96), order)

    assert isinstance(told, OrderReplaced)
    assert told.status is S.PARTIALLY_FILLED
    assert (order.lots, order.limit_ticks, order.asked, order.reason) == (7, 96, None, "moved")


def test_what_a_group_takes_is_no_answer() -> None:
    """It is told right after the fill that took it, so before what was asked for later."""
    dealer, _, order = dealing(status=S.PENDING_REPLACE, stop_ticks=90, asked=Change(6), due=3)

    [told] = dealer.resized(replaced(7), order)
    assert isinstance(told, OrderReplaced)
    assert (told.status, order.status) == (S.PENDING_REPLACE, S.PENDING_REPLACE)
    assert (order.lots, order.due, order.asked) == (7, 0, Change(6))
    [told] = dealer.resized(replaced(6, stop_ticks=91), order)
    assert (order.status, order.lots, order.stop_ticks) == (S.ACCEPTED, 6, 91)


def test_an_exact_answer_is_one_whatever_is_due() -> None:
    dealer, _, order = dealing(status=S.PENDING_REPLACE, asked=Change(6), due=3)

    dealer.resized(replaced(6), order)

    assert (order.status, order.asked) == (S.ACCEPTED, None)


def test_what_is_due_is_no_answer_though_it_is_what_was_asked_for() -> None:
    dealer, _, order = dealing(status=S.PENDING_REPLACE, asked=Change(7), due=3)

    dealer.resized(replaced(7), order)
    assert (order.status, order.due, order.asked) == (S.PENDING_REPLACE, 0, Change(7))
    dealer.resized(replaced(7), order)
    assert (order.status, order.asked) == (S.ACCEPTED, None)


def test_what_is_known_is_told_once() -> None:
    dealer, _, order = dealing(status=S.ACCEPTED)

    assert dealer.resized(replaced(10), order) == []
    assert len(dealer.resized(replaced(8), order)) == 1
    assert dealer.state.duplicates == 1
    assert order.lots == 8


@pytest.mark.parametrize(
    ("status", "lots", "told"),
    [
        (S.FILLED, 8, 0),
        (S.SUBMITTED, 8, DifferenceFound),
        (S.ACCEPTED, -8, DifferenceFound),
        (S.ACCEPTED, 0, DifferenceFound),
    ],
)
def test_a_size_that_cannot_be_is_no_size(status: OrderStatus, lots: int, told: type | int) -> None:
    dealer, _, order = dealing(status=status)

    answers = dealer.resized(replaced(lots), order)

    assert [type(each) for each in answers] == ([told] if told else [])
    assert order.lots == 10


@pytest.mark.parametrize(
    ("fields", "wish"),
    [
        ({"taken": 5}, Change(5)),  # three since it was asked
        ({"taken": 5, "lots_filled": 7}, Change(7)),
        ({"taken": 5, "wish": Change(4)}, Change(4)),
        ({"taken": 5, "wish": Change(None, 95)}, Change(5, 95)),  # a price is wished for as well
        ({"taken": 5, "asked": Change(15, taken=2)}, Change(8)),  # it got no more than that
        ({"taken": 5, "role": OrderRole.PROTECTION}, None),  # its cover knows better
        ({"taken": 2}, None),
        ({"taken": 5, "asked": Change(None, 95)}, None),
    ],
)
def test_what_a_group_took_while_a_size_was_asked_for_is_taken_again(
    fields: dict[str, object], wish: Change | None
) -> None:
    usual: dict[str, object] = {"status": S.PENDING_REPLACE, "asked": Change(8, taken=2)}
    dealer, _, order = dealing(**{**usual, **fields})

    dealer.resized(replaced(8), order)

    assert order.wish == wish


def test_a_short_order_loses_in_its_own_sign() -> None:
    dealer, _, order = dealing(lots=-10, status=S.PENDING_REPLACE, asked=Change(-8), taken=3)

    dealer.resized(replaced(-8), order)

    assert order.wish == Change(-5)


# -- what had to wait ----------------------------------------------------------------------------


def test_a_cancel_that_was_kept_is_sent_when_the_order_works() -> None:
    dealer, _, order = dealing(status=S.ACCEPTED, cancel_wanted=True, asked=Change(3))

    [command] = commands(dealer.resume(OrderAccepted(client_order_id=ID), order))

    assert isinstance(command, CancelOrder)
    assert order.asked is None


def test_a_cancel_that_was_refused_is_not_sent_again() -> None:
    dealer, _, order = dealing(status=S.ACCEPTED, cancel_wanted=True)

    assert dealer.resume(CancelRejected(client_order_id=ID), order) == []
    assert not order.cancel_wanted


def test_a_change_that_was_kept_is_asked_for_when_the_order_works() -> None:
    dealer, _, order = dealing(status=S.ACCEPTED, wish=Change(7), asked=Change(9))

    assert len(commands(dealer.resume(OrderAccepted(client_order_id=ID), order))) == 1
    assert order.asked == Change(7)


@pytest.mark.parametrize(("wish", "asked"), [(None, []), (Change(6), [6])])
def test_after_a_refusal_only_a_newer_change_is_asked_for(
    wish: Change | None, asked: list[int]
) -> None:
    dealer, _, order = dealing(status=S.ACCEPTED, wish=wish, asked=Change(7))

    sent = commands(dealer.resume(ReplaceRejected(client_order_id=ID, code="no"), order))

    assert [each.lots for each in sent if isinstance(each, ReplaceOrder)] == asked


@pytest.mark.parametrize(
    ("role", "wish", "kept"),
    [
        (OrderRole.PROTECTION, None, Change(None, None, 95)),
        (OrderRole.PROTECTION, Change(None, None, 96), Change(None, None, 96)),
        (OrderRole.EXPLICIT, None, None),
    ],
)
def test_a_protective_order_that_cannot_be_changed_is_canceled_and_made_anew(
    role: OrderRole, wish: Change | None, kept: Change | None
) -> None:
    asked = Change(None, None, 95)
    dealer, _, order = dealing(status=S.ACCEPTED, role=role, stop_ticks=90, wish=wish, asked=asked)

    sent = dealer.resume(ReplaceRejected(client_order_id=ID, code="unsupported"), order)

    assert len(commands(sent)) == (role is OrderRole.PROTECTION)
    assert (order.renewed, order.wish) == (role is OrderRole.PROTECTION, kept)


@pytest.mark.parametrize(
    ("lots", "fields", "due", "taken"),
    [
        (4, {}, 4, 4),
        (4, {"lots_filled": 8}, 2, 4),  # no more than it has left
        (4, {"due": 8}, 10, 4),
        (4, {"arrived": False}, 0, 0),
    ],
)
def test_what_one_of_a_group_fills_is_due_from_the_others(
    lots: int, fields: dict[str, object], due: int, taken: int
) -> None:
    dealer, desk, order = dealing(**{"group": "g", "arrived": True, **fields})
    other = Order(strategy="one", lots=10, role=OrderRole.EXPLICIT, group="g", arrived=True)
    dealer.state.orders["x"] = other
    desk.working.append("x")

    dealer.share(desk, other, lots)

    assert (order.due, order.taken) == (due, taken)
    assert (other.due, other.taken) == (0, 0)
