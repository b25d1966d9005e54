"""Where a defect was found, in words.

Rows count from 0 in the file, so that `frame[row]` shows the culprit in any tool.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trader.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A recorded file and the name under which the configuration speaks of it."""

    name: str
    path: Path

    def defect(
        self, message: str, *, row: int | None = None, column: str = "", hint: str = ""
    ) -> DataError:
        """Return the error for one defect of this file; the caller raises it."""
        where = [str(self.path)]
        if row is not None:
            where.append(f"row {row}")
        if column:
            where.append(f"column {column}")
        return DataError(f"bars of {self.name}: {message}", where=", ".join(where), hint=hint)


def first(mask: NDArray[np.bool_]) -> int | None:
    """Return the index of the first true element, or None."""
    at = int(mask.argmax()) if mask.size else 0
    return at if mask.size and mask[at] else None


def check_present(source: Source, column: pl.Series, row: int) -> None:
    """No row of the piece that begins at `row` lacks its value."""
    if column.null_count():
        at = first(column.is_null().to_numpy())
        assert at is not None
        raise source.defect("the value is null", row=row + at, column=column.name)
