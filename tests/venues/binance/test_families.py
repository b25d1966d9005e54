"""Entries and what protects them: lists at the venue, and children that wait for a fill."""

from typing import Any

import pytest

from tests.venues.binance.counter import BAD, Counter
from tests.venues.binance.family import (
    ENTRY,
    HIGH,
    LIMIT,
    LOW,
    STOP,
    cancel,
    entry,
    limit,
    replace,
    stop,
)
from tests.venues.binance.wire import NAME, fills, kinds, order
from trader.model.envelope import Message
from trader.model.orders import (
    CancelRejected,
    OrderAccepted,
    OrderCanceled,
    OrderFilled,
    OrderInDoubt,
    OrderRejected,
    OrderReplaced,
    OrderSubmitted,
    OrderType,
    QueryOrder,
    ReplaceRejected,
    TimeInForce,
)

MARKET: dict[str, Any] = {"limit": None}


def about(told: list[Message], id_: str) -> list[type]:
    return [type(each) for each in told if getattr(each, "client_order_id", "") == id_]


def last(counter: Counter, method: str) -> dict[str, Any]:
    [*_, params] = [params for name, params in counter.asked if name == method]
    return params


# -- kinds of orders ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"limit": HIGH, "time_in_force": TimeInForce.GTX}, "LIMIT_MAKER 61000 - -"),
        ({"limit": HIGH, "time_in_force": TimeInForce.DAY}, "LIMIT 61000 - GTC"),
        ({"limit": HIGH, "time_in_force": TimeInForce.IOC}, "LIMIT 61000 - IOC"),
        ({"limit": HIGH, "time_in_force": TimeInForce.FOK}, "LIMIT 61000 - FOK"),
        ({"time_in_force": TimeInForce.DAY}, "MARKET - - -"),
        ({"order_type": OrderType.STOP, "stop_ticks": LOW}, "STOP_LOSS - 59000 -"),
        (
            {"order_type": OrderType.STOP_LIMIT, "stop_ticks": LOW, "limit_ticks": HIGH},
            "STOP_LOSS_LIMIT 61000 59000 GTC",
        ),
        (
            {
                "order_type": OrderType.STOP_LIMIT,
                "stop_ticks": LOW,
                "limit_ticks": HIGH,
                "time_in_force": TimeInForce.FOK,
            },
            "STOP_LOSS_LIMIT 61000 59000 FOK",
        ),
    ],
)
def test_an_order_is_asked_for_in_the_venues_words(changes: dict[str, Any], expected: str) -> None:
    counter = Counter()
    counter.perform(order(**changes))

    params = last(counter, "order.place")
    words = [str(params.get(key, "-")) for key in ("type", "price", "stopPrice", "timeInForce")]
    assert " ".join(words) == expected


# -- entries that rest ----------------------------------------------------------------------------


def test_an_entry_that_rests_takes_its_protection_along() -> None:
    counter = Counter()
    told = counter.perform(entry(), stop(), limit())

    params = last(counter, "orderList.place.otoco")
    assert params["workingType"] == "LIMIT"
    assert (params["workingClientOrderId"], params["workingQuantity"]) == (ENTRY, "0.01")
    assert (params["pendingSide"], params["pendingQuantity"]) == ("SELL", "0.01")
    assert (params["pendingAboveType"], params["pendingAbovePrice"]) == ("LIMIT_MAKER", "61000")
    assert (params["pendingBelowType"], params["pendingBelowStopPrice"]) == ("STOP_LOSS", "59000")
    assert params["pendingAboveClientOrderId"] == LIMIT
    assert params["pendingBelowClientOrderId"] == STOP
    assert "pendingAboveTimeInForce" not in params
    for id_ in (ENTRY, STOP, LIMIT):
        assert about(told, id_)[0] is OrderSubmitted
        assert set(about(told, id_)) == {OrderSubmitted, OrderAccepted}


