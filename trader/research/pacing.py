"""How fast simulated time passes: at full speed, like the real one, or so many times as fast."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from trader.errors import UsageError
from trader.model.units import SECOND_NS, Nanoseconds

_TIMES: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)x")

Clock = Callable[[], float]
Wait = Callable[[float], None]


def speed(text: str) -> Fraction | None:
    """Simulated seconds a real one: None for `max`, 1 for `real`, N for `Nx`.

    >>> speed("real"), speed("2.5x"), speed("max")
    (Fraction(1, 1), Fraction(5, 2), None)
    """
    if text == "max":
        return None
    match = _TIMES.fullmatch("1x" if text == "real" else text)
    if match is None or not Fraction(match[1]):
        raise UsageError(
            f"unknown pace {text!r}", where="--pace", hint="write max, real, or a factor like 60x"
        )
    return Fraction(match[1])


class Pacer:
    """Holds each instant back until its turn has come; the first one sets the beginning."""

    def __init__(self, factor: Fraction, clock: Clock, wait: Wait) -> None:
        """`clock` counts real seconds, `wait` lets some of them pass."""
        self._factor = factor
        self._clock = clock
        self._wait = wait
        self._first: Nanoseconds | None = None
        self._begun = 0.0

    def __call__(self, now: Nanoseconds) -> None:
        """Returns when `now` is due."""
        if self._first is None:
            self._first, self._begun = now, self._clock()
            return
        due = float((now - self._first) / (self._factor * SECOND_NS))
        late = self._begun + due - self._clock()
        if late > 0:
            self._wait(late)
