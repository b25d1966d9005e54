"""A position without a working stop: what it is worth, and how long that has gone on."""

from dataclasses import dataclass
from fractions import Fraction

SECOND_NS = 1_000_000_000


@dataclass
class Bare:
    """`used` is money x nanoseconds until `since`; from then on `worth` is without a stop."""

    worth: Fraction = Fraction(0)
    since: int = 0
    used: Fraction = Fraction(0)

    def turn(self, worth: Fraction, ts: int) -> None:
        """Something has changed: so much is without a stop from now on."""
        self.used += self.worth * (ts - self.since)
        self.worth, self.since = worth, ts

    def is_beyond(self, allowed: Fraction) -> bool:
        """Whether more than `allowed`, money x seconds, was used up at the last turn."""
        return self.used > allowed * SECOND_NS

    def ends(self) -> None:
        """The count begins anew once nothing is without a stop."""
        if self.worth == 0:
            self.used = Fraction(0)

    def due(self, allowed: Fraction) -> int | None:
        """The first nanosecond at which more than `allowed` is used up, if it comes to that."""
        left = allowed * SECOND_NS - self.used
        if self.worth == 0 or left < 0:
            return None
        return self.since + int(left / self.worth) + 1
