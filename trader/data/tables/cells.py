"""The cells of a table by role and record, read lazily, and errors that name the place of one.

All cells are texts here, those of a typed file too: written out, a float64 is read back as itself.
Records without anything in them (blank lines, lines of delimiters alone) are left out. Each other
record keeps its number, by which its place is found.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from trader.config.spelling import shown
from trader.data.defects import Source
from trader.data.parquet import BROKEN, ParquetFile
from trader.data.tables.dialect import Dialect
from trader.data.tables.lines import line_of, raggedness
from trader.data.tables.roles import Roles
from trader.errors import DataError

RECORD: Final = "record"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """A table whose columns bear the names of their roles; `record` counts from 0.

    `titles` are what people call the columns, `place` is where a record stands, `broken` tells
    which record cannot be cut into cells, if that is known.
    """

    source: Source
    titles: Mapping[str, str]
    lazy: pl.LazyFrame
    place: Callable[[int], str]
    broken: Callable[[], DataError | None]

    def collect(self, *expressions: pl.Expr, before: Sequence[pl.Expr] = ()) -> pl.DataFrame:
        """What the expressions give over the whole table; a broken one is a `DataError`.

        Columns made `before` are made once, however many expressions ask for them.
        """
        try:
            return self.lazy.with_columns(before).select(*expressions).collect(engine="streaming")
        except BROKEN as error:
            found = self.broken()
            if found is not None:
                raise found from None
            reason = next(iter(str(error).splitlines()), "")
            raise self.source.defect(f"the file cannot be read: {reason}") from error

    def first(self, role: str, condition: pl.Expr) -> tuple[int, str]:
        """The first record in which a condition holds, and what stands there in a column."""
        [found] = self.some(role, condition)
        return found

    def some(self, role: str, condition: pl.Expr) -> list[tuple[int, str]]:
        """As `first`, and nothing where there is no such record."""
        found = self.lazy.filter(condition).select(RECORD, role).head(1).collect()
        return [(record, cell or "") for record, cell in found.iter_rows()]

    def defect(self, message: str, record: int, role: str = "", hint: str = "") -> DataError:
        """The error for a record; the caller raises it."""
        column = f"column {self.titles[role]}" if role else ""
        where = (str(self.source.path), self.place(record), column)
        return DataError(
            self.source.defect(message).message,
            where=", ".join(part for part in where if part),
            hint=hint,
        )

    def address(self, record: int) -> tuple[Path, str]:
        """The file and the place of a record in it."""
        return self.source.path, self.place(record)

    def check_width(self, unended: int, rows: int) -> None:
        """A record that is cut off ends before the last column."""
        if 0 < unended < rows:
            found = self.broken()
            if found is not None:
                raise found


def cells_of_text(source: Source, dialect: Dialect, roles: Roles) -> Cells:
    """A text, cut but not read."""
    columns = [f"c{number}" for number in range(dialect.width)]
    lazy = pl.scan_csv(
        source.path,
        has_header=False,
        separator=dialect.delimiter,
        eol_char=dialect.eol,
        skip_lines=dialect.skipped,
        schema=dict.fromkeys(columns, pl.String),
        raise_if_empty=False,
        glob=False,
    ).with_row_index(RECORD)
    return Cells(
        source=source,
        titles={role: dialect.names[at] or str(at + 1) for role, at in roles.items()},
        lazy=_by_role(lazy, columns, roles),
        place=lambda record: f"line {line_of(source, dialect, record)}",
        broken=lambda: raggedness(source, dialect),
    )


def cells_of_parquet(source: Source, file: ParquetFile, roles: Roles) -> Cells:
    """The columns of a Parquet file, written out as texts."""
    names = file.schema.names()
    written = [_written(name, dtype) for name, dtype in file.schema.items()]
    return Cells(
        source=source,
        titles={role: names[at] for role, at in roles.items()},
        lazy=_by_role(file.lazy.select(written).with_row_index(RECORD), names, roles),
        place=lambda record: f"row {record}",
        broken=lambda: None,
    )


def _by_role(lazy: pl.LazyFrame, columns: list[str], roles: Roles) -> pl.LazyFrame:
    filled = [pl.col(column).is_not_null() for column in columns[1:]]
    filled.append(pl.col(columns[0]).str.strip_chars() != "")
    named = [pl.col(columns[at]).alias(role) for role, at in roles.items()]
    ending = pl.col(columns[-1]).is_null().alias("unended")
    return lazy.filter(pl.any_horizontal(filled)).select(RECORD, *named, ending)


def _written(name: str, dtype: pl.DataType) -> pl.Expr:
    """The column as texts; instants with their zone, if they have one."""
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is None:
            return column.dt.to_string("%Y-%m-%d %H:%M:%S%.9f")
        return column.dt.convert_time_zone("UTC").dt.to_string("%Y-%m-%d %H:%M:%S%.9fZ")
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
        return pl.lit(None, pl.String).alias(name)
    return column.cast(pl.String)


def check_one_symbol(cells: Cells) -> None:
    """All rows are of one instrument."""
    names = cells.collect(pl.col("symbol").unique().head(3).sort())["symbol"].to_list()
    if len(names) > 1:
        which = ", ".join(shown(name or "") for name in names)
        raise cells.source.defect(
            f"column {cells.titles['symbol']} holds several: {which}", hint="one file each"
        )
