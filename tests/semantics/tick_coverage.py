"""What generated runs on ticks must have met before their agreement means anything."""

from collections.abc import Iterator
from typing import Final

from tests.oracle.orders import TIMES_IN_FORCE, TYPES
from tests.semantics.coverage import BREAKERS, STATES


def _fills() -> Iterator[str]:
    """Each type of order with each time in force, by where and how it may fill, or never.

    A book or quote is met at arrival or as the first row, one level or several; a print serves
    takers where there is nothing else. What rests fills by a quote, a print through it, or in the
    queue at its price.
    """
    for kind in TYPES:
        for tif in TIMES_IN_FORCE:
            yield f"{kind} {tif} never"
            if tif != "GTX":
                yield from (f"{kind} {tif} {place}" for place in _taking(kind, tif))
            if kind == "limit" and tif in ("GTC", "DAY", "GTX"):
                yield from (f"{kind} {tif} {place}" for place in ("resting", "through-print"))
    for kind in ("limit", "stop_limit"):
        yield from (f"{kind} GTC {place}" for place in ("resting", "through-print", "queue"))


def _taking(kind: str, tif: str) -> Iterator[str]:
    """Stop-limits with a brief life are too rare a sight to be asked for everywhere."""
    if kind == "stop_limit" and tif != "GTC":
        return
    yield from ("at arrival", "first row")
    if kind in ("market", "stop") or tif == "GTC":
        yield "walked level"
    if kind in ("market", "stop"):
        yield "print"


EXITS: Final = ("atr_stop", "take_profit", "trailing", "time_stop")
EXPECTED_ON_TICKS: Final = frozenset(
    (
        *_fills(),
        "stop by print",
        "stop by quote",
        "stale market waits",
        "gap in the book",
        "fill of a child",
        "fill of a child of a child",
        "canceled asked_for",
        "canceled group",
        "canceled nothing_left",
        "canceled parent_ended",
        "rejected unknown_parent",
        "canceled ioc",
        "canceled fok",
        "rejected post_only",
        "canceled split",
        "split with working orders",
        "split of a position",
        "dividend of a position",
        "halt of a position",
        "expired session_closed",
        "order while closed",
        "row while closed",
        "row while halted",
        *(f"decided {reason}" for reason in EXITS),
        "decided flat_at_close",
        "decided no_price",
        "decided warming_up",
        "denied instrument_halted",
        "denied market_closed",
        "denied price_stale",
        "denied reducing_only",
        "denied trading_halted",
        "canceled reducing_only",
        *(f"trading {turn}" for turn in STATES),
        *(f"stopped by {breaker}" for breaker in BREAKERS),
        "under way at the end",
        "under way at a split",
    )
)
