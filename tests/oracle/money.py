"""In what money of a run is counted."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.oracle.run import OracleRun


def quantum_of(run: OracleRun) -> Fraction:
    """The smallest unit of money: a power of ten that divides all that can be paid."""
    rules = run.rules
    parts = [run.cash, *(each.unit / 2 for each in run.instruments)]
    if run.happenings or rules.maker_bps or rules.taker_bps or rules.per_lot:
        parts.append(Fraction(1, 10**8))
    quantum = Fraction(1)
    while any((part / quantum).denominator != 1 for part in parts):
        quantum /= 10
    return quantum
