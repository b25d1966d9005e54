"""Runs of a strategy's own orders that were once wrong, each as small as it gets."""

from tests.oracle.cases import HOUR_NS, START, X, bar, bars, flat, told
from tests.oracle.gate import Limits
from tests.oracle.market import Happenings, Split
from tests.oracle.strategies import Actions, Replace, Send
from tests.semantics.witnessing import TENTH, scripted


def test_a_child_that_is_made_larger_counts_for_what_is_open_already() -> None:
    """Six of ten are bought; the stop of two waits for eight, and made ten it may sell six.

    With the eleven that are to be sold as well the position could come to eleven short.
    """
    stop = Send("b", "stop", -2, stop_ticks=50, parent="a")
    at_bar: Actions = {
        0: (Send("a", "limit", 10, limit_ticks=100), stop),
        1: (Replace("b", 10),),
        2: (Send("c", "limit", -11, limit_ticks=200),),
    }
    market = bars(flat(100), flat(100, 60), *[flat(101)] * 3)
    result = scripted(market, at_bar, (), rules=TENTH, limits=Limits(position_max=10))

    assert [fill.lots for fill in result.fills] == [6]
    assert result.denials == ((3, "position_exceeds_max"),)


def test_a_parent_that_was_made_larger_closes_nothing_first() -> None:
    """Ordered for two and made five, it lets the stop sell the first two that it buys."""
    at_bar: Actions = {
        0: (Send("a", "limit", 2, limit_ticks=100),),
        1: (Replace("a", 5),),
        2: (Send("b", "stop", -2, stop_ticks=50, parent="a"),),
        3: (Send("c", "limit", -11, limit_ticks=200),),
    }
    market = bars(flat(100), flat(100, 0), flat(100, 0), flat(100, 20), *[flat(101)] * 2)
    result = scripted(market, at_bar, (), rules=TENTH, limits=Limits(position_max=10))

    assert [fill.lots for fill in result.fills] == [2]
    assert result.denials == ((3, "position_exceeds_max"),)


def test_a_change_that_waits_is_no_price_of_the_account_yet() -> None:
    """The purchase shall cross the sale, but its change leaves only once the venue has it."""
    at_bar: Actions = {
        0: (Send("a", "limit", 1, limit_ticks=90),),
        1: (Replace("a", limit_ticks=105), Send("b", "limit", -1, limit_ticks=101)),
    }
    result = scripted(bars(*[flat(100)] * 4), at_bar, (), latency_ns=HOUR_NS)

    assert result.denials == ()
    assert [order.limit_last for order in result.orders] == [90, 101]


def test_a_size_that_an_order_has_is_not_asked_for_later() -> None:
    """Five are wished for of five that the limit is for; the stop of its group sells all five."""
    at_bar: Actions = {
        0: (
            Send("a", "limit", -5, limit_ticks=105, group="g"),
            Send("b", "stop", -5, stop_ticks=95, group="g"),
        ),
        1: (Replace("a", 5),),
    }
    market = bars(*[flat(100)] * 3, (100, 100, 94, 96, 20), flat(98, 0), (98, 106, 98, 98, 1_000))
    result = scripted(market, at_bar, (), rules=TENTH)

    assert told(result) == [(3, 4, -2, 95), (5, 5, -3, 98)]
    assert [order.status for order in result.orders] == ["CANCELED", "FILLED"]


