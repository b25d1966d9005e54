"""A new life of the process: what is asked for, what we say of ourselves, and the state itself."""

from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from actors.core.order_manager import OrderManager
from tests.core.desks import (
    accepted,
    ask,
    bust,
    cancel_rejected,
    canceled,
    changed,
    commands,
    expired,
    fill,
    holds,
    in_doubt,
    manager,
    name,
    order,
    rejected,
    replace_rejected,
    replaced,
    submitted,
    work,
)
from tests.core.making import A, B, given, reborn, target
from trader.model.account import OwnReported, QueryOwn
from trader.model.control import RunStarted, SessionClosed, StrategyFaulted
from trader.model.envelope import Message
from trader.model.orders import (
    CancelAll,
    CancelKey,
    OrderInDoubt,
    OrderRequested,
    OrderRole,
    OrderStatus,
    OrderType,
    Protection,
    QueryOrder,
    SubmitOrder,
)

RESTARTED = RunStarted(run="trial", epoch=2)
CANCEL = CancelAll(strategy="", reason="asked")
STOP = (Protection("atr_stop", 20),)


def test_a_first_start_has_nothing_to_ask() -> None:
    assert given(manager(), RunStarted(run="trial", epoch=1)) == []


@pytest.mark.parametrize(
    ("before", "doubted"),
    [
        ([], True),  # approved, and perhaps sent
        ([submitted()], True),
        ([in_doubt()], True),
        ([accepted()], False),
        ([accepted(), fill(4)], False),
        ([accepted(), CANCEL], True),
        ([accepted(), fill(4), CANCEL], True),
    ],
)
def test_whatever_lacks_an_answer_is_in_doubt_and_everything_open_is_asked_for(
    before: list[Message], doubted: bool
) -> None:
    made = manager()
    ask(made, target(10))
    given(made, *before)

    answers = given(reborn(made, manager()), RESTARTED)

    assert [type(each) for each in answers] == [OrderInDoubt] * doubted + [QueryOrder]
    assert answers[-1] == QueryOrder(client_order_id=name(1), instrument=A)


def test_a_replacement_under_way_is_in_doubt_too() -> None:
    made = manager()
    work(made, target(10, protection=STOP))
    given(made, fill(10), changed(10, 10), changed(6, -4, OrderRole.EXPLICIT))
    assert order(made, 2).status is OrderStatus.PENDING_REPLACE

    assert [type(each) for each in given(made, RESTARTED)] == [OrderInDoubt, QueryOrder]


def test_ended_orders_are_not_asked_for() -> None:
    made = manager()
    ask(made, target(10), target(15))
    given(made, fill(10), rejected(2))

    assert given(made, RESTARTED) == []


def test_ids_of_a_new_life_are_its_own() -> None:
    made = manager()
    work(made, target(10))
    given(made, RESTARTED)

    [again] = given(made, target(15))

    assert isinstance(again, SubmitOrder)
    assert again.client_order_id == name(2, epoch=2)


def test_a_cancel_from_before_is_sent_again_once_the_order_is_known_to_work() -> None:
    """Nobody knows whether the first one left."""
    made = manager()
    work(made, target(10))
    given(made, CANCEL, RESTARTED)

    assert commands(given(made, accepted())) == ["cancel 1"]


def test_an_order_that_never_arrived_is_dropped_and_not_sent_again() -> None:
    made = manager()
    ask(made, target(10))
    given(made, RESTARTED)

    assert commands(given(made, rejected())) == []
    assert made.state.desks["one"].working == []


# -- our own view --------------------------------------------------------------------------------


def test_our_own_view_is_working_orders_doubts_and_lots_traded() -> None:
    made = manager()
    ask(made, target(10), target(15), target(3, strategy="two", instrument=B))
    given(made, fill(10), in_doubt(2))
    holds(made, 10)

    assert given(made, QueryOwn()) == [
        OwnReported(working=(name(2), name(1, "two")), in_doubt=1, traded={A: 10, B: 0})
    ]


def test_strategies_of_one_instrument_are_one_to_the_venue() -> None:
    made = OrderManager({"one": A, "two": A}, account="main", patient=False)
    made.state.desks["one"].position = 10
    made.state.desks["two"].position = -3

    assert given(made, QueryOwn()) == [OwnReported(working=(), in_doubt=0, traded={A: 7})]


# -- the state -----------------------------------------------------------------------------------

COUNTS = st.integers(1, 5)
LOTS = st.integers(-6, 6)
TRADES = st.sampled_from(["t1", "t2", "t3"])
REPORTS = st.one_of(
    *(
        st.builds(report, COUNTS)
        for report in (
            submitted,
            accepted,
            rejected,
            canceled,
            expired,
            cancel_rejected,
            replace_rejected,
            in_doubt,
        )
    ),
    st.builds(fill, LOTS.filter(bool), TRADES, COUNTS),
    st.builds(bust, LOTS.filter(bool), TRADES, COUNTS),
    st.builds(replaced, LOTS.filter(bool), COUNTS),
)
WISHES = st.one_of(
    st.builds(target, LOTS, protection=st.sampled_from([(), STOP])),
    st.builds(
        OrderRequested,
        strategy=st.just("one"),
        instrument=st.just(A),
        key=st.sampled_from(["k", "l"]),
        lots=LOTS,
        order_type=st.just(OrderType.LIMIT),
        limit_ticks=st.just(90),
        stop_ticks=st.none(),
        ref_ticks=st.just(100),
    ),
    st.builds(CancelKey, strategy=st.just("one"), key=st.sampled_from(["k", "l"])),
    st.just(CANCEL),
    st.just(StrategyFaulted(strategy="one", error="x")),
)
REST = st.one_of(
    st.builds(changed, LOTS, LOTS.filter(bool), st.sampled_from(OrderRole)),
    st.just(SessionClosed(calendar="UTC", session=0)),
    st.builds(RunStarted, run=st.just("trial"), epoch=st.integers(1, 3)),
    st.just(QueryOwn()),
)


@generated(
    st.lists(st.one_of(WISHES, REPORTS, REST), max_size=30), st.integers(0, 30), st.booleans()
)
def test_whatever_comes_it_goes_on_after_a_restart_as_before(
    events: list[Any], at: int, patient: bool
) -> None:
    """Nothing raises, and only open orders are on the desk, each of them once."""
    made = manager(patient=patient)
    again = manager(patient=patient)
    for k, event in enumerate(events):
        answers = ask(made, event)
        if k == at:
            reborn(made, again)
        elif k > at:
            assert ask(again, event) == answers
            assert again.dump() == made.dump()
        state = made.state
        working = [id_ for desk in state.desks.values() for id_ in desk.working]
        open_ids = [i for i, o in state.orders.items() if o.status < OrderStatus.DENIED]
        assert sorted(working) == sorted(open_ids)
