"""What becomes of a position whose protection could not be had, came late, or cannot be changed."""

import pytest

from actors.core.order_manager import OrderManager
from tests.core.desks import (
    accepted,
    approved,
    ask,
    cancel_rejected,
    canceled,
    changed,
    commands,
    denied,
    fill,
    manager,
    name,
    own,
    protected,
    rejected,
    replace_rejected,
    trail,
    work,
)
from tests.core.making import A, given, target
from trader.model.envelope import Message
from trader.model.orders import (
    OrderRole,
    OrderType,
    Protection,
    ReplaceKey,
    SubmitOrder,
    TargetDropped,
)

PROTECTION, EXPLICIT = OrderRole.PROTECTION, OrderRole.EXPLICIT
STOP = (Protection("atr_stop", 20),)
LIMIT = (Protection("take_profit", 30, OrderType.LIMIT),)
BOTH = (*STOP, *LIMIT)


# -- refused -------------------------------------------------------------------------------------


def test_an_entry_whose_stop_is_denied_is_not_made() -> None:
    made = manager()
    [entry] = given(made, target(10, protection=BOTH))
    assert isinstance(entry, SubmitOrder)
    [stop, _] = given(made, approved(entry))
    assert isinstance(stop, SubmitOrder)

    assert commands(given(made, denied(stop))) == ["cancel 1"]


def test_what_it_has_opened_by_then_is_closed_at_the_market() -> None:
    made = manager()
    work(made, target(10, protection=BOTH))
    given(made, fill(4), changed(4, 4))

    assert commands(ask(made, rejected(2, "no"))) == ["cancel 1", "submit 4 -4"]
    # What it opens before the cancel is there is closed as well, by the same order.
    given(made, accepted(4))
    assert commands(given(made, fill(3, "t2"), changed(7, 3))) == ["replace 4 -7"]


def test_a_closing_order_that_has_filled_is_followed_by_another() -> None:
    made = manager()
    work(made, target(10, protection=STOP))
    given(made, fill(4), changed(4, 4))
    ask(made, rejected(2, "no"))
    given(made, fill(-4, "c", 3), changed(0, -4, PROTECTION))

    assert commands(given(made, fill(3, "t2"), changed(3, 3))) == ["submit 4 -3"]


def test_what_an_entry_opens_after_its_stop_was_refused_is_closed() -> None:
    """Nothing was there to be closed when the refusal came."""
    made = manager()
    work(made, target(10, protection=STOP))
    assert commands(given(made, rejected(2, "no"))) == ["cancel 1"]

    assert commands(given(made, fill(10), changed(10, 10))) == ["submit 3 -10"]


def test_a_turn_that_cannot_be_protected_closes_and_opens_nothing() -> None:
    made = protected(10)
    work(made, target(-5, protection=STOP))

    said = list(given(made, rejected(4, "no")))
    assert commands(said) == ["cancel 3", "submit 5 -10"]
    assert [each for each in said if isinstance(each, TargetDropped)] == [
        TargetDropped(strategy="one", instrument=A)
    ]
    assert made.state.desks["one"].target == 0


def test_where_cancels_take_time_the_closing_waits_for_the_answer() -> None:
    made = protected(10, patient=True)
    work(made, target(-5, protection=STOP))

    assert commands(given(made, rejected(4, "no"))) == ["cancel 3"]
    assert commands(given(made, canceled(3))) == ["submit 5 -10"]


def test_a_denied_stop_of_a_turn_does_the_same() -> None:
    made = protected(10)
    [entry] = given(made, target(-5, protection=STOP))
    assert isinstance(entry, SubmitOrder)
    [stop] = given(made, approved(entry))
    assert isinstance(stop, SubmitOrder)

    assert commands(given(made, denied(stop))) == ["cancel 3", "submit 5 -10"]


@pytest.mark.parametrize(
    ("exits", "report"),
    [
        (BOTH, rejected(3, "no")),  # a limit protects from nothing
        (BOTH, canceled(3)),
        ((*STOP, Protection("far", 30)), rejected(2, "no")),  # another stop is there
    ],
)
def test_whatever_else_is_refused_changes_nothing(
    exits: tuple[Protection, ...], report: Message
) -> None:
    made = protected(10, exits=exits)

    assert commands(given(made, report)) == []


