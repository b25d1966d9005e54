"""What is asked for of an order, and what an answer says about it."""

from typing import Any

import pytest

from trader.logic.changes import is_answer, is_due, is_met, lacking, merged, repeats
from trader.logic.cover import Cover
from trader.logic.desk import Change, Order
from trader.model.orders import OrderReplaced, OrderRole

PROTECTION, EXPLICIT = OrderRole.PROTECTION, OrderRole.EXPLICIT


def working(lots: int = -10, **fields: object) -> Order:
    """A stop of ten lots at 90."""
    order = Order("s", lots, PROTECTION, stop_ticks=90)
    for name, value in fields.items():
        setattr(order, name, value)
    return order


def told(lots: int, **prices: int) -> OrderReplaced:
    return OrderReplaced(client_order_id="x", lots=lots, **prices)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("order", "cover", "change"),
    [
        # Nothing is wished for, or nothing new.
        (working(), None, None),
        (working(wish=Change(-10, None, 90)), None, None),
        (working(wish=Change(None, 95)), None, None),  # it has no limit
        # A wish of the strategy's.
        (working(wish=Change(-4)), None, Change(-4)),
        (working(wish=Change(-14, taken=9), taken=2), None, Change(-14, taken=2)),
        (working(10, wish=Change(4, None, 80)), None, Change(4, None, 80)),
        (
            working(wish=Change(None, None, 95, "trailing")),
            None,
            Change(None, None, 95, "trailing"),
        ),
        (working(limit_ticks=88, wish=Change(None, 85)), None, Change(None, 85)),
        # What its cover has left.
        (working(parent="e"), Cover(1, 10, 10), None),
        (working(parent="e"), Cover(1, 10, 10, cut=4), Change(-6)),
        (working(parent="e"), Cover(1, 10, 4, cut=4), Change(-6)),  # six are still to come
        (working(parent="e", lots_filled=-3), Cover(1, 10, 10, filled=3, cut=4), Change(-6)),
        (working(parent="e"), Cover(1, 15, 15), None),  # no child grows
        (working(parent="e", due=4), Cover(1, 10, 10, filled=4), None),  # the venue does it
        (working(parent="e", due=4), Cover(1, 10, 10, filled=4, cut=1), Change(-5)),
        # Without a parent it follows what is held, up and down.
        (working(), Cover(1, 15, 12), Change(-12)),
        (working(), Cover(1, 15, 0), Change(0)),
        # Nothing is left of it: it ends by itself.
        (working(due=10, parent="e"), Cover(1, 10, 10, filled=10), None),
        (working(lots_filled=-10, wish=Change(-4)), None, None),
    ],
)
def test_what_lacks_is_asked_for(order: Order, cover: Cover | None, change: Change | None) -> None:
    assert lacking(order, cover) == change


@pytest.mark.parametrize(
    ("event", "asked", "met"),
    [
        (told(-6), Change(-6), True),
        (told(-5), Change(-6), False),
        (told(-6, stop_ticks=95), Change(None, None, 95), True),
        (told(-6), Change(None, None, 95), False),
        (told(-6, stop_ticks=94), Change(-6, None, 95), False),
        (told(-6, limit_ticks=95), Change(None, 95), True),
    ],
)
def test_an_answer_tells_what_was_asked_for(event: OrderReplaced, asked: Change, met: bool) -> None:
    assert is_met(event, asked) is met


@pytest.mark.parametrize(
    ("event", "due"),
    [
        (told(-6), True),
        (told(-7), False),
        (told(-6, stop_ticks=90), False),  # of prices a group says nothing
        (told(-6, limit_ticks=90), False),
    ],
)
def test_what_a_group_has_to_leave_is_told_by_its_size(event: OrderReplaced, due: bool) -> None:
    assert is_due(event, working(due=4)) is due


@pytest.mark.parametrize(
    ("event", "asked", "fields", "answer"),
    [
        (told(-6), Change(-6), {}, True),
        (told(-4), Change(-6), {}, True),  # whoever has neither group nor parent is asked alone
        (told(-6), Change(-6), {"due": 3}, True),
        (told(-7), Change(-7), {"due": 3}, False),
        (told(-7), Change(-6), {"due": 3}, False),
        (told(-4), Change(-6), {"parent": "e"}, False),  # the parent has opened only four
        (told(-6), Change(-6), {"parent": "e"}, True),
        (told(-12), Change(-15), {"parent": "e"}, True),  # nor more than twelve
    ],
)
def test_an_answer_is_told_from_what_a_group_or_a_parent_did(
    event: OrderReplaced, asked: Change, fields: dict[str, Any], answer: bool
) -> None:
    assert is_answer(event, asked, working(**fields)) is answer


@pytest.mark.parametrize(
    ("event", "repeated"),
    [
        (told(-10), True),
        (told(-10, stop_ticks=90), True),
        (told(-10, stop_ticks=91), False),
        (told(-10, limit_ticks=90), False),
        (told(-9), False),
    ],
)
def test_what_is_known_is_a_repetition(event: OrderReplaced, repeated: bool) -> None:
    assert repeats(event, working()) is repeated


@pytest.mark.parametrize(
    ("newer", "older", "both"),
    [
        (Change(4), None, Change(4)),
        (Change(4), Change(3, 90, 80, "x"), Change(4, 90, 80, "x")),
        (Change(None, 91), Change(3, 90), Change(3, 91)),
        (Change(None, None, 81, "y"), Change(3, 90, 80, "x"), Change(3, 90, 81, "y")),
    ],
)
def test_of_two_wishes_the_newer_counts(newer: Change, older: Change | None, both: Change) -> None:
    assert merged(newer, older) == both
