"""The tables of a run folder: Parquet files of int64, float64 and text, whole or not there.

A table is written beside its place and then renamed into it, so a process that is killed leaves
the old file or none, never half of one. The types are stated by the caller: an empty table has
the same schema as a full one.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl
from numpy.typing import NDArray

from trader.data.parquet import BROKEN, open_parquet
from trader.errors import DataError

Dtype = Literal["int64", "float64", "str"]
Values = Sequence[int | None] | Sequence[float | None] | Sequence[str | None] | NDArray[Any]
DTYPES: Final[Mapping[Dtype, type[pl.DataType]]] = {
    "int64": pl.Int64,
    "float64": pl.Float64,
    "str": pl.String,
}


def write_table(path: Path, columns: Mapping[str, tuple[Dtype, Values]]) -> None:
    """Write columns of one length, in the order given; None is stored as null.

    Replaces an older file in one step. Raises `DataError` if the folder cannot be written to. A
    value that does not fit its stated type is the caller's error and raises what Polars raises.
    """
    frame = pl.DataFrame(
        [pl.Series(name, values, DTYPES[dtype]) for name, (dtype, values) in columns.items()]
    )
    part = path.with_name(f"{path.name}.part")
    try:
        frame.write_parquet(part, compression="zstd")
        part.replace(path)
    except BROKEN as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise DataError(f"cannot write the table: {error}", where=str(path)) from error


def read_table(path: Path) -> dict[str, list[Any]]:
    """Read a whole table: each column's values as int, float, str or None, in the file's order.

    Raises `DataError` if the file is missing, truncated, damaged or not Parquet.
    """
    file = open_parquet(path)
    return file.read(file.schema.names(), 0, file.rows).to_dict(as_series=False)