def test_a_stop_that_ends_because_we_asked_is_not_refused() -> None:
    made = protected(10)
    given(made, changed(0, -10, EXPLICIT))

    assert commands(given(made, canceled(2))) == []


def test_a_closing_order_that_is_refused_too_is_tried_when_something_fills() -> None:
    made = protected(10, exits=BOTH)
    ask(made, rejected(2, "no"))

    assert commands(given(made, rejected(4, "no"))) == []
    assert commands(given(made, changed(9, -1, EXPLICIT))) == ["replace 3 -9", "submit 5 -9"]


def test_what_was_to_be_closed_and_is_gone_is_forgotten() -> None:
    made = protected(10)
    ask(made, canceled(2), rejected(3, "no"))

    assert commands(given(made, changed(0, -10, EXPLICIT))) == []
    assert made.state.desks["one"].covers == {}


def test_a_halt_closes_nothing_and_is_no_refusal() -> None:
    """No other stop is tried before something fills, for each would be denied at every bar."""
    made = protected(10, exits=())
    [stop] = given(made, trail(90))
    assert isinstance(stop, SubmitOrder)

    assert commands(given(made, denied(stop, "trading_halted"))) == []
    assert commands(given(made, trail(91))) == []
    assert commands(given(made, changed(9, -1, EXPLICIT), trail(92))) == ["submit 3 -9"]


def test_what_was_recalled_with_its_entry_is_no_refusal() -> None:
    made = manager()
    ask(made, target(10, protection=STOP))

    assert commands(given(made, canceled(1), canceled(2))) == []
    assert not made.state.desks["one"].unguarded


# -- late ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["unknown_parent", "absent"])
def test_a_child_that_came_after_its_entry_had_filled_is_sent_again_alone(code: str) -> None:
    made = manager()
    ask(made, target(10, protection=BOTH))
    given(made, accepted(1), fill(10), changed(10, 10))

    [_, again] = given(made, rejected(2, code))

    assert isinstance(again, SubmitOrder)
    assert (again.lots, again.stop_ticks, again.parent, again.group) == (-10, 80, "", name(1))
    [_, limit] = given(made, rejected(3, code))
    assert isinstance(limit, SubmitOrder)
    assert (limit.limit_ticks, limit.stop_ticks, limit.group) == (130, None, name(1))


def test_it_is_not_if_nothing_is_left_to_protect() -> None:
    made = manager()
    ask(made, target(10, protection=STOP))
    given(made, accepted(1), fill(10), changed(10, 10), changed(0, -10, EXPLICIT))

    assert commands(given(made, rejected(2, "unknown_parent"))) == []


# -- what cannot be changed ----------------------------------------------------------------------


def test_where_orders_cannot_be_changed_a_stop_is_made_anew() -> None:
    made = protected(10)
    given(made, trail(90))

    assert commands(given(made, replace_rejected(2, "unsupported"))) == ["cancel 2"]
    [_, again] = given(made, canceled(2))
    assert isinstance(again, SubmitOrder)
    assert (again.lots, again.stop_ticks, again.reason) == (-10, 90, "trailing")
    assert (again.parent, again.group) == ("", name(1))


def test_so_is_one_that_was_to_become_smaller() -> None:
    made = protected(10)
    given(made, changed(6, -4, EXPLICIT))
    given(made, replace_rejected(2, "unsupported"))

    [_, again] = given(made, canceled(2))
    assert isinstance(again, SubmitOrder)
    assert (again.lots, again.stop_ticks, again.reason) == (-6, 80, "atr_stop")


def test_while_its_entry_works_it_stays_a_child_of_it() -> None:
    made = manager()
    work(made, target(10, protection=STOP))
    given(made, fill(4), changed(4, 4), trail(90))
    given(made, replace_rejected(2, "unsupported"))

    [_, again] = given(made, canceled(2))
    assert isinstance(again, SubmitOrder)
    assert (again.lots, again.parent) == (-10, name(1))


