"""The numbers, sides and marks of a table's rows, each text of which must be one."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import polars as pl

from trader.config.spelling import shown
from trader.data.tables.cells import RECORD, Cells
from trader.data.tables.findings import Finding, Origin
from trader.data.tables.numbers import (
    Decimal,
    Evidence,
    evidence,
    has_point,
    number,
    plainly,
    style,
    text,
    unplain,
    written,
)
from trader.data.tables.roles import IDS, PRICES, SIZES, Kind
from trader.data.tables.words import seller_made_it, side, truth

ASK_DECIMAL: Final = "write 1234.5 for it, or import the file with --decimal point or comma"
REQUIRED: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        "bars": ("open", "high", "low", "close"),
        "quotes": (),
        "trades": ("price", "size"),
        "depth": ("side", "price", "size"),
    }
)
_WORDS: Final = MappingProxyType(
    {
        **dict.fromkeys((*PRICES["bars"], *PRICES["quotes"], "price"), "no price"),
        **dict.fromkeys(SIZES, "no size"),
        "side": "no side",
        "maker": "neither true nor false",
        "is_snapshot": "neither snapshot nor update",
    }
)


def values(cells: Cells, kind: Kind, decimal: Decimal | None) -> tuple[pl.DataFrame, list[Finding]]:
    """The columns of values under the names that the readers know, with `record`.

    Raises `DataError` for the first text that is not what its column holds.
    """
    numbers = [role for role in (*PRICES[kind], *SIZES) if role in cells.titles]
    read, finding = _numbers(cells, numbers, decimal)
    ids = [role for role in IDS if role in cells.titles]
    if "side" in cells.titles:
        read["side"] = side("side")
    if "maker" in cells.titles:
        read["maker"] = seller_made_it("maker")
    if "is_snapshot" in cells.titles:
        read["is_snapshot"] = truth("is_snapshot")
    bad = [
        (text(role).is_not_null() & made.is_null()).alias(f"bad {role}")
        for role, made in read.items()
    ]
    whole = {role: text(role).cast(pl.Int64, strict=False).alias(role) for role in ids}
    frame = cells.collect(pl.col(RECORD), *read.values(), *whole.values(), *bad)
    for role in read:
        _check(cells, kind, role, frame)
    frame = frame.drop([f"bad {role}" for role in read])
    return _named(frame, kind), [finding]


def _numbers(
    cells: Cells, roles: Sequence[str], decimal: Decimal | None
) -> tuple[dict[str, pl.Expr], Finding]:
    """How to read the numbers, after a look at all of them and at whether all rows are whole."""
    seen = cells.collect(
        pl.len().alias("rows"), pl.col("unended").sum(), unplain(roles), has_point(roles)
    ).row(0, named=True)
    if not seen["rows"]:
        raise cells.source.defect("the file has a header but no rows")
    cells.check_width(seen["unended"], seen["rows"])
    if not seen["unplain"] and decimal is None:
        origin: Origin = "found" if seen["point"] else "default"
        return {role: plainly(role) for role in roles}, written("point", origin)
    counts = cells.collect(*evidence(roles)).row(0, named=True)
    made = style(Evidence(**counts), decimal)
    if isinstance(made, str):
        raise cells.source.defect(made, hint=ASK_DECIMAL)
    sign, finding = made
    return {role: number(role, sign) for role in roles}, finding


def _check(cells: Cells, kind: Kind, role: str, frame: pl.DataFrame) -> None:
    """No text is something else, and none is missing where there must be one."""
    for condition in (f"bad {role}", role):
        column = frame[condition]
        wrong = column if condition != role else column.is_null()
        if (condition == role and role not in REQUIRED[kind]) or not wrong.any():
            continue
        record = frame.filter(wrong)[RECORD][0]
        _, cell = cells.first(role, pl.col(RECORD) == record)
        if condition == role:
            shows = f" ({shown(cell)})" if cell.strip() else ""
            raise cells.defect(f"there is {_WORDS[role]}{shows}", record, role)
        raise cells.defect(f"{shown(cell)} is {_WORDS[role]}", record, role)


def _named(frame: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    """Under the readers' names, with what a kind needs and a table may leave out."""
    if "maker" in frame.columns and "side" in frame.columns:
        frame = frame.drop("maker")
    frame = frame.rename({"maker": "side"}, strict=False)
    if kind == "trades" and "side" in frame.columns:
        frame = frame.with_columns(pl.col("side").fill_null(0))
    if kind == "depth":
        if "is_snapshot" in frame.columns:
            frame = frame.with_columns(pl.col("is_snapshot").fill_null(value=False))
        negative = [pl.when(pl.col(each) >= 0).then(each).alias(each) for each in IDS[1:]]
        frame = frame.with_columns(each for each in negative if each.meta.output_name() in frame)
    if "trade_id" in frame.columns and frame["trade_id"].null_count():
        frame = frame.drop("trade_id")  # names instead of numbers: the row numbers them
    return frame
