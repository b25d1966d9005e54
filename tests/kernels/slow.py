"""Indicators and signals said once more, slowly: whole lists in, whole lists out.

Nothing here keeps a running anything. Every value is formed from the list of all closes up to its
bar, None stands for "not ready", and an answer is the target's sign or None.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, sqrt
from typing import NamedTuple

from trader.model.market import BarClosed

MINUTE = 60_000_000_000


def bar(close: int, *, high: int = 0, low: int = 0, lots: int = 10, row: int = 0) -> BarClosed:
    """A bar that closes there; without a range of its own it is flat."""
    top, bottom = high or close, low or close
    opened = row * MINUTE
    return BarClosed("X.v", MINUTE, close, top, bottom, close, lots, opened, opened + MINUTE)


def averages(values: Sequence[float], n: int, alpha: float) -> list[float | None]:
    """The mean of the first n values, then e += alpha * (x - e) for each later one."""
    if len(values) < n:
        return [None] * len(values)
    total = 0.0
    for value in values[:n]:
        total += value
    out = [total / n]
    for value in values[n:]:
        out.append(out[-1] + alpha * (value - out[-1]))
    return [*([None] * (n - 1)), *out]


def emas(closes: Sequence[int], n: int) -> list[float | None]:
    """Exponential averages, alpha 2 / (n + 1)."""
    return averages([float(close) for close in closes], n, 2.0 / (n + 1))


def atrs(bars: Sequence[tuple[int, int, int]], n: int) -> list[float | None]:
    """Wilder's averages of the true ranges of (high, low, close); the first bar has none."""
    spans = [
        float(max(high, before[2]) - min(low, before[2]))
        for before, (high, low, _) in pairwise(bars)
    ]
    return [None, *averages(spans, n, 1.0 / n)][: len(bars)]


def smas(closes: Sequence[int], n: int) -> list[float | None]:
    """The mean of the last n."""
    ends = range(1, len(closes) + 1)
    return [float(sum(closes[end - n : end])) / n if end >= n else None for end in ends]


def rsis(closes: Sequence[int], n: int) -> list[float | None]:
    """Wilder's relative strength: of the average rise and the average fall, the rise's share."""
    changes = [after - before for before, after in pairwise(closes)]
    gains = averages([float(max(change, 0)) for change in changes], n, 1.0 / n)
    losses = averages([float(max(-change, 0)) for change in changes], n, 1.0 / n)
    out: list[float | None] = [None]
    for gain, loss in zip(gains, losses, strict=True):
        if gain is None or loss is None:
            out.append(None)
        else:
            out.append(100.0 * gain / (gain + loss) if gain + loss else 0.0)
    return out[: len(closes)]


def deviations(closes: Sequence[int], n: int) -> list[float | None]:
    """The population deviation of the last n, formed of whole numbers."""
    out: list[float | None] = []
    for end in range(1, len(closes) + 1):
        window = closes[end - n : end] if end >= n else []
        spread = n * sum(x * x for x in window) - sum(window) ** 2
        out.append(sqrt(float(spread)) / n if window else None)
    return out


def vwaps(bars: Sequence[BarClosed]) -> list[float | None]:
    """The mean price of the bars so far by their volumes, added from left to right."""
    paid, volume = 0.0, 0
    out: list[float | None] = []
    for each in bars:
        total = each.high_ticks + each.low_ticks + each.close_ticks
        paid += float(total) / 3.0 * float(each.lots)
        volume += each.lots
        out.append(paid / float(volume) if volume else None)
    return out


def z_scores(closes: Sequence[int], n: int) -> list[float | None]:
    """Population deviations of a close from the mean of its n, on close less the first close."""
    moved = [close - closes[0] for close in closes]
    out: list[float | None] = []
    for end in range(1, len(moved) + 1):
        window = moved[end - n : end] if end >= n else []
        spread = n * sum(x * x for x in window) - sum(window) ** 2
        if not window:
            out.append(None)
        elif not spread:
            out.append(0.0)
        else:
            out.append((float(window[-1]) - float(sum(window)) / n) / (sqrt(float(spread)) / n))
    return out


