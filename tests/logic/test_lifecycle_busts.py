"""Fills that the venue takes back: wherever an order has one, its status stays."""

import pytest

from trader.logic.lifecycle import TRANSITIONS, transition
from trader.model import orders
from trader.model.orders import OrderStatus

Life = tuple[OrderStatus, int]
LOTS = 2


def lives() -> list[Life]:
    """Every status with what is filled of two lots, as the table lets an order come there."""
    found: list[Life] = [(OrderStatus.INITIALIZED, 0)]
    for status, filled in found:
        for kind in TRANSITIONS[status]:
            for then in range(filled + 1, LOTS + 1) if kind is orders.OrderFilled else (filled,):
                if kind is not orders.OrderBusted:
                    after = transition(status, kind, lots=LOTS, lots_filled=then)
                    assert after is not None
                    found += [(after, then)] if (after, then) not in found else []
    return found


@pytest.mark.parametrize("life", [life for life in lives() if life[1]], ids=str)
def test_a_bust_is_possible_wherever_something_is_filled(life: Life) -> None:
    status, filled = life

    assert transition(status, orders.OrderBusted, lots=LOTS, lots_filled=filled - 1) is status
