"""The words that vendors have for sides, and for yes and no."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from trader.data.tables.numbers import text

BUYERS: Final = ("buy", "b", "bid", "bids", "buyer", "long", "1", "+1", "1.0")
SELLERS: Final = ("sell", "s", "ask", "asks", "a", "seller", "short", "offer", "-1", "-1.0")
NOBODY: Final = ("0", "unknown", "u", "0.0")
YES: Final = ("true", "t", "yes", "y", "1", "snap", "snapshot", "1.0")
NO: Final = ("false", "f", "no", "n", "0", "set", "update", "diff", "delta", "change", "0.0")


def side(column: str) -> pl.Expr:
    """1 for buyers and bids, -1 for sellers and asks, 0 for nobody; null for another word."""
    return _words(column, {BUYERS: 1, SELLERS: -1, NOBODY: 0}, pl.Int8())


def seller_made_it(column: str) -> pl.Expr:
    """The side that took a trade, from whether its buyer had been resting."""
    return _words(column, {YES: -1, NO: 1}, pl.Int8())


def truth(column: str) -> pl.Expr:
    """Yes and no; null for another word."""
    return _words(column, {YES: True, NO: False}, pl.Boolean())


def _words(column: str, meanings: Mapping[tuple[str, ...], int], dtype: pl.DataType) -> pl.Expr:
    table = {word: meaning for words, meaning in meanings.items() for word in words}
    lower = text(column).str.to_lowercase()
    return lower.replace_strict(table, default=None, return_dtype=dtype).alias(column)
