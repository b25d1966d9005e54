"""Which of an instrument's data the venue matches on and the account is marked by: the finest.

A book is finer than quotes, quotes are finer than prints, prints finer than bars, and short bars
finer than long ones. Prints beside a book or quotes are part of the same market. Whatever is
coarser only feeds strategies.
"""

from typing import Final

from msgspec import Struct

from trader.config.notation import interval_ns
from trader.config.schema import Config, DataSource, StrategyConfig

FINENESS: Final = ("depth", "quotes", "trades", "bars")


class Finest(Struct, frozen=True):
    """A kind of data; of bars also their interval, of everything else 0."""

    kind: str
    interval_ns: int = 0


def finest(config: Config) -> dict[str, Finest]:
    """By instrument, what it is matched and marked on; without data there is none."""
    found: dict[str, Finest] = {}
    for kind in reversed(FINENESS):
        sources = [each for each in config.data if each.kind == kind]
        for source in sorted(sources, key=lambda each: -each.interval_ns):
            found[source.instrument] = Finest(kind, source.interval_ns)
    return found


def matches(config: Config, source: DataSource) -> bool:
    """Whether the venue meets the rows of this source.

    Actions count as met where the instrument trades on ticks, which they come before.
    """
    best = finest(config)[source.instrument]
    if source.kind in {"trades", "actions"}:
        return best.kind != "bars"
    return Finest(source.kind, source.interval_ns) == best


def heard_interval(config: Config, strategy: StrategyConfig) -> int:
    """The interval of the bars that a strategy hears; 0 where its instrument has none."""
    if strategy.interval is not None:
        return interval_ns(strategy.interval)
    intervals = [
        each.interval_ns
        for each in config.data
        if each.kind == "bars" and each.instrument == strategy.instrument
    ]
    return min(intervals, default=0)
