"""An order that was placed anew is one order, whatever cancels have done to its names."""

from collections.abc import Callable

import pytest

from sims.servers.binance.engine import Engine
from sims.servers.binance.request import Request
from tests.sims.servers.binance.desk import Clock, Desk
from tests.sims.servers.binance.desk import limit as limit_order
from tests.venues.binance.counter import BAD, Counter
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
from tests.venues.binance.wire import NAME, Document, Wire, fills, order, proceed, query, refusal
from trader.model.account import ForeignReported
from trader.model.envelope import Message
from trader.model.orders import OrderCanceled, OrderRejected, OrderReplaced

FIRST, SECOND, THIRD = 5_900_000, 5_800_000, 5_700_000
SWAP = "order.cancelReplace"
NO_ORDER = refusal(-2013, "Order does not exist.")


def sizes(told: list[Message]) -> list[tuple[int, int | None]]:
    return [(each.lots, each.limit_ticks) for each in told if isinstance(each, OrderReplaced)]


def ends(told: list[Message], id_: str) -> list[tuple[type, str]]:
    return [
        (type(each), getattr(each, "reason", ""))
        for each in told
        if isinstance(each, OrderCanceled | OrderRejected) and each.client_order_id == id_
    ]


def thrice(wire: Wire) -> None:
    """An order under its third name; the first has filled 400 lots of it, the second 200."""
    wire.perform(order(limit=FIRST))
    wire.engine.mark("BTCUSDT", "59000.00", "0.004")
    wire.news()
    wire.perform(replace(ENTRY, limit_ticks=SECOND))
    wire.engine.mark("BTCUSDT", "58000.00", "0.002")
    wire.news()
    wire.perform(replace(ENTRY, limit_ticks=THIRD))


def lags() -> Callable[[Request, Document | None], list[Document]]:
    """A gate that does not know of the second name at first."""
    asked: list[Request] = []

    def gate(request: Request, answer: Document | None) -> list[Document]:
        if request.params.get("origClientOrderId") == f"{ENTRY}_1" and not asked:
            asked.append(request)
            return [{"id": request.id, **NO_ORDER}]
        return proceed(request, answer)

    return gate


def test_what_filled_under_each_name_counts(wire: Wire) -> None:
    thrice(wire)
    told = wire.perform(query())

    assert sizes(told) == [(1_000, THIRD)]
    assert fills(told) == {("1", 400, FIRST), ("2", 200, SECOND)}


def test_in_another_life_too(wire: Wire) -> None:
    thrice(wire)
    second = Wire(wire.engine, wire.clock)
    second.connect(4)
    told = second.perform(query())

    assert sizes(told) == [(1_000, THIRD)]
    assert fills(told) == {("1", 400, FIRST), ("2", 200, SECOND)}


def test_when_it_was_canceled_between_two_lives_too(wire: Wire) -> None:
    thrice(wire)
    wire.perform(cancel(ENTRY))
    second = Wire(wire.engine, wire.clock)
    second.connect(4)
    told = second.perform(query())

    assert fills(told) == {("1", 400, FIRST), ("2", 200, SECOND)}
    assert ends(told, ENTRY) == [(OrderCanceled, "canceled")]


def test_a_name_that_is_not_known_yet_is_asked_for_again(wire: Wire) -> None:
    thrice(wire)
    wire.gate = lags()
    assert sizes(wire.perform(query())) == []

    assert sizes(wire.wait(50)) == [(1_000, THIRD)]


def test_a_name_of_which_nothing_came_is_passed_over_in_the_end(wire: Wire) -> None:
    wire.perform(order(limit=FIRST))
    wire.perform(replace(ENTRY, limit_ticks=1))
    wire.perform(replace(ENTRY, limit_ticks=THIRD))
    assert sizes(wire.perform(query())) == []

    assert sizes(wire.wait(500)) == [(1_000, THIRD)]


def test_an_order_that_may_still_be_placed_anew_is_not_told_to_stay() -> None:
    """The request arrives after we have asked, while it is still valid."""
    counter = Counter()
    counter.perform(entry())
    counter.unseen.add(SWAP)
    counter.perform(replace(ENTRY, limit_ticks=THIRD))
    assert counter.wait(100) == []

    [late] = [params for method, params in counter.asked if method == SWAP]
    counter.serve_swap(late)
    counter.release()
    told = counter.told() + counter.wait(100)
    assert sizes(told) == [(1_000, THIRD)]
    assert ends(told, ENTRY) == []


def test_a_smaller_size_is_told_whatever_it_was_asked_for() -> None:
    counter = Counter()
    counter.perform(entry())
    counter.holds_events = True
    counter.lost.add("order.amend.keepPriority")
    counter.perform(replace(ENTRY, lots=600))
    told = counter.perform(query())

    assert [lots for lots, _ in sizes(told)] == [600]


@pytest.mark.parametrize("later", [{"lots": 300}, {"limit_ticks": SECOND}])
def test_a_size_that_something_later_has_overtaken_is_not_told(later: dict[str, int]) -> None:
    counter = Counter()
    counter.perform(entry())
    counter.holds_events = True
    counter.perform(replace(ENTRY, lots=600))
    [smaller] = [each for each in counter.events if each["x"] == "REPLACED"]
    counter.wait(10)
    assert sizes(counter.perform(replace(ENTRY, **later))) != []

    counter.events[:] = [smaller]
    counter.holds_events = False
    counter.release()
    assert sizes(counter.told()) == []


def test_what_has_filled_and_is_not_placed_anew_was_canceled() -> None:
    """A refusal would deny the fill."""
    counter = Counter()
    counter.perform(stop(**alone()), limit(**alone()))
    counter.holds_events = True
    counter.fill(LIMIT, "0.004")
    counter.refused["orderList.place.oco"] = BAD
    told = counter.perform(replace(LIMIT, limit_ticks=THIRD))

    assert ends(told, LIMIT) == [(OrderCanceled, "replace_failed")]
    assert ends(told, STOP) == [(OrderRejected, "")]


def test_our_own_fill_is_not_taken_for_a_strangers_because_a_cancel_took_its_orders_name() -> None:
    """The daemon died after the cancel; nothing was heard of the fill, nor of the cancel."""
    clock = Clock()
    first = Wire(Engine(now=clock), clock, account="main")
    first.connect()
    first.perform(order(limit=FIRST))
    first.is_deaf = first.loses_answers = True
    first.engine.mark("BTCUSDT", "59000.00", "0.004")
    first.perform(cancel(ENTRY))

    second = Wire(first.engine, clock, account="main")
    second.dialogue.know(NAME, "0")
    second.connect(4)
    told = second.perform(query()) + second.wait(100)

    assert fills(told) == {("1", 400, FIRST)}
    assert not any(isinstance(each, ForeignReported) for each in told)
    assert ends(told, ENTRY) == [(OrderCanceled, "canceled")]


def test_a_strangers_fill_is_told_once_none_of_ours_can_have_it() -> None:
    clock = Clock()
    wire = Wire(Engine(now=clock), clock, account="main")
    desk = Desk(wire.engine, clock)
    desk.place(limit_order(price="59000.00", quantity="0.01000", newClientOrderId="web_1"))
    wire.engine.mark("BTCUSDT", "59000.00", "0.004")
    desk.sign("order.cancel", {"symbol": "BTCUSDT", "origClientOrderId": "web_1"})
    wire.dialogue.know(NAME, "0")
    wire.connect()
    assert wire.news() == []

    [told] = [each for each in wire.wait(100) if isinstance(each, ForeignReported)]
    assert (told.trade_id, told.lots) == ("1", 400)
