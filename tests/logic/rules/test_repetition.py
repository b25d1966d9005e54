"""How many orders there may be, how often, and to what end."""

import pytest

from tests.logic.rules.ruling import (
    NOW,
    PARTLY,
    B,
    asked,
    codes,
    facts,
    fill,
    guard,
    holds,
    limit,
    order,
    ruled,
    stop,
    target,
)
from trader.logic.rules.case import Case
from trader.logic.rules.gate import Gate
from trader.logic.rules.limits import Limits
from trader.logic.rules.repetition import (
    open_orders_exceed_max,
    parent_overrun,
    rate_exceeds_max,
    repeat_exceeds_max,
)
from trader.model.control import SplitEffective
from trader.model.units import INT64_MAX

SIDES = pytest.mark.parametrize("side", [1, -1])


def test_no_rule_is_made_for_what_is_not_set_nor_for_protection() -> None:
    plain = Case(limits=Limits(), facts=facts())
    limits = Limits(open_orders_max=1, open_orders_total_max=1, orders_max=1, repeats_max=1)
    guards = Case(limits=limits, facts=facts(), protective=True)

    for maker in (open_orders_exceed_max, rate_exceeds_max, repeat_exceeds_max):
        assert maker(plain) is None
        assert maker(guards) is None
    assert parent_overrun(guards) is None


# -- open orders ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "code"), [(1, ""), (2, "open_orders_exceed_max"), (3, "open_orders_exceed_max")]
)
def test_no_more_open_orders_of_an_instrument(before: int, code: str) -> None:
    """With two allowed, the second is the last."""
    gate = ruled(open_orders_max=2)
    for k in range(before):
        gate.counting.approve(limit(1, 90, f"r{k}"))

    assert asked(gate, order(1), order(1, instrument=B)) == [code, ""]
    gate.counting.end("r0")
    assert asked(gate, order(1)) == ["" if before < 3 else code]


@pytest.mark.parametrize("before", [1, 2])
def test_no_more_open_orders_in_all(before: int) -> None:
    gate = ruled(open_orders_total_max=2)
    for k, name in zip(range(before), ("A.v", B), strict=False):
        gate.counting.approve(limit(1, 90, f"r{k}", instrument=name, strategy=name))

    code = "" if before == 1 else "open_orders_exceed_max"
    assert asked(gate, order(1), order(1, instrument=B)) == [code, code]


def test_both_bounds_hold_beside_each_other() -> None:
    gate = ruled(open_orders_max=2, open_orders_total_max=3)

    assert codes(gate, limit(1, 90, "a"), limit(1, 90, "b"), limit(1, 90, "c")) == [
        "",
        "",
        "open_orders_exceed_max",
    ]
    there = [limit(1, 90, f"d{k}", strategy="two", instrument=B) for k in range(2)]
    assert codes(gate, *there) == ["", "open_orders_exceed_max"]
    denial = gate.judge(order(1), NOW)
    assert denial is not None
    assert denial.detail == "2 open here, 3 in all"


def test_protection_counts_but_is_let_through_and_so_is_what_closes() -> None:
    gate = holds(ruled(open_orders_max=1), 5)

    assert codes(gate, guard(-5, "g0"), guard(-5, "g1")) == ["", ""]
    assert asked(gate, order(1), order(-5), order(-6)) == [
        "open_orders_exceed_max",
        "",
        "open_orders_exceed_max",
    ]


# -- rate ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("later", "code"),
    [(0, "rate_exceeds_max"), (999, "rate_exceeds_max"), (1_000, ""), (1_001, "")],
)
def test_no_more_approvals_in_any_window(later: int, code: str) -> None:
    """The window is the time since, without the instant at which it began."""
    gate = ruled(orders_max=2, orders_window_ns=1_000)

    assert codes(gate, order(1, "a"), order(1, "b")) == ["", ""]
    assert asked(gate, order(1), order(-1, instrument=B), now=NOW + later) == [code, code]


def test_the_window_moves() -> None:
    gate = ruled(orders_max=2, orders_window_ns=1_000)

    for k, later in enumerate((0, 600, 1_000)):
        assert codes(gate, order(1, f"o{k}"), now=NOW + later) == [""]
    assert asked(gate, order(1), now=NOW + 1_599) == ["rate_exceeds_max"]
    assert asked(gate, order(1), now=NOW + 1_600) == [""]
    denial = gate.judge(order(1), NOW + 1_599)
    assert denial is not None
    assert denial.detail == "2 orders in 1000 ns"


def test_protection_neither_counts_nor_is_held_up() -> None:
    gate = ruled(orders_max=1)

    assert codes(gate, guard(-1, "g0"), order(1), guard(-1, "g1")) == ["", "", ""]


def test_an_order_that_was_denied_does_not_count() -> None:
    gate = ruled(orders_max=1, lots_max=5)

    assert codes(gate, order(6, "a"), order(5, "b"), order(1, "c")) == [
        "lots_exceed_max",
        "",
        "rate_exceeds_max",
    ]


# -- repeats -------------------------------------------------------------------------------------


def repeating(gate: Gate, *instants: int) -> list[str]:
    """An order at each instant, which changes nothing in the end."""
    return [
        code
        for k, later in enumerate(instants)
        for code in codes(gate, order(1, f"r{k}"), now=NOW + later)
    ]


