"""Who has been silent for too long, of those whose market is open.

A line can be dead without anybody saying so, and one symbol can fall mute while others live. Time
counts only while the instrument's market is open, so a quiet night raises no alarm.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from trader.calendars.sessions import Sessions
from trader.model.units import INT64_MAX, Nanoseconds


class Watch(Struct, frozen=True):
    """When an instrument trades, and how long it may be silent then."""

    sessions: Sessions
    silence_ns: Nanoseconds


class Silence:
    """When each instrument was last heard."""

    def __init__(self, watches: Mapping[str, Watch]) -> None:
        self._watches: Final = watches
        self._heard: Final[dict[str, Nanoseconds]] = {}

    @property
    def due(self) -> Nanoseconds:
        """When the next instrument may have been silent for too long."""
        deadlines = [at + self._watches[name].silence_ns for name, at in self._heard.items()]
        return min(deadlines, default=INT64_MAX)

    def begin(self, now: Nanoseconds) -> None:
        """From now on something should be heard of everybody."""
        for name in self._watches:
            self._heard[name] = now

    def end(self) -> None:
        """Nothing can be heard any more."""
        self._heard.clear()

    def hear(self, instrument: str, now: Nanoseconds) -> None:
        """Something was heard of an instrument."""
        self._heard[instrument] = now

    def mute(self, now: Nanoseconds) -> list[str]:
        """Those who were silent for too long; each has its time once more."""
        found = []
        for name, since in self._heard.items():
            watch = self._watches[name]
            if now - since < watch.silence_ns:
                continue
            if watch.sessions.open_ns_between(since, now) >= watch.silence_ns:
                found.append(name)
                self._heard[name] = now
            elif not watch.sessions.is_open(now):
                self._heard[name] = now
        return found
