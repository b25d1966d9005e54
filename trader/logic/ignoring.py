"""What strategies asked of their own orders and nothing came of, counted for people.

No decision depends on it, and no state holds it.
"""

from dataclasses import dataclass
from typing import TypeAlias

from trader.model.orders import CancelKey, OrderRequested, ReplaceKey
from trader.model.units import Nanoseconds

Asked: TypeAlias = OrderRequested | ReplaceKey | CancelKey


@dataclass(slots=True)
class Ignored:
    """How often, and the first time's key and instant."""

    key: str
    ts: Nanoseconds
    times: int = 0


class Ignoring(dict[tuple[str, type[Asked]], Ignored]):
    """By strategy and what it asked."""

    def note(self, asked: Asked, now: Nanoseconds) -> tuple[()]:
        """Counts it; returns what comes of it."""
        kind = (asked.strategy, type(asked))
        self.setdefault(kind, Ignored(asked.key, now)).times += 1
        return ()
