"""The figures of a run: exact text for money, floats for ratios, counts for the rest.

They come from the tables alone: growth and risk from the equity rows, what trading was like from
the round trips, the strategies' shares from the fills. A figure without a value is None. The
formulas stand in `docs/metrics.md`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from math import fsum
from operator import attrgetter
from typing import Any, Final

from trader.calendars.table import shared
from trader.config.notation import instant_text, interval_ns
from trader.config.schema import Config
from trader.model.money import MoneyScale
from trader.model.orders import OrderStatus
from trader.model.units import DAY_NS, SECOND_NS, Money, Nanoseconds
from trader.research.outcome import Ledger, Outcome, ledgers
from trader.research.returns import (
    Drawdown,
    cagr,
    drawdown,
    finite,
    sharpe,
    simple_returns,
    sortino,
    volatility,
)
from trader.research.trades import RoundTrip, round_trips

ROWS: Final = ("equity", "cash", "realized", "unrealized")
DAYS_A_YEAR: Final = 365


def account_metrics(
    outcome: Outcome, config: Config, trips: Sequence[RoundTrip] | None = None
) -> dict[str, Any]:
    """The account's figures, and how often what happened; trips are found if not given."""
    tables, scale = outcome.tables, outcome.scale
    cash = scale.of(config.account.cash)
    equity = tables.tables["equity"]
    last = equity.row(len(equity) - 1)
    amounts = {name: scale.text(last[name]) for name in ROWS}
    trips = round_trips(outcome) if trips is None else trips
    return {
        "equity_final": amounts["equity"],
        "cash_final": amounts["cash"],
        "realized": amounts["realized"],
        "unrealized": amounts["unrealized"],
        "return": (last["equity"] - cash) / cash,
        **_of_rows(outcome, config, cash),
        "exposure": exposure(outcome, trips, begun(outcome, config)),
        **trade_metrics(trips, scale),
        "fees": scale.text(sum(tables.tables["fills"].column("fee"))),
        "fills": len(tables.tables["fills"]),
        "orders": len(tables.tables["orders"]),
        "denials": len(tables.tables["denials"]),
        "ambiguous_bars": outcome.ambiguous_bars,
    }


def _of_rows(outcome: Outcome, config: Config, cash: Money) -> dict[str, Any]:
    """Growth and risk, from the equity rows."""
    table = outcome.tables.tables["equity"]
    equity, instants = table.column("equity"), table.column("ts")
    a_year = rows_a_year(config)
    years = (len(equity) - 1) / a_year
    returns = simple_returns(equity)
    fall = drawdown(instants, equity, cash)
    growth = cagr((equity[-1] - cash) / cash, years)
    return {
        "cagr": growth,
        "volatility": volatility(returns, a_year),
        "sharpe": sharpe(returns, a_year),
        "sortino": sortino(returns, a_year),
        "calmar": None if growth is None or not fall.depth else finite(growth / fall.depth),
        "max_drawdown": fall.depth,
        **_instants(fall),
        "turnover": turnover(outcome, equity, years),
    }


def _instants(fall: Drawdown) -> dict[str, str | None]:
    named = {"from": fall.since, "lowest": fall.lowest, "until": fall.until}
    return {
        f"max_drawdown_{name}": None if ts is None else instant_text(ts)
        for name, ts in named.items()
    }


def rows_a_year(config: Config) -> float:
    """How many equity rows a year has: one a session, a day, or an interval around the clock."""
    interval = config.report.equity_interval
    if interval:
        return DAYS_A_YEAR * DAY_NS / interval_ns(interval)
    return shared(each.calendar for each in config.instruments).per_year


def begun(outcome: Outcome, config: Config) -> Nanoseconds:
    """The instant from which the run traded."""
    states = outcome.tables.tables["states"]
    first = states.column("ts")[0] if len(states) else outcome.now
    return max(first, config.run.from_ or first)


def turnover(outcome: Outcome, equity: Sequence[Money], years: float) -> float | None:
    """What was traded a year, in multiples of the mean equity."""
    mean = fsum(equity) / len(equity)
    if years <= 0 or mean <= 0:
        return None
    return finite(sum(traded(outcome)) / mean / years)


