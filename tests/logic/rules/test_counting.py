"""What may still fill, on which side, and for whom, after everything that can happen."""

from typing import Any

import pytest

from tests.core.making import adopted
from tests.logic.rules.counted import counts, own, resting, room, with_
from tests.logic.rules.ruling import (
    CANCELED,
    FILLED,
    PARTLY,
    A,
    B,
    fill,
    guard,
    limit,
    order,
    replaced,
    stop,
    stop_limit,
    target,
)
from trader.logic.rules.gate import Gate
from trader.model.orders import OrderBusted, OrderStatus, SubmitOrder

SIDES = pytest.mark.parametrize("side", [1, -1])


def guards(gate: Gate) -> tuple[int, int]:
    exposure = gate.account.exposures[A]
    return exposure.guard_buys, exposure.guard_sells


def bust(lots: int, id_: str = "o", **fields: Any) -> OrderBusted:
    usual = {"strategy": "one", "instrument": A, "trade_id": "t", "last_ticks": 100}
    return OrderBusted(client_order_id=id_, last_lots=lots, **{**usual, **fields})


# -- approvals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "instrument", "protection", "strategy"),
    [
        (order(5), (0, 5, 0), (0, 0), (0, 5, 0, 0)),
        (order(-5), (0, 0, -5), (0, 0), (0, 0, -5, 0)),
        (target(5), (0, 5, 0), (0, 0), (0, 5, 0, 5)),
        (target(-5), (0, 0, -5), (0, 0), (0, 0, -5, -5)),
        (guard(5), (0, 0, 0), (5, 0), None),
        (guard(-5), (0, 0, 0), (0, -5), None),
    ],
)
def test_an_order_counts_on_its_side_and_by_its_role(
    one: SubmitOrder,
    instrument: tuple[int, int, int],
    protection: tuple[int, int],
    strategy: tuple[int, ...] | None,
) -> None:
    """And with its end nothing is left of it, however often that is told."""
    gate = with_(one)
    assert (counts(gate), guards(gate)) == (instrument, protection)
    if strategy is not None:
        assert own(gate) == strategy

    for _ in range(2):
        gate.counting.end(one.client_order_id)
        assert (counts(gate), guards(gate)) == ((0, 0, 0), (0, 0))
        assert gate.account.exposures[A].orders == 0
        assert gate.account.resting == {}


def test_orders_and_limits_are_numbered() -> None:
    gate = with_(order(1, "a"), limit(1, 90, "b"), stop_limit(1, 110, 111, "c"), guard(-1))
    exposure = gate.account.exposures[A]
    assert (exposure.orders, exposure.limits) == (4, 2)

    gate.counting.end("b")
    assert (exposure.orders, exposure.limits) == (3, 1)
    assert gate.account.exposures[B].orders == 0


# -- fills ---------------------------------------------------------------------------------------


@SIDES
def test_lots_go_over_from_what_is_open_to_what_is_held(side: int) -> None:
    gate = with_(target(5 * side))

    known = gate.counting.fill(fill(2 * side, status=PARTLY))

    assert known is resting(gate)
    assert own(gate)[0] == 2 * side
    assert (known.done, known.room, known.left) == (2, 3, 3 * side)
    assert own(gate)[3] == 3 * side
    gate.counting.fill(fill(3 * side, status=FILLED))
    assert counts(gate) == (5 * side, 0, 0)
    assert own(gate) == (5 * side, 0, 0, 0)


def test_a_fill_of_an_order_that_has_ended_is_held_all_the_same() -> None:
    gate = with_(order(5))
    gate.counting.end("o")

    assert gate.counting.fill(fill(2, status=CANCELED)) is None
    assert counts(gate) == (2, 0, 0)


@SIDES
def test_a_bust_gives_lots_back_to_an_order_that_works(side: int) -> None:
    gate = with_(order(5 * side))
    gate.counting.fill(fill(3 * side, status=PARTLY))

    gate.counting.bust(bust(2 * side))
    assert (own(gate)[0], resting(gate).room) == (side, 4)
    gate.counting.bust(bust(9 * side))  # more than was ever filled
    assert (own(gate)[0], resting(gate).room) == (-8 * side, 5)
    gate.counting.end("o")
    gate.counting.bust(bust(side))
    assert counts(gate) == (-9 * side, 0, 0)


# -- cancels on their way ------------------------------------------------------------------------


@SIDES
def test_an_order_that_leaves_still_counts_but_its_target_counts_on_it_no_more(side: int) -> None:
    gate = with_(target(5 * side, "a"), target(2 * side, "b"))
    before = counts(gate)
    counting = gate.counting

    for _ in range(2):
        counting.leave("a", leaving=True)
        assert (counts(gate), own(gate)[3]) == (before, 2 * side)
    counting.fill(fill(side, "a", PARTLY))
    assert own(gate)[3] == 2 * side
    counting.leave("a", leaving=False)
    assert own(gate)[3] == 6 * side
    counting.leave("a", leaving=True)
    counting.end("a")
    assert own(gate) == (side, max(0, 2 * side), min(0, 2 * side), 2 * side)