@pytest.mark.parametrize(
    ("last", "code"),
    [(2, "repeat_exceeds_max"), (999, "repeat_exceeds_max"), (1_000, ""), (1_001, "")],
)
def test_orders_to_no_end(last: int, code: str) -> None:
    """Three are allowed within the window while the position stays what it was."""
    gate = ruled(repeats_max=3, repeats_window_ns=1_000)

    assert repeating(gate, 0, 1, 2, last) == ["", "", "", code]


@pytest.mark.parametrize(
    ("lots", "code"), [([], "repeat_exceeds_max"), ([2], ""), ([2, -2], "repeat_exceeds_max")]
)
def test_a_position_that_has_moved_is_an_end(lots: list[int], code: str) -> None:
    """One that came back to where it was is none."""
    gate = ruled(repeats_max=2)
    repeating(gate, 0, 1)
    for each in lots:
        holds(gate, each)

    assert asked(gate, order(1), now=NOW + 2) == [code]


def test_another_strategy_may_go_on_and_so_may_protection() -> None:
    gate = ruled(repeats_max=2)
    repeating(gate, 0, 1)

    assert asked(gate, order(1), order(1, strategy="two"), guard(-1)) == [
        "repeat_exceeds_max",
        "",
        "",
    ]
    denial = gate.judge(order(1), NOW + 5)
    assert denial is not None
    assert denial.detail == "2 orders in 5 ns, position 0"


def test_a_disabled_strategy_is_denied_at_any_time() -> None:
    gate = ruled(repeats_max=2, stale_after=INT64_MAX)
    gate.counting.standing("one", "A.v").disabled = "repeat_exceeds_max"

    denial = gate.judge(order(1), NOW * 1_000)
    assert denial is not None
    assert (denial.code, denial.detail) == (
        "repeat_exceeds_max",
        "disabled until a person lets it trade again",
    )
    assert asked(gate, guard(-1)) == [""]


def test_a_split_does_not_look_like_a_fill() -> None:
    gate = holds(ruled(repeats_max=2), 3)
    repeating(gate, 0, 1)
    gate.counting.split(SplitEffective(instrument="A.v", numerator=2, denominator=1, ts_event=NOW))

    assert asked(gate, order(1), now=NOW + 2) == ["repeat_exceeds_max"]


# -- targets -------------------------------------------------------------------------------------


def aims(gate: Gate, lots: int, held: int = 0) -> Gate:
    """The strategy wants to stand there, and stands here."""
    gate.counting.standing("one", "A.v").target = lots
    return holds(gate, held)


@SIDES
@pytest.mark.parametrize(
    ("held", "wants", "lots", "code"),
    [
        (0, 5, 4, ""),
        (0, 5, 5, ""),
        (0, 5, 6, "parent_overrun"),
        (0, 5, -1, "parent_overrun"),
        (2, 5, 3, ""),
        (2, 5, 4, "parent_overrun"),
        (5, 5, 1, "parent_overrun"),
        (5, 5, -1, "parent_overrun"),
        (5, 2, -3, ""),
        (5, 2, -4, "parent_overrun"),
        (5, -5, -10, ""),
        (5, -5, -11, "parent_overrun"),
        (0, INT64_MAX, INT64_MAX, ""),
        (-INT64_MAX, INT64_MAX, INT64_MAX, ""),
    ],
)
def test_an_order_of_a_target_lies_between_nothing_and_what_it_lacks(
    side: int, held: int, wants: int, lots: int, code: str
) -> None:
    gate = aims(ruled(), side * wants, side * held)

    assert asked(gate, target(side * lots)) == [code]


def test_only_orders_of_targets_have_one() -> None:
    gate = aims(ruled(), 0)

    assert asked(gate, order(9), guard(-9), target(9)) == ["", "", "parent_overrun"]
    denial = gate.judge(target(9), NOW)
    assert denial is not None
    assert denial.detail == "9 lots, the target lacks 0"


@SIDES
def test_open_orders_of_the_target_are_on_their_way_to_it(side: int) -> None:
    """On both sides; those that a strategy asked for itself, or that protect, are not."""
    gate = aims(ruled(), 5 * side)
    assert codes(gate, target(3 * side, "a")) == [""]
    gate.counting.approve(stop(2 * side, 100, "own"))
    gate.counting.approve(guard(-5 * side))
    assert asked(gate, target(2 * side), target(3 * side)) == ["", "parent_overrun"]

    gate.counting.fill(fill(side, "a", PARTLY))
    assert asked(gate, target(2 * side), target(3 * side)) == ["", "parent_overrun"]
    aims(gate, side)  # it wants less: the two that are open are too many
    assert asked(gate, target(-2 * side), target(-3 * side), target(side)) == [
        "",
        "parent_overrun",
        "parent_overrun",
    ]


@SIDES
def test_one_whose_cancel_was_asked_for_is_counted_on_no_more(side: int) -> None:
    """A target of ten is partly filled; then three are wanted: cancel, and sell one."""
    gate = aims(ruled(), 10 * side)
    codes(gate, target(10 * side, "a"))
    gate.counting.fill(fill(4 * side, "a", PARTLY))
    aims(gate, 3 * side)
    assert asked(gate, target(-7 * side), target(-8 * side)) == ["", "parent_overrun"]

    gate.counting.leave("a", leaving=True)
    assert asked(gate, target(-side), target(-2 * side)) == ["", "parent_overrun"]
    gate.counting.leave("a", leaving=False)  # the venue did not cancel
    assert asked(gate, target(-7 * side), target(-8 * side)) == ["", "parent_overrun"]