def crossings(closes: Sequence[int], fast: int, slow: int, *, ready: int) -> list[int | None]:
    """1 where the fast average has come above the slow one since the bar before, -1 where below."""
    pairs = list(zip(emas(closes, fast), emas(closes, slow), strict=True))
    above = [None if f is None or s is None else f > s for f, s in pairs]
    above = [None if row + 1 < ready else side for row, side in enumerate(above)]
    out: list[int | None] = []
    for row, side in enumerate(above):
        before = above[row - 1] if row else None
        changed = side is not None and before is not None and side != before
        out.append((1 if side else -1) if changed else None)
    return out


class Looks(NamedTuple):
    """What a fade sees at a bar: whether a long or a short leaves, and both entry conditions."""

    long_leaves: bool
    short_leaves: bool
    below: bool
    above: bool


def fade_targets(rows: Sequence[Looks | None], *, ended: Sequence[int]) -> list[int | None]:
    """Leave, then enter if flat; a side that a stop ended waits until its condition was false.

    A stop ends the target after rows `ended`; None is a bar at which the rule is not ready.
    """
    target, waiting = 0, 0
    out: list[int | None] = []
    for row, looks in enumerate(rows):
        before = target
        if looks is not None:
            wishes = {1: looks.below, -1: looks.above, 0: False}
            if (target == 1 and looks.long_leaves) or (target == -1 and looks.short_leaves):
                target = 0
            if not wishes[waiting]:
                waiting = 0
            if target == 0:
                for side in (-1, 1):
                    if wishes[side] and waiting != side:
                        target = side
        out.append(target if target != before else None)
        if row in ended and target:
            waiting, target = target, 0
    return out


def band_targets(
    scores: Sequence[float | None], *, entry: float, leave: float, both: bool, ended: Sequence[int]
) -> list[int | None]:
    """Bollinger's rule on scores."""
    rows = [
        None if z is None else Looks(z >= -leave, z <= leave, z < -entry, both and z > entry)
        for z in scores
    ]
    return fade_targets(rows, ended=ended)


def strength_targets(
    values: Sequence[float | None],
    levels: Sequence[tuple[float, float] | None],
    *,
    leave: float,
    both: bool,
    ended: Sequence[int],
) -> list[int | None]:
    """The rule on relative strength, with the low and the high level of each bar."""
    rows = [
        None
        if value is None or level is None
        else Looks(value >= leave, value <= leave, value < level[0], both and value > level[1])
        for value, level in zip(values, levels, strict=True)
    ]
    return fade_targets(rows, ended=ended)


def quantile_levels(
    values: Sequence[float | None], window: int, low: Fraction, high: Fraction
) -> list[tuple[float, float] | None]:
    """Nearest-rank quantiles of so many values before each one."""
    out: list[tuple[float, float] | None] = []
    for row in range(len(values)):
        known = sorted(value for value in values[max(0, row - window) : row] if value is not None)
        if len(known) < window:
            out.append(None)
        else:
            out.append((known[ceil(low * window) - 1], known[ceil(high * window) - 1]))
    return out


def naive_targets(
    scores: Sequence[float | None], *, entry: float, ended: Sequence[int]
) -> list[int | None]:
    """The baseline: -1 above the band, 1 below it, 0 once zero is reached; told when it changes."""
    target, waiting = 0, 0
    out: list[int | None] = []
    for row, z in enumerate(scores):
        wanted = target
        if z is not None:
            beyond = -1 if z > entry else 1 if z < -entry else 0
            if beyond != waiting:
                waiting = 0
            if target * z >= 0 and target:
                wanted = 0
            if beyond and beyond != waiting:
                wanted = beyond
        out.append(wanted if wanted != target else None)
        target = wanted
        if row in ended and target:
            waiting, target = target, 0
    return out
