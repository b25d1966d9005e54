"""A split carries what the rules see across: lots, ticks, parents and children."""

import pytest

from tests.logic.rules.counted import counts, own, resting, room, split, with_
from tests.logic.rules.ruling import (
    FILLED,
    NOW,
    PARTLY,
    A,
    B,
    cold,
    fill,
    guard,
    holds,
    order,
    priced,
    ruled,
    stop_limit,
)

SIDES = pytest.mark.parametrize("side", [1, -1])


@SIDES
def test_a_split_makes_new_lots_and_ticks_of_everything(side: int) -> None:
    gate = holds(holds(cold(), 3 * side), 5 * side, strategy="two")
    holds(gate, 7, strategy="three", instrument=B)
    priced(gate, 100)
    gate.account.standings["one"].target = 9 * side
    gate.account.standings["one"].recent = [(NOW, 3 * side, side, 90, None)]
    gate.counting.approve(stop_limit(4 * side, 101, 103, "open"))
    gate.counting.fill(fill(side, "open", PARTLY))
    gate.counting.ask(resting(gate, "open"), 6, 105)

    gate.counting.split(split(2))

    one, order_ = gate.account.standings["one"], resting(gate, "open")
    assert (one.lots, one.target) == (8 * side, 18 * side)
    assert one.recent == [(NOW, 6 * side, 2 * side, 45, None)]
    assert counts(gate)[0] == 18 * side
    assert (order_.order.lots, order_.order.stop_ticks, order_.order.limit_ticks) == (
        8 * side,
        50,
        52,
    )
    assert (order_.size, order_.done, order_.room, order_.asked) == (12, 2, 10, 12)
    assert order_.asked_ticks == 52
    assert gate.account.exposures[A].price() == (100, NOW)
    assert gate.account.exposures[B].lots == 7


@SIDES
def test_a_reverse_split_leaves_whole_lots(side: int) -> None:
    """Of fifteen lots one is left, of an order of nine none: it ends soon and fills no more."""
    gate = holds(ruled(), 15 * side)
    gate.counting.approve(order(9 * side, "small"))
    gate.counting.approve(order(25 * side, "large"))

    gate.counting.split(split(1, 10))

    assert counts(gate)[0] == side
    assert (room(gate, "small"), room(gate, "large")) == (0, 2)
    assert resting(gate, "small").side == side
    assert gate.account.exposures[A].price() == (2_000, NOW)


def test_the_middle_of_two_ticks_stays_between_them() -> None:
    gate = ruled(price=101)

    gate.counting.split(split(2))

    assert gate.account.exposures[A].price() == (101, NOW)


def test_parents_and_children_are_split_together() -> None:
    gate = with_(order(4, "p"), guard(-4, parent="p"), guard(-2, "free"), order(1, B, instrument=B))
    gate.counting.fill(fill(2, "p", PARTLY))

    gate.counting.split(split(3))

    assert (room(gate), room(gate, "free"), room(gate, B)) == (6, 6, 1)
    gate.counting.fill(fill(6, "p", FILLED))
    assert room(gate) == 12


def test_a_split_of_another_instrument_changes_nothing_here() -> None:
    gate = with_(order(4, "p"))
    gate.counting.split(split(3, name=B))

    assert (counts(gate), own(gate)) == ((0, 4, 0), (0, 4, 0, 0))
