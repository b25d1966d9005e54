"""How large one order may be, and one position."""

import pytest

from tests.logic.rules.ruling import (
    CANCELED,
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
    quoted,
    replaced,
    ruled,
    stop,
)
from trader.logic.rules.case import Case
from trader.logic.rules.limits import Limits
from trader.logic.rules.size import lots_exceed_max, notional_exceeds_max, position_exceeds_max
from trader.model.control import SplitEffective
from trader.model.orders import SubmitOrder
from trader.model.units import INT64_MAX

SIDES = pytest.mark.parametrize("side", [1, -1])


def test_no_rule_is_made_for_a_limit_that_is_not_set_or_an_order_that_protects() -> None:
    """But for the position: protection without a parent could build one up."""
    plain = Case(limits=Limits(), facts=facts())
    limits = Limits(lots_max=1, notional_max=1, position_max=1)
    guards = Case(limits=limits, facts=facts(), protective=True)

    for maker in (lots_exceed_max, notional_exceeds_max, position_exceeds_max):
        assert maker(plain) is None
        assert (maker(guards) is None) is (maker is not position_exceeds_max)


# -- lots ----------------------------------------------------------------------------------------


@SIDES
@pytest.mark.parametrize(("lots", "code"), [(4, ""), (5, ""), (6, "lots_exceed_max")])
def test_lots_of_one_order(side: int, lots: int, code: str) -> None:
    assert asked(ruled(lots_max=5), order(side * lots)) == [code]


@SIDES
@pytest.mark.parametrize(("lots", "code"), [(8, ""), (9, ""), (10, "lots_exceed_max")])
def test_an_order_that_only_closes_may_be_as_large_as_what_is_held(
    side: int, lots: int, code: str
) -> None:
    gate = holds(ruled(lots_max=5), -9 * side)

    assert asked(gate, order(side * lots), guard(side * lots)) == [code, ""]


def test_lots_of_the_largest_size_are_compared_exactly() -> None:
    gate = ruled(lots_max=INT64_MAX - 1)

    assert asked(gate, order(INT64_MAX - 1), order(INT64_MAX)) == ["", "lots_exceed_max"]
    denial = gate.judge(order(-INT64_MAX), NOW)
    assert denial is not None
    assert denial.detail == f"{INT64_MAX} lots, allowed {INT64_MAX - 1}"


# -- worth ---------------------------------------------------------------------------------------


@SIDES
@pytest.mark.parametrize(
    ("most", "code"), [(999, "notional_exceeds_max"), (1_000, ""), (1_001, "")]
)
def test_an_order_is_worth_its_own_price_else_the_last(side: int, most: int, code: str) -> None:
    """Five lots at 100 ticks are worth 1000: half a tick x lot is one."""
    gate = ruled(price=100, notional_max=most)
    assert asked(gate, order(5 * side)) == [code]

    elsewhere = ruled(price=70, notional_max=most)
    assert asked(elsewhere, limit(5 * side, 100), stop(5 * side, 100)) == [code, code]


@pytest.mark.parametrize(
    ("most", "code"), [(1_001, ""), (1_000, ""), (999, "notional_exceeds_max")]
)
def test_the_unit_of_money_of_the_instrument_counts(most: int, code: str) -> None:
    """In B half a tick x lot is worth two, so a bound between two of them is the lower one."""
    gate = ruled(price=50, notional_max=most)

    assert asked(gate, order(5, instrument=B)) == [code]


def test_the_middle_of_a_quote_is_worth_half_a_tick_more() -> None:
    gate = ruled(notional_max=1_004)
    quoted(gate, 100, 101)

    assert asked(gate, order(5), limit(5, 100)) == ["notional_exceeds_max", ""]


@pytest.mark.parametrize(("lots", "code"), [(-9, ""), (-10, "notional_exceeds_max")])
def test_what_only_closes_may_be_worth_anything(lots: int, code: str) -> None:
    gate = holds(ruled(notional_max=1), 9)

    assert asked(gate, order(lots), guard(lots)) == [code, ""]


