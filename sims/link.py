"""The way between the core and the venue: what is under way on it, and when it arrives.

Each way takes the same latency and a jitter drawn for each message; nothing overtakes.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

from trader.model.envelope import Message
from trader.model.units import INT64_MAX, Nanoseconds

Jitter = Callable[[], Nanoseconds]
Meant = Callable[[Message], bool]


class Link:
    """Commands on their way to the venue, reports on their way back."""

    def __init__(self, latency_ns: Nanoseconds, jitter: Jitter) -> None:
        self.commands: Final[deque[tuple[Nanoseconds, Message]]] = deque()
        self.reports: Final[deque[tuple[Nanoseconds, Message]]] = deque()
        self._latency = latency_ns
        self._jitter = jitter

    @property
    def next_due(self) -> Nanoseconds:
        """When the next of them arrives."""
        ways = (self.commands, self.reports)
        return min((way[0][0] for way in ways if way), default=INT64_MAX)

    @property
    def in_flight(self) -> int:
        """How many messages have not arrived."""
        return len(self.commands) + len(self.reports)

    def take(self, way: deque[tuple[Nanoseconds, Message]], is_meant: Meant) -> list[Message]:
        """What of this way is meant arrives now; the rest goes on."""
        taken = [message for _, message in way if is_meant(message)]
        kept = [each for each in way if not is_meant(each[1])]
        way.clear()
        way.extend(kept)
        return taken

    def send(self, command: Message, now: Nanoseconds) -> None:
        """Lets a command leave for the venue."""
        self._put(self.commands, command, now)

    def report(self, report: Message, now: Nanoseconds) -> None:
        """Lets a report leave for the core."""
        self._put(self.reports, report, now)

    def _put(
        self, way: deque[tuple[Nanoseconds, Message]], message: Message, now: Nanoseconds
    ) -> None:
        due = now + self._latency + self._jitter()
        way.append((max(due, way[-1][0]) if way else due, message))
