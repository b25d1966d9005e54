"""Fewer points that look the same, and sums by period or size: what stands behind the drawings."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from trader.report.content import Floats, Int64s

POINTS_MAX: Final = 1_600
"""More than a wide screen has columns."""

DAY_NS: Final = 86_400_000_000_000
MONTHS_OF_TABLES: Final = 1_200
MONTHS_OF_CHARTS: Final = 7_400
"""Days up to which a period is a month: a table has fewer rows than a chart has bars."""
_HOURS: Final = 3
_DAYS: Final = 92
_WORDS: Final = {"h": "hour", "D": "day", "M": "month", "Y": "year"}

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
_EDGES: Final = (
    (1, "1 s"),
    (5, "5 s"),
    (15, "15 s"),
    (30, "30 s"),
    (MINUTE, "1 min"),
    (2 * MINUTE, "2 min"),
    (5 * MINUTE, "5 min"),
    (15 * MINUTE, "15 min"),
    (30 * MINUTE, "30 min"),
    (HOUR, "1 h"),
    (2 * HOUR, "2 h"),
    (4 * HOUR, "4 h"),
    (8 * HOUR, "8 h"),
    (DAY, "1 d"),
    (2 * DAY, "2 d"),
    (4 * DAY, "4 d"),
    (7 * DAY, "1 wk"),
    (14 * DAY, "2 wk"),
    (30 * DAY, "30 d"),
    (60 * DAY, "60 d"),
    (120 * DAY, "120 d"),
    (240 * DAY, "240 d"),
    (365 * DAY, "1 y"),
    (730 * DAY, "2 y"),
    (1460 * DAY, "4 y"),
)


class Periods(Struct, frozen=True, kw_only=True):
    """A run cut into hours, days, months or years: `word` which, `names` theirs, in order.

    `begins` is when each does, `of_rows` numbers the period of each equity row, `last` is the last
    row of each.
    """

    word: str
    names: list[str]
    begins: npt.NDArray[np.datetime64]
    of_rows: Int64s
    last: Int64s


class Bin(Struct, frozen=True, kw_only=True):
    """Holding times from one edge to the next, and how many trades of it won and lost."""

    label: str
    won: int
    lost: int


def telling(*curves: Floats, points: int = POINTS_MAX) -> Int64s:
    """The rows to draw: all, or of each stretch the highest, lowest and last of every curve."""
    count = len(curves[0])
    if count <= points:
        return np.arange(count)
    stretches = max(1, points // (2 * len(curves) + 1))
    edges = np.linspace(0, count, stretches + 1).astype(np.int64)
    kept = {0, count - 1}
    for start, stop in pairwise(edges.tolist()):
        kept.add(stop - 1)
        for curve in curves:
            part = curve[start:stop]
            kept.update((start + int(part.argmin()), start + int(part.argmax())))
    return np.array(sorted(kept))


def periods(instants: Int64s, months_max: int) -> Periods:
    """The periods of equity rows: hours, days, up to `months_max` days months, beyond that years.

    The row of a midnight belongs to the day that ends with it.
    """
    # A row tells how things stood until its instant.
    moments = (instants - 1).astype("datetime64[ns]")
    unit = _unit_of(instants, months_max)
    named = moments.astype(f"datetime64[{unit}]")
    begins, of_rows = np.unique(named, return_inverse=True)
    last = np.searchsorted(of_rows, np.arange(len(begins)), side="right") - 1
    names = [str(begin).replace("T", " ") + (":00" if unit == "h" else "") for begin in begins]
    return Periods(word=_WORDS[unit], names=names, begins=begins, of_rows=of_rows, last=last)


def summed(instants: Int64s, amounts: Floats, cut: Periods) -> Floats:
    """The sum of the amounts in each period; what lies outside counts to the nearest."""
    own = (instants - 1).astype("datetime64[ns]").astype(cut.begins.dtype)
    at = np.clip(np.searchsorted(cut.begins, own, side="right") - 1, 0, len(cut.names) - 1)
    totals = np.zeros(len(cut.names))
    np.add.at(totals, at, amounts)
    return totals


def growth(equity: Floats, last: Int64s, opening: float) -> list[float | None]:
    """The return of each period over the end of the one before; the first is over `opening`."""
    ends = [opening, *equity[last].tolist()]
    return [after / before - 1 if before > 0 else None for before, after in pairwise(ends)]


def histogram(seconds: Sequence[float], won: Sequence[bool]) -> list[Bin]:
    """Trades by how long they were held, between round times that people use."""
    if not len(seconds):
        return []
    edges = np.array([edge for edge, _ in _EDGES], float)
    labels = [label for _, label in _EDGES]
    at = np.searchsorted(edges, np.asarray(seconds, float), side="right")
    wins = np.asarray(won, bool)
    found = []
    for k in range(int(at.min()), int(at.max()) + 1):
        mine = at == k
        if k == 0:
            label = f"under {labels[0]}"
        elif k == len(labels):
            label = f"over {labels[-1]}"
        else:
            label = f"{labels[k - 1]} – {labels[k]}"
        count = int(np.count_nonzero(mine & wins))
        found.append(Bin(label=label, won=count, lost=int(np.count_nonzero(mine)) - count))
    return found


def picked(sizes: Sequence[float], most: int) -> list[int]:
    """The numbers of the `most` largest, in their own order; all if there are no more."""
    if len(sizes) <= most:
        return list(range(len(sizes)))
    order = np.argsort(-np.abs(np.asarray(sizes, float)), kind="stable")
    kept: list[int] = np.sort(order[:most]).tolist()
    return kept


def deltas(values: Int64s) -> list[int]:
    """Whole numbers as the first and then the steps between them: shorter as text."""
    steps: list[int] = np.diff(values, prepend=0).tolist()
    return steps


def _unit_of(instants: Int64s, months_max: int) -> str:
    days = (int(instants[-1]) - int(instants[0])) / DAY_NS
    bounds = (("h", _HOURS), ("D", _DAYS), ("M", months_max))
    return next((unit for unit, most in bounds if days <= most), "Y")
