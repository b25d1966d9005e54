"""A vendor's table as rows of a known kind, with all that was inferred on the way.

The text is gone through a few times: to see how it is written, to read it, and once more to find
the line of a defect. What stays in memory are the numbers, never the text.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from trader.config.notation import instant_text
from trader.data.defects import Source
from trader.data.grid import Int64s
from trader.data.parquet import open_parquet
from trader.data.tables.cells import (
    RECORD,
    Cells,
    cells_of_parquet,
    cells_of_text,
    check_one_symbol,
)
from trader.data.tables.dialect import sniff
from trader.data.tables.findings import Finding
from trader.data.tables.moments import Written, instants, is_newest_first, written, zone_of
from trader.data.tables.numbers import Decimal
from trader.data.tables.positions import positioned
from trader.data.tables.rhythm import Label, interval, interval_text, label
from trader.data.tables.roles import Kind, named, plain
from trader.data.tables.values import values

RECEIVED: Final = "ts_recv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user says about a table; None for what is to be found out."""

    kind: Kind | None = None
    interval_ns: int | None = None
    time_zone: str | None = None
    label: Label | None = None
    decimal: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """Rows of one kind in the columns that its reader knows, in the order of time.

    `frame` has a column more, `record`, by which `cells` finds the line of a row. The interval is
    in nanoseconds, 0 of rows that are no bars.
    """

    kind: Kind
    frame: pl.DataFrame
    interval_ns: int
    findings: tuple[Finding, ...]
    cells: Cells


def read_table(path: Path, name: str, asked: Asked) -> Table:
    """Read a text of columns, or a Parquet file of a stranger's; messages call it `name`.

    Raises `DataError` for whatever cannot be read, with its line, and for whatever cannot be told
    apart, with what to give.
    """
    kind, text, findings = _cut(path, name, asked)
    if "symbol" in text.titles:
        check_one_symbol(text)
    frame, told = values(text, kind, asked.decimal)
    findings += told
    closes = kind == "bars" and "time" not in text.titles
    times = written(text, "close_time" if closes else "time")
    zone, finding = zone_of(text, times, asked.time_zone)
    findings += [*times.findings, finding]
    turned = is_newest_first(times)
    order = "newest first, turned round" if turned else "oldest first"
    findings.append(Finding(what="order", value=order, origin="found"))
    ts, told = instants(text, times, zone, is_turned=turned, equal_is_back=kind == "bars")
    findings += told
    frame = (frame.reverse() if turned else frame).with_columns(ts)
    if kind != "bars":
        frame = _received(text, frame, zone, is_turned=turned)
        return _table(kind, frame, 0, findings, text)
    _check_order(text, frame)
    interval_ns, finding = _interval(text, frame, asked.interval_ns)
    findings.append(finding)
    end, finding = _label(text, times, frame, interval_ns, asked.label)
    findings.append(finding)
    back = interval_ns if end == "close" else 0
    frame = frame.with_columns((pl.col("ts") - back).alias("ts_open")).drop("ts")
    return _table(kind, frame, interval_ns, findings, text)


def tells_reception(path: Path, name: str, kind: Kind) -> bool:
    """Whether a text has a column of instants at which its rows were received."""
    _, text, _ = _cut(path, name, Asked(kind=kind))
    return RECEIVED in text.titles


def _cut(path: Path, name: str, asked: Asked) -> tuple[Kind, Cells, list[Finding]]:
    source = Source(name=name, path=path, kind=asked.kind or "data")
    if path.suffix == ".parquet":
        file = open_parquet(path)
        kind, roles, told = named(source, file.schema.names(), asked.kind)
        return kind, cells_of_parquet(Source(name=name, path=path, kind=kind), file, roles), told
    dialect, body, findings = sniff(source)
    if dialect.has_header:
        kind, roles, told = named(source, dialect.names, asked.kind)
    else:
        kind, roles, told = positioned(source, body, asked.kind)
    source = Source(name=name, path=path, kind=kind)
    return kind, cells_of_text(source, dialect, roles), [*findings, *told]


def _table(
    kind: Kind, frame: pl.DataFrame, interval_ns: int, findings: list[Finding], text: Cells
) -> Table:
    """The columns in the usual order, the time first and the record last."""
    time = "ts_open" if kind == "bars" else "ts"
    middle = [each for each in frame.columns if each not in {time, RECORD}]
    return Table(
        kind=kind,
        frame=frame.select(time, *middle, RECORD),
        interval_ns=interval_ns,
        findings=tuple(findings),
        cells=text,
    )


def _received(text: Cells, frame: pl.DataFrame, zone: str, *, is_turned: bool) -> pl.DataFrame:
    """With the instants at which the rows were received, if the table has them."""
    if RECEIVED not in text.titles:
        return frame
    times = written(text, RECEIVED)
    ts, _ = instants(text, times, zone, is_turned=is_turned, equal_is_back=False)
    return frame.with_columns(ts.alias(RECEIVED))


def _check_order(text: Cells, frame: pl.DataFrame) -> None:
    """Rows that stand neither oldest nor newest first have no rhythm."""
    back = frame.with_row_index("row").filter(pl.col("ts") < pl.col("ts").shift(1))
    for late in back.head(1).iter_rows(named=True):
        row, record = late["row"], late[RECORD]
        _, before = text.address(frame[RECORD][row - 1])
        raise text.defect(
            f"unsorted: {instant_text(late['ts'])} comes after"
            f" {instant_text(frame['ts'][row - 1])} in {before}",
            record,
            hint="sort the rows by time",
        )


def _times(frame: pl.DataFrame) -> Int64s:
    return frame["ts"].to_numpy().astype("int64")


def _interval(text: Cells, frame: pl.DataFrame, asked: int | None) -> tuple[int, Finding]:
    found, why = interval(_times(frame))
    if asked is not None:
        note = ""
        if isinstance(why, Finding) and found != asked:
            note = f"though its rows are usually {why.value} apart"
        value = interval_text(asked)
        return asked, Finding(what="interval", value=value, origin="given", why=note)
    if isinstance(why, Finding):
        return found, why
    raise text.defect(why, frame[RECORD][found], hint="give the interval, such as 1m or 1d")


def _label(
    text: Cells, times: Written, frame: pl.DataFrame, interval_ns: int, asked: Label | None
) -> tuple[Label, Finding]:
    made = label(_times(frame), interval_ns)
    if asked is not None:
        note = ""
        if not isinstance(made, str) and made[1].origin == "found" and made[0] != asked:
            note = f"though {made[1].why} it looks like {made[0]}"
        return asked, Finding(what="label", value=asked, origin="given", why=note)
    words = set(plain(text.titles[times.role]).split())
    why = f"column {text.titles[times.role]!r}"
    if times.role == "close_time":
        return "close", Finding(what="label", value="close", origin="found", why=why)
    if words & {"open", "start", "opentime"}:
        return "open", Finding(what="label", value="open", origin="found", why=why)
    if isinstance(made, str):
        raise text.source.defect(
            f"it cannot be told which end of its bars the times are: {made}",
            hint="give label: open or close (--label in `traderd data`)",
        )
    return made
