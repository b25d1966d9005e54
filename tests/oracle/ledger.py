"""Positions, cost, cash, marks, and equity with its peak.

Each (strategy, instrument) has a position of its own; the account is their sum and nothing is
netted. Cost is counted in ticks times lots. A reducing fill releases its share of the cost,
rounded toward zero, and realizes its proceeds less what was released; a fill through zero closes
first and opens with the rest. Fees are booked to cash and to realized.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.market import Instrument

Key = tuple[str, str]  # strategy, instrument


@dataclass
class Position:
    lots: int = 0
    cost: int = 0
    realized_units: int = 0
    fees: Fraction = Fraction(0)

    def fill(self, lots: int, ticks: int) -> None:
        """Book `lots` (signed) at `ticks`."""
        closing = 0
        if self.lots * lots < 0:
            closing = max(lots, -self.lots) if lots < 0 else min(lots, -self.lots)
            released = toward_zero(self.cost * abs(closing), abs(self.lots))
            self.realized_units += -closing * ticks - released
            self.cost -= released
            self.lots += closing
        opening = lots - closing
        self.cost += opening * ticks
        self.lots += opening


class Ledger:
    """The account; the peak of its equity is looked at after every mark and every fill."""

    def __init__(self, cash: Fraction, instruments: Iterable[Instrument]) -> None:
        self.cash_initial = cash
        self.cash = cash
        self.peak = cash
        self.positions: dict[Key, Position] = {}
        self.marks: dict[str, int] = {}
        self.units = {each.name: each.unit for each in instruments}

    def lots(self, key: Key) -> int:
        return self.positions[key].lots if key in self.positions else 0

    def book(self, key: Key, lots: int, ticks: int, fee: Fraction) -> None:
        position = self.positions.setdefault(key, Position())
        position.fill(lots, ticks)
        position.fees += fee
        self.cash -= lots * ticks * self.units[key[1]] + fee
        self.marks.setdefault(key[1], ticks)
        self._look()

    def mark(self, instrument: str, ticks: int) -> None:
        self.marks[instrument] = ticks
        self._look()

    def realized(self, key: Key) -> Fraction:
        """What this position has realized in money, fees taken off."""
        position = self.positions[key]
        return position.realized_units * self.units[key[1]] - position.fees

    def realized_all(self) -> Fraction:
        return sum((self.realized(key) for key in self.positions), Fraction(0))

    def equity(self) -> Fraction:
        value = Fraction(0)
        for (_, instrument), position in self.positions.items():
            if position.lots:
                value += position.lots * self.marks[instrument] * self.units[instrument]
        return self.cash + value

    def drawdown(self) -> Fraction:
        """How far equity is below its peak, as a fraction of the peak."""
        return (self.peak - self.equity()) / self.peak if self.peak > 0 else Fraction(0)

    def _look(self) -> None:
        self.peak = max(self.peak, self.equity())


def toward_zero(numerator: int, denominator: int) -> int:
    """Divide by a positive number and drop the fraction, whatever the sign."""
    quotient = abs(numerator) // denominator
    return quotient if numerator >= 0 else -quotient
