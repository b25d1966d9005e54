"""Which rows of a file are bars, where some are left out.

Bars are numbered without holes, so that a run of so many bars is one. A bar is found by the run of
neighbouring rows it stands in: a file without holes is one run, minutes with their nights left out
are one run a day.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from trader.data.grid import Bools, Int64s


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kept:
    """Runs of rows: the row that begins each, and how many bars lie before it and in all."""

    rows: Int64s
    before: Int64s
    total: int

    def row_of(self, bar: int) -> int:
        """The row in which a bar stands."""
        assert 0 <= bar < self.total
        run = int(np.searchsorted(self.before, bar, side="right")) - 1
        return int(self.rows[run]) + bar - int(self.before[run])

    def bars_before(self, row: int) -> int:
        """How many bars stand in the rows before this one."""
        run = int(np.searchsorted(self.rows, row)) - 1
        if run < 0:
            return 0
        end = self.total if run + 1 == len(self.before) else int(self.before[run + 1])
        return min(end, int(self.before[run]) + row - int(self.rows[run]))


def kept_of(pieces: Iterable[tuple[int, Bools]]) -> Kept:
    """The bars of pieces that follow one another: each one's first row, and which are kept."""
    rows, before = [], []
    total, last = 0, -1
    for row, kept in pieces:
        here = row + np.flatnonzero(kept)
        begins = np.flatnonzero(np.diff(here, prepend=last) > 1)
        if total == 0 and len(here) and here[0] == 0:
            begins = np.union1d(begins, [0])
        rows.append(here[begins])
        before.append(total + begins)
        total += len(here)
        last = int(here[-1]) if len(here) else last
    empty = np.empty(0, np.int64)
    return Kept(
        rows=np.concatenate([empty, *rows]),
        before=np.concatenate([empty, *before]),
        total=total,
    )
