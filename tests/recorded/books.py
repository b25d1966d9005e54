"""The account of a run, drawn up again from its fills: nothing but sums of whole numbers.

Cash is the opening cash less what fills cost and their fees, plus what came without a trade.
Equity is cash plus the positions at the last mark. Each row of the equity table is held to that, in
the order in which things happened, and the end to all of it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from sims.simulation import Simulation
from tests.semantics.reading import rows
from trader.config.schema import Config
from trader.data.grid import Int64s
from trader.logic.splits import split_lots
from trader.model.control import SplitEffective
from trader.model.money import FEE_PLACES
from trader.model.orders import Liquidity

BPS = 10_000
Row: TypeAlias = dict[str, int]


@dataclass(slots=True)
class Account:
    """Cash, and positions by strategy."""

    cash: int
    lots: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def worth(self, half: int, mark: int) -> int:
        """Cash and positions, a lot of which is worth `mark` times `half`."""
        held = sum(self.lots.values())
        return self.cash + held * half * mark if held else self.cash


def check_books(
    config: Config, whole: Simulation, marks: Int64s, splits: Mapping[int, SplitEffective]
) -> None:
    """Asserts that the run's money and positions follow from its fills, to the unit.

    `marks` are the instrument's in half ticks after each number of its rows; splits are given by
    their rows.
    """
    core = whole.core
    [instrument] = config.instruments
    opening = core.scale.of(config.account.cash)
    account = Account(opening)
    unit = _units(config, core.scale.places)
    for name, row in _in_order(whole):
        match name:
            case "fills":
                assert row["fee"] == _fee(config, row, unit, core.scale.places)
                account.cash -= row["lots"] * row["ticks"] * unit + row["fee"]
                account.lots[row["strategy"]] += row["lots"]
            case "adjustments":
                _adjust(account, row, splits)
            case _:
                played = row["seq"] - sum(seq <= row["seq"] for seq in splits)
                assert row["cash"] == account.cash
                assert row["equity"] == account.worth(unit // 2, int(marks[played]))
                assert row["realized"] + row["unrealized"] == row["equity"] - opening
                assert row["peak"] >= row["equity"]
    state = core.portfolio.state
    held = sum(account.lots.values())
    assert state.cash == account.cash
    assert state.equity == account.worth(unit // 2, int(marks[-1]))
    assert rows(whole.core.tables.tables["equity"])[-1]["equity"] == state.equity
    assert state.holdings[instrument.name].lots == held
    names = list(core.tables.names["strategies"])
    counted = {names[strategy]: lots for strategy, lots in account.lots.items() if lots}
    assert counted == {
        strategy: position.lots
        for strategy, mine in state.positions.items()
        for position in mine.values()
        if position.lots
    }


def _adjust(account: Account, row: Row, splits: Mapping[int, SplitEffective]) -> None:
    account.cash += row["income"]
    split = splits[row["seq"]]
    lots = split_lots(account.lots[row["strategy"]], split.numerator, split.denominator)
    account.lots[row["strategy"]] = lots
    assert row["lots"] == lots


def _in_order(whole: Simulation) -> list[tuple[str, Row]]:
    """Rows of three tables by their names, which tell what came first."""
    found = [
        (name, row)
        for name in ("fills", "adjustments", "equity")
        for row in rows(whole.core.tables.tables[name])
    ]
    return sorted(found, key=lambda each: (each[1]["seq"], each[1]["n"]))


def _units(config: Config, places: int) -> int:
    """What one lot costs at one tick, in quanta of money."""
    [instrument] = config.instruments
    unit = Fraction(instrument.tick) * Fraction(instrument.lot) * 10**places
    assert unit.denominator == 1
    return int(unit)


def _fee(config: Config, fill: Row, unit: int, places: int) -> int:
    """A share of what was paid and an amount for each lot, rounded up to 1e-8 of the currency."""
    venue = config.venue
    bps: Decimal = venue.taker_bps if fill["liquidity"] == Liquidity.TAKER else venue.maker_bps
    lots, quantum = abs(fill["lots"]), int(10 ** (places - FEE_PLACES))
    paid = lots * fill["ticks"] * unit * Fraction(bps) / BPS
    owed = (paid + lots * Fraction(venue.per_lot) * 10**places) / quantum
    return int(-(-owed // 1)) * quantum
