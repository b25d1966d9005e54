"""What the account, its strategies and the baselines made, in figures.

The tables work without a script and say what the drawings show.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from trader.report.content import Account, Content
from trader.report.markup import Child, Markup, tag
from trader.report.sampling import MONTHS_OF_TABLES, growth, periods, summed
from trader.report.tables import Cell, table
from trader.report.words import amount, count, duration, ratio, reason, share, signed, tone
from trader.ui import yearly

DEEPEST: Final = 0.10
"""A monthly return from which on its cell has the full colour."""
LEVELS: Final = 5
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def strategies(content: Content) -> Markup:
    """What each strategy made."""
    heads = (
        "strategy",
        "trades on",
        "fills",
        "trades",
        "realized",
        "unrealized",
        "return",
        "hit rate",
        "profit factor",
        "average trade",
        "held",
        "exposure",
    )
    rows = [
        (
            name,
            each["instrument"],
            count(each["fills"]),
            count(each["trades"]),
            Cell(signed(each["realized"]), tone(each["realized"])),
            Cell(signed(each["unrealized"]), tone(each["unrealized"])),
            Cell(share(each["return"], sign=True), tone(each["return"])),
            share(each["hit_rate"]),
            ratio(each["profit_factor"]),
            signed(each["average_trade"]),
            duration(each["holding_time"]),
            share(each["exposure"]),
        )
        for name, each in content.metrics["strategies"].items()
    ]
    return table("Strategies", heads, rows, words=(0, 1))


FIGURES: Final[tuple[tuple[str, str, Callable[[Any], str]], ...]] = (
    ("equity at the end", "equity_final", amount),
    ("return", "return", lambda value: share(value, sign=True)),
    ("growth a year", "cagr", lambda value: share(value, sign=True)),
    ("volatility a year", "volatility", share),
    ("Sharpe", "sharpe", ratio),
    ("Sortino", "sortino", ratio),
    ("Calmar", "calmar", ratio),
    ("deepest drawdown", "max_drawdown", share),
    ("turnover a year", "turnover", lambda value: ratio(value, "×")),
    ("exposure", "exposure", share),
    ("trades", "trades", count),
    ("hit rate", "hit_rate", share),
    ("profit factor", "profit_factor", ratio),
    ("average trade", "average_trade", signed),
    ("held on average", "holding_time", duration),
    ("fees", "fees", amount),
    ("fills", "fills", count),
    ("denials", "denials", count),
)


def accounts(content: Content) -> Markup:
    """The account beside the baselines, a figure a row."""
    others = {
        name: each
        for name, each in (content.metrics["baselines"] or {}).items()
        if each is not None
    }
    columns = {"this run": content.metrics, **others}
    short = yearly.too_short(content.run)
    rows: list[Sequence[Child]] = [
        (
            label,
            *(
                "n/a" if short and key in yearly.YEARLY else spell(each.get(key))
                for each in columns.values()
            ),
        )
        for label, key, spell in FIGURES
    ]
    caption = "The account and the baselines" if others else "The account"
    return table(caption, ("figure", *map(reason, columns)), rows)


def monthly(account: Account, opening: float) -> Markup:
    """The returns of each month, a year a row, with the year's own."""
    instants, equity = account.curve.instants, account.curve.equity
    months = (instants - 1).astype("datetime64[ns]").astype("datetime64[M]")
    names, last = np.unique(months[::-1], return_index=True)
    returns = growth(equity, len(months) - 1 - last, opening)
    by_year: dict[str, list[float | None]] = {}
    for name, value in zip(names, returns, strict=True):
        year, month = str(name).split("-")
        by_year.setdefault(year, [None] * 12)[int(month) - 1] = value
    rows: list[Sequence[Child | Cell]] = [
        (year, *(Cell(_short(value), _heat(value)) for value in values), _year(values))
        for year, values in by_year.items()
    ]
    return tag(
        "div",
        table("Returns by month, in percent", ("year", *MONTHS, "year"), rows),
        class_="heat",
    )


def _year(values: Sequence[float | None]) -> Cell:
    whole = 1.0
    for value in values:
        whole *= 1 + (value or 0.0)
    return Cell(_short(whole - 1), f"total {tone(whole - 1) or ''}".strip())


def _short(value: float | None) -> str:
    return (
        "" if value is None else f"{100 * value:+.1f}".replace("+0.0", "0.0").replace("-0.0", "0.0")
    )


def _heat(value: float | None) -> str | None:
    """How strongly the cell of a return is coloured."""
    if value is None:
        return None
    level = min(LEVELS, round(abs(value) / DEEPEST * LEVELS))
    return f"{'u' if value > 0 else 'd'}{level}" if level else "z"


def by_period(content: Content) -> Markup:
    """The curves in figures, a period a row."""
    account = content.account
    curve = account.curve
    cut = periods(curve.instants, MONTHS_OF_TABLES)
    falls = np.zeros(len(cut.names))
    np.maximum.at(falls, cut.of_rows, account.drawdown)
    counts = np.bincount(cut.of_rows, minlength=len(cut.names))
    gross = np.bincount(cut.of_rows, account.long - account.short, len(cut.names)) / counts
    mean = np.bincount(cut.of_rows, curve.equity, len(cut.names)) / counts
    traded = summed(*content.traded, cut)
    opening = float(content.run["account"]["cash"])
    rows = [
        (
            name,
            f"{curve.equity[last]:,.2f}",
            Cell(share(gain, sign=True), tone(gain)),
            share(float(fall)),
            share(float(at_work)),
            ratio(float(size / worth) if worth > 0 else None, "×"),
        )
        for name, last, gain, fall, at_work, size, worth in zip(
            cut.names,
            cut.last,
            growth(curve.equity, cut.last, opening),
            falls,
            gross,
            traded,
            mean,
            strict=True,
        )
    ]
    heads = (cut.word, "equity", "return", "deepest drawdown", "mean exposure", "turnover")
    return table(f"The account by {cut.word}", heads, rows)
