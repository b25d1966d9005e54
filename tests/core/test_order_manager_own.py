"""Orders of a strategy's own: asked for by key, changed, canceled, in groups and with parents."""

import pytest

from tests.core.desks import (
    accepted,
    ask,
    canceled,
    commands,
    denied,
    fill,
    manager,
    name,
    order,
    own,
    rejected,
    replace_rejected,
    replaced,
    work,
)
from tests.core.making import given, submit
from trader.model.envelope import Message
from trader.model.orders import (
    CancelKey,
    OrderRejected,
    OrderRole,
    OrderStatus,
    OrderType,
    ReplaceKey,
    SubmitOrder,
    TimeInForce,
)


def cancel(key: str) -> CancelKey:
    return CancelKey(strategy="one", key=key)


@pytest.mark.parametrize(
    ("prices", "kind"),
    [
        ({}, OrderType.MARKET),
        ({"limit": 90}, OrderType.LIMIT),
        ({"stop": 110}, OrderType.STOP),
        ({"limit": 90, "stop": 110}, OrderType.STOP_LIMIT),
    ],
)
def test_a_request_becomes_the_order_it_asks_for(prices: dict[str, int], kind: OrderType) -> None:
    assert given(manager(), own("k", -3, **prices), now=4) == [
        submit(
            -3,
            order_type=kind,
            limit_ticks=prices.get("limit"),
            stop_ticks=prices.get("stop"),
            role=OrderRole.EXPLICIT,
            ts_decided=4,
            reason="k",
        )
    ]


def test_a_request_for_nothing_is_none() -> None:
    assert given(manager(), own("k", 0)) == []


@pytest.mark.parametrize("end", [canceled(), rejected(), fill(3)])
def test_a_key_names_one_order_until_that_ends(end: Message) -> None:
    made = manager()
    work(made, own("k", 3), own("other", 1))

    assert given(made, own("k", 5)) == []
    given(made, end)
    assert given(made, cancel("k")) == []
    assert commands(ask(made, own("k", 5))) == ["submit 3 5"]
    assert commands(given(made, cancel("other"))) == ["cancel 2"]


def test_what_nothing_comes_of_is_noted() -> None:
    made = manager()
    given(made, own("k", 3), now=1)
    given(made, own("k", 4), now=2)
    given(made, change("i", 2), now=3)
    given(made, cancel("j"), now=4)

    noted = {kind.__name__: (each.key, each.ts) for (_, kind), each in made.ignored.items()}
    assert noted == {"OrderRequested": ("k", 2), "ReplaceKey": ("i", 3), "CancelKey": ("j", 4)}


def test_a_denied_request_frees_its_key() -> None:
    made = manager()
    [first] = given(made, own("k", 3))
    assert isinstance(first, SubmitOrder)
    given(made, denied(first))

    assert commands(given(made, own("k", 3))) == ["submit 2 3"]


def test_a_key_cancels_its_order_once() -> None:
    made = manager()
    work(made, own("k", 3))

    assert commands(given(made, cancel("nobody's"))) == []
    assert commands(given(made, cancel("k"))) == ["cancel 1"]
    assert commands(given(made, cancel("k"))) == []


def test_all_terms_go_with_it() -> None:
    """A group is the strategy's own, whatever the others call theirs."""
    made = manager()
    work(made, own("entry", 5))
    asked = own(
        "exit",
        -5,
        limit=120,
        time_in_force=TimeInForce.DAY,
        reduce_only=True,
        group="pair",
        parent="entry",
    )

    [sent] = given(made, asked)

    assert isinstance(sent, SubmitOrder)
    assert (sent.time_in_force, sent.reduce_only) == (TimeInForce.DAY, True)
    assert (sent.group, sent.parent) == ("one:pair", name(1))


