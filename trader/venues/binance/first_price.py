"""Which instruments have no price yet on this connection: their bars wait for one.

A decision at a bar is judged by the last price. Were a bar told before any price, its order would
be denied for the want of one, and nobody would ask for it again.
"""

from collections.abc import Mapping

from msgspec import Struct

from trader.model.envelope import Message
from trader.model.market import Quote, Trade
from trader.model.units import Nanoseconds
from trader.venues.binance.grid import Grid


class Awaited(Struct, frozen=True):
    """An instrument whose bars wait. Best prices can be asked for; prints have to come."""

    grid: Grid
    can_ask: bool


class FirstPrices:
    """The instruments that wait, and when to ask once more about those that can be asked about."""

    def __init__(self) -> None:
        self._all: dict[str, Awaited] = {}
        self._missing: dict[str, Awaited] = {}
        self.asked_at: dict[str, Nanoseconds] = {}
        """When to ask again; an answer that is under way is waited for."""

    def add(self, awaited: Awaited) -> None:
        """Bars of one more instrument wait."""
        self._all[awaited.grid.instrument] = self._missing[awaited.grid.instrument] = awaited

    def begin(self) -> Mapping[str, Grid]:
        """A connection stands: what to ask about. A print of an earlier one will do."""
        asks = {name: each for name, each in self._all.items() if each.can_ask}
        self._missing |= asks
        return {name: each.grid for name, each in asks.items()}

    def end(self) -> None:
        """The connection broke."""
        self.asked_at.clear()

    def lacks(self, instrument: str) -> bool:
        """Whether its bars have to wait."""
        return instrument in self._missing

    def grid(self, instrument: str) -> Grid:
        """The grid of one that waits."""
        return self._all[instrument].grid

    def found(self, instrument: str, told: list[Message]) -> bool:
        """Whether this is the first price of one that waited; from now on it does not."""
        awaited = self._missing.get(instrument)
        if awaited is None:
            return False
        kind = Quote if awaited.can_ask else Trade
        if not any(isinstance(each, kind) for each in told):
            return False
        del self._missing[instrument]
        self.asked_at.pop(instrument, None)
        return True
