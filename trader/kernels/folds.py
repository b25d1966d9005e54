"""A step over whole columns at once: an indicator's series, compiled from the text of the step.

The state goes on from where it stands and ends as if every bar had been told, so that a series can
be folded in parts: session by session, say. Whole numbers are int64 there; what could leave that
is refused before it is begun.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple, TypeAlias, get_type_hints

import numpy as np
import numpy.typing as npt

from trader.errors import RangeError
from trader.kernels.jit import compiled
from trader.kernels.scalarised import COLUMNS, Scan, scan_of

Int64s: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Step: TypeAlias = Callable[[Any, Any], int]

SUM_LIMIT: Final = 2**62
"""What a sum may come to, with room for a last addition."""


class Series(NamedTuple):
    """The rows in which a step had something to say, its answers, and what it told in each."""

    rows: Int64s
    says: Int64s
    told: Mapping[str, Int64s | Floats]


def fold(step: Step, state: Any, bars: Mapping[str, Int64s], told: Sequence[str]) -> Series:  # noqa: ANN401 - each step has its own
    """Runs the step over columns of the names in COLUMNS, and the state with it.

    `told` names the fields that are kept for each row with an answer. Raises NotFusible for a
    step that is no scan, RangeError for a window whose sums could leave int64.
    """
    kind: type = type(state)
    scan, run = _compiled(step, kind, tuple(told))
    columns = [np.ascontiguousarray(bars[name], np.int64) for name in COLUMNS]
    _check_range(state, columns)
    count = len(columns[0])
    ints = np.array([getattr(state, name) for name in scan.ints], np.int64)
    floats = np.array([getattr(state, name) for name in scan.floats], np.float64)
    rings = [_array(state, name) for name in scan.rings]
    rows, says = np.empty(count, np.int64), np.empty(count, np.int64)
    kept = np.empty((len(told), count), np.int64)
    found = run(*columns, ints, floats, *rings, rows, says, kept, kept.view(np.float64))
    values = (*ints.tolist(), *floats.tolist(), *(ring.tolist() for ring in rings))
    for name, value in zip((*scan.ints, *scan.floats, *scan.rings), values, strict=True):
        setattr(state, name, value)
    columns_told: dict[str, Int64s | Floats] = {
        name: (column.view(np.float64) if name in scan.floats else column)[:found]
        for name, column in zip(told, kept, strict=True)
    }
    return Series(rows[:found], says[:found], columns_told)


@cache
def _compiled(step: Step, state: type, told: tuple[str, ...]) -> tuple[Scan, Callable[..., int]]:
    scan = scan_of(step, state, told)
    return scan, getattr(compiled([], [scan]), scan.name)


def _array(state: object, name: str) -> Int64s | Floats:
    if get_type_hints(type(state))[name] == list[float]:
        return np.array(getattr(state, name), np.float64)
    return np.array(getattr(state, name), np.int64)


def _check_range(state: Any, columns: Sequence[Int64s]) -> None:  # noqa: ANN401 - see above
    """A window sums n values, or n squares n times; a session all volumes there are."""
    if not len(columns[0]):
        return
    n = getattr(state, "n", 1)
    worst = max(n, 3) * max(int(np.abs(column).max()) for column in columns)
    if hasattr(state, "squares"):
        close = columns[COLUMNS.index("close_ticks")]
        first = state.first if state.count else int(close[0])
        reach = max(int(close.max()) - first, first - int(close.min()), *map(abs, state.ring))
        worst = max(worst, (n * reach) ** 2)
    if hasattr(state, "volume"):
        lots = columns[COLUMNS.index("lots")]
        worst = max(worst, state.volume + len(lots) * int(lots.max()))
    if worst > SUM_LIMIT:
        raise RangeError(
            "the sums of an indicator leave the range of int64",
            hint="take a shorter window, or a coarser tick or lot",
        )
