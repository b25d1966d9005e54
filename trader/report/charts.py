"""The drawings of a page: a place for each, a sentence that says what is to be seen, and the data.

The points of all drawings are one JSON document; `assets/charts.js` draws it. Instants are
milliseconds, and whole numbers are written as steps from one to the next, which is shorter.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from trader.report.content import Candles, Content, Curve, Floats, Int64s
from trader.report.markup import Markup, tag
from trader.report.sampling import (
    MONTHS_OF_CHARTS,
    Bin,
    deltas,
    periods,
    picked,
    summed,
    telling,
)
from trader.report.words import count, moment, share

TRADES_DRAWN: Final = 2_000
MILLISECOND_NS: Final = 1_000_000
CENTS: Final = 2
FRACTIONS: Final = 7


def plot(kind: str, says: str, *, number: int | None = None) -> Markup:
    """The place of a drawing; `says` is what a person hears who does not see it."""
    return tag(
        "div", class_=f"plot {kind}", data_chart=kind, data_n=number, role="img", aria_label=says
    )


def drawn(content: Content, bins: Sequence[Bin]) -> dict[str, Any]:
    """The points of all drawings."""
    instants = content.account.curve.instants
    return {
        "currency": content.run["account"]["currency"],
        "cash": float(content.run["account"]["cash"]),
        "since": int(instants[0]) // MILLISECOND_NS,
        "until": int(instants[-1]) // MILLISECOND_NS,
        "account": _account(content),
        "turnover": _turnover(content),
        "holding": {
            "labels": [each.label for each in bins],
            "won": [each.won for each in bins],
            "lost": [each.lost for each in bins],
        },
        "prices": _prices(content),
    }


def _account(content: Content) -> dict[str, Any]:
    account = content.account
    curve = account.curve
    rows = telling(curve.equity, account.drawdown)
    instants = curve.instants[rows]
    return {
        "t": deltas(instants // MILLISECOND_NS),
        "equity": _rounded(curve.equity[rows], CENTS),
        "drawdown": _rounded(-account.drawdown[rows], FRACTIONS),
        "long": _rounded(account.long[rows], FRACTIONS),
        "short": _rounded(account.short[rows], FRACTIONS),
        "others": {
            name: _rounded(_at(other, instants), CENTS) for name, other in content.baselines.items()
        },
    }


def _at(curve: Curve, instants: Int64s) -> Floats:
    """The curve at other instants than its own: its last row by then."""
    rows = np.searchsorted(curve.instants, instants, side="right") - 1
    return curve.equity[np.maximum(rows, 0)]


def _turnover(content: Content) -> dict[str, Any]:
    curve = content.account.curve
    cut = periods(curve.instants, MONTHS_OF_CHARTS)
    counts = np.bincount(cut.of_rows, minlength=len(cut.names))
    mean = np.bincount(cut.of_rows, curve.equity, len(cut.names)) / counts
    traded = summed(*content.traded, cut)
    parts = np.divide(traded, mean, out=np.zeros(len(mean)), where=mean > 0)
    begins = cut.begins.astype("datetime64[ms]").astype(np.int64)
    return {"word": cut.word, "t": begins.tolist(), "parts": _rounded(parts, FRACTIONS)}


def _prices(content: Content) -> list[dict[str, Any]]:
    columns = content.trades
    kept = picked([float(each) for each in columns["pnl"]], TRADES_DRAWN)
    by_instrument: dict[str, list[int]] = {name: [] for name in content.candles}
    for at in kept:
        by_instrument.setdefault(columns["instrument"][at], []).append(at)
    totals = Counter(columns["instrument"])
    return [
        {
            "name": name,
            **_candles(candles),
            "trades": _trades(columns, by_instrument[name]),
            "total": totals[name],
        }
        for name, candles in content.candles.items()
    ]


def _candles(candles: Candles) -> dict[str, Any]:
    """Closes as steps from one to the next, the other prices as steps from their close."""
    close = candles.close
    return {
        "step": candles.step,
        "tick": 2 * candles.step,
        "places": candles.places,
        "rows": candles.rows,
        "t": deltas(candles.instants // MILLISECOND_NS),
        "c": deltas(close),
        "o": (candles.open - close).tolist(),
        "h": (candles.high - close).tolist(),
        "l": (candles.low - close).tolist(),
    }


def _trades(columns: Mapping[str, Sequence[Any]], kept: Sequence[int]) -> list[list[Any]]:
    """What is drawn of each trade: where it began and ended, which way, what it made, who and why.

    Prices are in ticks; an open trade has no end.
    """
    names = (
        "ts_entry",
        "entry_ticks",
        "ts_exit",
        "exit_ticks",
        "side",
        "pnl",
        "strategy",
        "entry_reason",
        "exit_reason",
        "lots",
    )
    own = (columns[name] for name in names)
    rows = zip(*([values[at] for at in kept] for values in own), strict=True)
    return [
        [
            begun // MILLISECOND_NS,
            bought,
            None if left is None else left // MILLISECOND_NS,
            None if left is None else sold,
            1 if side == "LONG" else -1,
            round(float(pnl), CENTS),
            strategy,
            why,
            why_out,
            lots,
        ]
        for begun, bought, left, sold, side, pnl, strategy, why, why_out, lots in rows
    ]


def says_equity(content: Content) -> str:
    """The course of the account in a sentence."""
    equity = content.account.curve.equity
    currency = content.run["account"]["currency"]
    instants = content.account.curve.instants
    return (
        f"Equity from {moment(int(instants[0]))} to {moment(int(instants[-1]))}:"
        f" {equity[0]:,.2f} to {equity[-1]:,.2f} {currency},"
        f" at least {equity.min():,.2f}, at most {equity.max():,.2f}."
    )


def says_drawdown(content: Content) -> str:
    """The deepest fall in a sentence."""
    metrics = content.metrics
    if not metrics["max_drawdown"]:
        return "The account never fell below its peak."
    until = metrics["max_drawdown_until"]
    back = f"reached again on {until[:10]}" if until else "not reached again"
    return (
        f"At most {share(metrics['max_drawdown'])} below the peak, on"
        f" {metrics['max_drawdown_lowest'][:10]}; the peak of {metrics['max_drawdown_from'][:10]}"
        f" was {back}."
    )


def says_trades(price: Mapping[str, Any]) -> str:
    """What is drawn over the prices of an instrument, in a sentence."""
    won = sum(trade[5] > 0 for trade in price["trades"])
    number = count(len(price["trades"]))
    return f"Price of {price['name']} with {number} trades, of which {count(won)} made money."


def notes_trades(price: Mapping[str, Any]) -> str:
    """How much is drawn of an instrument's prices and trades."""
    rows, drawn_, total = price["rows"], len(price["trades"]), price["total"]
    candles = "a candle a row" if rows == 1 else f"a candle for {rows:,} rows"
    if drawn_ == total:
        return f"{candles}, {total:,} trade{'s' * (total != 1)}"
    return f"{candles}, the {drawn_:,} of {total:,} trades that moved the account most"


def _rounded(values: Floats, places: int) -> list[float]:
    rounded: list[float] = np.round(values, places).tolist()
    return rounded
