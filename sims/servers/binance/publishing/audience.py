"""Who listens to one channel."""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

import msgspec

Event = Mapping[str, object] | list[Mapping[str, object]]


class Subscriber(Protocol):
    """One connection."""

    def deliver(self, name: str, text: str) -> None:
        """Take an event, as JSON, of the stream that it knows as `name`."""


class Audience:
    """Subscribers by the unit of time they want; an event is made once for each unit."""

    def __init__(self) -> None:
        self._by_unit: Final[dict[int, dict[Subscriber, str]]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_unit)

    def join(self, subscriber: Subscriber, name: str, unit: int) -> None:
        """Let somebody listen."""
        self._by_unit.setdefault(unit, {})[subscriber] = name

    def leave(self, subscriber: Subscriber) -> None:
        """Let somebody go."""
        for unit, subscribers in list(self._by_unit.items()):
            subscribers.pop(subscriber, None)
            if not subscribers:
                del self._by_unit[unit]

    def tell(self, make: Callable[[int], Event]) -> None:
        """Deliver the event that `make` makes for a unit of time."""
        for unit, subscribers in self._by_unit.items():
            text = msgspec.json.encode(make(unit)).decode()
            for subscriber, name in list(subscribers.items()):
                subscriber.deliver(name, text)
