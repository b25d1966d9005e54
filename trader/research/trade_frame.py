"""The round trips of a run as a table: `trades.parquet`, one row a trip, those still open last."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final

import polars as pl

from trader.config.schema import Config
from trader.model.money import places_of, plain
from trader.model.units import NONE
from trader.research.outcome import Outcome
from trader.research.prices import Seen
from trader.research.trades import Booking, Fill, RoundTrip, order_reasons

SIDES: Final = {1: "LONG", -1: "SHORT"}
PLACES_MORE: Final = 4
"""An average price has so many decimal places more than its tick."""

_MONEY_DIGITS: Final = 38


def trade_frame(
    trips: Sequence[RoundTrip], seen: Mapping[str, Seen], config: Config, outcome: Outcome
) -> pl.DataFrame:
    """One row a trip; of an open one there is no exit, and all else is as at the run's end."""
    money = pl.Decimal(_MONEY_DIGITS, outcome.scale.places)
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "strategy": pl.String,
        "instrument": pl.String,
        "side": pl.String,
        "lots": pl.Int64,
        "ts_entry": pl.Int64,
        "ts_exit": pl.Int64,
        "entry_ticks": pl.Float64,
        "exit_ticks": pl.Float64,
        "entry_price": pl.String,
        "exit_price": pl.String,
        "fees": money,
        "pnl": money,
        "return": pl.Float64,
        "holding_ns": pl.Int64,
        "entry_reason": pl.String,
        "exit_reason": pl.String,
        "fills": pl.Int64,
        "entry_fill": pl.String,
        "exit_fill": pl.String,
    }
    row = _Row(config, outcome)
    frame = pl.DataFrame([row.of(trip) for trip in trips], schema=schema, orient="row")
    return frame.with_columns(_extremes(trips, seen)).with_row_index("trade", 1)


class _Row:
    """Spells trips of one run."""

    def __init__(self, config: Config, outcome: Outcome) -> None:
        self._scale = outcome.scale
        self._until = outcome.now
        self._ticks = {each.name: each.tick for each in config.instruments}
        exits = {each.name: [exit_.kind for exit_ in each.exits] for each in config.strategies}
        self._reasons = order_reasons(outcome.tables, exits)

    def of(self, trip: RoundTrip) -> tuple[Any, ...]:
        leaving, tick, places = trip.exit, self._ticks[trip.instrument], self._scale.places
        end = self._until if leaving is None else leaving.ts
        paid = trip.value_in * self._scale.tick_lot(trip.instrument)
        return (
            trip.strategy,
            trip.instrument,
            SIDES[trip.side],
            trip.lots_in,
            trip.ts_entry,
            trip.ts_exit,
            _average(trip.value_in, trip.lots_in),
            _average(trip.value_out, trip.lots_out),
            _price(trip.value_in, trip.lots_in, tick),
            _price(trip.value_out, trip.lots_out, tick),
            Decimal(trip.fees).scaleb(-places),
            Decimal(trip.pnl).scaleb(-places),
            trip.pnl / paid if paid else None,
            end - trip.ts_entry,
            self._reason(trip.entry),
            None if leaving is None else self._reason(leaving),
            trip.fills,
            _name(trip.entry),
            None if leaving is None else _name(leaving),
        )

    def _reason(self, row: Booking) -> str:
        return self._reasons[row.order] if isinstance(row, Fill) else row.reason


def _name(row: Booking) -> str:
    return "{}.{}".format(*row.name)


def _extremes(trips: Sequence[RoundTrip], seen: Mapping[str, Seen]) -> list[pl.Series]:
    """Bars closed while it was held, and the best and worst price then, in ticks."""
    found: dict[int, tuple[int | None, float | None, float | None]] = {}
    for each in seen.values():
        bars = [None] * len(each.trips) if each.bars is None else each.bars.tolist()
        for trip, count, high, low in zip(
            each.trips, bars, each.high.tolist(), each.low.tolist(), strict=True
        ):
            extremes = (high, low)[:: trip.side]
            best, worst = (None if high == NONE else price / 2 for price in extremes)
            found[id(trip)] = (count, best, worst)
    rows = [found.get(id(trip), (None, None, None)) for trip in trips]
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    kinds = (("bars", pl.Int64), ("best_ticks", pl.Float64), ("worst_ticks", pl.Float64))
    return [
        pl.Series(name, list(values), kind)
        for (name, kind), values in zip(kinds, columns, strict=True)
    ]


def _average(value: int, lots: int) -> float | None:
    return value / lots if lots else None


def _price(value: int, lots: int, tick: Decimal) -> str | None:
    """The average price in plain notation, rounded half to even beyond the places of its tick."""
    if not lots:
        return None
    step = Decimal(1).scaleb(-places_of(tick) - PLACES_MORE)
    return plain((Decimal(value) * tick / lots).quantize(step, ROUND_HALF_EVEN))
