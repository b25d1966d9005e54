"""Changes: smaller where the order stands, else canceled and placed anew, both halves examined."""

from typing import Any

import pytest

from tests.venues.binance.counter import BAD, UNKNOWN_ORDER, Counter
from tests.venues.binance.family import ENTRY as ID
from tests.venues.binance.family import (
    HIGH,
    LIMIT,
    LOW,
    MID,
    STOP,
    alone,
    cancel,
    entry,
    limit,
    replace,
    stop,
)
from tests.venues.binance.wire import EPOCH, NAME, fills, kinds, order
from trader.model.envelope import Message
from trader.model.orders import (
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    OrderReplaced,
    QueryOrder,
    ReplaceRejected,
)

SWAP = "order.cancelReplace"
AMEND = "order.amend.keepPriority"
NEXT = f"{ID}_1"


def sizes(told: list[Message]) -> list[tuple[int, int | None]]:
    return [(each.lots, each.limit_ticks) for each in told if isinstance(each, OrderReplaced)]


def working(**venue: Any) -> Counter:
    """A venue with one order at rest, to buy 0.01."""
    counter = Counter(**venue)
    counter.perform(entry())
    counter.methods()
    return counter


def last(counter: Counter, method: str) -> dict[str, Any]:
    [*_, params] = [params for name, params in counter.asked if name == method]
    return params


# -- smaller --------------------------------------------------------------------------------------


def test_an_order_is_made_smaller_where_it_stands() -> None:
    counter = working()
    counter.fill(ID, "0.002")
    told = counter.perform(replace(ID, lots=600))

    params = last(counter, AMEND)
    assert (params["newQty"], params["newClientOrderId"]) == ("0.006", ID)
    assert set(sizes(told)) == {(600, None)}
    told = counter.fill(ID, "0.004")
    assert kinds(told) == [OrderFilled]
    assert counter.orders[ID]["status"] == "FILLED"


def test_where_orders_do_not_shrink_they_are_placed_anew() -> None:
    counter = working(amends=False)
    told = counter.perform(replace(ID, lots=600))

    assert counter.methods() == [AMEND, SWAP]
    assert sizes(told) == [(600, MID)]


def test_an_order_that_is_gone_does_not_shrink() -> None:
    counter = working()
    counter.holds_events = True
    counter.fill(ID, "0.01")
    counter.refused[AMEND] = UNKNOWN_ORDER
    told = counter.perform(replace(ID, lots=600))

    expected: list[object] = [ReplaceRejected, OrderFilled]
    assert kinds(told) == expected


@pytest.mark.parametrize("unseen", [True, False])
def test_a_change_without_an_answer_is_asked_about(unseen: bool) -> None:
    counter = working()
    counter.lost.add(AMEND)
    if unseen:
        counter.unseen.add(AMEND)
    counter.holds_events = True
    counter.perform(replace(ID, lots=600))
    told = counter.wait(100)

    assert sizes(told) == [(1_000 if unseen else 600, MID)]


def test_nothing_left_is_a_cancel() -> None:
    counter = working()
    counter.fill(ID, "0.002")
    told = counter.perform(replace(ID, lots=200))

    assert counter.methods() == ["order.cancel"]
    assert OrderCanceled in kinds(told)


# -- anew -----------------------------------------------------------------------------------------


def test_another_price_is_another_order_under_a_name_of_its_own() -> None:
    counter = working()
    told = counter.perform(replace(ID, limit_ticks=HIGH))

    params = last(counter, SWAP)
    assert (params["cancelOrigClientOrderId"], params["newClientOrderId"]) == (ID, NEXT)
    assert (params["price"], params["quantity"], params["timeInForce"]) == ("61000", "0.01", "GTC")
    assert params["cancelRestrictions"] == "ONLY_NEW"
    assert OrderCanceled not in kinds(told)
    assert sizes(told) == [(1_000, HIGH)]
    told = counter.fill(NEXT, "0.01")
    assert [each.client_order_id for each in told if isinstance(each, OrderFilled)] == [ID]


def test_what_is_filled_stays_filled() -> None:
    counter = working()
    counter.fill(ID, "0.002")
    told = counter.perform(replace(ID, lots=2_000))

    assert last(counter, SWAP)["quantity"] == "0.018"
    assert "cancelRestrictions" not in last(counter, SWAP)
    assert sizes(told) == [(2_000, MID)]
    counter.perform(replace(ID, lots=500))
    assert last(counter, AMEND)["newQty"] == "0.003"
    counter.perform(replace(ID, limit_ticks=LOW))
    params = last(counter, SWAP)
    assert (params["cancelOrigClientOrderId"], params["newClientOrderId"]) == (NEXT, f"{ID}_2")
    assert params["quantity"] == "0.003"


