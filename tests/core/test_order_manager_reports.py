"""What the venue says of orders: passed on, ignored or contradicted, and what waited for it."""

from collections.abc import Callable

import pytest

from tests.core.desks import (
    accepted,
    ask,
    bust,
    cancel_rejected,
    canceled,
    changed,
    commands,
    denied,
    expired,
    fill,
    holds,
    in_doubt,
    made_lots,
    manager,
    name,
    order,
    rejected,
    replace_rejected,
    replaced,
    submitted,
    work,
)
from tests.core.making import A, given, target
from trader.model.account import DifferenceFound, DoubtsResolved
from trader.model.control import SessionClosed
from trader.model.envelope import Message
from trader.model.orders import (
    CancelAll,
    OrderEvent,
    OrderFilled,
    OrderRole,
    OrderStatus,
    SubmitOrder,
)

S = OrderStatus
MIDNIGHT = SessionClosed(calendar="UTC", session=0)
CANCEL = CancelAll(strategy="", reason="asked")


def statuses(messages: list[Message]) -> list[tuple[OrderStatus, int]]:
    """The status and the lots filled that each passed event tells."""
    assert all(isinstance(each, OrderEvent) for each in messages), messages
    return [(each.status, each.lots_filled) for each in messages if isinstance(each, OrderEvent)]


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([submitted()], [(S.SUBMITTED, 0)]),
        ([submitted(), accepted()], [(S.SUBMITTED, 0), (S.ACCEPTED, 0)]),
        ([accepted(), fill(4)], [(S.ACCEPTED, 0), (S.PARTIALLY_FILLED, 4)]),
        ([accepted(), fill(10)], [(S.ACCEPTED, 0), (S.FILLED, 10)]),
        ([fill(10)], [(S.FILLED, 10)]),  # the fill overtook every other answer
        ([fill(4), canceled()], [(S.PARTIALLY_FILLED, 4), (S.CANCELED, 4)]),
        ([expired()], [(S.EXPIRED, 0)]),
        ([rejected()], [(S.REJECTED, 0)]),
        ([in_doubt(), in_doubt()], [(S.IN_DOUBT, 0), (S.IN_DOUBT, 0)]),
    ],
)
def test_a_report_goes_on_with_what_the_venue_does_not_know(
    reports: list[Message], expected: list[tuple[OrderStatus, int]]
) -> None:
    made = manager()
    ask(made, target(10))

    answers = given(made, *reports)

    assert statuses(answers) == expected
    owners = [(e.strategy, e.instrument) for e in answers if isinstance(e, OrderEvent)]
    assert owners == [("one", A)] * len(answers)


def test_a_fill_is_passed_with_the_role_of_its_order_and_its_reason() -> None:
    made = manager()
    work(made, target(10))

    assert given(made, fill(4)) == [
        OrderFilled(
            client_order_id=name(1),
            strategy="one",
            instrument=A,
            status=S.PARTIALLY_FILLED,
            lots_filled=4,
            trade_id="t1",
            last_lots=4,
            last_ticks=100,
            role=OrderRole.TARGET,
            reason="because",
        )
    ]


# -- duplicates and contradictions ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "again"),
    [
        ([accepted()], accepted()),
        ([accepted()], submitted()),
        ([fill(4)], fill(4)),
        ([fill(4)], accepted()),
        ([fill(4), fill(6, "t2")], fill(4)),
        ([fill(4), fill(6, "t2")], fill(6, "t2")),
        ([canceled()], canceled()),
        ([canceled()], cancel_rejected()),
        ([fill(4), canceled()], fill(4)),
        ([rejected()], rejected()),
        ([expired()], expired()),
        ([fill(10)], replace_rejected()),
        ([fill(10)], replaced(12)),
        ([canceled()], replaced(6)),
    ],
)
def test_a_repeated_fact_is_counted_and_ignored(before: list[Message], again: Message) -> None:
    made = manager()
    ask(made, target(10))
    given(made, *before)
    life = order(made)
    known = (life.status, life.lots_filled, list(life.trades))

    assert given(made, again) == []
    assert made.state.duplicates == 1
    assert (life.status, life.lots_filled, life.trades) == known


