"""What is recorded of an instrument beside bars, and a run that plays it."""

from dataclasses import dataclass
from typing import Literal

from tests.oracle.run import OracleRun
from tests.oracle.ticks import SECOND_NS, Print, Quote

Level = tuple[int, int, int]
"""Side (1 bid, -1 ask), ticks, and the lots there from now on."""


@dataclass(frozen=True)
class Book:
    """A message about a book: the levels it names, and all that stands there once it is known.

    `bids` and `asks` are None where the book cannot be trusted; `is_lost` says that it could be
    until this message, which does not follow on the one before.
    """

    levels: tuple[Level, ...]
    last_id: int
    prev_id: int | None
    bids: dict[int, int] | None
    asks: dict[int, int] | None
    is_snapshot: bool = False
    is_lost: bool = False


@dataclass(frozen=True)
class Tick:
    ts: int
    what: Quote | Print | Book


@dataclass(frozen=True)
class Tape:
    """The ticks of one kind of one instrument, in time: quotes, trades or depth."""

    instrument: str
    kind: Literal["quotes", "trades", "depth"]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class TapeRun(OracleRun):
    """`jitter` is what each message on its way takes longer, in the order in which they leave."""

    tapes: tuple[Tape, ...] = ()
    by_volume: bool = False
    venue_stale_ns: int = 60 * SECOND_NS
    jitter_ns: int = 0
    jitter: tuple[int, ...] = ()
    seed: int = 1
