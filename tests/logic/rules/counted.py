"""What the rules' counting comes to, for tests: rooms, sides, and what a split does to them."""

from tests.logic.rules.ruling import (
    NOW,
    A,
    cold,
)
from trader.logic.rules.gate import Gate
from trader.logic.rules.view import Resting
from trader.model.control import SplitEffective
from trader.model.orders import SubmitOrder


def counts(gate: Gate) -> tuple[int, int, int]:
    """Lots held, and what may still be bought and sold."""
    exposure = gate.account.exposures[A]
    return exposure.lots, exposure.buys, exposure.sells


def own(gate: Gate, strategy: str = "one") -> tuple[int, int, int, int]:
    """The strategy's lots, purchases, sales, and what is on its way to its target."""
    standing = gate.account.standings[strategy]
    return standing.lots, standing.buys, standing.sells, standing.aimed


def with_(*orders: SubmitOrder) -> Gate:
    gate = cold()
    for each in orders:
        gate.counting.approve(each)
    return gate


def resting(gate: Gate, id_: str = "o") -> Resting:
    return gate.account.resting[id_]


def split(numerator: int, denominator: int = 1, name: str = A) -> SplitEffective:
    return SplitEffective(
        instrument=name, numerator=numerator, denominator=denominator, ts_event=NOW
    )


def room(gate: Gate, id_: str = "g") -> int:
    return resting(gate, id_).room
