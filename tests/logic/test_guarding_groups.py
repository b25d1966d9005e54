"""A stop and a limit of one entry: each covers all of it, and what one fills the other loses."""

import pytest

from actors.core.order_manager import OrderManager
from tests.core.desks import (
    accepted,
    ask,
    bust,
    canceled,
    changed,
    commands,
    fill,
    holds,
    made_lots,
    manager,
    name,
    order,
    own,
    protected,
    replaced,
    work,
)
from tests.core.making import given, target
from trader.model.envelope import Message
from trader.model.orders import (
    OrderReplaced,
    OrderRole,
    OrderStatus,
    OrderType,
    Protection,
    SubmitOrder,
)

PROTECTION, EXPLICIT = OrderRole.PROTECTION, OrderRole.EXPLICIT
BOTH = (Protection("atr_stop", 20), Protection("take_profit", 30, OrderType.LIMIT))


@pytest.mark.parametrize(
    ("lots", "stop", "limit"), [(10, 80, 130), (-10, 120, 70)], ids=["long", "short"]
)
def test_both_are_children_of_the_entry_in_its_group(lots: int, stop: int, limit: int) -> None:
    """A stop lies behind the price decided at, a limit in front of it."""
    [entry, *both] = ask(manager(), target(lots, protection=BOTH))
    made = [each for each in both if isinstance(each, SubmitOrder)]

    assert [(each.stop_ticks, each.limit_ticks) for each in made] == [(stop, None), (None, limit)]
    assert [each.order_type for each in made] == [OrderType.STOP, OrderType.LIMIT]
    assert {(each.group, each.parent, each.lots) for each in made} == {(name(1), name(1), -lots)}
    assert [each.reason for each in made] == ["atr_stop", "take_profit"]
    assert all(each.reduce_only and each.role is PROTECTION for each in made)
    assert isinstance(entry, SubmitOrder)
    assert entry.group == ""


@pytest.mark.parametrize(("lots", "limit"), [(-10, 1), (10, 400)])
def test_a_limit_stays_on_the_grid(lots: int, limit: int) -> None:
    far = (Protection("take_profit", 300, OrderType.LIMIT),)

    [_, made] = ask(manager(), target(lots, protection=far))

    assert isinstance(made, SubmitOrder)
    assert made.limit_ticks == limit


def test_what_one_fills_the_venue_takes_off_the_other() -> None:
    """No command goes out for it, and what it tells passes on."""
    made = protected(10, exits=BOTH)

    assert commands(given(made, fill(-4, "l", 3), changed(6, -4, PROTECTION))) == []
    assert (order(made, 2).expected, order(made, 2).due) == (6, 4)
    [told] = given(made, replaced(-6, 2))
    assert isinstance(told, OrderReplaced)
    assert (told.status, told.lots) == (OrderStatus.ACCEPTED, -6)
    assert (order(made, 2).lots, order(made, 2).due) == (-6, 0)


def test_when_one_fills_whole_the_venue_cancels_the_other() -> None:
    made = protected(10, exits=BOTH)

    assert commands(given(made, fill(-10, "l", 3), changed(0, -10, PROTECTION))) == []
    assert given(made, canceled(2)) != []
    assert made.state.desks["one"].covers == {}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (changed(6, -4, EXPLICIT), ["replace 2 -6", "replace 3 -6"]),
        (changed(0, -10, EXPLICIT), ["cancel 2", "cancel 3"]),
        (changed(-3, -13), ["cancel 2", "cancel 3", "submit 4 13"]),
    ],
)
def test_both_become_smaller_with_the_position(change: Message, expected: list[str]) -> None:
    assert commands(given(protected(10, exits=BOTH), change)) == expected


def test_what_a_group_covers_counts_once() -> None:
    """Fifteen lots are held and covered; five that go are cut from the older group alone."""
    made = protected(10, 5, exits=BOTH)

    assert commands(given(made, changed(10, -5, EXPLICIT))) == ["replace 2 -5", "replace 3 -5"]


def test_a_cut_and_a_fill_that_cross_add_up() -> None:
    """Four were sold otherwise and both told to be for six; the limit had filled two by then."""
    made = protected(10, exits=BOTH)
    given(made, changed(6, -4, EXPLICIT))

    # The venue: two of the limit, and the stop is smaller by that; then both are for six in all.
    answers = given(made, fill(-2, "l", 3), changed(4, -2, PROTECTION), replaced(-8, 2))
    assert commands(answers) == []
    assert order(made, 2).status is OrderStatus.PENDING_REPLACE
    assert commands(given(made, replaced(-6, 2))) == ["replace 2 -4"]
    assert commands(given(made, replaced(-6, 3))) == []
    assert (order(made, 3).left, order(made, 2).status) == (-4, OrderStatus.PENDING_REPLACE)


