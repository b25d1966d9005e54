"""The mechanics of orders: made, moved, taken back; and what the venue may not say."""

import pytest

from tests.logic.dealt import ID, dealing
from trader.logic.dealing import Wish, contradiction, unknown, why_ended
from trader.logic.desk import Desk, Guard, Order
from trader.model.account import DifferenceFound
from trader.model.orders import (
    CancelOrder,
    CancelRequested,
    OrderAccepted,
    OrderCanceled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    OrderRole,
    OrderStatus,
    OrderType,
    TargetDropped,
    TimeInForce,
)

GTC = TimeInForce.GTC
S = OrderStatus


def test_a_plain_order_is_made_at_the_market() -> None:
    dealer, desk, _ = dealing()
    wish = Wish(lots=-4, role=OrderRole.TARGET, ref_ticks=100, reason="down")

    made = dealer.make("one", desk, wish, 77)

    assert made.client_order_id == "main-one-3-2"
    assert (made.order_type, made.limit_ticks, made.stop_ticks) == (OrderType.MARKET, None, None)
    assert (made.lots, made.ts_decided, made.parent, made.group) == (-4, 77, "", "")
    assert (made.time_in_force, made.reduce_only, made.reason) == (GTC, False, "down")
    assert desk.working == [ID, "main-one-3-2"]
    assert dealer.state.orders["main-one-3-2"] == Order(
        strategy="one", lots=-4, role=OrderRole.TARGET, reason="down"
    )


def test_an_order_is_made_with_all_terms_it_was_wished_with() -> None:
    dealer, desk, _ = dealing()
    guard = Guard(OrderType.STOP, -10, 90, 100, "stop")
    wish = Wish(
        lots=10,
        role=OrderRole.EXPLICIT,
        ref_ticks=100,
        order_type=OrderType.STOP_LIMIT,
        limit_ticks=95,
        stop_ticks=94,
        time_in_force=TimeInForce.DAY,
        reduce_only=True,
        group="g",
        parent="p",
        guards=(guard,),
    )

    made = dealer.make("one", desk, wish, 77)

    assert (made.order_type, made.limit_ticks, made.stop_ticks) == (OrderType.STOP_LIMIT, 95, 94)
    assert (made.time_in_force, made.reduce_only) == (TimeInForce.DAY, True)
    assert (made.group, made.parent) == ("g", "p")
    order = dealer.state.orders[made.client_order_id]
    assert (order.group, order.parent, order.guards) == ("g", "p", (guard,))
    assert (order.limit_ticks, order.stop_ticks) == (95, 94)


def test_an_event_moves_the_order_and_goes_on_with_what_the_venue_does_not_know() -> None:
    dealer, _, order = dealing(status=S.APPROVED)

    [passed] = dealer.advance(OrderAccepted(client_order_id=ID), order)

    assert passed == OrderAccepted(
        client_order_id=ID, strategy="one", instrument="A.v", status=S.ACCEPTED
    )
    assert order.status is S.ACCEPTED
    assert order.arrived


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
        (S.PENDING_CANCEL, False, []),
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


def test_a_target_that_is_dropped_is_nothing_and_told() -> None:
    dealer, desk, _ = dealing()
    desk.target = 5

    assert dealer.drop("one", desk) == TargetDropped(strategy="one", instrument="A.v")
    assert desk.target == 0


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


def test_what_is_for_the_day_ends_with_it() -> None:
    dealer, desk, _ = dealing()
    wish = Wish(lots=1, role=OrderRole.EXPLICIT, ref_ticks=100, time_in_force=TimeInForce.DAY)
    dealer.make("one", desk, wish, 1)
    dealer.state.orders["main-one-3-2"].status = S.ACCEPTED

    assert dealer.end_day(["two"]) == []
    [requested, cancel] = dealer.end_day(["one"])
    assert isinstance(requested, CancelRequested)
    assert isinstance(cancel, CancelOrder)
    assert (cancel.client_order_id, cancel.reason) == ("main-one-3-2", "session_closed")
    assert dealer.end_day(["one"]) == []


# -- counts --------------------------------------------------------------------------------------


def test_the_account_holds_what_its_strategies_hold_together() -> None:
    dealer, desk, _ = dealing()
    for name, lots in (("two", -3), ("three", 5)):
        dealer.state.desks[name] = Desk(instrument=desk.instrument, position=lots)
    dealer.state.desks["other"] = Desk(instrument="other.v", position=7)
    desk.position = 10

    assert dealer.held() == {desk.instrument: 12, "other.v": 7}


def test_a_target_that_is_given_up_is_none_for_everybody() -> None:
    dealer, desk, _ = dealing()
    desk.target = 5

    assert dealer.drop("one", desk) == TargetDropped(strategy="one", instrument="A.v")
    assert desk.target == 0


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (OrderRejected(client_order_id=ID, code="no"), "no"),
        (OrderCanceled(client_order_id=ID, reason="taken"), "taken"),
        (OrderExpired(client_order_id=ID, reason="day"), "day"),
        (OrderAccepted(client_order_id=ID), ""),
    ],
)
def test_an_order_ends_for_a_code_or_a_reason(event: OrderEvent, why: str) -> None:
    assert why_ended(event) == why


def test_orders_that_ended_before_the_last_session_are_forgotten() -> None:
    """Of those whose session it was; what still works stays in any case."""
    dealer, _, ended = dealing(status=S.FILLED)
    orders = dealer.state.orders
    working = orders["w"] = Order(strategy="one", lots=1, role=OrderRole.TARGET)
    other = orders["o"] = Order(strategy="two", lots=1, role=OrderRole.TARGET, status=S.FILLED)

    dealer.forget(["one"])
    assert dealer.state.orders == {ID: ended, "w": working, "o": other}
    assert (ended.aged, working.aged, other.aged) == (True, False, False)
    dealer.forget(["one"])
    assert dealer.state.orders == {"w": working, "o": other}