def test_a_fill_that_crosses_stops_a_change_of_a_whole_order() -> None:
    counter = working()
    counter.holds_events = True
    counter.fill(ID, "0.002")
    told = counter.perform(replace(ID, limit_ticks=HIGH))

    expected: list[object] = [ReplaceRejected, OrderAccepted, OrderFilled]
    assert kinds(told) == expected
    assert list(counter.orders) == [ID]


def test_a_fill_that_crosses_makes_the_whole_larger_and_is_asked_for() -> None:
    counter = working()
    counter.fill(ID, "0.002")
    counter.holds_events = True
    counter.fill(ID, "0.003")
    told = counter.perform(replace(ID, lots=2_000))

    assert sizes(told)[0] == (2_300, MID)
    assert fills(told) == {("1", 200, MID), ("2", 300, MID)}


def test_a_new_half_that_is_refused_leaves_nothing() -> None:
    counter = working()
    counter.refused["half"] = BAD
    told = counter.perform(replace(ID, limit_ticks=HIGH))

    assert [(type(each), getattr(each, "reason", "")) for each in told] == [
        (OrderCanceled, "replace_failed")
    ]


def test_a_new_half_that_is_refused_after_a_fill_is_asked_about() -> None:
    counter = working()
    counter.fill(ID, "0.002")
    counter.holds_events = True
    counter.fill(ID, "0.003")
    counter.refused["half"] = BAD
    told = counter.perform(replace(ID, lots=2_000))
    told += counter.wait(500)

    assert fills(told) == {("1", 200, MID), ("2", 300, MID)}
    assert OrderCanceled in kinds(told)


def test_a_new_half_that_came_without_the_first_is_asked_about() -> None:
    counter = working()
    data = {"cancelResult": "FAILURE", "newOrderResult": "SUCCESS"}
    counter.refused[SWAP] = {"code": -2021, "msg": "", "data": data}
    counter.perform(replace(ID, limit_ticks=HIGH))

    assert counter.methods() == [SWAP, "order.status"]


def test_halves_that_say_nothing_are_asked_about() -> None:
    counter = working()
    counter.refused[SWAP] = {"code": -2022, "msg": "Order cancel-replace failed."}
    told = counter.perform(replace(ID, limit_ticks=HIGH)) + counter.wait(500)

    assert sizes(told) == [(1_000, MID)]


def test_a_change_that_is_refused_leaves_the_order() -> None:
    counter = working()
    counter.refused[SWAP] = {"code": -1013, "msg": "Filter failure: PRICE_FILTER"}
    told = counter.perform(replace(ID, limit_ticks=HIGH))

    expected: list[object] = [ReplaceRejected, OrderAccepted]
    assert kinds(told) == expected
    assert OrderCanceled in kinds(counter.perform(cancel(ID)))


@pytest.mark.parametrize("unseen", [True, False])
def test_a_change_of_which_nobody_knows_is_looked_for(unseen: bool) -> None:
    """The order went on under its new name, or stands where it stood."""
    counter = working()
    counter.fill(ID, "0.002")
    counter.holds_events = True
    counter.lost.add(SWAP)
    if unseen:
        counter.unseen.add(SWAP)
    counter.perform(replace(ID, limit_ticks=HIGH))
    told = counter.wait(500)

    assert sizes(told) == [(1_000, MID if unseen else HIGH)]
    assert fills(told) == {("1", 200, MID)}
    counter.unseen.clear()
    counter.lost.clear()
    counter.holds_events = False
    counter.methods()
    counter.perform(cancel(ID))
    assert last(counter, "order.cancel")["origClientOrderId"] == (ID if unseen else NEXT)


def test_a_new_order_that_has_not_shown_yet_is_waited_for() -> None:
    """Of the two halves only the first is seen at first: the order is not given up for that."""
    counter = working()
    counter.lost.add(SWAP)
    counter.perform(replace(ID, limit_ticks=HIGH))
    hidden = counter.orders.pop(NEXT)
    told = counter.wait(150)
    assert OrderCanceled not in kinds(told)

    counter.orders[NEXT] = hidden
    assert sizes(counter.wait(100)) == [(1_000, HIGH)]


def test_a_new_order_that_never_shows_leaves_nothing() -> None:
    counter = working()
    counter.lost.add(SWAP)
    counter.perform(replace(ID, limit_ticks=HIGH))
    counter.orders.pop(NEXT)

    assert OrderCanceled in kinds(counter.wait(1_000))


def test_an_order_that_went_on_is_found_after_a_new_start() -> None:
    """Nothing is remembered: the order is asked for by its id, and found under its last name."""
    counter = working()
    counter.fill(ID, "0.002")
    counter.perform(replace(ID, limit_ticks=HIGH))
    counter.fill(NEXT, "0.003")
    anew = Counter()
    anew.orders.update(counter.orders)
    anew.trades.extend(counter.trades)

    told = anew.perform(QueryOrder(client_order_id=ID, instrument=NAME))
    assert sizes(told) == [(1_000, HIGH)]
    assert fills(told) == {("1", 200, MID), ("2", 300, MID)}
    anew.perform(replace(ID, limit_ticks=LOW))
    assert last(anew, SWAP)["newClientOrderId"] == f"{ID}_2"


