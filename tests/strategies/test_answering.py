"""Answers are looked at before anything is made of them."""

from enum import StrEnum
from typing import Any

import pytest

from trader.model.orders import OrderType, TimeInForce
from trader.strategies.answering import TICKS_MAX, price, replacement, requested, size, text
from trader.strategies.answers import Order, Replace


class Reason(StrEnum):
    """A strategy may keep its reasons together."""

    UP = "rising"


@pytest.mark.parametrize(
    ("value", "plain"), [("up", "up"), (Reason.UP, "rising"), ("grün", "grün")]
)
def test_a_text_is_one_that_can_be_written_down(value: str, plain: str) -> None:
    assert text(value) == plain
    assert type(text(value)) is str


@pytest.mark.parametrize("value", [7, None, b"up", "\ud800", "up\udfff"])
def test_everything_else_is_none(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        text(value)


@pytest.mark.parametrize(
    ("lots", "ticks", "fits"),
    [(100, 10, True), (-100, 10, True), (101, 10, False), (1000, 0, True), (1001, 0, False)],
)
def test_a_size_stays_within_the_accounts_range(lots: int, ticks: int, fits: bool) -> None:
    if fits:
        assert size(lots, ticks, 1000) == lots
        return
    with pytest.raises(ValueError, match="leave the account's range"):
        size(lots, ticks, 1000)


@pytest.mark.parametrize("lots", [1.0, True, "1", None])
def test_a_size_is_a_whole_number(lots: Any) -> None:
    with pytest.raises(TypeError, match="whole number"):
        size(lots, 1, 1000)


@pytest.mark.parametrize("ticks", [None, 1, TICKS_MAX])
def test_a_price_has_ticks_or_is_not_given(ticks: int | None) -> None:
    assert price(ticks) == ticks


@pytest.mark.parametrize("ticks", [0, -1, 1.5, True, TICKS_MAX + 1, 2**70])
def test_whatever_else_is_no_price(ticks: Any) -> None:
    with pytest.raises(ValueError, match="positive number of ticks"):
        price(ticks)


def asked(order: Order, bound: int = 10_000) -> Any:
    return requested(order, "one", "A.v", 100, bound)


def test_an_order_is_asked_for_with_all_its_terms() -> None:
    made = asked(Order("k", -3, 90, 95, TimeInForce.DAY, "g", "p", reduce_only=True))

    assert (made.strategy, made.instrument, made.key, made.ref_ticks) == ("one", "A.v", "k", 100)
    assert (made.lots, made.order_type) == (-3, OrderType.STOP_LIMIT)
    assert (made.limit_ticks, made.stop_ticks) == (90, 95)
    assert (made.time_in_force, made.group, made.parent) == (TimeInForce.DAY, "g", "p")
    assert made.reduce_only


def test_the_dearest_price_counts() -> None:
    """A limit far below the market may fill far above it, and is worth that then."""
    asked(Order("k", 20, limit_ticks=500))
    for order in (Order("k", 21, limit_ticks=500), Order("k", 101, limit_ticks=1)):
        with pytest.raises(ValueError, match="leave the account's range"):
            asked(order)


@pytest.mark.parametrize(
    "order",
    [
        Order("k", 0),
        Order("k", 1, time_in_force=9),  # type: ignore[arg-type]
        Order("k", 1, reduce_only="yes"),  # type: ignore[arg-type]
        Order("k", 1, group="\ud800"),
        Order("k", 1, parent=7),  # type: ignore[arg-type]
        Order(7, 1),  # type: ignore[arg-type]
    ],
)
def test_an_order_that_makes_no_sense_is_none(order: Order) -> None:
    with pytest.raises((TypeError, ValueError)):
        asked(order)


def test_a_change_asks_for_what_it_names() -> None:
    made = replacement(Replace("k", -3, 90, 95), "one", 100, 10_000)
    assert (made.key, made.lots, made.limit_ticks, made.stop_ticks) == ("k", -3, 90, 95)
    assert replacement(Replace("k"), "one", 100, 10_000).lots is None


@pytest.mark.parametrize(
    "wanted",
    [Replace("k", 0), Replace("k", 101), Replace("k", 1, 0), Replace("k", 1.5)],  # type: ignore[arg-type]
)
def test_a_change_that_makes_no_sense_is_none(wanted: Replace) -> None:
    with pytest.raises((TypeError, ValueError)):
        replacement(wanted, "one", 100, 10_000)
