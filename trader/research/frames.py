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
from trader.model.orders import OrderStatus, OrderType, TimeInForce
from trader.model.units import NONE, Money

Inputs: TypeAlias = Mapping[str, Sequence[tuple[str, bool]]]
"""By strategy: the numbers it writes down with a decision, and whether each is a float."""

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
            self.fills,
            self.decisions,
            self.denials,
            self.states,
            self.equity,
        )
        return {make.__name__: make() for make in makers}

    def orders(self) -> pl.DataFrame:
        """One row for each order, with its last status."""
        last = self._raw("statuses").unique("order", keep="last").rename({"lots_filled": "_filled"})
        raw = self._raw("orders").join(
            last.select("order", "status", "_filled"), on="order", how="left", maintain_order="left"
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
            self._fees(),
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

    def _fees(self) -> pl.Series:
        places = self._scale.places
        quanta = self._tables.tables["fills"].column("fee")
        exact = {fee: Decimal(fee).scaleb(-places) for fee in set(quanta)}
        return pl.Series("fee", [exact[fee] for fee in quanta], pl.Decimal(_MONEY_DIGITS, places))


def _inputs(declared: Sequence[tuple[str, bool]], row: Sequence[int]) -> str:
    values = {
        name: _DOUBLE.unpack(_INT64.pack(number))[0] if is_float else number
        for (name, is_float), number in zip(declared, row, strict=False)
    }
    return msgspec.json.encode(values).decode()


def _nullable(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != NONE).then(pl.col(column)).alias(column)


def _spelled(words: type[IntEnum], column: str, absent: IntEnum | None = None) -> pl.Expr:
    values = pl.Series([word.value for word in words], dtype=pl.Int64)
    spelled = pl.Series([word.name for word in words], dtype=pl.String)
    number = pl.col(column) if absent is None else pl.col(column).fill_null(absent.value)
    return number.replace_strict(values, spelled, return_dtype=pl.String)


def _cause() -> pl.Expr:
    return pl.format("{}.{}", "cause_seq", "cause_n").alias("cause")
