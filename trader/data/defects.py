"""Where a defect was found, in words.

Rows count from 0 in the file, so that `frame[row]` shows the culprit in any tool. Where rows are
not a file's own (lines of a text, parts of a series), an `Address` says where each one stands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trader.errors import DataError

Address: TypeAlias = Callable[[int], tuple[Path, str]]
"""From a row to the file that people can look at, and the place in it: `row 7`, `line 9`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A recorded file and the name under which the configuration speaks of it.

    `notes` say for people what was inferred about the file, where it does not say it itself.
    """

    name: str
    path: Path
    kind: str = "bars"
    address: Address | None = None
    notes: tuple[str, ...] = ()

    def place(self, row: int) -> str:
        """Where the row stands in its file."""
        return self._address(row)[1]

    def defect(
        self, message: str, *, row: int | None = None, column: str = "", hint: str = ""
    ) -> DataError:
        """Return the error for one defect of this file; the caller raises it."""
        path, place = (self.path, "") if row is None else self._address(row)
        parts = (str(path), place, f"column {column}" if column else "")
        where = ", ".join(part for part in parts if part)
        return DataError(f"{self.kind} of {self.name}: {message}", where=where, hint=hint)

    def _address(self, row: int) -> tuple[Path, str]:
        return self.address(row) if self.address else (self.path, f"row {row}")


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
