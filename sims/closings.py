"""When which instruments' sessions close: what the venue needs to know to let day orders expire."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from trader.model.units import INT64_MAX, Nanoseconds


class Closing(Struct):
    """Instruments that share their sessions, and when theirs closes next."""

    instruments: Sequence[str]
    next_close: Callable[[Nanoseconds], Nanoseconds]
    due: Nanoseconds = INT64_MAX


class Closings:
    """The closings of all instruments, from the start of a run on."""

    def __init__(self, groups: Sequence[Closing]) -> None:
        self._groups = groups

    @property
    def next_due(self) -> Nanoseconds:
        """When somebody's session closes next."""
        return min((group.due for group in self._groups), default=INT64_MAX)

    def start(self, now: Nanoseconds) -> None:
        """Begins at `now`: a close at this very instant is over."""
        for group in self._groups:
            group.due = group.next_close(now)

    def closed(self, now: Nanoseconds) -> Iterator[Sequence[str]]:
        """The instruments whose session has closed by now, group by group."""
        for group in self._groups:
            if group.due <= now:
                group.due = group.next_close(now)
                yield group.instruments