def test_one_child_goes_along_too() -> None:
    counter = Counter()
    counter.perform(entry(), stop())

    params = last(counter, "orderList.place.oto")
    assert (params["pendingType"], params["pendingStopPrice"]) == ("STOP_LOSS", "59000")
    assert (params["pendingClientOrderId"], params["pendingSide"]) == (STOP, "SELL")


def test_a_short_entry_has_its_stop_above() -> None:
    counter = Counter()
    counter.perform(entry(lots=-1_000), stop(1_000, stop_ticks=HIGH), limit(1_000, limit_ticks=LOW))

    params = last(counter, "orderList.place.otoco")
    assert (params["pendingAboveType"], params["pendingBelowType"]) == ("STOP_LOSS", "LIMIT_MAKER")


def test_children_of_a_list_live_when_the_entry_has_filled() -> None:
    counter = Counter()
    counter.perform(entry(), stop(), limit())
    told = counter.fill(ENTRY, "0.01")

    assert about(told, ENTRY) == [OrderFilled]
    assert set(about(told, STOP)) == {OrderAccepted}
    assert "order.place" not in counter.methods()
    # They are a pair now, and can be canceled together.
    told = counter.perform(cancel(STOP), cancel(LIMIT))
    assert counter.methods() == ["order.cancel"]
    assert {OrderCanceled} == set(about(told, STOP)) == set(about(told, LIMIT))


@pytest.mark.parametrize("how", ["venue", "core"])
def test_an_entry_that_ends_half_filled_leaves_protection_for_that_half(how: str) -> None:
    """The venue ends its children with it; they are placed anew, under names never used."""
    counter = Counter()
    counter.perform(entry(), stop(), limit())
    counter.fill(ENTRY, "0.004")
    counter.methods()
    told = counter.perform(cancel(ENTRY)) if how == "core" else counter.end(ENTRY, "EXPIRED")

    params = last(counter, "orderList.place.oco")
    assert (params["quantity"], params["belowClientOrderId"]) == ("0.004", f"{STOP}_1")
    assert OrderCanceled not in about(told, STOP)
    [resized] = [
        each for each in told if isinstance(each, OrderReplaced) and each.client_order_id == STOP
    ]
    assert (resized.lots, resized.stop_ticks) == (-400, LOW)
    told = counter.fill(f"{STOP}_1", "0.004")
    assert fills(told) == {("2", -400, 6_000_000)}
    assert OrderCanceled in about(told, LIMIT)


def test_an_entry_that_ends_unfilled_ends_its_children() -> None:
    counter = Counter()
    counter.perform(entry(), stop(), limit())
    told = counter.end(ENTRY, "CANCELED")

    assert about(told, ENTRY) == [OrderCanceled]
    assert about(told, STOP) == about(told, LIMIT) == [OrderCanceled]


def test_a_family_that_is_canceled_whole_is_canceled_once_and_not_placed_anew() -> None:
    counter = Counter()
    counter.perform(entry(), stop(), limit())
    counter.fill(ENTRY, "0.004")
    counter.methods()
    told = counter.perform(cancel(ENTRY), cancel(STOP), cancel(LIMIT))

    assert counter.methods() == ["order.cancel"]
    assert all(OrderCanceled in about(told, id_) for id_ in (ENTRY, STOP, LIMIT))


def later(*, is_restarted: bool, is_asked: bool = True) -> Counter:
    """A family at rest, after the line has broken or the daemon was started again."""
    counter = Counter()
    counter.perform(entry(), stop(), limit())
    if is_restarted:
        anew = Counter()
        anew.orders.update(counter.orders)
        counter = anew
    counter.break_line()
    if is_asked:
        ids = (STOP, ENTRY, LIMIT)
        counter.perform(*[QueryOrder(client_order_id=id_, instrument=NAME) for id_ in ids])
    counter.methods()
    return counter


