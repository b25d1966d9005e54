"""Recorded history of many sources, merged in time, a window at a time.

A bar is three events: its opening, its inside and its close; any other row is one. At one instant
insides come first, then prints, quotes, changes of books, closes and last openings, and within each
the sources in the order of the configuration: that order is a sort of (instant, moment, source,
row). What happens to an instrument comes before its first price of the new kind: before ticks, or
where it trades on bars between closes and openings. Only a window of each file is in memory.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sims.streams import BARS, EARLY, LATE, Source, Stream
from trader.data.bars import BATCH_ROWS
from trader.data.grid import Int64s
from trader.model.units import BEFORE_ALL

INSIDE: Final = 0
CLOSE: Final = 1
OPENING: Final = 2
WHOLE: Final = 3
"""Inside and close in one: nobody else's event lies between them."""
TURN: Final = 4
"""A whole bar and, at the same instant, the opening of its successor, which the event bears."""
ACTION: Final = 5
TRADE: Final = 6
QUOTE: Final = 7
DEPTH: Final = 8
CROSSED: Final = 9
"""A quote whose bid is above its ask: no market, so the venue does not see it."""
MOMENTS: Final = 10

WINDOW_EVENTS: Final = 4_096
"""So few that their rows stay in the processor's cache until they are delivered."""

_ORDER: Final = (
    (BARS, INSIDE),
    (EARLY, ACTION),
    ("trades", TRADE),
    ("quotes", QUOTE),
    ("depth", DEPTH),
    (BARS, CLOSE),
    (LATE, ACTION),
    (BARS, OPENING),
)
"""The moments of one instant, and whose they are."""
_OF_THE_VENUE: Final = (INSIDE, OPENING)
"""Moments that the venue alone sees."""


@dataclass(frozen=True, slots=True)
class Window:
    """Events in order, as parallel lists: when, what happens to which source's row, and the row.

    A code is MOMENTS x source + moment; lists of shared objects cost less than one of events. The
    rows are messages, of the type that their source's kind makes.
    """

    times: list[int]
    codes: list[int]
    rows: list[Any]


def windows(
    sources: Sequence[Source], batch_rows: int = BATCH_ROWS, window_events: int = WINDOW_EVENTS
) -> Iterator[Window]:
    """The events of all sources in order; each event stands in exactly one window."""
    streams = [Stream(source, batch_rows) for source in sources]
    begun = BEFORE_ALL
    while True:
        horizon = _advance(streams)
        times, codes, rows = _events(streams, begun, horizon)
        for at in range(0, len(codes), window_events):
            part = slice(at, at + window_events)
            yield _window(streams, times[part], codes[part], rows[part])
        if horizon is None:
            return
        for stream in streams:
            stream.drop(horizon)
        begun = horizon


def _advance(streams: list[Stream]) -> int | None:
    """Loads whoever is behind; the instant up to which everything is known, None for the end."""
    known = [stream.known_until for stream in streams]
    behind = min((k for k in known if k is not None), default=None)
    for stream, until in zip(streams, known, strict=True):
        if until is not None and until == behind:
            stream.load()
    return min((s.known_until for s in streams if s.known_until is not None), default=None)


def _events(
    streams: list[Stream], begun: int, horizon: int | None
) -> tuple[Int64s, Int64s, Int64s]:
    """Instants, codes and rows of the events from `begun` to before `horizon`, in order."""
    instants, codes, rows = [], [], []
    for kind, moment in _ORDER:
        for number, stream in enumerate(streams):
            if stream.kind != kind:
                continue
            if moment in _OF_THE_VENUE and not stream.source.matches:
                continue
            times = stream.begins if moment == OPENING else stream.known
            first = int(np.searchsorted(times, begun))
            last = len(times) if horizon is None else int(np.searchsorted(times, horizon))
            instants.append(times[first:last])
            code = np.full(last - first, MOMENTS * number + moment)
            if moment == QUOTE:
                code[stream.crossed(first, last)] += CROSSED - QUOTE
            codes.append(code)
            rows.append(np.arange(first, last))
    # They stand by moment, source and row already; a stable sort keeps that among equal instants.
    times, what, which = (np.concatenate(each) for each in (instants, codes, rows))
    order = np.argsort(times, kind="stable")
    times, what, which = times[order], what[order], which[order]
    for moments in ((INSIDE, CLOSE, WHOLE), (WHOLE, OPENING, TURN)):
        kept = _merge(times, what, moments)
        times, what, which = times[kept], what[kept], which[kept]
    return times, what, which


def _merge(times: Int64s, codes: Int64s, moments: tuple[int, int, int]) -> npt.NDArray[np.bool_]:
    """Makes one event of two neighbours of one source at one instant; the events that stay.

    Fewer events are fewer turns of the loop that plays them.
    """
    first, second, both = moments
    met = (codes[:-1] % MOMENTS == first) & (codes[1:] == codes[:-1] + second - first)
    pairs = np.flatnonzero(met & (times[1:] == times[:-1]))
    codes[pairs + 1] += both - second
    kept = np.ones(len(codes), np.bool_)
    kept[pairs] = False
    return kept


def _window(streams: list[Stream], times: Int64s, codes: Int64s, rows: Int64s) -> Window:
    """The events as lists, each with its row."""
    found = np.empty(len(codes), np.object_)
    for number, stream in enumerate(streams):
        mine = codes // MOMENTS == number
        if mine.any():
            wanted = rows[mine]
            first = int(wanted.min())
            found[mine] = stream.messages(first, int(wanted.max()))[wanted - first]
    return Window(times.tolist(), codes.tolist(), found.tolist())
