"""What a run left behind, the same whichever gear made it, and the accounts drawn from it.

The tables are the run; everything else here is what no table holds: how far it came, its last
prices, its hashes. The ledgers are booked again from the fills, with the kernel that booked them
first, so a gear owes us no accounting of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from operator import itemgetter
from typing import Final

from trader.kernels.accounting import booked
from trader.logic.tables import Table, Tables
from trader.model.money import MoneyScale
from trader.model.units import NONE, Lots, Money, Nanoseconds

NAME: Final = ("seq", "n")
BOOKED: Final = (*NAME, "strategy", "lots", "ticks", "fee")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of a run.

    `rows` of `rows_total` input rows were delivered, the last at `now`. `marks` are the last
    prices in half ticks, NONE before there was one. `state_hash` is None where the gear has none.
    `faults` holds what each quarantined strategy said, `in_flight` is how much had not arrived.
    `notes` say for people what no table holds.
    `broken_off` is the row after the last one, and where a strategy did not come back from it.
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
    in_flight: int = 0
    broken_off: str = ""
    notes: Sequence[str] = ()
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
    names = list(outcome.tables.names["strategies"])
    for row in booked_rows(outcome.tables):
        name = names[row["strategy"]]
        ledger = found[name]
        if "income" in row:
            ledger.lots, ledger.cost = row["lots"], row["cost"]
            ledger.realized += row["income"]
            continue
        realized, ledger.cost = booked(ledger.lots, ledger.cost, row["lots"], row["ticks"])
        ledger.lots += row["lots"]
        ledger.realized += realized * outcome.scale.tick_lot(strategies[name]) - row["fee"]
        ledger.fills += 1
    for name, ledger in found.items():
        instrument = strategies[name]
        mark = outcome.marks.get(instrument, NONE)
        if ledger.lots:
            half = outcome.scale.half[instrument]
            ledger.unrealized = half * (ledger.lots * mark - 2 * ledger.cost)
    return found


def booked_rows(tables: Tables) -> Iterator[dict[str, int]]:
    """Fills and adjustments in the order in which they were booked; only these have an `income`."""
    fills, adjustments = tables.tables["fills"], tables.tables["adjustments"]
    rows = (_rows(fills, BOOKED), _rows(adjustments, (*NAME, "strategy", "lots", "cost", "income")))
    return merge(*rows, key=itemgetter(*NAME))


def _rows(table: Table, columns: Sequence[str]) -> Iterator[dict[str, int]]:
    values = zip(*(table.column(name) for name in columns), strict=True)
    return (dict(zip(columns, row, strict=True)) for row in values)