def test_only_orders_of_targets_leave_in_this_sense() -> None:
    gate = with_(order(5))
    gate.counting.leave("o", leaving=True)
    gate.counting.leave("nobody", leaving=True)

    assert not resting(gate).leaving
    assert own(gate) == (0, 5, 0, 0)


# -- changes -------------------------------------------------------------------------------------


@SIDES
def test_a_larger_size_counts_from_the_asking_until_it_is_refused(side: int) -> None:
    gate = with_(limit(5 * side, 100))
    gate.counting.fill(fill(2 * side, status=PARTLY))

    gate.counting.ask(resting(gate), 9, 101)
    assert (resting(gate).room, resting(gate).asked_ticks) == (7, 101)
    gate.counting.refuse("o")
    assert (resting(gate).room, resting(gate).asked_ticks, resting(gate).asked) == (3, None, 0)
    gate.counting.refuse("nobody")


@SIDES
@pytest.mark.parametrize(
    ("lots", "prices", "room", "limit_ticks", "asked"),
    [
        (9, {}, 9, 100, 0),  # the answer
        (9, {"limit_ticks": 101}, 9, 101, 0),
        (7, {"limit_ticks": 101}, 7, 101, 0),  # the answer, after a group has lowered it
        (3, {}, 9, 100, 9),  # the group's word, which crosses our question
        (3, {"status": OrderStatus.PENDING_REPLACE}, 9, 100, 9),
        (7, {"status": OrderStatus.ACCEPTED}, 7, 100, 0),  # an answer that gives less
        (7, {"status": OrderStatus.PARTIALLY_FILLED}, 7, 100, 0),
    ],
)
def test_an_answer_settles_what_was_asked(
    side: int, lots: int, prices: dict[str, Any], room: int, limit_ticks: int, asked: int
) -> None:
    gate = with_(limit(5 * side, 100))
    gate.counting.ask(resting(gate), 9, 101)

    gate.counting.replaced(replaced(lots * side, **prices))

    now = resting(gate)
    assert (now.room, now.order.limit_ticks, now.asked) == (room, limit_ticks, asked)
    assert now.order.lots == lots * side


def test_a_stop_is_moved_and_a_late_answer_concerns_nobody() -> None:
    gate = with_(guard(-5))
    gate.counting.replaced(replaced(-5, "g", stop_ticks=95))
    assert (resting(gate, "g").order.stop_ticks, guards(gate)) == (95, (0, -5))

    gate.counting.end("g")
    gate.counting.replaced(replaced(-7, "g"))
    assert guards(gate) == (0, 0)


# -- groups --------------------------------------------------------------------------------------


@SIDES
def test_orders_of_a_group_fill_together_what_one_of_them_can(side: int) -> None:
    gate = with_(
        limit(3 * side, 90, "a", group="g"),
        stop(5 * side, 110, "b", group="g"),
        limit(-2 * side, 120, "c", group="g"),
        order(side, "free"),
    )

    def open_() -> tuple[int, int]:
        _, buys, sells = counts(gate)
        return (buys, sells) if side > 0 else (-sells, -buys)

    assert open_() == (6, -2)
    gate.counting.end("b")
    assert open_() == (4, -2)
    gate.counting.end("c")
    assert open_() == (4, 0)
    gate.counting.replaced(replaced(side, "a"))
    assert open_() == (2, 0)
    gate.counting.end("a")
    assert open_() == (1, 0)
    assert gate.account.exposures[A].groups == {}


@SIDES
def test_a_group_counts_once_for_its_strategy_too(side: int) -> None:
    """It may sell six of the two, and four when those have filled two and are smaller by that."""
    gate = with_(
        limit(-4 * side, 120, "a", group="g"),
        limit(-6 * side, 130, "b", group="g"),
        order(-side, "free"),
    )
    standing = gate.counting.standing("one", A)

    def open_() -> tuple[int, int]:
        buys, sells = standing.buys, standing.sells
        return (buys, sells) if side > 0 else (-sells, -buys)

    assert open_() == (0, -7)
    gate.counting.fill(fill(-2 * side, "a", status=PARTLY))
    gate.counting.replaced(replaced(-4 * side, "b"))
    assert open_() == (0, -5)
    for id_ in "ab":
        gate.counting.end(id_)
    assert open_() == (0, -1)


@SIDES
def test_a_group_that_protects_counts_among_what_protects(side: int) -> None:
    gate = with_(guard(-5 * side, "a", group="g"), guard(-3 * side, "b", group="g"))

    assert sorted(guards(gate)) == sorted((0, -5 * side))
    assert counts(gate) == (0, 0, 0)
    gate.counting.end("a")
    assert sorted(guards(gate)) == sorted((0, -3 * side))


