"""Trades, orders and denials in figures."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from trader.report.content import Content
from trader.report.markup import Child, Markup, tag
from trader.report.sampling import Bin, picked
from trader.report.tables import Cell, table
from trader.report.words import (
    NOTHING,
    SECOND_NS,
    count,
    duration,
    moment,
    reason,
    share,
    signed,
    tone,
)

TRADES_LISTED: Final = 400
TRADE_HEADS: Final = (
    "trade",
    "strategy",
    "instrument",
    "lots",
    "entered",
    "at",
    "left",
    "at",
    "held",
    "pnl",
    "return",
    "in for",
    "out for",
)
TRADE_WORDS: Final = (1, 2, 4, 6, 11, 12)
TRADE_COLUMNS: Final = (
    "trade",
    "strategy",
    "instrument",
    "side",
    "lots",
    "ts_entry",
    "entry_price",
    "ts_exit",
    "exit_price",
    "holding_ns",
    "pnl",
    "return",
    "entry_reason",
    "exit_reason",
)


def trades(content: Content) -> Markup:
    """The list of round trips; of very many only those that moved the account most."""
    columns = content.trades
    total = len(columns["trade"])
    kept = picked([float(each) for each in columns["pnl"]], TRADES_LISTED)
    rows = zip(*([columns[name][at] for at in kept] for name in TRADE_COLUMNS), strict=True)
    caption = "Trades" if len(kept) == total else "The trades that moved the account most"
    return tag(
        "div",
        table(caption, TRADE_HEADS, map(_trade, rows), words=TRADE_WORDS, sorts=True),
        class_="dense",
    )


def _trade(row: tuple[Any, ...]) -> Sequence[Child | Cell]:
    number, strategy, instrument, side, lots, begun, bought = row[:7]
    left, sold, held, pnl, gain, why, why_out = row[7:]
    return (
        number,
        strategy,
        instrument,
        f"{lots if side == 'LONG' else -lots:+,}",
        moment(begun),
        bought or NOTHING,
        "open" if left is None else moment(left),
        sold or NOTHING,
        Cell(duration(held / SECOND_NS), number=held / SECOND_NS),
        Cell(signed(str(pnl)), tone(float(pnl))),
        Cell(share(gain, sign=True), tone(gain)),
        reason(why),
        reason(why_out),
    )


def denials(metrics: Mapping[str, Any]) -> Markup:
    """How many orders each rule denied."""
    codes = metrics["denials_by_code"]
    if not codes:
        return tag("p", "No order was denied.", class_="quiet")
    rows = [(reason(code), count(number)) for code, number in codes.items()]
    return table("Denials by rule", ("rule", "orders"), rows)


def statuses(metrics: Mapping[str, Any]) -> Markup:
    """How the orders ended."""
    rows = [
        (reason(word).lower(), count(number))
        for word, number in metrics["orders_by_status"].items()
    ]
    if not rows:
        return tag("p", "There were no orders.", class_="quiet")
    return table("Orders by status", ("status", "orders"), rows)


def bins(found: Iterable[Bin]) -> Markup:
    """The histogram of holding times in figures."""
    rows = [(each.label, count(each.won + each.lost), count(each.won)) for each in found]
    return table("Trades by holding time", ("held", "trades", "of them won"), rows)