@pytest.mark.parametrize("is_asked", [True, False])
@pytest.mark.parametrize("is_restarted", [True, False])
def test_what_protects_an_entry_of_before_ends_with_it(is_restarted: bool, is_asked: bool) -> None:
    counter = later(is_restarted=is_restarted, is_asked=is_asked)
    told = counter.perform(cancel(ENTRY)) + counter.wait(200)

    assert OrderCanceled in about(told, ENTRY)
    assert not any(method.startswith("order") and "place" in method for method in counter.methods())
    assert [each["status"] for each in counter.orders.values()] == ["CANCELED"] * 3


@pytest.mark.parametrize("is_asked", [True, False])
def test_so_it_does_if_one_of_both_is_canceled_first(is_asked: bool) -> None:
    counter = later(is_restarted=False, is_asked=is_asked)
    counter.perform(cancel(STOP), cancel(ENTRY))
    counter.wait(200)

    assert counter.methods()[0] == "order.cancel"
    assert len(counter.orders) == 3


@pytest.mark.parametrize("is_restarted", [True, False])
def test_an_entry_of_before_that_ends_half_filled_leaves_protection_for_that_half(
    is_restarted: bool,
) -> None:
    counter = later(is_restarted=is_restarted)
    counter.fill(ENTRY, "0.004")
    counter.perform(cancel(ENTRY))

    pair = last(counter, "orderList.place.oco")
    assert (pair["quantity"], pair["belowClientOrderId"]) == ("0.004", f"{STOP}_1")


def test_children_of_before_live_when_the_entry_has_filled() -> None:
    counter = later(is_restarted=True)
    counter.fill(ENTRY, "0.01")
    told = counter.perform(cancel(LIMIT))

    assert about(told, LIMIT) == [OrderCanceled]
    assert last(counter, "order.place")["newClientOrderId"] == f"{STOP}_1"


def test_a_child_that_waits_at_the_venue_can_neither_change_nor_go_alone() -> None:
    counter = Counter()
    counter.perform(entry(), stop(), limit())

    assert kinds(counter.perform(cancel(STOP))) == [CancelRejected]
    assert kinds(counter.perform(replace(STOP, stop_ticks=LOW + 1))) == [ReplaceRejected]
    assert counter.methods()[1:] == []


def test_a_list_that_is_refused_rejects_all_of_it() -> None:
    counter = Counter()
    counter.refused["orderList.place.otoco"] = BAD
    told = counter.perform(entry(), stop(), limit())

    assert kinds(told) == [OrderSubmitted] * 3 + [OrderRejected] * 3
    assert getattr(told[3], "client_order_id", "") == ENTRY


def test_a_list_without_an_answer_is_a_doubt_about_all_of_it() -> None:
    counter = Counter()
    counter.lost.add("orderList.place.otoco")
    counter.unseen.add("orderList.place.otoco")
    counter.perform(entry(), stop(), limit())
    told = counter.wait(100)

    assert kinds(told) == [OrderInDoubt] * 3
    assert counter.methods().count("orderList.place.otoco") == 1
    assert kinds(counter.wait(1_000)) == [OrderRejected] * 3


# -- entries that do not rest ---------------------------------------------------------------------


def test_children_of_a_market_order_wait_until_it_has_filled() -> None:
    counter = Counter()
    told = counter.perform(entry(**MARKET), stop(), limit())
    assert counter.methods() == ["order.place"]
    assert about(told, STOP) == []

    told = counter.fill(ENTRY, "0.01")
    params = last(counter, "orderList.place.oco")
    assert (params["quantity"], params["side"]) == ("0.01", "SELL")
    assert (params["aboveClientOrderId"], params["belowClientOrderId"]) == (LIMIT, STOP)
    assert about(told, STOP)[0] is OrderSubmitted
    assert set(about(told, STOP)) == {OrderSubmitted, OrderAccepted}


def test_children_get_what_the_entry_has_opened() -> None:
    counter = Counter()
    counter.perform(entry(**MARKET), stop())
    counter.fill(ENTRY, "0.004")
    told = counter.end(ENTRY, "EXPIRED", eR="INSUFFICIENT_LIQUIDITY")

    assert last(counter, "order.place")["quantity"] == "0.004"
    assert [each.lots for each in told if isinstance(each, OrderReplaced)] == [-400]