def test_a_cancel_during_a_change_is_meant_for_what_comes_of_it() -> None:
    counter = working()
    counter.lost.add(SWAP)
    counter.perform(replace(ID, limit_ticks=HIGH))
    assert counter.perform(cancel(ID)) == []
    told = counter.wait(200)

    assert last(counter, "order.cancel")["origClientOrderId"] == NEXT
    assert OrderCanceled in kinds(told)


def test_an_order_whose_name_cannot_grow_is_not_changed() -> None:
    counter = Counter()
    long = f"main-{'x' * 24}-{EPOCH}-123"
    counter.perform(order(client_order_id=long, limit=MID))
    [told] = counter.perform(replace(long, limit_ticks=HIGH))

    assert len(long) == 35
    assert isinstance(told, ReplaceRejected)
    assert told.code == "unsupported"


# -- pairs ----------------------------------------------------------------------------------------


def paired() -> Counter:
    counter = Counter()
    counter.perform(stop(**alone()), limit(**alone()))
    counter.methods()
    return counter


def test_a_pair_is_changed_as_one() -> None:
    counter = paired()
    told = counter.perform(
        replace(STOP, lots=-600, stop_ticks=LOW + 100), replace(LIMIT, lots=-600)
    )

    params = last(counter, "orderList.place.oco")
    assert [method for method, _ in counter.asked] == ["order.cancel", "orderList.place.oco"]
    assert (params["quantity"], params["belowStopPrice"]) == ("0.006", "59001")
    assert (params["belowClientOrderId"], params["aboveClientOrderId"]) == (
        f"{STOP}_1",
        f"{LIMIT}_1",
    )
    assert OrderCanceled not in kinds(told)
    assert sizes(told) == [(-600, None), (-600, HIGH)]


def test_a_stop_that_trails_takes_its_limit_along() -> None:
    counter = paired()
    told = counter.perform(replace(STOP, stop_ticks=LOW + 100))

    assert last(counter, "orderList.place.oco")["abovePrice"] == "61000"
    assert [each.client_order_id for each in told if isinstance(each, OrderReplaced)] == [STOP]


def test_one_of_a_pair_is_taken_back_and_the_other_one_stays() -> None:
    counter = paired()
    told = counter.perform(cancel(LIMIT))

    params = last(counter, "order.place")
    assert (params["newClientOrderId"], params["type"]) == (f"{STOP}_1", "STOP_LOSS")
    gone = [each.client_order_id for each in told if isinstance(each, OrderCanceled)]
    assert gone == [LIMIT]
    assert sizes(told) == []


def test_a_pair_that_is_gone_is_asked_about() -> None:
    counter = paired()
    counter.holds_events = True
    counter.fill(STOP, "0.01", "59000")
    told = counter.perform(replace(STOP, stop_ticks=LOW + 100))

    assert kinds(told)[0] is ReplaceRejected
    assert fills(told) == {("1", -1_000, LOW)}
    assert OrderCanceled in kinds(told) or OrderExpired in kinds(told)


def test_a_pair_of_which_nobody_knows_is_asked_about() -> None:
    """What is wanted meanwhile of its other half comes after that."""
    counter = paired()
    counter.lost.add("order.cancel")
    counter.unseen.add("order.cancel")
    counter.perform(replace(STOP, stop_ticks=LOW + 100), cancel(LIMIT))
    counter.unseen.clear()
    counter.lost.clear()
    told = counter.wait(200)

    gone = {each.client_order_id for each in told if isinstance(each, OrderCanceled)}
    assert gone == {LIMIT}
    stops = [each for each in told if isinstance(each, OrderReplaced) if each.stop_ticks]
    assert stops[-1].stop_ticks == LOW + 100
    assert counter.orders[f"{STOP}_2"]["status"] == "NEW"


def test_a_pair_that_cannot_be_placed_anew_is_rejected() -> None:
    counter = paired()
    counter.refused["orderList.place.oco"] = BAD
    told = counter.perform(replace(STOP, stop_ticks=LOW + 100))

    assert kinds(told).count(OrderRejected) == 2


def test_what_fills_while_a_pair_is_changed_comes_off_both() -> None:
    counter = paired()
    counter.holds_events = True
    order_ = counter.orders[LIMIT]
    order_["executedQty"] = "0.002"
    counter.perform(replace(STOP, stop_ticks=LOW + 100))

    assert last(counter, "orderList.place.oco")["quantity"] == "0.008"