@pytest.mark.parametrize(
    ("before", "nonsense", "ours"),
    [
        ([canceled()], expired(), "CANCELED"),
        ([fill(10)], canceled(), "FILLED"),
        ([fill(10)], fill(1, "t2"), "FILLED"),
        ([rejected()], canceled(), "REJECTED"),
        ([fill(4)], rejected(), "PARTIALLY_FILLED"),
        ([accepted()], in_doubt(), "ACCEPTED"),
        ([], cancel_rejected(), "APPROVED"),
        ([submitted()], replaced(6), "SUBMITTED"),
        ([accepted()], replaced(-6), "ACCEPTED"),
        ([accepted()], replaced(0), "ACCEPTED"),
    ],
)
def test_a_contradiction_is_a_difference(
    before: list[Message], nonsense: OrderEvent, ours: str
) -> None:
    made = manager()
    ask(made, target(10))
    given(made, *before)
    status, filled = order(made).status, order(made).lots_filled

    assert given(made, nonsense) == [  # type: ignore[arg-type]
        DifferenceFound(
            kind="contradiction", key=name(1), ours=ours, theirs=type(nonsense).__name__
        )
    ]
    assert (order(made).status, order(made).lots_filled) == (status, filled)


@pytest.mark.parametrize(
    "report",
    [
        submitted(9),
        accepted(9),
        rejected(9),
        canceled(9),
        expired(9),
        cancel_rejected(9),
        replaced(5, 9),
        replace_rejected(9),
        in_doubt(9),
        fill(5, count=9),
        bust(5, count=9),
    ],
    ids=lambda report: type(report).__name__,
)
def test_a_report_about_an_order_that_is_not_ours_is_a_difference(report: OrderEvent) -> None:
    made = manager()
    ask(made, target(10))

    assert given(made, report) == [  # type: ignore[arg-type]
        DifferenceFound(
            kind="unknown_order", key=name(9), ours="nothing", theirs=type(report).__name__
        )
    ]


def test_ended_orders_are_forgotten_a_session_later() -> None:
    """A venue that repeats itself over midnight says nothing new."""
    made = manager()
    ask(made, target(10), target(15))
    given(made, fill(10), fill(2, count=2))
    [third] = given(made, target(16))
    assert isinstance(third, SubmitOrder)
    given(made, denied(third))

    assert given(made, MIDNIGHT) == []
    assert list(made.state.orders) == [name(1), name(2), name(3)]
    assert given(made, fill(10)) == []
    assert made.state.duplicates == 1
    assert given(made, MIDNIGHT) == []
    assert list(made.state.orders) == [name(2)]
    assert made.state.desks["one"].working == [name(2)]


# -- fills that come late ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "status"), [(canceled, S.CANCELED), (expired, S.EXPIRED)], ids=["canceled", "expired"]
)
def test_a_fill_that_crossed_the_end_counts_and_the_end_stays(
    end: Callable[[], Message], status: OrderStatus
) -> None:
    made = manager()
    work(made, target(10))
    given(made, end())

    assert statuses(given(made, fill(4), fill(6, "t2"))) == [(status, 4), (status, 10)]
    assert made.state.desks["one"].working == []


def test_a_rejection_that_was_only_concluded_can_be_wrong() -> None:
    """The order works after all: it is counted as open, can be cancelled, and ends properly."""
    made = manager()
    ask(made, target(10))
    given(made, in_doubt(), rejected())
    assert made.state.desks["one"].working == []

    assert statuses(given(made, fill(4))) == [(S.PARTIALLY_FILLED, 4)]
    holds(made, 4)
    assert commands(given(made, target(10))) == []
    assert commands(given(made, CANCEL)) == ["cancel 1"]
    assert statuses(given(made, fill(6, "t2"))) == [(S.FILLED, 10)]
    assert made.state.desks["one"].working == []


def test_a_rejected_order_can_turn_out_to_be_filled_whole() -> None:
    made = manager()
    ask(made, target(10))
    given(made, rejected())

    assert statuses(given(made, fill(10))) == [(S.FILLED, 10)]
    assert made.state.desks["one"].working == []


# -- busts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "status", "filled"),
    [
        ([fill(4)], S.PARTIALLY_FILLED, 0),
        ([fill(4), fill(6, "t2")], S.FILLED, 6),
        ([fill(4), canceled()], S.CANCELED, 0),
        ([fill(4), expired()], S.EXPIRED, 0),
        ([fill(4), CANCEL], S.PENDING_CANCEL, 0),
    ],
)
def test_a_bust_reverses_the_fill_and_the_status_stays(
    before: list[Message], status: OrderStatus, filled: int
) -> None:
    made = manager()
    work(made, target(10))
    given(made, *before)

    assert statuses(given(made, bust(4))) == [(status, filled)]
    # Once is once.
    [again] = given(made, bust(4))
    assert isinstance(again, DifferenceFound)
    assert order(made).lots_filled == filled