def traded(outcome: Outcome) -> list[Money]:
    """The size in money of each fill."""
    fills = outcome.tables.tables["fills"]
    scale, names = outcome.scale, list(outcome.tables.names["instruments"])
    worth = [scale.tick_lot(name) if name in scale.half else 0 for name in names]
    columns = map(fills.column, ("instrument", "lots", "ticks"))
    return [
        abs(lots * ticks) * worth[instrument]
        for instrument, lots, ticks in zip(*columns, strict=True)
    ]


def exposure(outcome: Outcome, trips: Iterable[RoundTrip], since: Nanoseconds) -> float | None:
    """The share of the run's time in which any position was held."""
    held, until = 0, since
    for trip in sorted(trips, key=attrgetter("ts_entry")):
        end = outcome.now if trip.ts_exit is None else trip.ts_exit
        held += max(0, end - max(until, trip.ts_entry))
        until = max(until, end)
    whole = outcome.now - since
    return held / whole if whole > 0 else None


def trade_metrics(trips: Iterable[RoundTrip], scale: MoneyScale) -> dict[str, Any]:
    """What the closed round trips were like; `holding_time` is a mean in seconds."""
    closed = [trip for trip in trips if trip.ts_exit is not None]
    count = len(closed)
    results = [trip.pnl for trip in closed]
    won = sum(result for result in results if result > 0)
    lost = -sum(result for result in results if result < 0)
    held = sum((trip.ts_exit or 0) - trip.ts_entry for trip in closed)
    return {
        "trades": count,
        "hit_rate": sum(result > 0 for result in results) / count if count else None,
        "profit_factor": won / lost if lost else None,
        "average_trade": scale.text(_rounded(sum(results), count)) if count else None,
        "holding_time": held / SECOND_NS / count if count else None,
    }


def strategy_metrics(
    outcome: Outcome, config: Config, trips: Iterable[RoundTrip]
) -> dict[str, dict[str, Any]]:
    """Each strategy's figures; `return` is on an equal share of the opening cash."""
    scale = outcome.scale
    cash = scale.of(config.account.cash)
    instruments = {each.name: each.instrument for each in config.strategies}
    by_name = attrgetter("strategy")
    own = {name: [*group] for name, group in groupby(sorted(trips, key=by_name), by_name)}
    return {
        name: {
            "instrument": instruments[name],
            **_share(ledger, scale, cash, len(instruments)),
            **trade_metrics(own.get(name, ()), scale),
            "exposure": exposure(outcome, own.get(name, ()), begun(outcome, config)),
        }
        for name, ledger in ledgers(outcome, instruments).items()
    }


def _share(ledger: Ledger, scale: MoneyScale, cash: Money, count: int) -> dict[str, Any]:
    return {
        "fills": ledger.fills,
        "lots": ledger.lots,
        "realized": scale.text(ledger.realized),
        "unrealized": scale.text(ledger.unrealized),
        "return": (ledger.realized + ledger.unrealized) * count / cash,
    }


def orders_by_status(outcome: Outcome) -> dict[str, int]:
    """How many orders ended, or stand, in each status; the most frequent first."""
    tables = outcome.tables
    status = dict.fromkeys(tables.tables["orders"].column("order"), 0)
    changes = tables.tables["statuses"]
    status |= zip(changes.column("order"), changes.column("status"), strict=True)
    return _most(OrderStatus(value).name for value in status.values())


def denials_by_code(outcome: Outcome) -> dict[str, int]:
    """How many orders each rule denied; the most frequent first."""
    codes = list(outcome.tables.names["codes"])
    return _most(codes[code] for code in outcome.tables.tables["denials"].column("code"))


def _most(words: Iterable[str]) -> dict[str, int]:
    counted = Counter(words)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _rounded(total: Money, count: int) -> Money:
    """The mean of so many amounts, half to even."""
    whole, rest = divmod(total, count)
    return whole + (2 * rest > count or (2 * rest == count and whole % 2 == 1))
