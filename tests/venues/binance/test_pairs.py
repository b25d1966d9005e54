"""Stops and limits that end each other: a pair at the venue, and who joins it."""

from typing import Any

import pytest

from tests.venues.binance.counter import UNKNOWN_ORDER, Counter
from tests.venues.binance.family import (
    ENTRY,
    LIMIT,
    STOP,
    alone,
    cancel,
    entry,
    limit,
    replace,
    stop,
)
from tests.venues.binance.wire import EPOCH, NAME, kinds, order
from trader.model.envelope import Message
from trader.model.orders import (
    OrderAccepted,
    OrderCanceled,
    OrderFilled,
    OrderRejected,
    OrderReplaced,
    OrderSubmitted,
    ReplaceRejected,
    TimeInForce,
)


def about(told: list[Message], id_: str) -> list[type]:
    return [type(each) for each in told if getattr(each, "client_order_id", "") == id_]


def last(counter: Counter, method: str) -> dict[str, Any]:
    [*_, params] = [params for name, params in counter.asked if name == method]
    return params


def pair(counter: Counter) -> list[Message]:
    return counter.perform(stop(**alone()), limit(**alone()))


def test_a_stop_and_a_limit_of_a_group_are_a_pair() -> None:
    counter = Counter()
    told = pair(counter)

    assert counter.methods() == ["orderList.place.oco"]
    assert set(kinds(told)) == {OrderSubmitted, OrderAccepted}
    told = counter.fill(LIMIT, "0.01")
    assert about(told, LIMIT) == [OrderFilled]
    assert about(told, STOP) == [OrderCanceled]


@pytest.mark.parametrize(
    "orders",
    [
        [stop(**alone()), stop(client_order_id=LIMIT, **alone())],
        [stop(**alone()), limit(-500, **alone())],
        [stop(**alone()), limit(**alone()), stop(client_order_id=ENTRY, **alone())],
        [stop(**alone()), limit(time_in_force=TimeInForce.IOC, **alone())],
    ],
)
def test_any_other_group_is_refused(orders: list[Message]) -> None:
    counter = Counter()
    told = counter.perform(*orders)

    assert kinds(told) == [OrderRejected] * len(orders)
    assert {getattr(each, "text", "") for each in told} == {"group"}
    assert counter.methods() == []


def test_a_second_order_of_a_group_joins_the_first() -> None:
    counter = Counter()
    counter.perform(stop(**alone()))
    counter.methods()
    told = counter.perform(limit(**alone()))

    assert [method for method, _ in counter.asked] == ["order.cancel", "orderList.place.oco"]
    params = last(counter, "orderList.place.oco")
    assert (params["belowClientOrderId"], params["aboveClientOrderId"]) == (f"{STOP}_1", LIMIT)
    assert OrderCanceled not in kinds(told)
    assert about(told, LIMIT) == [OrderSubmitted, OrderAccepted, OrderAccepted]
    told = counter.fill(LIMIT, "0.01")
    assert about(told, STOP) == [OrderCanceled]


def test_what_fits_no_pair_does_not_join() -> None:
    counter = Counter()
    counter.perform(stop(**alone()))
    counter.methods()

    assert kinds(counter.perform(limit(-500, **alone()))) == [OrderRejected]
    pair_ = counter.perform(limit(-500, **alone()), stop(client_order_id=ENTRY, **alone()))
    assert kinds(pair_) == [OrderRejected] * 2
    assert counter.methods() == []


def test_what_cannot_be_joined_was_not_sent() -> None:
    counter = Counter()
    counter.perform(stop(**alone()))
    counter.refused["order.cancel"] = UNKNOWN_ORDER
    [told, *_] = counter.perform(limit(**alone()))

    assert isinstance(told, OrderAccepted | OrderRejected)
    assert LIMIT not in counter.orders


@pytest.mark.parametrize("size", [1, 2])
def test_one_that_takes_what_there_is_takes_the_place_of_the_others(size: int) -> None:
    """They hold what it needs."""
    counter = Counter()
    counter.perform(*[stop(**alone()), limit(**alone())][:size])
    counter.methods()
    exit_ = f"main-x-{EPOCH}-4"
    told = counter.perform(order(4, lots=-1_000, group=ENTRY))

    assert counter.methods() == ["order.cancel", "order.place"]
    assert about(told, STOP)[-1] is OrderCanceled
    assert OrderAccepted in about(told, exit_)


def test_what_a_pair_leaves_is_not_left_without_its_stop() -> None:
    """The venue ends the stop when the limit begins to fill; the rest is taken back."""
    counter = Counter()
    pair(counter)
    told = counter.fill(LIMIT, "0.004")
    assert about(told, STOP) == []

    counter.methods()
    told = counter.wait(50)
    assert counter.methods()[0] == "order.cancel"
    assert about(told, LIMIT)[0] is OrderCanceled
    assert about(told, STOP) == [OrderCanceled]


