"""The numbers and words that stand in journals and tables."""

from typing import Final

import pytest

from trader.model.orders import (
    Liquidity,
    OrderRole,
    OrderStatus,
    OrderType,
    Protection,
    TimeInForce,
)

NUMBERS: Final = {
    OrderStatus: """INITIALIZED APPROVED SUBMITTED IN_DOUBT ACCEPTED PARTIALLY_FILLED
        PENDING_CANCEL PENDING_REPLACE DENIED FILLED CANCELED REJECTED EXPIRED""",
    OrderType: "MARKET LIMIT STOP STOP_LIMIT",
    TimeInForce: "GTC DAY IOC FOK GTX",
    Liquidity: "MAKER TAKER",
    OrderRole: "TARGET PROTECTION EXPLICIT",
}


@pytest.mark.parametrize("kind", NUMBERS, ids=lambda kind: kind.__name__)
def test_a_recorded_number_keeps_its_meaning(kind: type[OrderStatus]) -> None:
    """Tables hold the number alone, so a new word gets a new number at the end."""
    assert [(each.name, each.value) for each in kind] == [
        (name, number) for number, name in enumerate(NUMBERS[kind].split())
    ]


def test_a_word_is_found_as_quickly_as_its_number() -> None:
    """In a dictionary both are the same key."""
    assert {OrderStatus.FILLED: "x"}[OrderStatus(9)] == "x"
    assert hash(OrderStatus.FILLED) == hash(9)


def test_protection_is_built_by_position() -> None:
    assert Protection("atr_stop", 12) == Protection(reason="atr_stop", distance_ticks=12)
