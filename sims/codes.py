"""What the codes of a window's events stand for, found once and not for each event."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from sims.history import ACTION, CLOSE, INSIDE, OPENING, TURN, WHOLE
from sims.venue.book import Book
from trader.model.envelope import Message
from trader.model.units import Nanoseconds

Way: TypeAlias = Callable[[Any, Nanoseconds], Sequence[Message]]
"""Takes a row into the core and returns what leaves it."""


class Code(NamedTuple):
    """Whose row it is, and what becomes of it.

    Of a bar an event `meets` the inside, `tells` it, `opens` the next, which one that `turns`
    bears. What `matches` the venue sees.
    """

    moment: int
    book: Book
    lane: Way
    matches: bool
    is_bar: bool
    meets: bool
    tells: bool
    turns: bool
    opens: bool


def code_of(moment: int, book: Book, lane: Way, *, matches: bool) -> Code:
    """The code of a moment of the rows that take this lane and are about this book."""
    return Code(
        moment,
        book,
        lane,
        matches,
        is_bar=moment < ACTION,
        meets=moment in {INSIDE, WHOLE, TURN},
        tells=moment in {CLOSE, WHOLE, TURN},
        turns=moment == TURN,
        opens=moment in {OPENING, TURN},
    )