def test_an_entry_that_turns_a_position_opens_only_with_its_last_lots() -> None:
    counter = Counter()
    counter.perform(entry(**MARKET, lots=1_500), stop())
    counter.fill(ENTRY, "0.007")
    counter.end(ENTRY, "EXPIRED")

    assert last(counter, "order.place")["quantity"] == "0.002"


def test_children_of_nothing_end_with_their_parent() -> None:
    counter = Counter()
    counter.refused["order.place"] = BAD
    told = counter.perform(entry(**MARKET), stop(), limit())

    assert kinds(told) == [OrderSubmitted, OrderRejected, OrderCanceled, OrderCanceled]
    assert counter.methods() == ["order.place"]


def test_a_child_that_waits_here_can_be_taken_back() -> None:
    counter = Counter()
    counter.perform(entry(**MARKET), stop(), limit())
    assert kinds(counter.perform(cancel(LIMIT))) == [OrderCanceled]

    counter.fill(ENTRY, "0.01")
    assert counter.methods()[1:] == ["order.place"]
    assert list(counter.orders) == [ENTRY, STOP]


def test_a_child_that_comes_later_waits_or_leaves_at_once() -> None:
    counter = Counter()
    counter.perform(entry())
    counter.perform(stop())
    assert counter.methods() == ["order.place"]
    counter.fill(ENTRY, "0.01")
    assert STOP in counter.orders

    counter.perform(limit(group=""))
    assert counter.orders[LIMIT]["origQty"] == "0.01"


def test_a_child_of_nobody_is_refused() -> None:
    [told] = Counter().perform(stop())

    assert isinstance(told, OrderRejected)
    assert told.code == "unknown_parent"


def test_three_children_do_not_fit_into_a_list() -> None:
    """They wait, and leave one by one."""
    counter = Counter()
    counter.perform(entry(), stop(), limit(), stop(client_order_id="main-x-3-4", group="other"))
    counter.fill(ENTRY, "0.01")

    assert counter.methods() == ["order.place"] * 4


def test_children_that_wait_are_forgotten_with_the_connection() -> None:
    """Nothing of a former epoch leaves; the venue proves that they never arrived."""
    counter = Counter()
    counter.perform(entry(**MARKET), stop())
    counter.break_line()
    counter.fill(ENTRY, "0.01")

    assert counter.methods()[:1] == ["order.place"]
    assert STOP not in counter.orders


def test_children_that_wait_here_are_canceled_each_on_its_own() -> None:
    """Their entry stands at another price, half filled; their list at the venue is no more."""
    counter = Counter()
    counter.perform(entry(), stop(), limit())
    counter.perform(replace(ENTRY, limit_ticks=LOW))
    counter.fill(f"{ENTRY}_1", "0.004")
    counter.methods()
    told = counter.perform(cancel(ENTRY), cancel(STOP), cancel(LIMIT))

    assert counter.methods() == ["order.cancel"]
    assert {OrderCanceled} == set(about(told, ENTRY)) == set(about(told, STOP))
    assert about(told, LIMIT) == [OrderCanceled]


@pytest.mark.parametrize("is_restart", [False, True])
def test_children_of_an_entry_that_is_canceled_after_a_reconnect_do_not_come_to_life(
    is_restart: bool,
) -> None:
    """It has filled nothing that they could protect."""
    counter = Counter()
    counter.perform(entry(), stop(), limit())
    counter.break_line()
    if is_restart:
        counter.dialogue = Counter().dialogue
    ids = (ENTRY, STOP, LIMIT)
    counter.perform(*[QueryOrder(client_order_id=id_, instrument=NAME) for id_ in ids])
    counter.methods()
    told = counter.perform(cancel(ENTRY))

    assert counter.methods() == ["order.cancel"]
    assert [set(about(told, id_)) for id_ in ids] == [{OrderCanceled}] * 3
