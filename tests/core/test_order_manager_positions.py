"""What changes of positions do to orders: stops follow the position, targets are met exactly."""

import pytest

from actors.core.order_manager import OrderManager
from tests.core.desks import (
    accepted,
    ask,
    cancel_rejected,
    canceled,
    changed,
    commands,
    fill,
    holds,
    manager,
    name,
    order,
    replace_rejected,
    replaced,
    work,
)
from tests.core.making import given, target
from trader.model.account import PositionChanged
from trader.model.control import StrategyFaulted
from trader.model.orders import (
    CancelAll,
    OrderRequested,
    OrderRole,
    OrderStatus,
    OrderType,
    Protection,
    ReplaceOrder,
    ReplaceRequested,
)

PROTECTION, EXPLICIT = OrderRole.PROTECTION, OrderRole.EXPLICIT
STOP = (Protection("atr_stop", 20),)


def protected(*sizes: int, patient: bool = False) -> OrderManager:
    """Holds the sum of the sizes; each has a working stop, orders 2, 4, ... (entries 1, 3, ...)."""
    made = manager(patient=patient)
    total = 0
    for k, size in enumerate(sizes):
        total += size
        entry, _ = work(made, target(total, protection=STOP))
        given(made, fill(size, f"entry-{k}", count=2 * k + 1), changed(total, size))
        assert entry == name(2 * k + 1)
    return made


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
        # A stop that made it smaller has become smaller by itself.
        ([10], changed(6, -4, PROTECTION), []),
        # Larger, or the same: nothing to do.
        ([10], changed(12, 2, EXPLICIT), []),
        ([10], changed(10, 1, EXPLICIT), []),
    ],
)
def test_stops_are_reduced_with_the_position_and_cancelled_with_it(
    sizes: list[int], change: PositionChanged, expected: list[str]
) -> None:
    assert commands(given(protected(*sizes), change)) == expected


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
    assert (order(made, 2).cut, order(made, 2).status) == (0, OrderStatus.ACCEPTED)


def test_cuts_that_come_while_one_is_under_way_wait_for_its_answer() -> None:
    made = protected(10)

    assert commands(given(made, changed(7, -3, EXPLICIT))) == ["replace 2 -7"]
    assert commands(given(made, changed(5, -2, EXPLICIT))) == []
    assert commands(given(made, replaced(-7, 2))) == ["replace 2 -5"]
    assert commands(given(made, replaced(-5, 2))) == []
    assert (order(made, 2).lots, order(made, 2).cut) == (-5, 0)


def test_a_cut_of_an_order_that_does_not_work_yet_waits_until_it_does() -> None:
    made = manager()
    ask(made, target(10, protection=STOP))
    given(made, fill(10), changed(10, 10))

    assert commands(given(made, changed(6, -4, EXPLICIT))) == []
    assert commands(given(made, accepted(2))) == ["replace 2 -6"]


def test_a_cut_that_was_refused_is_dropped() -> None:
    made = protected(10)
    given(made, changed(6, -4, EXPLICIT))

    assert commands(given(made, replace_rejected(2))) == []
    assert (order(made, 2).cut, order(made, 2).status) == (0, OrderStatus.ACCEPTED)


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


# -- targets are met exactly ---------------------------------------------------------------------


def test_a_fill_that_meets_the_target_asks_for_nothing() -> None:
    made = manager()
    work(made, target(10))

    assert given(made, fill(4), changed(4, 4))[1:] == []
    assert given(made, fill(6, "t2"), changed(10, 6))[1:] == []


def test_a_target_that_is_met_leaves_the_stops_behind() -> None:
    made = protected(10)
    work(made, target(0))

    assert commands(given(made, fill(-10, count=3), changed(0, -10))) == ["cancel 2"]


def test_a_fill_of_a_target_that_went_too_far_is_undone() -> None:
    """A stop has sold while the order to leave was under way: together they sold twice."""
    made = protected(10)
    work(made, target(0))
    given(made, fill(-10, "stop", count=2), changed(0, -10, PROTECTION))

    answers = given(made, fill(-10, count=3), changed(-10, -10))

    assert commands(answers) == ["submit 4 10"]
    assert made.state.orders[name(4)].role is OrderRole.TARGET


@pytest.mark.parametrize(
    ("position", "last", "expected"),
    [(12, 12, ["submit 2 -2"]), (11, 1, ["submit 2 -1"]), (-2, 12, []), (12, -1, [])],
)
def test_only_a_fill_toward_the_excess_is_undone(
    position: int, last: int, expected: list[str]
) -> None:
    made = manager()
    work(made, target(10))
    given(made, fill(10))

    assert commands(given(made, changed(position, last))) == expected


def test_an_excess_is_undone_once() -> None:
    made = manager()
    work(made, target(10))
    given(made, fill(10), changed(12, 12))

    assert commands(given(made, changed(12, 3))) == []


def test_an_order_of_its_own_may_lead_beyond_the_target() -> None:
    """The next decision counts it in; nobody trades against it now."""
    made = manager()

    assert given(made, changed(7, 7, EXPLICIT)) == []
    assert commands(given(made, target(10))) == ["submit 1 3"]


# -- taking back ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "expected", "rest"),
    [
        ("", ["cancel 3", "cancel 5", "cancel 1"], []),
        ("two", ["cancel 1"], ["cancel 3", "cancel 5"]),
        ("one", ["cancel 3", "cancel 5"], ["cancel 1"]),
    ],
)
def test_what_could_build_up_a_position_is_taken_back_and_the_stops_stay(
    scope: str, expected: list[str], rest: list[str]
) -> None:
    """Of an entry that has not filled they end with it, at the venue."""
    made = protected(10)
    own = OrderRequested(
        strategy="one",
        instrument="A.v",
        key="k",
        lots=1,
        order_type=OrderType.LIMIT,
        limit_ticks=90,
        stop_ticks=None,
        ref_ticks=100,
    )
    two = target(3, strategy="two", instrument="B.v")
    work(made, target(15, protection=STOP), own, two)

    assert commands(given(made, CancelAll(strategy=scope, reason="x"))) == expected
    assert commands(given(made, CancelAll(strategy="", reason="x"))) == rest


def test_a_broken_strategy_loses_its_entries_and_keeps_its_stops() -> None:
    """Its position stays, and so does what protects it."""
    made = protected(10)
    work(made, target(15, protection=STOP), target(3, strategy="two", instrument="B.v"))

    answers = given(made, StrategyFaulted(strategy="one", error="x"))

    assert commands(answers) == ["cancel 3"]


def test_a_broken_strategy_waits_for_nothing() -> None:
    made = manager(patient=True)
    work(made, target(10))
    given(made, target(-5), StrategyFaulted(strategy="one", error="x"))

    assert commands(given(made, canceled())) == []


def test_a_position_from_before_is_protected_by_nobody() -> None:
    made = manager()
    holds(made, 10)

    assert given(made, changed(0, -10, EXPLICIT)) == []
