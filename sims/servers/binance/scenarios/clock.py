"""A clock that can be put forward and back."""

from collections.abc import Callable
from typing import Final


class SkewedClock:
    """Tells the time of `now`, in nanoseconds, plus `skew_ns`."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.skew_ns = 0
        self._now: Final = now

    def __call__(self) -> int:
        """Return the skewed time."""
        return self._now() + self.skew_ns
