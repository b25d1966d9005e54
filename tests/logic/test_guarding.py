"""What protects a position: sent with its entry, cut with the position, canceled with it."""

import pytest

from tests.core.desks import (
    accepted,
    ask,
    cancel_rejected,
    canceled,
    changed,
    commands,
    denied,
    fill,
    holds,
    manager,
    name,
    order,
    protected,
    replace_rejected,
    replaced,
    work,
)
from tests.core.making import given, submit, target
from trader.model.account import PositionChanged
from trader.model.orders import (
    OrderApproved,
    OrderRole,
    OrderStatus,
    OrderType,
    Protection,
    ReplaceOrder,
    ReplaceRequested,
    SubmitOrder,
)

PROTECTION, EXPLICIT = OrderRole.PROTECTION, OrderRole.EXPLICIT
STOP = (Protection("atr_stop", 20),)


# -- stops that go with an entry -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "lots", "expected"),
    [
        (0, 10, [(10, None), (-10, 80), (-10, 70)]),
        (0, -10, [(-10, None), (10, 120), (10, 130)]),
        (0, 1, [(1, None), (-1, 80), (-1, 70)]),
        (0, -1, [(-1, None), (1, 120), (1, 130)]),
        (-5, 10, [(15, None), (-10, 80), (-10, 70)]),  # what it opens, not what it closes
        (10, 0, [(-10, None)]),
    ],
)
def test_stops_protect_what_the_entry_opens(
    position: int, lots: int, expected: list[tuple[int, int | None]]
) -> None:
    made = manager()
    holds(made, position)
    stops = (Protection("near", 20), Protection("far", 30))

    orders = ask(made, target(lots, protection=stops))

    assert all(isinstance(each, SubmitOrder) for each in orders)
    assert [
        (each.lots, each.stop_ticks) for each in orders if isinstance(each, SubmitOrder)
    ] == expected


def test_what_is_held_of_a_target_without_protection_gets_the_target_s() -> None:
    """Also where nothing works any more: a split may have left a lot that no stop was for."""
    made = manager()
    holds(made, 10)

    assert commands(ask(made, target(12, protection=STOP))) == [
        "submit 1 2",
        "submit 3 -2",
        "submit 2 -10",
    ]


def test_lots_of_the_strategy_s_own_on_the_other_side_lack_nothing() -> None:
    made = manager()
    holds(made, -5)
    made.state.desks["one"].own = 5

    assert commands(ask(made, target(10, protection=STOP))) == [
        "submit 1 15",
        "submit 2 -10",
    ]


def test_a_stop_names_its_entry_and_its_role() -> None:
    made = manager()
    [entry] = given(made, target(10, protection=(Protection("atr_stop", 30),)), now=3)
    assert entry == submit(10, ts_decided=3, reason="because")

    assert given(made, OrderApproved(order=entry, limits_version=1), now=3) == [
        submit(
            -10,
            client_order_id=name(2),
            order_type=OrderType.STOP,
            stop_ticks=70,
            role=PROTECTION,
            parent=name(1),
            group=name(1),
            reduce_only=True,
            reason="atr_stop",
            ts_decided=3,
        )
    ]


def test_an_entry_that_is_denied_takes_its_stops_along() -> None:
    made = manager()
    [entry] = given(made, target(10, protection=(Protection("atr_stop", 30),)))
    assert isinstance(entry, SubmitOrder)

    assert given(made, denied(entry)) == []
    assert list(made.state.orders) == [name(1)]


def test_a_stop_stays_on_the_grid() -> None:
    [_, stop] = ask(manager(), target(10, protection=(Protection("atr_stop", 100),)))

    assert isinstance(stop, SubmitOrder)
    assert stop.stop_ticks == 1


# -- stops follow the position -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "change", "expected"),
    [
        ([10], changed(0, -10, PROTECTION), ["cancel 2"]),
        ([-10], changed(0, 10, EXPLICIT), ["cancel 2"]),
        ([10], changed(0, -10, EXPLICIT), ["cancel 2"]),
        ([10, 5], changed(0, -15, EXPLICIT), ["cancel 2", "cancel 4"]),
        ([10], changed(-5, -15, EXPLICIT), ["cancel 2"]),  # through zero
        # Smaller: the oldest stop gives way first.
        ([10], changed(6, -4, EXPLICIT), ["replace 2 -6"]),
        ([-10], changed(-6, 4, EXPLICIT), ["replace 2 6"]),
        ([10, 5], changed(11, -4, EXPLICIT), ["replace 2 -6"]),
        ([10, 5], changed(5, -10, EXPLICIT), ["cancel 2"]),
        ([10, 5], changed(3, -12, EXPLICIT), ["cancel 2", "replace 4 -3"]),
        ([1, 10], changed(7, -4, EXPLICIT), ["cancel 2", "replace 4 -7"]),
        # Larger, or the same: nothing to do.
        ([10], changed(12, 2, EXPLICIT), []),
        ([10], changed(10, 1, EXPLICIT), []),
    ],
)
def test_stops_are_reduced_with_the_position_and_cancelled_with_it(
    sizes: list[int], change: PositionChanged, expected: list[str]
) -> None:
    assert commands(given(protected(*sizes), change)) == expected


