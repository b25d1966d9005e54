"""What is traded, and the grid on which its prices and sizes lie.

Venues change tick and lot sizes, so the grid belongs to a dated version of the instrument and
not to the instrument. A run that stays within one version never converts.
"""

from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from trader.model.units import Nanoseconds

VERSIONS_MAX: Final = 1_000
"""How many versions of an instrument are remembered, the latest ones."""


class Band(Struct, frozen=True, kw_only=True):
    """Which limits the venue takes: multiples of the last price, of buys and of sales."""

    buy_min: Decimal
    buy_max: Decimal
    sell_min: Decimal
    sell_max: Decimal


class InstrumentVersion(Struct, frozen=True, kw_only=True):
    """The grid of an instrument from one instant on: price = ticks x tick, size = lots x lot.

    And what its venue takes at all: sizes, prices and worth within bounds, where it names some, and
    whether it trades. Sizes of market orders may have bounds of their own, and the bounds of worth
    may leave them out. `status` is the venue's own word.
    """

    since: Nanoseconds
    tick: Decimal
    lot: Decimal
    size_min: Decimal | None = None
    size_max: Decimal | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    market_size_min: Decimal | None = None
    market_size_max: Decimal | None = None
    market_lot: Decimal | None = None
    notional_min: Decimal | None = None
    notional_max: Decimal | None = None
    notional_min_spares_market: bool = False
    notional_max_spares_market: bool = False
    band: Band | None = None
    orders_max: int | None = None
    is_trading: bool = True
    status: str = ""


class Instrument(Struct, frozen=True, kw_only=True):
    """A symbol at a venue, with the versions of its grid in the order of their dates."""

    symbol: str
    venue: str
    currency: str
    versions: tuple[InstrumentVersion, ...]
    shortable: bool = True

    @property
    def name(self) -> str:
        """The instrument's name everywhere outside its venue: `SYMBOL.venue`."""
        return f"{self.symbol}.{self.venue}"

    def followed_by(self, version: InstrumentVersion) -> "Instrument":
        """The instrument with one version more; without, if it says what the last one said.

        One that is dated by a clock that went back counts from right after the last one.
        """
        last = self.versions[-1]
        if replace(version, since=last.since) == last:
            return self
        later = replace(version, since=max(version.since, last.since + 1))
        return replace(self, versions=(*self.versions, later)[-VERSIONS_MAX:])

    def version(self, ts: Nanoseconds) -> InstrumentVersion:
        """The grid in force at `ts`; the first one for all instants before it."""
        current = self.versions[0]
        for version in self.versions:
            if version.since > ts:
                break
            current = version
        return current
