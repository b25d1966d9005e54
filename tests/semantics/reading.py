"""What a simulation has come to, in the calculator's words, and how two results differ."""

from dataclasses import replace
from fractions import Fraction
from typing import Final

from sims.simulation import Simulation
from tests.oracle.breakers import StateRow
from tests.oracle.desk import Decision
from tests.oracle.ledger import Key
from tests.oracle.rows import EquityRow, FillRow, OrderRow, PositionRow
from tests.oracle.run import OracleResult
from trader.logic.tables import Table
from trader.model.control import TradingState
from trader.model.orders import Liquidity, OrderStatus, OrderType
from trader.model.units import NONE

SETTLED: Final = ("ACCEPTED", "PARTIALLY_FILLED")
"""Statuses of working orders of which nothing is asked."""


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
        made = [row["order"] for row in rows(self._tables["orders"])]
        self._numbers = {order: number for number, order in enumerate(made, start=1)}

    def result(self) -> OracleResult:
        """Everything there is to compare."""
        portfolio = self._whole.core.portfolio
        last = portfolio.sample()
        return OracleResult(
            orders=self._orders(),
            fills=self._fills(),
            decisions=self._decisions(),
            denials=tuple(
                (self._numbers[row["order"]], self._name("codes", row["code"]))
                for row in rows(self._tables["denials"])
            ),
            equity_rows=self._equity_rows(),
            positions=self._positions(),
            cash=self._money(last.cash),
            realized=self._money(last.realized),
            equity=self._money(last.equity),
            peak=self._money(last.peak),
            ambiguous_bars=self._whole.venue.ambiguous_bars,
            in_flight=self._whole.in_flight,
            states=self._states(),
        )

    def _name(self, kind: str, index: int) -> str:
        return self._names[kind][index]

    def _money(self, quanta: int) -> Fraction:
        return quanta * self._quantum

    def _parent(self, order: int) -> int | None:
        """An order's number; 0 for a parent that was never made."""
        return None if order == NONE else self._numbers.get(order, 0)

    def _orders(self) -> tuple[OrderRow, ...]:
        ends = {row["order"]: row for row in rows(self._tables["statuses"])}
        known = self._whole.core.order_manager.state.orders
        found = []
        for row in rows(self._tables["orders"]):
            end = ends[row["order"]]
            now = known.get(self._name("orders", row["order"]))
            if end["status"] >= OrderStatus.DENIED:  # ended: known may be forgotten or split
                now = None
            found.append(
                OrderRow(
                    order=self._numbers[row["order"]],
                    seq=row["seq"],
                    ts=row["ts"],
                    strategy=self._name("strategies", row["strategy"]),
                    instrument=self._name("instruments", row["instrument"]),
                    order_type=OrderType(row["order_type"]).name.lower(),
                    lots=row["lots"],
                    limit_ticks=_optional(row["limit_ticks"]),
                    stop_ticks=_optional(row["stop_ticks"]),
                    parent=self._parent(row["parent"]),
                    size=abs(now.lots) if now else 0,
                    filled=abs(now.lots_filled if now else end["lots_filled"]),
                    status=OrderStatus(end["status"]).name,
                    limit_last=now.limit_ticks if now else None,
                    stop_last=now.stop_ticks if now else None,
                )
            )
        return tuple(found)

    def _fills(self) -> tuple[FillRow, ...]:
        return tuple(
            FillRow(
                seq=row["seq"],
                ts=row["ts"],
                order=self._numbers[row["order"]],
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

    def _states(self) -> tuple[StateRow, ...]:
        """What trading came to, after it began."""
        return tuple(
            StateRow(
                ts=row["ts"],
                seq=row["seq"],
                state=TradingState(row["state"]).name,
                code=self._name("codes", row["code"]),
            )
            for row in rows(self._tables["states"])[1:]
        )

    def _positions(self) -> dict[Key, PositionRow]:
        core = self._whole.core
        return {
            (strategy, instrument): PositionRow(
                position.lots,
                position.cost,
                self._money(
                    core.scale.tick_lot(instrument) * position.realized
                    - position.fees
                    + position.income
                ),
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
    """A result that says what orders are only of those that work and are not being changed."""
    orders = tuple(
        order
        if order.status in SETTLED
        else replace(order, size=order.filled, limit_last=None, stop_last=None)
        for order in result.orders
    )
    return replace(result, orders=orders)


def differences(ours: OracleResult, theirs: OracleResult) -> list[str]:
    """The first difference of each part, in words; nothing where the two agree."""
    found = []
    left, right = comparable(ours), comparable(theirs)
    for part in ("decisions", "denials", "orders", "fills", "equity_rows", "states"):
        mine, other = getattr(left, part), getattr(right, part)
        if mine != other:
            index = next(
                (k for k, pair in enumerate(zip(mine, other, strict=False)) if pair[0] != pair[1]),
                min(len(mine), len(other)),
            )
            found.append(f"{part}[{index}]: {mine[index : index + 1]} {other[index : index + 1]}")
    totals = (
        "positions",
        "cash",
        "realized",
        "equity",
        "peak",
        "ambiguous_bars",
        "in_flight",
    )
    found += [
        f"{part}: {getattr(left, part)} {getattr(right, part)}"
        for part in totals
        if getattr(left, part) != getattr(right, part)
    ]
    return found
