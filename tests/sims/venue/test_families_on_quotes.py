"""Orders that arrive together, and orders that a venue goes on with after its process has ended."""

from sims.paper_memory import kept
from tests.core.making import awake
from tests.sims.venue.floor import order
from tests.sims.venue.ticker import Ticker
from tests.test_acting import whole
from trader.logic.desk import Order
from trader.model.orders import OrderRole, OrderStatus, OrderType

ENTRY = order("e", 8)
STOP = order("s", -8, stop=95, parent="e", group="e")
TARGET = order("t", -8, limit=105, parent="e", group="e")
EXIT = OrderRole.PROTECTION


def test_children_that_come_with_an_entry_live_though_it_fills_at_once() -> None:
    ticker = Ticker()
    ticker.quote(99, 101)
    ticker.venue.submit_together((ENTRY, STOP, TARGET), ticker.now)

    assert ticker.said() == [("e", 8, 101)]
    assert ticker.quote(106, 108) == [("t", -8, 105), ("s", "canceled", "group")]


def test_an_order_that_is_refused_takes_nobody_else_with_it() -> None:
    ticker = Ticker()
    ticker.quote(99, 101)
    ticker.venue.submit_together((order("x", -8, stop=95, parent="nobody"), ENTRY), ticker.now)

    assert ticker.said() == [("x", "OrderRejected", "unknown_parent"), ("e", 8, 101)]


def test_what_is_kept_of_a_core_works_on_as_it_stood() -> None:
    """Half an entry has filled; its exits are for that half, one of them has not been answered."""
    core = awake(whole())[0]
    state, working = core.order_manager.state, OrderStatus.ACCEPTED
    desk = state.desks["one"]
    state.orders = {
        "old": Order("one", 8, OrderRole.TARGET, OrderStatus.FILLED, 8, arrived=True),
        "e": Order(
            "one", 8, OrderRole.TARGET, OrderStatus.PARTIALLY_FILLED, 4, arrived=True,
            order_type=OrderType.LIMIT, limit_ticks=100,
        ),
        "s": Order("one", -8, EXIT, working, arrived=True, order_type=OrderType.STOP,
                   stop_ticks=95, parent="e", group="e"),
        "t": Order("one", -8, EXIT, OrderStatus.SUBMITTED, order_type=OrderType.LIMIT,
                   limit_ticks=105, parent="e", group="e"),
        "lost": Order("one", 8, OrderRole.TARGET, OrderStatus.SUBMITTED),
    }  # fmt: skip
    desk.working = ["e", "s", "t", "lost"]
    orders = [each for _, each in kept(core)]
    ticker = Ticker()
    ticker.venue.take_over([(ticker.book.instrument, each) for each in orders], 70)

    assert [each.client_order_id for each in orders] == ["e", "s", "t"]
    assert ticker.quote(99, 101) == []
    assert ticker.quote(96, 98) == [("e", 4, 100)]
    assert ticker.quote(94, 96) == [("s", -8, 94), ("t", "canceled", "group")]
    assert [each.trade_id for each in ticker.heard if hasattr(each, "trade_id")] == ["71", "72"]


def test_a_stop_that_has_begun_to_fill_takes_what_comes() -> None:
    core = awake(whole())[0]
    state = core.order_manager.state
    state.orders["s"] = Order("one", -8, EXIT, OrderStatus.PARTIALLY_FILLED, -2, arrived=True,
                              order_type=OrderType.STOP, stop_ticks=95)  # fmt: skip
    state.desks["one"].working = ["s"]
    ticker = Ticker()
    ticker.venue.take_over([(ticker.book.instrument, each) for _, each in kept(core)], 0)

    assert ticker.quote(99, 101) == [("s", -6, 99)]
