"""From targets to orders: what lacks, what is in the way, what went too far, what is taken back."""

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
    in_doubt,
    made_lots,
    manager,
    name,
    order,
    own,
    protected,
    work,
)
from tests.core.making import A, B, given, submit, target
from trader.model.orders import (
    CancelAll,
    CancelOrder,
    CancelRequested,
    OrderRole,
    OrderStatus,
    Protection,
    SubmitOrder,
)

PROTECTION, EXPLICIT = OrderRole.PROTECTION, OrderRole.EXPLICIT
STOP = (Protection("atr_stop", 20),)


def test_a_target_becomes_an_order_that_says_whence_it_came() -> None:
    made = manager()

    [made_order] = given(made, target(10, ref_ticks=77), now=5)

    assert made_order == submit(
        10, client_order_id=name(1), ref_ticks=77, ts_decided=5, reason="because"
    )
    assert order(made).status is OrderStatus.INITIALIZED


@pytest.mark.parametrize(
    ("position", "working", "lots", "expected"),
    [
        (0, [], 10, ["submit 1 10"]),
        (0, [], 0, []),
        (4, [], 10, ["submit 1 6"]),
        (10, [], 10, []),
        (10, [], 4, ["submit 1 -6"]),
        (10, [], -5, ["submit 1 -15"]),
        (-5, [], 0, ["submit 1 5"]),
        (0, [10], 10, []),  # on its way already
        (0, [10], 15, ["submit 2 5"]),
        (0, [10, 15], 15, []),
        # What is open goes too far: it is taken back and made anew.
        (0, [10], 4, ["cancel 1", "submit 2 4"]),
        (0, [10], 0, ["cancel 1"]),
        (0, [10], -5, ["cancel 1", "submit 2 -5"]),
        (0, [10, 15], -5, ["cancel 1", "cancel 2", "submit 3 -5"]),
        (10, [0], 10, ["cancel 1"]),
        (10, [0], 5, ["cancel 1", "submit 2 -5"]),
        (10, [4], -5, ["submit 2 -9"]),
    ],
)
def test_the_order_is_what_lacks_beside_position_and_open_orders(
    position: int, working: list[int], lots: int, expected: list[str]
) -> None:
    made = manager()
    holds(made, position)
    for each in working:
        work(made, target(each))

    assert commands(given(made, target(lots))) == expected


def test_a_part_that_is_filled_is_open_no_more() -> None:
    """What the portfolio has told is position, what the order still may fill is open."""
    made = manager()
    work(made, target(10))
    given(made, fill(4))
    holds(made, 4)

    assert made_lots(given(made, target(15))) == [5]


def test_each_strategy_counts_its_own_orders() -> None:
    made = manager()
    two = {"strategy": "two", "instrument": B}
    wishes = [target(1), target(5, **two), target(3), target(-2, **two)]

    orders = [each for each in ask(made, *wishes) if isinstance(each, SubmitOrder)]

    assert [each.client_order_id for each in orders] == [
        name(1),
        name(1, "two"),
        name(2),
        name(2, "two"),
    ]
    assert [each.instrument for each in orders] == [A, B, A, B]


def test_a_cancel_is_told_and_sent() -> None:
    made = manager()
    work(made, target(10))

    assert given(made, target(0)) == [
        CancelRequested(
            client_order_id=name(1),
            strategy="one",
            instrument=A,
            status=OrderStatus.PENDING_CANCEL,
            request_id=f"{name(1)}-c",
        ),
        CancelOrder(
            client_order_id=name(1),
            instrument=A,
            request_id=f"{name(1)}-c",
            reason="target_changed",
        ),
    ]


def test_a_denied_order_was_never_there() -> None:
    made = manager()
    [first] = given(made, target(10))
    assert isinstance(first, SubmitOrder)

    assert given(made, denied(first)) == []
    assert order(made).status is OrderStatus.DENIED
    assert commands(given(made, target(10))) == ["submit 2 10"]


def test_stops_and_own_orders_do_not_count_as_open() -> None:
    made = manager()
    work(made, target(10, protection=(Protection("s", 20),)), own("k", 7))

    assert commands(given(made, target(15))) == ["submit 4 5"]


# -- where cancels take time ---------------------------------------------------------------------


def test_a_new_target_waits_for_the_answers_to_its_cancels() -> None:
    made = manager(patient=True)
    work(made, target(10), target(15))

    assert commands(given(made, target(-5))) == ["cancel 1", "cancel 2"]
    assert commands(given(made, canceled(1))) == []
    assert commands(given(made, canceled(2))) == ["submit 3 -5"]
    assert not made.state.desks["one"].waits


def test_the_last_of_several_targets_is_the_one_that_waits() -> None:
    """It finds nothing left to cancel, and yet the way is not free."""
    made = manager(patient=True)
    work(made, target(10))
    given(made, target(-5))

    assert commands(given(made, target(-7))) == []
    assert commands(given(made, canceled())) == ["submit 2 -7"]


def test_a_target_that_is_where_we_stand_ends_the_waiting() -> None:
    made = manager(patient=True)
    work(made, target(10))
    given(made, target(-5), target(0))

    assert commands(given(made, canceled())) == []
    assert not made.state.desks["one"].waits


def test_what_was_not_cancelled_counts_as_open() -> None:
    made = manager(patient=True)
    work(made, target(10))
    given(made, target(-5))

    assert commands(given(made, cancel_rejected())) == ["submit 2 -15"]


def test_a_fill_of_part_of_it_is_no_answer() -> None:
    made = manager(patient=True)
    work(made, target(10))
    given(made, target(-5))

    assert commands(given(made, fill(4), changed(4, 4))) == []
    assert commands(given(made, canceled())) == ["submit 2 -9"]


def test_a_target_waits_for_an_order_in_doubt_as_well() -> None:
    """Its cancel is kept until the order is known to work; the target waits for both."""
    made = manager(patient=True)
    ask(made, target(10))
    given(made, in_doubt())

    assert given(made, target(-5)) == []
    assert commands(given(made, accepted())) == ["cancel 1"]
    assert commands(given(made, canceled())) == ["submit 2 -5"]


def test_with_no_cancel_to_wait_for_nobody_waits() -> None:
    made = manager(patient=True)
    work(made, target(10))

    assert commands(given(made, target(15))) == ["submit 2 5"]


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
    two = target(3, strategy="two", instrument="B.v")
    work(made, target(15, protection=STOP), own("k", 1, limit=90), two)

    assert commands(given(made, CancelAll(strategy=scope, reason="x"))) == expected
    assert commands(given(made, CancelAll(strategy="", reason="x"))) == rest
