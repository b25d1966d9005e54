"""The path of a made-up market: instants, middle prices, spreads and sizes, in whole numbers.

A price moves by a diffusion of constant deviation in ticks and jumps now and then; it is reflected
at its lowest tick. Rows come at random distances, some at one instant, and stay away in holes and
suspensions, over which the price moves on. All kinds of data of an instrument are drawn from one
path, so that they tell of the same market.
"""

from decimal import Decimal
from math import isqrt
from typing import Final

import numpy as np
from msgspec import Struct

from sims.seeds import Int64s, Numbers
from trader.config.parts import Synthetic
from trader.config.schema import InstrumentConfig
from trader.model.units import DAY_NS, MINUTE_NS, SECOND_NS

STEPS_A_BAR: Final = 12
UNIT: Final = 65_536
"""Deviation of what `Numbers.normal` draws, and one whole of finer ticks."""
YEAR_NS: Final = 365 * DAY_NS
JUMP_PER_MILLE_MAX: Final = 20
HOLE_MINUTES_MAX: Final = 30
SUSPENSION_NS: Final = 5 * MINUTE_NS
_PRECISION: Final = 10**9


class Path(Struct, frozen=True):
    """One row each: instant, middle price in ticks, half the spread, sizes of bid and ask.

    `begins` and `ends` are the instants of its suspensions.
    """

    ts: Int64s
    ticks: Int64s
    half_spread: Int64s
    bid_lots: Int64s
    ask_lots: Int64s
    begins: Int64s
    ends: Int64s


def make_path(
    instrument: InstrumentConfig, market: Synthetic, seed: int, *, step_ns: int | None
) -> Path:
    """The path of an instrument; `step_ns` is a fixed distance of rows, None a random one."""
    name = instrument.name
    step = step_ns or int(SECOND_NS / market.rate)
    chance = Numbers(seed, f"{name}/times")
    waits = (
        np.full(market.rows, step) if step_ns else chance.below(min(2 * step, 1 << 31), market.rows)
    )
    if step_ns is None and market.bursts is not None:
        waits[_hits(chance, market.rows, market.bursts)] = 0
    holes = (
        _hits(chance, market.rows, _a_row(market.gaps, step)) if step_ns is None else _none(waits)
    )
    minutes = 1 + chance.below(HOLE_MINUTES_MAX, market.rows)
    stops = (
        _hits(chance, market.rows, _a_row(market.halts, step)) if step_ns is None else _none(waits)
    )
    waits = waits + holes * minutes * MINUTE_NS + stops * SUSPENSION_NS
    waits[0] = 0
    ts = market.start + np.cumsum(waits)
    size = Numbers(seed, f"{name}/sizes")
    return Path(
        ts=ts,
        ticks=_prices(instrument, market, seed, waits, step),
        half_spread=1 + size.below(market.spread_ticks, market.rows) // 2,
        bid_lots=1 + size.below(2 * market.lots, market.rows),
        ask_lots=1 + size.below(2 * market.lots, market.rows),
        begins=ts[stops] - SUSPENSION_NS,
        ends=ts[stops],
    )


def _prices(
    instrument: InstrumentConfig, market: Synthetic, seed: int, waits: Int64s, step: int
) -> Int64s:
    """The middle price at each row: the deviation of a wait grows with its root."""
    chance = Numbers(seed, f"{instrument.name}/prices")
    first = int(market.price / instrument.tick)
    # Deviation a year in 1 / UNIT ticks, then of one millionth of a year's root, as whole numbers.
    yearly = int(market.volatility * first * UNIT)
    roots = _roots(waits)
    moves = chance.normal(len(waits)) * (yearly * roots // _PRECISION) // UNIT
    jumps = _hits(chance, len(waits), _a_row(market.jumps, step))
    sizes = (1 + chance.below(JUMP_PER_MILLE_MAX, len(waits))) * (first * UNIT // 1_000)
    signs = 2 * chance.below(2, len(waits)) - 1
    walked = first * UNIT + np.cumsum(moves + jumps * sizes * signs)
    ticks: Int64s = walked // UNIT
    lowest = 2 + market.spread_ticks
    return lowest + np.abs(ticks - lowest)


def _roots(waits: Int64s) -> Int64s:
    """The root of each wait's share of a year, in billionths, whole numbers from whole numbers."""
    distinct, where = np.unique(waits, return_inverse=True)
    scaled = [isqrt(wait * _PRECISION**2 // YEAR_NS) for wait in distinct.tolist()]
    found: Int64s = np.array(scaled, np.int64)[where]
    return found


def _a_row(a_day: Decimal, step: int) -> Decimal:
    """What happens so often a day, as the chance of a row."""
    return min(Decimal(1), a_day * step / DAY_NS)


def _hits(
    chance: Numbers, count: int, share: Decimal
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which rows are hit, each with this chance."""
    bound = 1 << 30
    found = chance.below(bound, count) < int(share * bound)
    return np.asarray(found, np.bool_)


def _none(waits: Int64s) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    return np.zeros(len(waits), np.bool_)