def test_a_fill_before_the_other_had_arrived_takes_nothing_off_it() -> None:
    """So it is too large from the start, and is told so when it works."""
    made = manager()
    ask(made, target(10, protection=BOTH))
    given(made, accepted(1), accepted(3), fill(10), changed(10, 10), fill(-4, "l", 3))

    assert commands(given(made, changed(6, -4, PROTECTION))) == []
    assert commands(given(made, accepted(2))) == ["replace 2 -6"]


# -- an entry that works on ----------------------------------------------------------------------


def entering() -> OrderManager:
    """An entry for ten lots of which four have filled."""
    made = manager()
    work(made, target(10, protection=BOTH))
    given(made, fill(4), changed(4, 4))
    return made


def test_protection_waits_for_what_is_still_to_come() -> None:
    """Something else has closed what was opened so far."""
    made = entering()

    assert commands(given(made, changed(0, -4, EXPLICIT))) == ["replace 2 -6", "replace 3 -6"]
    given(made, replaced(-6, 2), replaced(-6, 3))
    assert commands(given(made, fill(6, "t2"), changed(6, 6))) == []
    assert [order(made, count).left for count in (2, 3)] == [-6, -6]


def test_an_exit_that_closes_all_takes_along_what_waits() -> None:
    """The target ends with it, and so does the entry; the limit has nothing left by itself."""
    made = entering()

    answers = given(made, fill(-4, "s", 2), changed(0, -4, PROTECTION))

    assert commands(answers) == ["cancel 2", "cancel 3"]


def test_what_an_entry_opens_after_an_exit_has_closed_all_is_protected_anew() -> None:
    """Its own orders are being canceled: three that are held, and three that may still come."""
    made = entering()
    given(made, fill(-4, "s", 2), changed(0, -4, PROTECTION))

    given(made, fill(3, "t2"))
    answers = ask(made, changed(3, 3))

    assert made_lots(answers) == [-3, -3, -3, -3]
    assert list(made.state.desks["one"].covers) == ["one+", name(1)]


def test_what_is_held_bare_makes_larger_what_works_before_it_gets_what_lacks() -> None:
    """Two lots more are held than the stop and the limit are for; the stop is being canceled."""
    made = manager()
    holds(made, 3)
    work(made, target(3, protection=BOTH))
    order(made, 1).cancel_wanted, order(made, 1).status = True, OrderStatus.PENDING_CANCEL
    holds(made, 5)

    assert commands(ask(made, target(5, protection=BOTH))) == ["replace 2 -5", "submit 3 -5"]
    assert order(made, 3).is_stop


def test_when_an_entry_ends_its_protection_keeps_what_it_opened() -> None:
    """The venue sees to that as well; what it had to be told before is not told again."""
    made = entering()

    assert commands(given(made, canceled(1))) == []
    assert [order(made, count).due for count in (2, 3)] == [6, 6]
    assert commands(given(made, replaced(-4, 2), replaced(-4, 3))) == []
    assert commands(given(made, changed(3, -1, EXPLICIT))) == ["replace 2 -3", "replace 3 -3"]


def test_when_an_entry_ends_unfilled_its_protection_does_too() -> None:
    made = manager()
    work(made, target(10, protection=BOTH))

    assert commands(given(made, canceled(1), canceled(2), canceled(3))) == []
    assert made.state.desks["one"].covers == {}


def test_what_a_turn_closes_first_is_not_covered() -> None:
    """The order of fifteen closes ten; its stop is for five."""
    made = protected(10)
    work(made, target(-5, protection=BOTH))
    cover = made.state.desks["one"].covers[name(3)]

    given(made, fill(-8, "t", 3), changed(2, -8))
    assert (cover.opened, cover.held) == (0, 0)
    given(made, fill(-7, "u", 3), changed(-5, -7))
    assert (cover.opened, cover.held) == (5, 5)


def test_a_fill_that_is_taken_back_is_covered_no_more() -> None:
    made = protected(10, exits=BOTH)
    cover = made.state.desks["one"].covers[name(1)]

    given(made, bust(10, "entry-0", 1))
    assert cover.held == 0
    given(made, fill(-4, "l", 3), bust(-4, "l", 3))
    assert cover.filled == 0


def test_orders_of_its_own_in_a_group_share_too() -> None:
    made = manager()
    work(made, own("a", -10, stop=90, group="g"), own("b", -10, limit=120, group="g"))
    work(made, own("c", -10, limit=130, group="h"))

    given(made, fill(-4, "t", 2))

    assert [order(made, count).expected for count in (1, 2, 3)] == [6, 10, 10]
