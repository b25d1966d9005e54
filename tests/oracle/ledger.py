"""Positions, cost, cash, marks, and equity with its peak.

Each (strategy, instrument) has a position of its own; the account is their sum and nothing is
netted. Cost is counted in ticks times lots. A reducing fill releases its share of the cost,
rounded toward zero, and realizes its proceeds less what was released; a fill through zero closes
first and opens with the rest. Fees are booked to cash and to realized, and so are dividends.

Where the rules leave a choice, this is the choice:

* A split leaves the cost of a position as it is. Of the lots that it makes, a fraction is sold (or
  bought back) at the mark after the split: it releases its share of the cost, rounded toward zero,
  and what it brings is rounded toward zero to the run's smallest unit of money.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.market import Instrument
from tests.oracle.splits import split_lots, split_mark

Key = tuple[str, str]  # strategy, instrument


@dataclass
class Position:
    """`income` is money beside the trades' own: dividends, and cash for what a split left over."""

    lots: int = 0
    cost: int = 0
    realized_units: int = 0
    fees: Fraction = Fraction(0)
    income: Fraction = Fraction(0)

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

    def __init__(
        self, cash: Fraction, instruments: Iterable[Instrument], quantum: Fraction = Fraction(1)
    ) -> None:
        self.quantum = quantum
        self.cash_initial = cash
        self.cash = cash
        self.peak = cash
        self.session_equity = cash
        self.positions: dict[Key, Position] = {}
        self.marks: dict[str, Fraction] = {}
        self.units = {each.name: each.unit for each in instruments}

    def lots(self, key: Key) -> int:
        return self.positions[key].lots if key in self.positions else 0

    def book(self, key: Key, lots: int, ticks: int, fee: Fraction) -> None:
        position = self.positions.setdefault(key, Position())
        position.fill(lots, ticks)
        position.fees += fee
        self.cash -= lots * ticks * self.units[key[1]] + fee
        self.marks.setdefault(key[1], Fraction(ticks))
        self._look()

    def mark(self, instrument: str, ticks: int | Fraction) -> None:
        self.marks[instrument] = Fraction(ticks)
        self._look()

    def split(self, instrument: str, ratio: Fraction) -> None:
        """Carry mark and positions across a split of `ratio` new lots for one of before."""
        if instrument not in self.marks:
            return
        mark = self.marks[instrument] = split_mark(self.marks[instrument], ratio)
        for (_, name), position in self.positions.items():
            if name == instrument and position.lots:
                self.cash += self._split_position(position, ratio, mark * self.units[name])
        self._look()

    def pay(self, instrument: str, amount: Fraction) -> None:
        """Pay a dividend of `amount` for each lot; who is short pays it."""
        for (_, name), position in self.positions.items():
            if name == instrument:
                position.income += position.lots * amount
                self.cash += position.lots * amount
        self._look()

    def begin_session(self) -> None:
        self.session_equity = self.equity()

    def realized(self, key: Key) -> Fraction:
        """What this position has realized in money, fees taken off."""
        position = self.positions[key]
        return position.realized_units * self.units[key[1]] - position.fees + position.income

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

    def _split_position(self, position: Position, ratio: Fraction, price: Fraction) -> Fraction:
        """The cash for the fraction of a lot that is lost; `price` is a new lot's in money."""
        exact = position.lots * ratio
        lots = split_lots(position.lots, ratio)
        lost = exact - lots
        released = int(position.cost * lost / exact)
        paid = int(lost * price / self.quantum) * self.quantum
        position.lots = lots
        position.cost -= released
        position.realized_units -= released
        position.income += paid
        return paid

    def _look(self) -> None:
        self.peak = max(self.peak, self.equity())


def toward_zero(numerator: int, denominator: int) -> int:
    """Divide by a positive number and drop the fraction, whatever the sign."""
    quotient = abs(numerator) // denominator
    return quotient if numerator >= 0 else -quotient
