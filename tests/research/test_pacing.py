"""Simulated time passes as fast as it was told to."""

from fractions import Fraction

import pytest

from trader.errors import UsageError
from trader.research.pacing import Pacer, speed


class Hand:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def read(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@pytest.mark.parametrize("text", ["", "fast", "x", "0x", "-1x", "60", "1e3x", "real ", "1_0x"])
def test_any_other_pace_is_told_what_it_could_be(text: str) -> None:
    with pytest.raises(UsageError, match="unknown pace") as caught:
        speed(text)

    assert "60x" in caught.value.hint


def test_each_instant_waits_for_its_turn() -> None:
    hand = Hand()
    pacer = Pacer(Fraction(60), hand.read, hand.wait)

    for minute in (5, 6, 8):
        pacer(minute * 60_000_000_000)

    assert hand.waits == [1.0, 2.0]


def test_who_is_late_does_not_wait() -> None:
    hand = Hand()
    pacer = Pacer(Fraction(1), hand.read, hand.wait)
    pacer(0)
    hand.now += 10

    pacer(3_000_000_000)
    pacer(12_000_000_000)

    assert hand.waits == [2.0]
