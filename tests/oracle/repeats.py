"""Orders that a strategy sends again: the same one, or one after the other to no end.

Both count what was approved less than a window ago; a change that was approved is an order for
what it leaves to fill.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.ledger import Key
from tests.oracle.splits import split_lots, split_price
from tests.oracle.tickets import Ticket


@dataclass(frozen=True)
class Intent:
    """What was sent, and the position of its strategy then."""

    ts: int
    held: int
    lots: int
    limit_ticks: int | None
    stop_ticks: int | None

    def is_like(self, ticket: Ticket) -> bool:
        ours = (self.lots, self.limit_ticks, self.stop_ticks)
        return ours == (ticket.lots_left, ticket.limit_ticks, ticket.stop_ticks)

    def split(self, ratio: Fraction) -> "Intent":
        prices = (split_price(self.limit_ticks, ratio), split_price(self.stop_ticks, ratio))
        return Intent(self.ts, split_lots(self.held, ratio), split_lots(self.lots, ratio), *prices)


class Repeats:
    """What each strategy has sent, the latest last, and which of them are disabled."""

    def __init__(self) -> None:
        self._sent: dict[Key, list[Intent]] = {}
        self._disabled: set[Key] = set()

    def add(self, ticket: Ticket, held: int, ts: int) -> None:
        prices = (ticket.limit_ticks, ticket.stop_ticks)
        intent = Intent(ts, held, ticket.lots_left, *prices)
        self._sent.setdefault(_key(ticket), []).append(intent)

    def disable(self, ticket: Ticket) -> None:
        self._disabled.add(_key(ticket))

    def is_duplicate(self, ticket: Ticket, ts: int, window_ns: int | None) -> bool:
        """Whether its strategy sent the same lots at the same prices within the window."""
        if window_ns is None:
            return False
        return any(intent.is_like(ticket) for intent in self._recent(ticket, ts - window_ns))

    def is_repetition(
        self, ticket: Ticket, held: int, ts: int, most: int | None, window_ns: int
    ) -> bool:
        """Whether its strategy stands after `most` orders of the window where it stood before."""
        if most is None:
            return False
        recent = list(self._recent(ticket, ts - window_ns))
        is_idle = len(recent) >= most and recent[-most].held == held
        return is_idle or _key(ticket) in self._disabled

    def split(self, instrument: str, ratio: Fraction) -> None:
        for (_, name), sent in self._sent.items():
            if name == instrument:
                sent[:] = [intent.split(ratio) for intent in sent]

    def _recent(self, ticket: Ticket, after: int) -> Iterable[Intent]:
        return (intent for intent in self._sent.get(_key(ticket), ()) if intent.ts > after)


def _key(ticket: Ticket) -> Key:
    return (ticket.order.strategy, ticket.order.instrument)
