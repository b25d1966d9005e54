"""Commands from above: what is taken back, left, carried over a split, forgotten."""

import pytest

from actors.core.order_manager import OrderManager
from tests.core.desks import (
    ask,
    canceled,
    changed,
    commands,
    fill,
    manager,
    name,
    order,
    own,
    protected,
    work,
)
from tests.core.making import A, B, given, target
from trader.model.control import SessionClosed, SplitEffective, StrategyFaulted
from trader.model.orders import (
    CancelAll,
    CancelOrder,
    Flatten,
    OrderRole,
    OrderType,
    Protection,
    TimeInForce,
)

PROTECTION, EXPLICIT = OrderRole.PROTECTION, OrderRole.EXPLICIT
STOP = (Protection("atr_stop", 20),)
BOTH = (*STOP, Protection("take_profit", 30, OrderType.LIMIT))


@pytest.mark.parametrize(
    ("scope", "expected"), [("", ["cancel 3", "cancel 1"]), ("two", ["cancel 1"])]
)
def test_a_halt_takes_back_what_builds_up(scope: str, expected: list[str]) -> None:
    made = protected(10)
    work(made, target(15, protection=STOP), target(3, strategy="two", instrument=B))

    assert commands(given(made, CancelAll(strategy=scope, reason="x"))) == expected


REDUCE = CancelAll(strategy="", reason="x", keep_exits=True)


def test_where_only_smaller_positions_are_allowed_a_sale_that_closes_stays() -> None:
    """An order of the strategy's own does not, for nobody knows what it is for."""
    made = protected(10)
    work(made, target(6), own("k", -4, limit=120))

    assert commands(given(made, REDUCE)) == ["cancel 4"]
    assert commands(given(made, CancelAll(strategy="", reason="x"))) == ["cancel 3"]
    assert commands(given(made, REDUCE)) == []


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (0, []),
        (-6, []),  # the account holds four, and the two sales of two leave nothing
        (-7, ["cancel 3"]),
        (-9, ["cancel 2", "cancel 3"]),
        (-12, ["cancel 2", "cancel 3"]),
    ],
)
def test_what_could_turn_the_account_s_position_does_not_stay(
    other: int, expected: list[str]
) -> None:
    """One strategy holds ten and sells two and two; another one stands against it."""
    made = OrderManager({"one": A, "two": A}, account="main", patient=False)
    work(made, target(10))
    given(made, fill(10), changed(10, 10))
    made.state.desks["two"].position = other
    work(made, target(8), target(6))

    assert commands(given(made, REDUCE)) == expected


@pytest.mark.parametrize(("scope", "expected"), [("", ["submit 3 -10"]), ("two", [])])
def test_flattening_closes_what_is_held(scope: str, expected: list[str]) -> None:
    made = protected(10)

    assert commands(given(made, Flatten(strategy=scope, reason="x"))) == expected


def test_a_broken_strategy_loses_its_entries_and_keeps_its_stops() -> None:
    """Its position stays, and so does what protects it."""
    made = protected(10)
    work(made, target(15, protection=STOP), target(3, strategy="two", instrument=B))

    answers = given(made, StrategyFaulted(strategy="one", error="x"))

    assert commands(answers) == ["cancel 3"]


def test_a_broken_strategy_waits_for_nothing() -> None:
    made = manager(patient=True)
    work(made, target(10))
    given(made, target(-5), StrategyFaulted(strategy="one", error="x"))

    assert commands(given(made, canceled())) == []


# -- splits --------------------------------------------------------------------------------------


def split(numerator: int, denominator: int, instrument: str = A) -> SplitEffective:
    return SplitEffective(
        instrument=instrument, numerator=numerator, denominator=denominator, ts_event=0
    )


def test_a_split_changes_positions_targets_and_orders_and_tells_nobody() -> None:
    made = protected(10, exits=BOTH)
    work(made, target(15, protection=BOTH))

    assert given(made, split(7, 1)) == []
    desk = made.state.desks["one"]
    assert (desk.position, desk.target) == (70, 105)
    assert [order(made, count).lots for count in (2, 3, 4)] == [-70, -70, 35]
    assert (order(made, 2).stop_ticks, order(made, 3).limit_ticks) == (11, 19)
    assert commands(given(made, changed(60, -10, EXPLICIT))) == ["replace 2 -60", "replace 3 -60"]


def test_it_is_one_instruments_affair() -> None:
    made = protected(10)

    given(made, split(7, 1, B))

    assert (made.state.desks["one"].position, order(made, 2).lots) == (10, -10)


def test_what_a_split_leaves_without_a_position_needs_no_protection() -> None:
    """The venue cancels what has no lots left; the rest of a part filled order is ours."""
    made = manager()
    work(made, target(4, protection=STOP))
    given(made, fill(4), changed(4, 4), fill(-3, "s", 2), changed(1, -3, PROTECTION))

    assert commands(given(made, split(1, 2))) == ["cancel 2"]
    assert made.state.desks["one"].position == 0


def test_a_target_that_waits_is_carried_over() -> None:
    made = manager(patient=True)
    work(made, target(10))
    given(made, target(-5), split(2, 1))

    assert commands(given(made, canceled())) == ["submit 2 -10"]


# -- sessions ------------------------------------------------------------------------------------


def test_an_order_is_forgotten_by_its_own_calendar() -> None:
    made = OrderManager(
        {"one": A, "two": B}, account="main", patient=False, calendars={A: "XNYS", B: "UTC"}
    )
    work(made, target(10), target(3, strategy="two", instrument=B))
    given(made, canceled(), own("k", 1, limit=90))

    given(made, *[SessionClosed(calendar="UTC", session=0)] * 2)
    assert name(1) in made.state.orders
    given(made, *[SessionClosed(calendar="XNYS", session=0)] * 2)
    assert list(made.state.orders) == [name(1, "two"), name(2)]


@pytest.mark.parametrize("ends_days", [True, False])
def test_what_is_for_the_day_is_taken_back_where_the_venue_knows_no_day(ends_days: bool) -> None:
    """The simulated venue lets it expire by itself."""
    made = OrderManager(
        {"one": A, "two": B},
        account="main",
        patient=True,
        ends_days=ends_days,
        calendars={A: "XNYS", B: "UTC"},
    )
    day = TimeInForce.DAY
    work(made, own("a", 1, limit=90), own("b", 1, limit=91, time_in_force=day))
    work(made, own("c", 1, limit=92, time_in_force=day))
    given(made, canceled(3))

    assert commands(given(made, SessionClosed(calendar="UTC", session=0))) == []
    closed = given(made, SessionClosed(calendar="XNYS", session=0))
    assert commands(closed) == (["cancel 2"] if ends_days else [])
    if ends_days:
        assert [each.reason for each in closed if isinstance(each, CancelOrder)] == [
            "session_closed"
        ]
        assert given(made, SessionClosed(calendar="XNYS", session=1)) == []


def test_a_denied_order_of_nobody_who_waits_is_only_closed() -> None:
    made = manager(patient=True)
    work(made, target(10))
    given(made, target(-5))

    assert commands(ask(made, own("k", 1))) == ["submit 2 1"]


def test_a_strategy_of_own_orders_that_had_to_leave_may_come_back() -> None:
    """Its next fill is what it asked for, and not brought back."""
    made = manager()
    given(made, Flatten(strategy="one", reason="x"))
    work(made, own("k", 5))

    given(made, fill(5))

    assert commands(given(made, changed(5, 5, EXPLICIT))) == []
