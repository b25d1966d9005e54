"""What is traded, and the grid on which its prices and sizes lie.

Venues change tick and lot sizes, so the grid belongs to a dated version of the instrument and
not to the instrument. A run that stays within one version never converts.
"""

from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from trader.model.units import Nanoseconds


class InstrumentVersion(Struct, frozen=True, kw_only=True):
    """The grid of an instrument from one instant on: price = ticks x tick, size = lots x lot.

    And what its venue takes at all: sizes, prices and worth within bounds, where it names some, and
    whether it trades.
    """

    since: Nanoseconds
    tick: Decimal
    lot: Decimal
    size_min: Decimal | None = None
    size_max: Decimal | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    notional_min: Decimal | None = None
    orders_max: int | None = None
    is_trading: bool = True


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
        """The instrument with one version more; without, if it says what the last one said."""
        last = self.versions[-1]
        if replace(version, since=last.since) == last:
            return self
        assert version.since > last.since, (last, version)
        return replace(self, versions=(*self.versions, version))

    def version(self, ts: Nanoseconds) -> InstrumentVersion:
        """The grid in force at `ts`; the first one for all instants before it."""
        current = self.versions[0]
        for version in self.versions:
            if version.since > ts:
                break
            current = version
        return current
