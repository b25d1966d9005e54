"""How long what this process knows may be trusted without a sign of life of its own loop.

A process that was stopped, or whose machine slept, wakes in the middle of what it was doing, with
an order in its hands that was right then. So it holds a lease, which its loop renews; once that
has run out it is not renewed any more, but begun anew with the next connection, after which the
venue and we compare.
"""

import time
from collections.abc import Callable
from typing import Final

from trader.model.units import SECOND_NS, Nanoseconds

LEASE_S: Final = 15.0
RENEWALS: Final = 5
"""How often it is renewed within its length."""


def boot_clock() -> Nanoseconds:
    """Time since the machine has started, the time that it slept included."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


class Lease:
    """Lasts so long from each renewal on; never held before it is begun."""

    def __init__(
        self, length_s: float = LEASE_S, clock: Callable[[], Nanoseconds] = boot_clock
    ) -> None:
        self.every_s: Final = length_s / RENEWALS
        self._length: Final = round(length_s * SECOND_NS)
        self._clock: Final = clock
        self._ends: Nanoseconds | None = None

    def holds(self) -> bool:
        """Whether it lasts; once it does not, only `begin` helps."""
        if self._ends is not None and self._clock() >= self._ends:
            self._ends = None
        return self._ends is not None

    def begin(self) -> None:
        """A new one."""
        self._ends = self._clock() + self._length

    def renew(self) -> bool:
        """A sign of life; False if it comes too late."""
        if not self.holds():
            return False
        self.begin()
        return True
