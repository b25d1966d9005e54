"""Where two accounts of one run part: the first row, by the name of its message, that differs.

Rows are compared in the order in which they were made. An order's row shows its last status, which
is younger than its name, so what became of orders is judged by the changes of status first.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl
from msgspec import Struct
from polars.exceptions import PolarsError

from trader.errors import DataError
from trader.research.frames import CHANGEABLE

ORDERS: Final = "orders"
YOUNGER: Final = ("status", "lots_filled", *CHANGEABLE)
"""The columns of the orders that tell what they were at last."""


class Difference(Struct, frozen=True, kw_only=True):
    """The message `seq`.`n` in `table`, as it was recorded and as it is now; None for no row."""

    table: str
    seq: int
    n: int
    recorded: dict[str, Any] | None
    replayed: dict[str, Any] | None


def first_difference(
    recorded: Mapping[str, pl.DataFrame], replayed: Mapping[str, pl.DataFrame], until: int | None
) -> Difference | None:
    """The earliest row that differs, up to and with the input row `until`; None if none does."""
    found = []
    for table, after in replayed.items():
        before = comparable(table, recorded[table], after)
        rows = pl.lit(value=True) if until is None else pl.col("seq") <= until
        ignored = YOUNGER if table == ORDERS else ()
        found.append(_first(table, before.filter(rows), after.filter(rows), ignored))
    differences = [each for each in found if each is not None]
    if differences:
        return min(differences, key=lambda each: (each.seq, each.n))
    if until is not None:
        return None
    after = replayed[ORDERS]
    return _first(ORDERS, comparable(ORDERS, recorded[ORDERS], after), after)


def comparable(table: str, frame: pl.DataFrame, like: pl.DataFrame) -> pl.DataFrame:
    """The frame with the columns of `like`; `DataError` if it is no such table."""
    try:
        return frame.select(like.columns).cast(like.schema)
    except PolarsError as error:
        problem = str(error).partition("\n")[0]
        raise DataError(f"{table}.parquet is not a table of a run: {problem}") from None


def _first(
    table: str, before: pl.DataFrame, after: pl.DataFrame, ignored: Sequence[str] = ()
) -> Difference | None:
    common = min(len(before), len(after))
    unequal = pl.Series(values=[False], dtype=pl.Boolean).new_from_index(0, common)
    for name in set(after.columns).difference(ignored):
        unequal |= before[name].head(common).ne_missing(after[name].head(common))
    row = unequal.to_list().index(True) if unequal.any() else common
    if row == max(len(before), len(after)):
        return None
    sides = [frame.row(row, named=True) if row < len(frame) else None for frame in (before, after)]
    seq, n = min((side["seq"], side["n"]) for side in sides if side is not None)
    return Difference(table=table, seq=seq, n=n, recorded=sides[0], replayed=sides[1])