@pytest.mark.parametrize("before", [[], [canceled()], [fill(3)]], ids=["none", "gone", "filled"])
def test_a_parent_that_does_not_work_is_one_that_the_venue_does_not_know(
    before: list[Message],
) -> None:
    made = manager()
    if before:
        work(made, own("entry", 3))
        given(made, *before)

    [sent] = given(made, own("exit", -3, stop=90, parent="entry"))

    assert isinstance(sent, SubmitOrder)
    assert sent.parent == "one:entry"


# -- changes -------------------------------------------------------------------------------------


def change(key: str, lots: int | None = None, **prices: int) -> ReplaceKey:
    return ReplaceKey(strategy="one", key=key, lots=lots, **prices)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (change("k", 5), ["replace 1 5"]),
        (change("k", limit_ticks=91), ["replace 1 limit 91"]),
        (change("k", 5, limit_ticks=91), ["replace 1 5 limit 91"]),
        (change("k", 3, limit_ticks=90), []),  # it is that
        (change("k", stop_ticks=91), []),  # it has no such price
        (change("nobody's", 5), []),
    ],
)
def test_a_change_asks_for_what_is_new(wanted: ReplaceKey, expected: list[str]) -> None:
    made = manager()
    work(made, own("k", 3, limit=90))

    assert commands(given(made, wanted)) == expected


def test_the_last_of_several_changes_is_sent_when_the_first_is_answered() -> None:
    made = manager()
    work(made, own("k", 3, limit=90))
    given(made, change("k", limit_ticks=91))

    assert commands(given(made, change("k", 5), change("k", limit_ticks=92))) == []
    assert commands(given(made, replaced(3, limit_ticks=91))) == ["replace 1 5 limit 92"]
    assert commands(given(made, replaced(5, limit_ticks=92))) == []


def test_a_change_of_an_order_that_does_not_work_yet_waits() -> None:
    made = manager()
    ask(made, own("k", 3, limit=90))

    assert commands(given(made, change("k", limit_ticks=91))) == []
    assert commands(given(made, accepted())) == ["replace 1 limit 91"]


@pytest.mark.parametrize("code", ["lots_exceed_max", "triggered"])
def test_a_change_that_was_refused_is_dropped(code: str) -> None:
    """By risk or by the venue: the order is what it was."""
    made = manager()
    work(made, own("k", 3, limit=90))
    given(made, change("k", 9))

    assert commands(given(made, replace_rejected(1, code))) == []
    assert (order(made).lots, order(made).status) == (3, OrderStatus.ACCEPTED)
    assert commands(given(made, change("k", 4))) == ["replace 1 4"]


def test_a_size_that_is_filled_already_is_a_cancel() -> None:
    made = manager()
    work(made, own("k", 5, limit=90))
    given(made, fill(3))

    assert commands(given(made, change("k", 2))) == ["cancel 1"]


@pytest.mark.parametrize("lots", [9, -9])
def test_an_order_keeps_its_side_whatever_sign_its_size_is_given_with(lots: int) -> None:
    made = manager()
    work(made, own("k", -5, limit=110))

    assert commands(given(made, change("k", lots))) == ["replace 1 -9"]


def test_a_post_only_order_can_be_rejected_while_a_change_is_under_way() -> None:
    """It met the market before the change was there."""
    made = manager()
    work(made, own("k", 5, limit=90, time_in_force=TimeInForce.GTX))
    given(made, change("k", limit_ticks=89))

    [told] = given(made, rejected(1, "post_only"))
    assert isinstance(told, OrderRejected)
    assert given(made, replace_rejected(1, "unknown_order")) == []
    assert made.state.duplicates == 1


def test_what_a_group_takes_while_a_size_is_asked_for_is_taken_off_that_too() -> None:
    made = manager()
    work(made, own("a", -10, stop=90, group="g"), own("b", -10, limit=120, group="g"))
    given(made, change("a", -8))

    # The venue: the limit fills three, the stop is for seven; then it is told to be for eight.
    assert commands(given(made, fill(-3, "t", 2), replaced(-7, 1))) == []
    assert commands(given(made, replaced(-8, 1))) == ["replace 1 -5"]