# -- parents -------------------------------------------------------------------------------------


@SIDES
def test_a_child_has_room_for_what_its_parent_has_opened(side: int) -> None:
    gate = with_(order(5 * side, "p"), guard(-5 * side, parent="p"))
    assert room(gate) == 0

    gate.counting.fill(fill(2 * side, "p", PARTLY))
    assert room(gate) == 2
    gate.counting.fill(fill(-side, "g", PARTLY))
    assert room(gate) == 1
    gate.counting.fill(fill(3 * side, "p", FILLED))
    assert room(gate) == 4


@SIDES
def test_a_parent_first_closes_what_was_there(side: int) -> None:
    """It turns three to two on the other side: only these two are its child's."""
    gate = with_(order(5 * side, "p"), guard(-2 * side, parent="p"))

    for done, expected in ((3, 0), (1, 1), (1, 2)):
        gate.counting.fill(fill(done * side, "p", PARTLY))
        assert room(gate) == expected


def test_what_was_granted_is_not_taken_back() -> None:
    """A child has been told of a fill that is busted later; it works for it meanwhile."""
    gate = with_(order(5, "p"), guard(-5, parent="p"))
    gate.counting.fill(fill(4, "p", PARTLY))
    gate.counting.bust(bust(4, "p"))
    gate.counting.fill(fill(1, "p", PARTLY))

    assert room(gate) == 4


@SIDES
def test_a_child_that_is_made_larger_waits_for_less(side: int) -> None:
    """Of a parent that turns three to two it may fill three of five once they are all for it."""
    gate = with_(order(5 * side, "p"), guard(-2 * side, parent="p"))
    gate.counting.fill(fill(3 * side, "p", PARTLY))
    gate.counting.ask(resting(gate, "g"), 5, None)
    assert room(gate) == 3

    gate.counting.refuse("g")
    assert room(gate) == 2


def test_a_child_that_is_made_larger_after_its_parent_counts_whole() -> None:
    gate = with_(order(5, "p"), guard(-2, parent="p"))
    gate.counting.fill(fill(4, "p", CANCELED))
    gate.counting.ask(resting(gate, "g"), 4, None)

    assert room(gate) == 4


def test_a_parent_opens_what_it_was_first_ordered_for() -> None:
    """Ordered for two and made five: it closes nothing first, whatever its child is for."""
    gate = with_(order(2, "p"))
    gate.counting.ask(resting(gate, "p"), 5, None)
    gate.counting.approve(guard(-2, parent="p"))
    gate.counting.fill(fill(2, "p", PARTLY))

    assert room(gate) == 2


def test_a_child_on_the_same_side_or_of_an_ended_parent_counts_whole() -> None:
    gate = with_(order(5, "p"), order(3, "same", parent="p"), guard(-2, "late", parent="gone"))

    assert (room(gate, "same"), room(gate, "late")) == (3, 2)
    gate.counting.fill(fill(5, "p"))  # it has nothing to grant to those
    assert (room(gate, "same"), room(gate, "late")) == (3, 2)


def test_a_child_that_has_ended_is_granted_nothing() -> None:
    gate = with_(order(5, "p"), guard(-5, parent="p"))
    gate.counting.end("g")
    gate.counting.fill(fill(5, "p"))

    assert guards(gate) == (0, 0)


# -- what somebody else does ---------------------------------------------------------------------


def test_a_foreign_trade_moves_the_account_and_its_own_ledger() -> None:
    gate = with_()
    gate.counting.adopt(adopted(5))
    gate.counting.adopt(adopted(-2))

    assert counts(gate) == (3, 0, 0)
    assert own(gate, "ext_A") == (3, 0, 0, 0)
    assert gate.account.resting == {}


def test_a_foreign_order_counts_for_what_it_may_still_fill_until_nothing_is_left() -> None:
    gate = with_()
    counted = []
    for event in (
        adopted(left=-9, limit=110),
        adopted(-4, left=-5, limit=110),
        adopted(-1, id_="web_2"),  # of which nobody says what is left
        adopted(left=0),
        adopted(left=0),
    ):
        gate.counting.adopt(event)
        counted.append((*counts(gate), gate.account.exposures[A].limits))

    assert counted == [(0, 0, -9, 1), (-4, 0, -5, 1), (-5, 0, -5, 1), (-5, 0, 0, 0), (-5, 0, 0, 0)]
    assert own(gate, "ext_A") == (-5, 0, 0, 0)


def test_a_foreign_order_is_marked_as_such() -> None:
    gate = with_(order(1))
    gate.counting.adopt(adopted(left=9, limit=100))

    assert (resting(gate).theirs, resting(gate, "web_1").theirs) == (False, True)