def test_what_filled_before_its_cancel_is_not_made_anew() -> None:
    made = protected(10)
    given(made, trail(90), replace_rejected(2, "unsupported"))
    given(made, fill(-10, "s", 2), changed(0, -10, PROTECTION))

    assert commands(given(made, cancel_rejected(2))) == []


def test_an_order_of_its_own_that_cannot_be_changed_stays() -> None:
    made = manager()
    work(made, own("k", 5, limit=90))
    given(made, ReplaceKey(strategy="one", key="k", limit_ticks=91))

    assert commands(given(made, replace_rejected(1, "unsupported"))) == []


# -- lots that came without ----------------------------------------------------------------------


def crossing() -> OrderManager:
    """A stop has closed what an order to leave was to close; that order works on."""
    made = protected(10)
    work(made, target(0))
    given(made, fill(-10, "s", 2), changed(0, -10, PROTECTION))
    return made


def test_an_order_that_now_opens_a_target_takes_its_protection_along() -> None:
    """It was to leave a long; what it does now is what the short target wants."""
    made = crossing()

    sent = ask(made, target(-10, protection=BOTH))

    made_orders = [each for each in sent if isinstance(each, SubmitOrder)]
    assert [(each.lots, each.parent) for each in made_orders] == [(10, name(3)), (10, name(3))]


def test_only_as_much_of_it_as_the_target_wants() -> None:
    made = crossing()

    sent = ask(made, target(-15, protection=STOP))

    assert commands(sent) == ["submit 4 -5", "submit 6 5", "submit 5 10"]


def test_lots_that_such_an_order_has_opened_are_protected_when_they_are_there() -> None:
    made = protected(10, patient=True)
    work(made, target(0))
    given(made, fill(-10, "s", 2), changed(0, -10, PROTECTION))
    # It works against the new target, but before its cancel is there it has filled a part.
    assert commands(given(made, target(-4, protection=BOTH))) == ["cancel 3"]
    given(made, fill(-4, "x", 3), changed(-4, -4))

    sent = given(made, canceled(3))

    assert commands(sent) == ["submit 4 4", "submit 5 4"]
    assert {each.parent for each in sent if isinstance(each, SubmitOrder)} == {""}


def test_what_orders_of_its_own_have_bought_is_their_own_business() -> None:
    made = manager()
    given(made, changed(7, 7, EXPLICIT))

    assert commands(ask(made, target(10, protection=STOP))) == ["submit 1 3", "submit 2 -3"]
    given(made, fill(3), changed(10, 3))
    assert commands(given(made, changed(12, 2, EXPLICIT))) == []
    assert made.state.desks["one"].own == 9


def test_of_what_is_sold_the_uncovered_goes_first() -> None:
    made = manager()
    given(made, changed(7, 7, EXPLICIT))
    work(made, target(10, protection=STOP))
    given(made, fill(3), changed(10, 3))

    assert commands(given(made, changed(4, -6, EXPLICIT))) == []
    assert made.state.desks["one"].own == 1
    assert commands(given(made, changed(2, -2, EXPLICIT))) == ["replace 2 -2"]
    assert made.state.desks["one"].own == 0
    given(made, changed(-5, -7, EXPLICIT))
    assert made.state.desks["one"].own == 5
    given(made, changed(4, 9))
    assert made.state.desks["one"].own == 0


def test_more_of_such_lots_enlarge_what_protects_them() -> None:
    """The target is six; three and then two of it came by orders that were to do something else."""
    made = manager()
    work(made, target(6, protection=STOP))
    given(made, canceled(1), canceled(2))

    assert commands(ask(made, changed(3, 3))) == ["submit 3 -3"]
    given(made, accepted(3))
    assert commands(ask(made, changed(5, 2))) == ["replace 3 -5"]


def test_a_turn_that_opens_more_than_it_should_is_protected_once_it_has() -> None:
    """Its stop is for five; a stop of the long has closed what it was to close itself."""
    made = protected(10)
    work(made, target(-5, protection=STOP))
    given(made, fill(-10, "s", 2), changed(0, -10, PROTECTION))

    assert commands(ask(made, target(-15, protection=STOP))) == []
    assert commands(ask(made, fill(-15, "x", 3), changed(-15, -15))) == ["submit 5 10"]
