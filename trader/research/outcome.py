"""What a run left behind, the same whichever gear made it, and the accounts drawn from it.

The tables are the run; everything else here is what no table holds: how far it came, its last
prices, its hashes. The ledgers are booked again from the fills, with the kernel that booked them
first, so a gear owes us no accounting of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trader.kernels.accounting import booked
from trader.logic.tables import Tables
from trader.model.money import MoneyScale
from trader.model.units import NONE, Lots, Money, Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of a run.

    `rows` of `rows_total` input rows were delivered, the last at `now`. `marks` are the last
    prices in half ticks, NONE before there was one. `state_hash` is None where the gear has none.
    `faults` holds what each quarantined strategy said.
    """

    tables: Tables
    scale: MoneyScale
    rows: int
    rows_total: int
    now: Nanoseconds
    digest: str
    state_hash: str | None
    trading_state: str
    marks: Mapping[str, int]
    ambiguous_bars: int
    load_seconds: float
    run_seconds: float
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether it came to the end of its data."""
        return self.rows == self.rows_total

    @property
    def events(self) -> int:
        """Input rows, and the messages they caused that entered a table: alike in both gears."""
        own = ("orders", "statuses", "decisions", "states", "equity")
        return self.rows + sum(len(self.tables.tables[name]) for name in own)


@dataclass(slots=True)
class Ledger:
    """One strategy's holding of its instrument; cost in tick x lot, the rest in money."""

    fills: int = 0
    lots: Lots = 0
    cost: int = 0
    realized: Money = 0
    unrealized: Money = 0


def ledgers(outcome: Outcome, strategies: Mapping[str, str]) -> dict[str, Ledger]:
    """The ledger of each strategy, whose instruments `strategies` gives; realized net of fees."""
    found = {name: Ledger() for name in strategies}
    tables, scale = outcome.tables, outcome.scale
    fills = tables.tables["fills"]
    names = list(tables.names["strategies"])
    columns = (fills.column(name) for name in ("strategy", "lots", "ticks", "fee"))
    for strategy, lots, ticks, fee in zip(*columns, strict=True):
        name = names[strategy]
        ledger = found[name]
        realized, ledger.cost = booked(ledger.lots, ledger.cost, lots, ticks)
        ledger.lots += lots
        ledger.realized += realized * scale.tick_lot(strategies[name]) - fee
        ledger.fills += 1
    for name, ledger in found.items():
        instrument = strategies[name]
        mark = outcome.marks.get(instrument, NONE)
        if ledger.lots:
            ledger.unrealized = scale.half[instrument] * (ledger.lots * mark - 2 * ledger.cost)
    return found