def test_a_limit_that_fills_at_once_is_not_taken_back() -> None:
    counter = Counter()
    pair(counter)
    counter.fill(LIMIT, "0.004")
    told = counter.fill(LIMIT, "0.006")

    assert about(told, STOP) == [OrderCanceled]
    counter.methods()
    counter.wait(200)
    assert "order.cancel" not in counter.methods()


def test_a_stop_that_fills_ends_its_limit_at_once() -> None:
    counter = Counter()
    pair(counter)
    told = counter.fill(STOP, "0.004", "59000")

    assert about(told, LIMIT) == [OrderCanceled]
    counter.methods()
    counter.wait(200)
    assert "order.cancel" not in counter.methods()


class Brief(Counter):
    """Answers the cancel of one of a list with that one alone."""

    def serve_cancel(self, params: dict[str, Any]) -> dict[str, Any]:
        answer = super().serve_cancel(params)
        return answer.get("orderReports", [answer])[0]  # type: ignore[no-any-return]


def placed(counter: Counter) -> list[str]:
    """The names of the orders that were placed since the last look."""
    return [
        value
        for method, params in counter.asked
        if method.startswith(("order.place", "orderList."))
        for key, value in params.items()
        if key.endswith("ClientOrderId") and key != "listClientOrderId"
    ]


def family_that_filled_unheard(kind: type[Counter]) -> Counter:
    """The entry has filled while there was no connection; its children work at the venue."""
    counter = kind()
    counter.dialogue.know(NAME, "0")
    counter.perform(entry(), stop(), limit())
    counter.holds_events = True
    counter.fill(ENTRY, "0.01")
    counter.events.clear()
    counter.holds_events = False
    return counter


def test_an_entry_that_has_filled_is_not_placed_again_with_what_it_leaves() -> None:
    """The answer to the cancel of its stop does not name it."""
    counter = family_that_filled_unheard(Counter)
    counter.unseen.add("myTrades")
    counter.break_line()
    counter.asked.clear()
    counter.unseen.clear()
    told = counter.perform(cancel(STOP))

    assert placed(counter) == [f"{LIMIT}_1"]
    assert about(told, ENTRY) == [OrderFilled]
    assert about(told, STOP) == [OrderCanceled]


def test_a_pair_of_which_one_is_asked_about_is_not_changed_before_that_is_known() -> None:
    counter = family_that_filled_unheard(Brief)
    counter.unseen.add("order.status")
    assert about(counter.break_line(), ENTRY) == [OrderFilled]
    counter.asked.clear()
    assert counter.perform(cancel(STOP), replace(LIMIT, limit_ticks=6_200_000)) == []
    assert counter.methods() == []

    counter.unseen.clear()
    told = counter.wait(200)
    assert placed(counter) == [f"{LIMIT}_1"]
    assert about(told, ENTRY) == [OrderFilled]
    assert about(told, STOP) == [OrderCanceled]


def test_what_its_pair_has_ended_does_not_wait_for_an_entry_that_filled_unheard() -> None:
    counter = family_that_filled_unheard(Counter)
    told = counter.fill(STOP, "0.01", "59000")
    counter.asked.clear()
    told += counter.perform(cancel(ENTRY), cancel(LIMIT))

    assert placed(counter) == []
    assert set(about(told, ENTRY)) == {OrderFilled}
    assert set(about(told, STOP)) == {OrderFilled}
    assert about(told, LIMIT)[0] is OrderCanceled


def test_what_fills_while_a_pair_is_changed_comes_off_both() -> None:
    """The one that has filled is placed anew first, which begins its count anew."""
    counter = Counter()
    pair(counter)
    counter.holds_events = True
    trade = counter.orders[LIMIT]
    trade["executedQty"], trade["status"] = "0.004", "PARTIALLY_FILLED"
    told = counter.perform(replace(LIMIT, limit_ticks=6_200_000))

    assert last(counter, "orderList.place.oco")["quantity"] == "0.006"
    sizes = {each.client_order_id: each.lots for each in told if isinstance(each, OrderReplaced)}
    assert sizes == {LIMIT: -1_000, STOP: -600}


def test_what_was_wanted_of_both_meanwhile_is_done_to_both_at_once() -> None:
    counter = Counter()
    pair(counter)
    counter.unseen.add("order.cancel")
    counter.perform(replace(LIMIT, limit_ticks=6_200_000))
    counter.perform(replace(STOP, lots=-500), replace(LIMIT, lots=-500))
    counter.unseen.clear()
    counter.asked.clear()
    counter.wait(600)

    assert placed(counter) == [f"{LIMIT}_1", f"{STOP}_1"]
    assert last(counter, "orderList.place.oco")["quantity"] == "0.005"


def test_the_orders_of_a_pair_do_not_get_different_sizes() -> None:
    """The venue has one size for both."""
    counter = Counter()
    pair(counter)
    counter.methods()

    [told] = counter.perform(replace(STOP, lots=-500))
    assert isinstance(told, ReplaceRejected)
    assert told.client_order_id == STOP
    assert counter.methods() == []