def test_the_largest_orders_do_not_overflow() -> None:
    gate = ruled(price=INT64_MAX // 2, notional_max=INT64_MAX)

    denial = gate.judge(order(INT64_MAX), NOW)
    assert denial is not None
    assert denial.detail == f"{INT64_MAX * (INT64_MAX - 1)} quanta, allowed {INT64_MAX}"


# -- position ------------------------------------------------------------------------------------


@SIDES
@pytest.mark.parametrize(("lots", "code"), [(4, ""), (5, ""), (6, "position_exceeds_max")])
@pytest.mark.parametrize(
    "before",
    [
        pytest.param([], id="nothing"),
        pytest.param([3], id="one that rests"),
        pytest.param([1, 2], id="two that rest"),
    ],
)
def test_all_that_is_open_on_a_side_counts(
    side: int, lots: int, code: str, before: list[int]
) -> None:
    """What stands on the other side does not help: it may not fill."""
    gate = ruled(position_max=5 + sum(before))
    for k, each in enumerate(before):
        assert codes(gate, limit(each * side, 100 - side, f"r{k}")) == [""]
    assert codes(gate, limit(-side * 2, 100 + side, "other")) == [""]

    assert asked(gate, limit(side * lots, 100 - side)) == [code]


@SIDES
@pytest.mark.parametrize(
    ("held", "lots", "code"),
    [
        (3, 1, ""),
        (3, 2, ""),
        (3, 3, "position_exceeds_max"),
        (-3, 8, ""),
        (-3, 9, "position_exceeds_max"),
        (9, -9, ""),  # beyond the bound for whatever reason: it may be closed
        (9, -1, ""),
        (9, -14, ""),
        (9, -15, "position_exceeds_max"),
        (9, 1, "position_exceeds_max"),
    ],
)
def test_what_is_held_counts(side: int, held: int, lots: int, code: str) -> None:
    gate = holds(ruled(position_max=5), side * held)

    assert asked(gate, order(side * lots)) == [code]


def test_strategies_share_the_accounts_position() -> None:
    gate = holds(holds(ruled(position_max=5), 3), 2, strategy="two")

    assert asked(gate, order(1, strategy="two"), order(-10)) == ["position_exceeds_max", ""]


def test_the_stops_of_a_position_count_when_it_is_turned() -> None:
    """Both may fill in one gap: sold by the order, and sold again by the stop."""
    gate = holds(ruled(position_max=5), 5)
    gate.counting.approve(guard(-5))

    assert asked(gate, order(-5), order(-6)) == ["", "position_exceeds_max"]


def test_protection_without_a_parent_is_counted_with_one_it_is_not() -> None:
    gate = ruled(position_max=5)

    assert asked(gate, guard(-5), guard(-6)) == ["", "position_exceeds_max"]
    assert asked(gate, guard(-6, parent="entry")) == [""]
    assert asked(holds(gate, 6), guard(-6)) == [""]


@pytest.mark.parametrize(
    ("becomes", "room"),
    [
        ("rests", 2),
        ("half", 2),  # what has filled is held now
        ("lowered", 4),
        ("raised", 0),
        ("leaves", 2),  # it may fill until it has ended
        ("ended", 5),
        ("late", 5 - 1),  # a fill that crossed our cancel
    ],
)
def test_whatever_becomes_of_an_order_its_worst_case_counts(becomes: str, room: int) -> None:
    gate = ruled(position_max=5)
    assert codes(gate, order(3, "first")) == [""]
    counting = gate.counting
    match becomes:
        case "half":
            counting.fill(fill(2, "first", PARTLY))
        case "lowered":
            counting.replaced(replaced(1, "first"))
        case "raised":
            counting.ask(gate.account.resting["first"], 5, None)
        case "leaves":
            counting.leave("first", leaving=True)
        case "ended":
            counting.end("first")
        case "late":
            counting.end("first")
            counting.fill(fill(1, "first", CANCELED))
        case _:
            pass

    verdicts = asked(gate, *(order(lots) for lots in (room, room + 1) if lots))
    assert verdicts == ["", "position_exceeds_max"][2 - len(verdicts) :]


@pytest.mark.parametrize("side", [1, -1])
def test_a_split_brings_position_and_orders_nearer_to_the_bound(side: int) -> None:
    """Two of three are held and one is open: 2:1 makes six of them."""
    gate = holds(ruled(position_max=7), 2 * side)
    codes(gate, order(side, "open"))
    gate.counting.split(SplitEffective(instrument="A.v", numerator=2, denominator=1, ts_event=NOW))

    assert asked(gate, order(side), order(2 * side)) == ["", "position_exceeds_max"]


@pytest.mark.parametrize(
    ("one", "reach"), [(order(INT64_MAX), INT64_MAX + 3), (order(-INT64_MAX), INT64_MAX - 3)]
)
def test_sums_beyond_64_bits_are_still_sums(one: SubmitOrder, reach: int) -> None:
    gate = holds(ruled(position_max=5), 3)

    denial = gate.judge(one, NOW)
    assert denial is not None
    assert denial.detail == f"worst case {reach} lots, allowed 5"
