"""What a fill is held against, and what it cost beyond that.

A market order is held against the price at which it was decided, a stop against its own and a limit
against its own, as they stood when it filled: moved by replacements, carried by splits.
"""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl
from msgspec import Struct

from trader.logic.splits import split_ticks
from trader.model.control import SplitEffective
from trader.model.orders import OrderRole, OrderType
from trader.model.units import Lots, Ticks
from trader.research.messages import Message, Messages
from trader.research.rows import Rows

_BPS: Final = 10_000
_BPS_PLACES: Final = 4


class Reference(Struct):
    """A price to hold fills against; `of` is what it belongs to. None where nobody knows it."""

    of: str
    ticks: Ticks | None

    def move(self, replaced: Mapping[str, Any]) -> None:
        """The order has another price from here on, if it has a new one of its own."""
        if self.of in {"stop", "limit"}:
            ticks = replaced[f"{self.of}_ticks"]
            self.ticks = self.ticks if ticks is None else ticks

    def carry(self, split: SplitEffective) -> None:
        """The same price in lots of after a split."""
        if self.ticks is not None:
            self.ticks = split_ticks(self.ticks, split.numerator, split.denominator)

    def cost_bps(self, lots: Lots, ticks: Ticks) -> float | None:
        """What a fill of signed lots cost beyond it, in basis points; a gain is below 0."""
        if not self.ticks:
            return None
        side = 1 if lots > 0 else -1
        return round(side * (ticks - self.ticks) * _BPS / self.ticks, _BPS_PLACES)


class References:
    """Finds what the fills of one run's orders are held against."""

    def __init__(self, messages: Messages, rows: Rows) -> None:
        self._messages = messages
        self._rows = rows

    def of(self, order: Message) -> Reference:
        """The price as it stood when the order was made."""
        row = order.row
        match OrderType[row["order_type"]]:
            case OrderType.MARKET:
                return self._decided(order)
            case OrderType.STOP:
                return Reference("stop", row["stop_ticks_made"])
            case OrderType.LIMIT | OrderType.STOP_LIMIT:
                return Reference("limit", row["limit_ticks_made"])

    def splits(self, order: Message, last: int) -> list[tuple[int, SplitEffective]]:
        """The splits of its instrument up to row `last`, each with its row."""
        splits = self._rows.splits(order.row["instrument"])
        return [(seq, each) for seq, each in splits if order.name[0] < seq <= last]

    def decision(self, order: Message) -> Message | None:
        """The decision that an order leads to the target of; None of any other order.

        Where it waited for the answer to a cancel that is the last one, and not its cause.
        """
        if order.row["role"] != OrderRole.TARGET.name:
            return None
        cause = self._cause(order)
        if cause is not None and cause.kind == "status":
            return self._last_decision(order)
        return cause if cause is not None and cause.kind == "decision" else None

    def _decided(self, order: Message) -> Reference:
        """The price of the row, or of the fill, on which an order at the market was decided."""
        source = self.decision(order) or order
        cause = self._cause(source)
        instrument = order.row["instrument"]
        if cause is None:
            return Reference("decision", self._rows.price(source.cause[0], instrument))
        if cause.kind == "fill" and cause.row["instrument"] == instrument:
            return Reference("fill", cause.row["ticks"])
        return Reference("decision", None)

    def _cause(self, message: Message) -> Message | None:
        """The message that caused this one, None for an input row."""
        return self._messages.named(message.cause) if message.cause[1] else None

    def _last_decision(self, order: Message) -> Message | None:
        mine = pl.col("strategy") == order.row["strategy"]
        seq, n = order.name
        before = (pl.col("seq") < seq) | ((pl.col("seq") == seq) & (pl.col("n") < n))
        found = self._messages.of("decisions", mine & before, last=1)
        return found[0] if found else None
