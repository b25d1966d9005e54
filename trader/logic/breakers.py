"""The breakers: what an account may lose, and how it may be treated, before somebody must act.

A breaker denies nothing. It says that a bound is broken, and what follows from that is the kill
switch's business. All of it is exact: integers in, integers out.
"""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from msgspec import Struct

from trader.model.units import INT64_MAX, NONE, SECOND_NS, Lots, Money, Nanoseconds, Ticks

_BPS: Final = 10_000
"""Basis points in the whole."""


class Breach(NamedTuple):
    """How far a breaker's measure went, and how far it may go."""

    value: int
    bound: int


def alarm_line(
    peak: Money,
    session: Money,
    drawdown: tuple[int, int] | None,
    daily_loss: tuple[int, int] | None,
) -> Money:
    """The worth below which a breaker may have tripped; NONE where neither is set.

    `drawdown` is a fraction of the peak, `daily_loss` one of what the session began with.
    """
    line = NONE
    for whole, allowed in ((peak, drawdown), (session, daily_loss)):
        if allowed is not None:
            num, den = allowed
            line = max(line, -(-whole * (den - num) // den))
    return line


def lost(whole: Money, equity: Money, allowed: tuple[int, int]) -> Breach | None:
    """Whether the fall from `whole` to `equity` is more than the allowed fraction of it."""
    num, den = allowed
    loss = whole - equity
    return Breach(loss, num * whole // den) if loss * den > num * whole else None


@dataclass(slots=True)
class Slips:
    """The last fills: what each cost beyond what was expected (a gain is negative), and that.

    Once there are as many as are looked at, the oldest is at `oldest`, where the next one goes.
    """

    fills: list[tuple[Money, Money]] = field(default_factory=list)
    oldest: int = 0


class Slippage:
    """Whether the last fills cost too many basis points beyond what was expected.

    Their mean is weighted by what each was expected to cost: by lots, where prices are alike.
    """

    def __init__(self, slips: Slips, window: int, allowed: tuple[int, int]) -> None:
        """`allowed` is a fraction of basis points; only a full window speaks."""
        if len(slips.fills) > window or (slips.oldest and len(slips.fills) < window):
            at = slips.oldest
            slips.fills = (slips.fills[at:] + slips.fills[:at])[-window:]
            slips.oldest = 0
        self._slips = slips
        self._window = window
        num, den = allowed
        self._num, self._den = num, den * _BPS
        self._bound = num // den
        self._cost = sum(cost for cost, _ in slips.fills)
        self._expected = sum(expected for _, expected in slips.fills)

    def add(self, lots: Lots, ticks: Ticks, expected: Ticks, tick_lot: Money) -> Breach | None:
        """A fill of signed lots at a price where another was expected; `tick_lot` is money."""
        cost = lots * (ticks - expected) * tick_lot
        whole = lots * expected * tick_lot
        if whole < 0:
            whole = -whole
        self._cost += cost
        self._expected += whole
        slips = self._slips
        fills = slips.fills
        if len(fills) < self._window:
            fills.append((cost, whole))
            if len(fills) < self._window:
                return None
        else:
            at = slips.oldest
            before = fills[at]
            self._cost -= before[0]
            self._expected -= before[1]
            fills[at] = (cost, whole)
            at += 1
            slips.oldest = 0 if at == self._window else at
        if self._cost * self._den <= self._num * self._expected:
            return None
        return Breach(self._cost * _BPS // self._expected, self._bound)


class Naked(Struct):
    """A position without a working stop: its worth, since when, and how much that has come to.

    `seconds` is money x whole seconds, `rest` the money x nanoseconds beside them; neither leaves
    int64.
    """

    worth: Money = 0
    since: Nanoseconds = 0
    seconds: int = 0
    rest: int = 0

    def turn(self, worth: Money, now: Nanoseconds) -> None:
        """From now on so much is without a stop."""
        seconds, self.rest = divmod(self.worth * (now - self.since) + self.rest, SECOND_NS)
        self.seconds = min(self.seconds + seconds, INT64_MAX)
        self.worth, self.since = worth, now

    def clear(self) -> None:
        """The count begins anew."""
        self.seconds = self.rest = 0

    def due(self, allowed: int) -> Nanoseconds:
        """When more than `allowed` (money x seconds) will be used up; its worth is not 0."""
        left = (allowed - self.seconds) * SECOND_NS - self.rest
        return self.since + max(0, left // self.worth + 1)

    def spent(self, allowed: int) -> Breach | None:
        """Whether more than `allowed` was used up by its last turn."""
        if (self.seconds, self.rest) <= (allowed, 0):
            return None
        return Breach(self.seconds, allowed)