def test_what_was_never_booked_cannot_be_taken_back() -> None:
    """A fill beyond a filled order is a difference; so is its bust."""
    made = manager()
    work(made, target(10))
    given(made, fill(10))

    assert [type(each) for each in given(made, fill(5, "t2"), bust(5, "t2"))] == [
        DifferenceFound,
        DifferenceFound,
    ]
    assert order(made).lots_filled == 10


# -- what waited for an answer -------------------------------------------------------------------


def test_a_cancel_of_an_order_in_doubt_is_sent_once_it_is_known_to_work() -> None:
    made = manager()
    ask(made, target(10))
    given(made, in_doubt())

    assert given(made, CANCEL) == []
    assert commands(given(made, accepted())) == ["cancel 1"]
    assert order(made).status is S.PENDING_CANCEL


@pytest.mark.parametrize("end", [rejected(), canceled(), expired(), fill(10)])
def test_an_order_in_doubt_that_has_ended_needs_no_cancel(end: Message) -> None:
    made = manager()
    ask(made, target(10))
    given(made, in_doubt(), CANCEL)

    assert commands(given(made, end)) == []


def test_a_cancel_that_was_refused_can_be_asked_for_again() -> None:
    made = manager()
    work(made, target(10))
    given(made, CANCEL)

    assert commands(given(made, CANCEL)) == []  # under way
    assert commands(given(made, cancel_rejected())) == []  # not of itself
    assert order(made).status is S.ACCEPTED
    assert commands(given(made, CANCEL)) == ["cancel 1"]


def test_a_cancel_is_sent_again_if_another_answer_brought_the_order_back_to_work() -> None:
    """In doubt both the cancel and a replacement were under way; only the latter was answered."""
    made = manager()
    ask(made, target(10))
    given(made, in_doubt(), CANCEL)

    assert commands(given(made, replace_rejected())) == ["cancel 1"]


@pytest.mark.parametrize(
    ("answers", "resolved"),
    [
        ([accepted(1)], 0),
        ([accepted(1), rejected(2)], 1),
        ([fill(10, count=1), fill(5, count=2)], 1),
        ([accepted(1), in_doubt(2)], 0),
        ([accepted(1), cancel_rejected(2)], 0),  # says nothing about whether it works
        ([accepted(1), accepted(2), fill(5, count=2)], 1),
    ],
)
def test_the_last_doubt_resolved_is_told_once(answers: list[Message], resolved: int) -> None:
    made = manager()
    ask(made, target(10), target(15))
    given(made, in_doubt(1), in_doubt(2))

    assert given(made, *answers).count(DoubtsResolved()) == resolved


# -- sizes ---------------------------------------------------------------------------------------


def test_a_venue_may_lower_an_order_of_itself() -> None:
    """That passes on, once; the order ends at its new size."""
    made = manager()
    work(made, target(10))

    assert statuses(given(made, fill(4), replaced(6)))[1:] == [(S.PARTIALLY_FILLED, 4)]
    assert given(made, replaced(6)) == []
    assert made.state.duplicates == 1
    assert order(made).left == 2
    assert statuses(given(made, fill(2, "t2"))) == [(S.FILLED, 6)]


def test_more_lots_than_ordered_are_booked_as_they_are() -> None:
    """A venue's error, and yet a fact about the position."""
    made = manager()
    work(made, target(10))

    [passed] = given(made, fill(12))

    assert isinstance(passed, OrderFilled)
    assert (passed.last_lots, passed.lots_filled) == (12, 12)


def test_a_target_that_waited_is_made_once_the_fill_is_booked() -> None:
    """The fill ended the order that was being cancelled: one order brings the rest of the way."""
    made = manager(patient=True)
    work(made, target(10))
    given(made, target(-5))

    answers = given(made, fill(10))

    assert isinstance(answers[0], OrderFilled)
    assert made_lots(answers) == []
    assert made_lots(given(made, changed(10, 10))) == [-15]


def test_a_part_that_fills_before_the_cancel_is_answered_makes_no_order_yet() -> None:
    made = manager(patient=True)
    work(made, target(10))
    given(made, target(-5))

    assert statuses(given(made, fill(4))) == [(S.PENDING_CANCEL, 4)]
    assert made_lots(given(made, changed(4, 4))) == []
    assert made_lots(given(made, canceled())) == [-9]