def test_a_wish_that_waits_means_the_same_after_a_split() -> None:
    """At 90 and at 84 before one lot becomes two; neither order has arrived by then."""
    at_bar: Actions = {
        1: (Send("a", "limit", 5, limit_ticks=90), Send("b", "limit", 5, limit_ticks=90)),
        2: (Replace("a", limit_ticks=90), Replace("b", limit_ticks=84)),
    }
    market = (*bars(*[flat(100)] * 4), *[bar(k, flat(50)) for k in range(4, 9)])
    split = Happenings(X, (Split(START + 4 * HOUR_NS, 2, 1),))
    result = scripted(market, at_bar, (), latency_ns=3 * HOUR_NS // 2, happenings=(split,))

    assert [order.limit_last for order in result.orders] == [45, 42]
    assert [order.status for order in result.orders] == ["ACCEPTED", "ACCEPTED"]


def test_a_size_that_is_filled_already_is_a_cancel() -> None:
    """Four of ten are bought when three are wished for; no venue has to make sense of that."""
    at_bar: Actions = {0: (Send("a", "limit", 10, limit_ticks=100),), 4: (Replace("a", 3),)}
    market = bars(flat(100), flat(100), flat(100, 40), *[flat(101)] * 3)
    result = scripted(market, at_bar, (), rules=TENTH, latency_ns=HOUR_NS)

    assert [order.status for order in result.orders] == ["PENDING_CANCEL"]


def test_a_limit_gives_way_to_the_stop_of_its_group_whatever_opens_for_it() -> None:
    """Two of four are sold before; the bar that sells the rest reaches the stop and the limit."""
    at_bar: Actions = {
        0: (
            Send("a", "limit", -4, limit_ticks=105),
            Send("b", "limit", 4, limit_ticks=95, parent="a", group="g"),
            Send("c", "stop", 4, stop_ticks=108, parent="a", group="g"),
        ),
    }
    market = bars(flat(100), (100, 106, 100, 101, 20), (101, 109, 94, 100, 1_000))
    result = scripted(market, at_bar, (), rules=TENTH)

    assert [(fill.lots, fill.ticks) for fill in result.fills] == [(-2, 105), (-2, 105), (4, 108)]
    assert [order.status for order in result.orders] == ["FILLED", "CANCELED", "FILLED"]


def test_a_size_that_the_venue_does_not_give_counts_no_more() -> None:
    """Nine are wished for of a stop whose parent bought four: the venue leaves it at four."""
    at_bar: Actions = {
        0: (Send("a", "market", 4), Send("b", "stop", -4, stop_ticks=50, parent="a")),
        1: (Replace("b", 9),),
        2: (Send("c", "limit", -10, limit_ticks=200),),
    }
    result = scripted(bars(*[flat(100)] * 4), at_bar, (), limits=Limits(position_max=10))

    assert result.denials == ()
    assert [order.size for order in result.orders[1:]] == [4, 10]


def test_what_a_group_took_comes_off_the_wish_and_not_off_what_came_of_it() -> None:
    """Of seven that its parent sold the stop buys three back while twenty are wished for.

    The venue lets the limit have the other four, and there it stays.
    """
    at_bar: Actions = {
        0: (
            Send("a", "market", -7),
            Send("b", "limit", 7, limit_ticks=95, parent="a", group="g"),
            Send("c", "stop", 7, stop_ticks=105, parent="a", group="g"),
        ),
        3: (Replace("b", 20),),
    }
    market = bars(*[flat(100)] * 4, (100, 106, 100, 100, 30), *[flat(100, 0)] * 4)
    result = scripted(market, at_bar, (), rules=TENTH, latency_ns=HOUR_NS)

    assert [fill.lots for fill in result.fills] == [-7, 3]
    assert [order.size for order in result.orders[1:]] == [4, 7]


def test_a_wish_loses_what_a_group_took_before_it_came() -> None:
    """Eight become fifteen, but for the one that the stop has sold meanwhile."""
    at_bar: Actions = {
        0: (
            Send("a", "limit", -8, limit_ticks=120, group="g"),
            Send("b", "stop", -8, stop_ticks=95, group="g"),
        ),
        3: (Replace("a", 15),),
    }
    market = bars(*[flat(100)] * 4, (100, 100, 94, 100, 10), *[flat(100, 0)] * 4)
    result = scripted(market, at_bar, (), rules=TENTH, latency_ns=HOUR_NS)

    assert [order.size for order in result.orders] == [14, 8]


def test_what_a_parent_s_end_leaves_is_no_answer() -> None:
    """Five of ten are wished for of a stop before its parent is known to have ended with eight.

    The venue tells of the eight first; whether it makes five of them is still to come.
    """
    at_bar: Actions = {
        0: (
            Send("a", "limit", 10, limit_ticks=100, time_in_force="IOC"),
            Send("b", "stop", -10, stop_ticks=50, parent="a"),
        ),
        1: (Replace("b", 5),),
    }
    market = bars(flat(100), flat(100), flat(100, 80), flat(100))
    result = scripted(market, at_bar, (), rules=TENTH, latency_ns=HOUR_NS)

    assert [order.status for order in result.orders] == ["CANCELED", "PENDING_REPLACE"]
