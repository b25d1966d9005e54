"""The output tables as people read them: names for indices, text for codes, null for nothing.

Sizes, prices and instants stay integers. Fees are exact decimals in account currency; the equity
columns are floats, rounded for plotting (the exact end of the account is in the metrics). Every
frame ends with `n`, which together with `seq` names the row's message: `cause` holds such names
as `seq.n`.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from enum import IntEnum
from struct import Struct as Packing
from typing import Final, TypeAlias

import msgspec
import numpy as np
import polars as pl

from trader.logic.tables import INPUTS_MAX, Tables
from trader.model.control import TradingState
from trader.model.money import MoneyScale
from trader.model.orders import Liquidity, OrderRole, OrderStatus, OrderType, TimeInForce
from trader.model.units import NONE, Money

Inputs: TypeAlias = Mapping[str, Sequence[tuple[str, bool]]]
"""By strategy: the numbers it writes down with a decision, and whether each is a float."""

CHANGEABLE: Final = ("lots", "limit_ticks", "stop_ticks")
"""What a replacement changes."""

_DOUBLE: Final = Packing("<d")
_INT64: Final = Packing("<q")
_MONEY_DIGITS: Final = 38


class Frames:
    """Makes the frames of one run's tables."""

    def __init__(self, tables: Tables, scale: MoneyScale, cash: Money, inputs: Inputs) -> None:
        """`cash` is what the account began with, the first peak of its drawdown."""
        self._tables = tables
        self._scale = scale
        self._cash = cash
        self._inputs = inputs

    def all(self) -> dict[str, pl.DataFrame]:
        """Every frame by the name of its file."""
        makers: tuple[Callable[[], pl.DataFrame], ...] = (
            self.orders,
            self.statuses,
            self.replacements,
            self.fills,
            self.adjustments,
            self.decisions,
            self.denials,
            self.states,
            self.equity,
        )
        return {make.__name__: make() for make in makers}

    def orders(self) -> pl.DataFrame:
        """One row for each order as it stands at last: its status, size and prices.

        `parent` is the order without which it would not work; the size and prices that it was
        made with end with `_made`.
        """
        last = self._raw("statuses").unique("order", keep="last").rename({"lots_filled": "_filled"})
        changed = self._raw("replacements").group_by("order").agg(map(_last, CHANGEABLE))
        raw = (
            self._raw("orders")
            .join(last.select("order", "status", "_filled"), on="order", how="left")
            .join(changed, on="order", how="left", suffix="_at_last", maintain_order="left")
            .with_columns(_nullable(name).alias(f"{name}_made") for name in CHANGEABLE)
            .with_columns(pl.coalesce(f"{name}_at_last", name).alias(name) for name in CHANGEABLE)
            .sort("seq", "n")
        )
        return raw.select(
            "seq",
            "ts",
            self._name(raw, "order", "orders").alias("client_order_id"),
            self._name(raw, "strategy", "strategies"),
            self._name(raw, "instrument", "instruments"),
            _spelled(OrderType, "order_type"),
            "lots",
            _nullable("limit_ticks"),
            _nullable("stop_ticks"),
            _spelled(TimeInForce, "time_in_force"),
            _spelled(OrderStatus, "status", absent=OrderStatus.INITIALIZED),
            pl.col("_filled").fill_null(0).alias("lots_filled"),
            _spelled(OrderRole, "role"),
            self._name(raw.select(_nullable("parent")), "parent", "orders"),
            *(f"{name}_made" for name in CHANGEABLE),
            _cause(),
            "n",
        )

    def statuses(self) -> pl.DataFrame:
        """One row for each change of an order's status."""
        raw = self._raw("statuses")
        return raw.select(
            "seq",
            "ts",
            self._name(raw, "order", "orders").alias("client_order_id"),
            _spelled(OrderStatus, "status"),
            "lots_filled",
            _cause(),
            "n",
        )

    def replacements(self) -> pl.DataFrame:
        """One row for each change of a working order; null is what stayed as it was."""
        raw = self._raw("replacements")
        return raw.select(
            "seq",
            "ts",
            self._name(raw, "order", "orders").alias("client_order_id"),
            "lots",
            _nullable("limit_ticks"),
            _nullable("stop_ticks"),
            _cause(),
            "n",
        )

    def fills(self) -> pl.DataFrame:
        """One row for each fill, at the venue's instant."""
        raw = self._raw("fills")
        return raw.select(
            "seq",
            "ts",
            self._name(raw, "order", "orders").alias("client_order_id"),
            self._name(raw, "trade", "trades").alias("trade_id"),
            self._name(raw, "strategy", "strategies"),
            self._name(raw, "instrument", "instruments"),
            "lots",
            "ticks",
            self._money("fills", "fee"),
            _spelled(Liquidity, "liquidity"),
            _cause(),
            "n",
        )

    def adjustments(self) -> pl.DataFrame:
        """One row for each position that a split or a dividend changed: how it is after it.

        `cost` is in tick x lot, `income` the money that came with it.
        """
        raw = self._raw("adjustments")
        return raw.select(
            "seq",
            "ts",
            self._name(raw, "strategy", "strategies"),
            self._name(raw, "instrument", "instruments"),
            "lots",
            "cost",
            self._money("adjustments", "income"),
            self._name(raw, "reason", "reasons"),
            _cause(),
            "n",
        )

    def decisions(self) -> pl.DataFrame:
        """One row for each decision, `inputs` being a JSON object of what the strategy saw."""
        raw = self._raw("decisions")
        names = self._names("strategies")
        numbers = raw.select(f"input_{k}" for k in range(INPUTS_MAX)).rows()
        seen = [
            _inputs(self._inputs[names[strategy]], row)
            for strategy, row in zip(raw["strategy"], numbers, strict=True)
        ]
        return raw.select(
            "seq",
            "ts",
            self._name(raw, "strategy", "strategies"),
            self._name(raw, "instrument", "instruments"),
            "target_lots",
            self._name(raw, "reason", "reasons"),
            pl.Series("inputs", seen, dtype=pl.String),
            _cause(),
            "n",
        )

    def denials(self) -> pl.DataFrame:
        """One row for each order that risk denied; `code` is the rule."""
        raw = self._raw("denials")
        return raw.select(
            "seq",
            "ts",
            self._name(raw, "order", "orders").alias("client_order_id"),
            self._name(raw, "strategy", "strategies"),
            self._name(raw, "instrument", "instruments"),
            "lots",
            self._name(raw, "code", "codes"),
            _cause(),
            "n",
        )

    def states(self) -> pl.DataFrame:
        """One row for each change of the trading state; `reason` is why, `by` is who."""
        raw = self._raw("states")
        return raw.select(
            "seq",
            "ts",
            _spelled(TradingState, "state"),
            _spelled(TradingState, "previous"),
            self._name(raw, "code", "codes").alias("reason"),
            self._name(raw, "by", "codes"),
            _cause(),
            "n",
        )

    def equity(self) -> pl.DataFrame:
        """The account at each interval; drawdown is the fraction below the highest row so far."""
        raw = self._raw("equity")
        quanta = raw["equity"].to_numpy()
        peak = np.maximum(np.maximum.accumulate(quanta), self._cash) if len(raw) else quanta
        quantum = 10.0**self._scale.places
        money = ("equity", "cash", "realized", "unrealized")
        return raw.select(
            "ts",
            *(pl.col(name).cast(pl.Float64) / quantum for name in money),
            pl.Series("drawdown", (peak - quanta) / peak, dtype=pl.Float64),
            "seq",
            _cause(),
            "n",
        )

    def _raw(self, name: str) -> pl.DataFrame:
        table = self._tables.tables[name]
        return pl.DataFrame(
            {column: np.array(table.column(column), np.int64) for column in table.columns}
        )

    def _names(self, kind: str) -> pl.Series:
        return pl.Series(list(self._tables.names[kind]), dtype=pl.String)

    def _name(self, rows: pl.DataFrame, column: str, kind: str) -> pl.Series:
        return self._names(kind).gather(rows[column]).alias(column)

    def _money(self, table: str, column: str) -> pl.Series:
        """A column of money as exact decimals."""
        places = self._scale.places
        quanta = self._tables.tables[table].column(column)
        exact = {each: Decimal(each).scaleb(-places) for each in set(quanta)}
        return pl.Series(
            column, [exact[each] for each in quanta], pl.Decimal(_MONEY_DIGITS, places)
        )


def _inputs(declared: Sequence[tuple[str, bool]], row: Sequence[int]) -> str:
    values = {
        name: _DOUBLE.unpack(_INT64.pack(number))[0] if is_float else number
        for (name, is_float), number in zip(declared, row, strict=False)
    }
    return msgspec.json.encode(values).decode()


def _last(column: str) -> pl.Expr:
    """The last value of a group that is given."""
    return pl.col(column).filter(pl.col(column) != NONE).last()


def _nullable(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != NONE).then(pl.col(column)).alias(column)


def _spelled(words: type[IntEnum], column: str, absent: IntEnum | None = None) -> pl.Expr:
    values = pl.Series([word.value for word in words], dtype=pl.Int64)
    spelled = pl.Series([word.name for word in words], dtype=pl.String)
    number = pl.col(column) if absent is None else pl.col(column).fill_null(absent.value)
    return number.replace_strict(values, spelled, return_dtype=pl.String)


def _cause() -> pl.Expr:
    return pl.format("{}.{}", "cause_seq", "cause_n").alias("cause")
