"""Orders as the venue has them, the settings it serves them by, and what it reports of them."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from tests.oracle.market import Bar

ENDED = ("FILLED", "CANCELED", "REJECTED", "EXPIRED", "DENIED")
TYPES = ("market", "limit", "stop", "stop_limit")
TIMES_IN_FORCE = ("GTC", "DAY", "IOC", "FOK", "GTX")


@dataclass(frozen=True)
class VenueRules:
    """Exact settings; `participation` None lifts the share of volume."""

    slippage_bps: Fraction = Fraction(0)
    slippage_ticks: int = 0
    participation: Fraction | None = None
    touch_fills: bool = False
    maker_bps: Fraction = Fraction(0)
    taker_bps: Fraction = Fraction(0)
    per_lot: Fraction = Fraction(0)
    targets_first: bool = False

    def worsened(self, ticks: int, side: int) -> int:
        slip = ceil(abs(ticks) * self.slippage_bps / 10_000) + self.slippage_ticks
        return ticks + slip if side > 0 else max(1, ticks - slip)

    def share(self, bar: Bar) -> int | None:
        """The lots a bar gives to all our orders; None is no limit."""
        return None if self.participation is None else floor(self.participation * bar.lots)

    def fee(self, value: Fraction, lots: int, taker: bool) -> Fraction:
        """Fee in money on a positive `value`, rounded up to 1e-8."""
        bps = self.taker_bps if taker else self.maker_bps
        exact = value * bps / 10_000 + self.per_lot * lots
        return Fraction(ceil(exact * 10**8), 10**8)


@dataclass(eq=False)
class Order:
    """One order as the venue has it; sizes but `lots` are positive, prices are those of now.

    `size` is what it is for in all, filled ones included; `taken` is what its group has taken off
    it, `ordered` how many lots it was sent for. An orphan is a child whose parent's end has been
    dealt with. `started` is when it began to work: on
    arrival, or with its parent's first fill that opens something for it.
    """

    number: int
    ts: int
    seq: int
    strategy: str
    instrument: str
    order_type: str
    lots: int
    limit_ticks: int | None
    stop_ticks: int | None
    parent: int | None
    size: int
    time_in_force: str = "GTC"
    group: str = ""
    reduce_only: bool = False
    filled: int = 0
    taken: int = 0
    status: str = "ACCEPTED"
    started: int | None = None
    triggered: bool = False
    met_opening: bool = False
    has_rested: bool = False
    is_orphan: bool = False
    ignores: Bar | None = None
    triggered_in: Bar | None = None
    filled_at_opening_of: Bar | None = None
    side: int = 0

    def __post_init__(self) -> None:
        self.side = 1 if self.lots > 0 else -1

    @property
    def ordered(self) -> int:
        return abs(self.lots)

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def is_trigger(self) -> bool:
        """True while it only waits for its stop to be reached."""
        return self.order_type in ("stop", "stop_limit") and not self.triggered

    @property
    def is_market(self) -> bool:
        """True if it takes any price from now on."""
        return self.order_type == "market" or (self.order_type == "stop" and self.triggered)

    @property
    def is_limit(self) -> bool:
        """True if it rests at its limit from now on."""
        return self.order_type == "limit" or (self.order_type == "stop_limit" and self.triggered)

    def is_absent(self, bar: Bar) -> bool:
        """True if it takes no part in this bar's inside: it came, or was triggered, within it."""
        return bar in (self.ignores, self.triggered_in)

    @property
    def takes_one_opening(self) -> bool:
        return self.time_in_force in ("IOC", "FOK")

    def is_beyond(self, market: int) -> bool:
        """True if this stop's price is reached by `market`."""
        assert self.stop_ticks is not None
        return self.side * (market - self.stop_ticks) >= 0

    def allows(self, price: int) -> bool:
        """True if this limit's price is as good as asked for, or better."""
        assert self.limit_ticks is not None
        return self.side * (price - self.limit_ticks) <= 0


@dataclass(frozen=True)
class Change:
    """What a working order is to become; None leaves a field as it is. `size` is positive."""

    size: int | None = None
    limit_ticks: int | None = None
    stop_ticks: int | None = None


@dataclass(frozen=True)
class Accepted:
    """The order works."""

    order: Order


@dataclass(frozen=True)
class Fill:
    """`lots` are signed, `fee` is money; `ts` is the venue's instant."""

    order: Order
    ts: int
    lots: int
    ticks: int
    fee: Fraction
    taker: bool


@dataclass(frozen=True)
class Ended:
    """The order works no longer, though it is not filled: CANCELED, REJECTED or EXPIRED."""

    order: Order
    status: str
    reason: str


@dataclass(frozen=True)
class Replaced:
    """What the order is from now on; `is_answer` to a change that was asked for."""

    order: Order
    size: int
    limit_ticks: int | None
    stop_ticks: int | None
    is_answer: bool = False


@dataclass(frozen=True)
class Refused:
    """There was nothing left to cancel or to replace (`what`)."""

    order: Order
    what: str


Report = Accepted | Fill | Ended | Replaced | Refused
