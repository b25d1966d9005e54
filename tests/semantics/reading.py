"""What a simulation has come to, in the calculator's words, and how two results differ."""

from dataclasses import replace
from fractions import Fraction
from typing import Final

from sims.simulation import Simulation
from tests.oracle.desk import Decision
from tests.oracle.ledger import Key
from tests.oracle.run import EquityRow, FillRow, OracleResult, OrderRow, PositionRow
from trader.logic.tables import Table
from trader.model.orders import Liquidity, OrderStatus, OrderType
from trader.model.units import NONE

ENDED: Final = ("FILLED", "CANCELED", "REJECTED", "DENIED")


def observed(whole: Simulation) -> OracleResult:
    """A finished simulation in the calculator's words."""
    return Reading(whole).result()


class Reading:
    """The core's tables and ledgers, turned back into names, fractions and rows."""

    def __init__(self, whole: Simulation) -> None:
        core = whole.core
        self._whole = whole
        self._tables = core.tables.tables
        self._names = {kind: list(names) for kind, names in core.tables.names.items()}
        self._quantum = Fraction(1, 10**core.scale.places)

    def result(self) -> OracleResult:
        """Everything there is to compare."""
        portfolio = self._whole.core.portfolio
        last = portfolio.sample()
        return OracleResult(
            orders=self._orders(),
            fills=self._fills(),
            decisions=self._decisions(),
            denials=tuple(
                (row["order"] + 1, self._name("codes", row["code"]))
                for row in rows(self._tables["denials"])
            ),
            equity_rows=self._equity_rows(),
            positions=self._positions(),
            cash=self._money(last.cash),
            realized=self._money(last.realized),
            equity=self._money(last.equity),
            peak=self._money(last.peak),
        )

    def _name(self, kind: str, index: int) -> str:
        return self._names[kind][index]

    def _money(self, quanta: int) -> Fraction:
        return quanta * self._quantum

    def _orders(self) -> tuple[OrderRow, ...]:
        ends = {row["order"]: row for row in rows(self._tables["statuses"])}
        sizes = {
            id_: abs(order.lots)
            for book in self._whole.venue.books.values()
            for id_, order in book.orders.items()
        }
        found = []
        for row in rows(self._tables["orders"]):
            end = ends[row["order"]]
            found.append(
                OrderRow(
                    order=row["order"] + 1,
                    seq=row["seq"],
                    ts=row["ts"],
                    strategy=self._name("strategies", row["strategy"]),
                    instrument=self._name("instruments", row["instrument"]),
                    order_type=OrderType(row["order_type"]).name.lower(),
                    lots=row["lots"],
                    limit_ticks=_optional(row["limit_ticks"]),
                    stop_ticks=_optional(row["stop_ticks"]),
                    parent=None if row["parent"] == NONE else row["parent"] + 1,
                    size=sizes.get(self._name("orders", row["order"]), abs(end["lots_filled"])),
                    filled=abs(end["lots_filled"]),
                    status=OrderStatus(end["status"]).name,
                )
            )
        return tuple(found)

    def _fills(self) -> tuple[FillRow, ...]:
        return tuple(
            FillRow(
                seq=row["seq"],
                ts=row["ts"],
                order=row["order"] + 1,
                strategy=self._name("strategies", row["strategy"]),
                instrument=self._name("instruments", row["instrument"]),
                lots=row["lots"],
                ticks=row["ticks"],
                fee=self._money(row["fee"]),
                taker=row["liquidity"] == Liquidity.TAKER,
            )
            for row in rows(self._tables["fills"])
        )

    def _decisions(self) -> tuple[Decision, ...]:
        return tuple(
            Decision(
                ts=row["ts"],
                seq=row["seq"],
                strategy=self._name("strategies", row["strategy"]),
                instrument=self._name("instruments", row["instrument"]),
                target=row["target_lots"],
                reason=self._name("reasons", row["reason"]),
            )
            for row in rows(self._tables["decisions"])
        )

    def _equity_rows(self) -> tuple[EquityRow, ...]:
        return tuple(
            EquityRow(
                ts=row["ts"],
                equity=self._money(row["equity"]),
                cash=self._money(row["cash"]),
                realized=self._money(row["realized"]),
                unrealized=self._money(row["unrealized"]),
                drawdown=Fraction(row["peak"] - row["equity"], row["peak"])
                if row["peak"] > 0
                else Fraction(0),
            )
            for row in rows(self._tables["equity"])
        )

    def _positions(self) -> dict[Key, PositionRow]:
        core = self._whole.core
        return {
            (strategy, instrument): PositionRow(
                position.lots,
                position.cost,
                self._money(core.scale.tick_lot(instrument) * position.realized - position.fees),
            )
            for strategy, held in core.portfolio.state.positions.items()
            for instrument, position in held.items()
        }


def rows(table: Table) -> list[dict[str, int]]:
    """A table's rows by the names of their columns."""
    return [table.row(index) for index in range(len(table))]


def _optional(ticks: int) -> int | None:
    return None if ticks == NONE else ticks


def comparable(result: OracleResult) -> OracleResult:
    """A result without the one thing that only the venue knows: the last size of an ended order."""
    orders = tuple(
        replace(order, size=order.filled) if order.status in ENDED else order
        for order in result.orders
    )
    return replace(result, orders=orders)


def differences(ours: OracleResult, theirs: OracleResult) -> list[str]:
    """The first difference of each part, in words; nothing where the two agree."""
    found = []
    left, right = comparable(ours), comparable(theirs)
    for part in ("decisions", "denials", "orders", "fills", "equity_rows"):
        mine, other = getattr(left, part), getattr(right, part)
        if mine != other:
            index = next(
                (k for k, pair in enumerate(zip(mine, other, strict=False)) if pair[0] != pair[1]),
                min(len(mine), len(other)),
            )
            found.append(f"{part}[{index}]: {mine[index : index + 1]} {other[index : index + 1]}")
    totals = ("positions", "cash", "realized", "equity", "peak")
    found += [
        f"{part}: {getattr(left, part)} {getattr(right, part)}"
        for part in totals
        if getattr(left, part) != getattr(right, part)
    ]
    return found