def test_a_stop_that_made_it_smaller_has_become_smaller_by_itself() -> None:
    made = protected(10, 5)

    assert commands(given(made, fill(-4, "s", 2), changed(11, -4, PROTECTION))) == []
    assert commands(given(made, fill(-6, "t", 2), changed(5, -6, PROTECTION))) == []
    assert commands(given(made, changed(3, -2, EXPLICIT))) == ["replace 4 -3"]


def test_a_replacement_is_told_and_sent_for_the_whole_order() -> None:
    """Filled lots included, as venues count."""
    made = protected(10)

    assert given(made, changed(6, -4, EXPLICIT)) == [
        ReplaceRequested(
            client_order_id=name(2),
            strategy="one",
            instrument="A.v",
            status=OrderStatus.PENDING_REPLACE,
            request_id=f"{name(2)}-r",
        ),
        ReplaceOrder(client_order_id=name(2), instrument="A.v", request_id=f"{name(2)}-r", lots=-6),
    ]


def test_what_the_stops_never_covered_needs_no_cut() -> None:
    made = protected(10)
    given(made, changed(14, 4, EXPLICIT))

    assert commands(given(made, changed(11, -3, EXPLICIT))) == []
    assert commands(given(made, changed(8, -3, EXPLICIT))) == ["replace 2 -8"]


def test_the_stop_of_an_entry_that_has_not_filled_is_not_cut() -> None:
    """It protects what is still to come: no more is taken off than the position lost."""
    made = protected(10)
    work(made, target(15, protection=STOP))

    assert commands(given(made, changed(6, -4, EXPLICIT))) == ["replace 2 -6"]


def test_a_stop_whose_cancel_was_refused_stays_as_it_is() -> None:
    made = protected(10, 5)
    given(made, changed(5, -10, EXPLICIT))

    assert commands(given(made, cancel_rejected(2))) == []
    assert order(made, 2).status is OrderStatus.ACCEPTED


def test_cuts_that_come_while_one_is_under_way_wait_for_its_answer() -> None:
    made = protected(10)

    assert commands(given(made, changed(7, -3, EXPLICIT))) == ["replace 2 -7"]
    assert commands(given(made, changed(5, -2, EXPLICIT))) == []
    assert commands(given(made, replaced(-7, 2))) == ["replace 2 -5"]
    assert commands(given(made, replaced(-5, 2))) == []
    assert order(made, 2).lots == -5


def test_a_cut_of_an_order_that_does_not_work_yet_waits_until_it_does() -> None:
    made = manager()
    ask(made, target(10, protection=STOP))
    given(made, fill(10), changed(10, 10))

    assert commands(given(made, changed(6, -4, EXPLICIT))) == []
    assert commands(given(made, accepted(2))) == ["replace 2 -6"]


def test_a_cut_that_was_refused_is_asked_for_with_the_next_one() -> None:
    made = protected(10)
    given(made, changed(6, -4, EXPLICIT))

    assert commands(given(made, replace_rejected(2))) == []
    assert order(made, 2).status is OrderStatus.ACCEPTED
    assert commands(given(made, changed(5, -1, EXPLICIT))) == ["replace 2 -5"]


def test_a_cut_of_all_that_is_left_is_a_cancel() -> None:
    """Part of the stop has filled: what is left of it is what the rest of the position needs."""
    made = protected(10)
    given(made, changed(7, -3, EXPLICIT), changed(4, -3, EXPLICIT))

    assert commands(given(made, changed(0, -4, EXPLICIT))) == ["cancel 2"]
    assert commands(given(made, replaced(-7, 2))) == []
    assert commands(given(made, canceled(2))) == []


def test_a_stop_that_is_being_cancelled_gives_no_cut() -> None:
    made = protected(10, 5)
    given(made, changed(5, -10, EXPLICIT))

    assert commands(given(made, changed(2, -3, EXPLICIT))) == ["replace 4 -2"]


def test_a_position_from_before_is_protected_by_nobody() -> None:
    made = manager()
    holds(made, 10)

    assert given(made, changed(0, -10, EXPLICIT)) == []
