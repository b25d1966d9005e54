"""The mechanics of orders: made, moved, lowered, taken back; and what the venue may not say."""

from typing import Final

import pytest

from trader.logic.dealing import Dealing, Orders, Wish, contradiction, unknown
from trader.logic.desk import Desk, Order, Stop
from trader.model.account import DifferenceFound
from trader.model.orders import (
    CancelOrder,
    CancelRequested,
    OrderAccepted,
    OrderCanceled,
    OrderFilled,
    OrderRole,
    OrderStatus,
    OrderType,
    ReplaceOrder,
    ReplaceRequested,
    SubmitOrder,
)

S = OrderStatus
ID: Final = "main-one-3-1"


def dealing(**given: object) -> tuple[Dealing, Desk, Order]:
    """A dealer in its third life, with one desk and one order of ten lots on it."""
    desk = Desk(instrument="A.v", count=1, working=[ID])
    order = Order(strategy="one", lots=10, role=OrderRole.TARGET)
    for name, value in given.items():
        setattr(order, name, value)
    return Dealing(Orders(orders={ID: order}, desks={"one": desk}, epoch=3), "main"), desk, order


@pytest.mark.parametrize(
    ("limit", "stop", "kind"),
    [(None, None, OrderType.MARKET), (95, None, OrderType.LIMIT), (None, 90, OrderType.STOP)],
)
def test_an_order_is_made_as_it_was_wished(
    limit: int | None, stop: int | None, kind: OrderType
) -> None:
    dealer, desk, _ = dealing()
    wish = Wish(lots=-4, role=OrderRole.EXPLICIT, ref_ticks=100, limit_ticks=limit, stop_ticks=stop)

    made = dealer.make("one", desk, wish, 77)

    assert made.client_order_id == "main-one-3-2"
    assert (made.order_type, made.limit_ticks, made.stop_ticks) == (kind, limit, stop)
    assert (made.lots, made.ts_decided, made.parent) == (-4, 77, "")
    assert desk.working == [ID, "main-one-3-2"]
    assert dealer.state.orders["main-one-3-2"].status is S.INITIALIZED


def test_an_entry_gets_its_stops_once() -> None:
    dealer, desk, order = dealing(stops=(Stop(-10, 90, 100), Stop(-10, 80, 100)))

    first = dealer.protect(ID, order, 5)

    assert [m.stop_ticks for m in first if isinstance(m, SubmitOrder)] == [90, 80]
    assert all(isinstance(m, SubmitOrder) and m.parent == ID for m in first)
    assert dealer.protect(ID, order, 5) == []
    assert len(desk.working) == 3


def test_an_event_moves_the_order_and_goes_on_with_what_the_venue_does_not_know() -> None:
    dealer, _, order = dealing(status=S.APPROVED)

    [passed] = dealer.advance(OrderAccepted(client_order_id=ID), order)

    assert passed == OrderAccepted(
        client_order_id=ID, strategy="one", instrument="A.v", status=S.ACCEPTED
    )
    assert order.status is S.ACCEPTED


def test_an_order_that_ends_leaves_its_desk_and_its_key() -> None:
    dealer, desk, order = dealing(status=S.ACCEPTED)
    desk.keys = {"mine": ID, "other": "x"}

    dealer.advance(OrderCanceled(client_order_id=ID), order)

    assert desk.working == []
    assert desk.keys == {"other": "x"}


def test_an_order_without_a_key_ends_like_any_other() -> None:
    dealer, desk, order = dealing(status=S.ACCEPTED)

    dealer.advance(OrderCanceled(client_order_id=ID), order)

    assert (desk.working, desk.keys) == ([], {})


def test_an_order_that_was_thought_absent_works_again_when_it_fills() -> None:
    dealer, desk, order = dealing(status=S.REJECTED, lots_filled=4)
    desk.working = []
    fill = OrderFilled(client_order_id=ID, trade_id="1", last_lots=4, last_ticks=100)

    dealer.advance(fill, order)

    assert order.status is S.PARTIALLY_FILLED
    assert desk.working == [ID]


def test_a_late_fill_of_a_cancelled_order_does_not_revive_it() -> None:
    dealer, desk, order = dealing(status=S.CANCELED, lots_filled=4)
    desk.working = []
    fill = OrderFilled(client_order_id=ID, trade_id="1", last_lots=4, last_ticks=100)

    [passed] = dealer.advance(fill, order)

    assert isinstance(passed, OrderFilled)
    assert desk.working == []


def test_what_repeats_is_counted_and_what_contradicts_is_told() -> None:
    dealer, _, order = dealing(status=S.ACCEPTED)

    assert dealer.advance(OrderAccepted(client_order_id=ID), order) == []
    assert dealer.state.duplicates == 1
    order.status = S.FILLED
    assert dealer.advance(OrderCanceled(client_order_id=ID), order) == [
        DifferenceFound(kind="contradiction", key=ID, ours="FILLED", theirs="OrderCanceled")
    ]


@pytest.mark.parametrize(
    ("status", "wanted", "commands"),
    [
        (S.ACCEPTED, False, [CancelRequested, CancelOrder]),
        (S.APPROVED, False, [CancelRequested, CancelOrder]),
        (S.IN_DOUBT, False, []),
        (S.ACCEPTED, True, []),
        (S.FILLED, False, []),
    ],
)
def test_a_cancel_is_sent_once_and_only_for_what_may_live(
    status: OrderStatus, wanted: bool, commands: list[type]
) -> None:
    dealer, _, order = dealing(status=status, cancel_wanted=wanted)

    assert [type(m) for m in dealer.cancel(ID, order, "because")] == commands
    assert order.cancel_wanted is (wanted or status is not S.FILLED)


@pytest.mark.parametrize(("lots", "cut", "smaller"), [(10, 3, 7), (-10, 4, -6)])
def test_an_order_is_lowered_to_what_is_left_of_it(lots: int, cut: int, smaller: int) -> None:
    dealer, _, order = dealing(status=S.ACCEPTED, lots=lots, cut=cut)

    requested, command = dealer.lower(ID, order)

    assert isinstance(requested, ReplaceRequested)
    assert isinstance(command, ReplaceOrder)
    assert command.lots == smaller


def test_doubts_and_pending_cancels_are_counted() -> None:
    dealer, desk, order = dealing(status=S.IN_DOUBT)

    assert dealer.in_doubt() == 1
    assert not dealer.cancels_pending(desk)
    order.status, order.cancel_wanted = S.PENDING_CANCEL, True
    assert dealer.in_doubt() == 0
    assert dealer.cancels_pending(desk)
    order.role = OrderRole.PROTECTION
    assert not dealer.cancels_pending(desk)


def test_a_difference_says_both_sides() -> None:
    _, _, order = dealing(status=S.FILLED)
    event = OrderAccepted(client_order_id="x")

    assert unknown(event).ours == "nothing"
    assert contradiction(event, order).ours == "FILLED"
    assert unknown(event).theirs == contradiction(event, order).theirs == "OrderAccepted"
