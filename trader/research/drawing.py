"""From a run to the columns of its page: what `trader.report` draws, and the page itself."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from msgspec import Struct

from sims.streams import Source
from trader.config.schema import Config
from trader.data.grid import Int64s
from trader.model.money import places_of
from trader.model.units import NONE
from trader.report.content import Account, Candles, Content, Curve, Floats
from trader.report.page import page
from trader.research.baselines import Baseline
from trader.research.folder import REPORT, TRADES, write_whole
from trader.research.metrics import begun, traded
from trader.research.outcome import Outcome
from trader.research.prices import Question, Seen, look
from trader.research.trade_frame import trade_frame
from trader.research.trades import Fill, RoundTrip, bookings


class Traded(Struct, frozen=True):
    """A run that is over: its round trips, its two documents, and what ran beside it."""

    config: Config
    outcome: Outcome
    sources: Sequence[Source]
    trips: Sequence[RoundTrip]
    run: Mapping[str, Any]
    metrics: Mapping[str, Any]
    baselines: Mapping[str, Baseline | None] | None


def write_trades(folder: Path, traded_: Traded) -> None:
    """Writes the trade table, and the page if it is wanted."""
    outcome, config = traded_.outcome, traded_.config
    question = Question(
        since=begun(outcome, config),
        until=outcome.now,
        instants=outcome.tables.tables["equity"].column("ts"),
        trips=traded_.trips,
    )
    seen = look(traded_.sources, question)
    trades = trade_frame(traded_.trips, seen, config, outcome)
    trades.write_parquet(folder / TRADES)
    if config.report.html:
        text = page(content_of(traded_, trades, seen))
        write_whole(folder / REPORT, text.encode())


def content_of(traded_: Traded, trades: pl.DataFrame, seen: Mapping[str, Seen]) -> Content:
    """What the page shows."""
    outcome, config = traded_.outcome, traded_.config
    fills = outcome.tables.tables["fills"]
    sizes = np.array(traded(outcome), np.float64) / 10.0**outcome.scale.places
    baselines = traded_.baselines or {}
    return Content(
        run=traded_.run,
        metrics=traded_.metrics,
        account=_account(outcome, config, seen),
        baselines={
            name: curve_of(each.outcome) for name, each in baselines.items() if each is not None
        },
        traded=(np.array(fills.column("ts"), np.int64), sizes),
        trades=trades.to_dict(as_series=False),
        candles=_candles(config, seen),
    )


def curve_of(outcome: Outcome) -> Curve:
    """What the account was worth, a value a row."""
    table = outcome.tables.tables["equity"]
    return Curve(
        instants=np.array(table.column("ts"), np.int64),
        equity=np.array(table.column("equity"), np.float64) / 10.0**outcome.scale.places,
    )


def _account(outcome: Outcome, config: Config, seen: Mapping[str, Seen]) -> Account:
    table = outcome.tables.tables["equity"]
    equity = np.array(table.column("equity"), np.int64)
    opening = outcome.scale.of(config.account.cash)
    peak = np.maximum(np.maximum.accumulate(equity), opening)
    long, short = exposures(outcome, seen)
    worth = np.where(equity > 0, equity, 1).astype(np.float64)
    return Account(
        curve=curve_of(outcome),
        drawdown=(peak - equity) / peak,
        long=np.where(equity > 0, long / worth, 0.0),
        short=np.where(equity > 0, short / worth, 0.0),
    )


def exposures(outcome: Outcome, seen: Mapping[str, Seen]) -> tuple[Floats, Floats]:
    """What long and short positions were worth at each equity row, the short ones negative.

    Where the marks that are known here do not add up to the account's own worth (an instrument
    without a price of its own), the sum that the account knows is shown instead.
    """
    table = outcome.tables.tables["equity"]
    equity, cash = (np.array(table.column(name), np.int64) for name in ("equity", "cash"))
    rows = _order(table.column("seq"), table.column("n"))
    long, short = np.zeros(len(equity), np.int64), np.zeros(len(equity), np.int64)
    for name, lots in _lots_at(outcome, rows).items():
        marks = seen[name].marks if name in seen else np.full(len(equity), NONE)
        worth = np.where(marks == NONE, 0, lots * marks * outcome.scale.half[name])
        long += np.maximum(worth, 0)
        short += np.minimum(worth, 0)
    net = equity - cash
    if not np.array_equal(long + short, net):
        long, short = np.maximum(net, 0), np.minimum(net, 0)
    return long.astype(np.float64), short.astype(np.float64)


def _lots_at(outcome: Outcome, rows: Int64s) -> dict[str, Int64s]:
    """The account's lots of each instrument at the messages that `rows` name."""
    held: dict[tuple[str, str], int] = {}
    names: list[tuple[int, int]] = []
    steps: dict[str, list[int]] = {}
    at: dict[str, list[int]] = {}
    for number, row in enumerate(bookings(outcome.tables)):
        key = (row.strategy, row.instrument)
        before = held.get(key, 0)
        held[key] = before + row.lots if isinstance(row, Fill) else row.lots
        names.append(row.name)
        steps.setdefault(row.instrument, []).append(held[key] - before)
        at.setdefault(row.instrument, []).append(number)
    order = _order([seq for seq, _ in names], [n for _, n in names])
    found = {}
    for instrument, changes in steps.items():
        lots = np.concatenate(([0], np.cumsum(changes)))
        found[instrument] = lots[np.searchsorted(order[at[instrument]], rows)]
    return found


def _order(seq: Sequence[int], n: Sequence[int]) -> Int64s:
    """Names of messages as numbers that stand in their order."""
    return (np.array(seq, np.int64) << 24) + np.array(n, np.int64)


def _candles(config: Config, seen: Mapping[str, Seen]) -> dict[str, Candles]:
    """The candles of each instrument, in the order of the configuration."""
    found = {}
    for each in config.instruments:
        if each.name in seen and len(seen[each.name].candles):
            own = seen[each.name]
            found[each.name] = Candles(
                instants=own.candles.begins,
                open=own.candles.open,
                high=own.candles.high,
                low=own.candles.low,
                close=own.candles.close,
                step=float(each.tick) / 2,
                places=places_of(each.tick),
                rows=own.rows_a_candle,
            )
    return found
