"""What the distances between bars tell: how long they are, and which end they are labelled by.

An interval is the shortest distance, if it is usual and the others are multiples of it. A label
shows where a market closes for hours: sessions begin and end at quarters of an hour, so a bar
before such a hole that is labelled 16:00 and one after it labelled 09:31 are labelled by their
closes. Round the clock nothing shows. Then the opening is taken, because that is the harmless
mistake: it shows a bar too late, never too early.
"""

from typing import Final, Literal, TypeAlias

import numpy as np

from trader.data.grid import Int64s
from trader.data.tables.findings import Finding
from trader.model.units import DAY_NS, HOUR_NS, MINUTE_NS, SECOND_NS

Label: TypeAlias = Literal["open", "close"]

USUAL_SHARE: Final = 0.05
MULTIPLES_SHARE: Final = 0.9
QUARTER_NS: Final = 15 * MINUTE_NS
HOLES_MIN: Final = 2
HOLE_NS: Final = HOUR_NS
HOLE_INTERVALS: Final = 10
SURE_SHARE: Final = 0.8
UNSURE_SHARE: Final = 0.5


def interval_text(ns: int) -> str:
    """The interval as a configuration writes it.

    >>> interval_text(300 * SECOND_NS), interval_text(7 * DAY_NS), interval_text(90 * MINUTE_NS)
    ('5m', '7d', '90m')
    """
    for unit, letter in ((DAY_NS, "d"), (HOUR_NS, "h"), (MINUTE_NS, "m"), (SECOND_NS, "s")):
        if ns % unit == 0:
            return f"{ns // unit}{letter}"
    return f"{ns} ns"


def interval(times: Int64s) -> tuple[int, Finding] | tuple[int, str]:
    """The interval of bars in order; or the row that spoils it, and why it cannot be told."""
    steps = np.diff(times)
    apart = steps[steps > 0]
    if not len(apart):
        return 0, "a single bar shows no interval"
    shortest = int(apart.min())
    usual = int((apart == shortest).sum())
    multiples = int((apart % shortest == 0).sum())
    whole = shortest % SECOND_NS == 0
    if whole and usual >= USUAL_SHARE * len(apart) and multiples >= MULTIPLES_SHARE * len(apart):
        why = f"{usual:,} of {len(apart):,} steps, the shortest"
        return shortest, Finding(
            what="interval", value=interval_text(shortest), origin="found", why=why
        )
    row = int((steps == shortest).argmax()) + 1
    often = int(np.median(apart))
    return row, (
        f"steps from {interval_text(shortest)} to {interval_text(int(apart.max()))}"
        f" (half of them up to {interval_text(often)}) show no interval"
    )


def label(times: Int64s, interval_ns: int) -> tuple[Label, Finding] | str:
    """Which end of its bar each time is; a text says why that cannot be told."""
    opens, closes, holes = _votes(times, interval_ns)
    if holes >= HOLES_MIN and closes >= SURE_SHARE * holes:
        return "close", _finding("close", "found", f"at {closes} of {holes} closings of the market")
    if holes >= HOLES_MIN and closes > UNSURE_SHARE * holes:
        return f"{closes} of {holes} closings of the market look as if bars were named by closes"
    if holes >= HOLES_MIN and opens >= SURE_SHARE * holes:
        return "open", _finding("open", "found", f"at {opens} of {holes} closings of the market")
    return "open", _finding("open", "default", "nothing shows it")


def _finding(value: Label, origin: Literal["found", "default"], why: str) -> Finding:
    return Finding(what="label", value=value, origin=origin, why=why)


def _votes(times: Int64s, interval_ns: int) -> tuple[int, int, int]:
    """How many holes show labels by the opening, how many by the close, and how many there are."""
    if interval_ns >= QUARTER_NS:
        return 0, 0, 0
    steps = np.diff(times)
    at = np.flatnonzero(steps >= max(HOLE_NS, HOLE_INTERVALS * interval_ns))
    before, after = times[at], times[at + 1]
    round_before, round_after = before % QUARTER_NS == 0, after % QUARTER_NS == 0
    closes = round_before & ((after - interval_ns) % QUARTER_NS == 0)
    opens = round_after & ((before + interval_ns) % QUARTER_NS == 0)
    return int(opens.sum()), int(closes.sum()), len(at)
