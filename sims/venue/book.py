"""What the simulated venue remembers: working orders in order of arrival, and the market it knows.

How an order meets the next price is its *stance*. It is kept with the order, and with it the lots
it may still fill, so that matching compares two fields and derives nothing.
"""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from msgspec import Struct

from trader.calendars.sessions import Sessions
from trader.model.market import BarClosed, Quote, Trade
from trader.model.orders import (
    CancelOrder,
    Code,
    OrderType,
    ReplaceOrder,
    SubmitOrder,
    TimeInForce,
)
from trader.model.units import INT64_MAX, Lots, Nanoseconds, Ticks

UNLIMITED: Final = 2**62


class Stance(Code):
    """How an order meets the market."""

    WAITS = 0
    """A stop that no price has triggered."""
    TAKES = 1
    """Whatever the price is: a market order, or a stop that was triggered."""
    RESTS = 2
    """At its limit or better."""
    LATER = 3
    """A stop-limit that a bar has triggered: it rests from the next opening on."""


_WAITS: Final = Stance.WAITS
_RESTS: Final = Stance.RESTS
STANCES: Final = (Stance.TAKES, Stance.RESTS, Stance.WAITS, Stance.WAITS)
"""How an order of each type begins."""
_GTC: Final = TimeInForce.GTC
_DAY: Final = TimeInForce.DAY


class WorkingOrder(Struct):
    """An order at the venue.

    `lots` and `filled` are signed; all other sizes are not: `ordered` is what it first was for,
    `room` what it may fill now (of a child what its parent opened), `taken` what its group took
    from it, `bound` what its parent had filled when that ended. `judged` are those that the first
    market they meet decides about (IOC, FOK, GTX); `met` tells that a limit has met it.
    """

    client_order_id: str
    lots: Lots
    order_type: OrderType
    time_in_force: TimeInForce
    stance: Stance
    limit_ticks: Ticks
    stop_ticks: Ticks
    parent: str
    group: str
    ts_arrived: Nanoseconds
    ordered: Lots
    room: Lots
    ts_begun: Nanoseconds
    judged: bool
    filled: Lots = 0
    taken: Lots = 0
    bound: Lots = 0
    met: bool = False
    ended: bool = False
    ts_opening: Nanoseconds = INT64_MAX
    children: tuple[str, ...] = ()

    @property
    def size(self) -> Lots:
        """Unsigned lots in all."""
        return abs(self.lots)

    @property
    def done(self) -> Lots:
        """Unsigned lots that are filled."""
        return abs(self.filled)

    @property
    def is_stop(self) -> bool:
        """Whether it needs a trigger, or needed one."""
        return self.order_type >= OrderType.STOP


def working_order(order: SubmitOrder, now: Nanoseconds) -> WorkingOrder:
    """The venue's own record of an order that has just arrived."""
    size, is_child, time_in_force = abs(order.lots), bool(order.parent), order.time_in_force
    return WorkingOrder(
        order.client_order_id,
        order.lots,
        order.order_type,
        time_in_force,
        STANCES[order.order_type],
        order.limit_ticks or 0,
        order.stop_ticks or 0,
        order.parent,
        order.group,
        now,
        size,
        0 if is_child else size,
        INT64_MAX if is_child else now,
        time_in_force is not _GTC and time_in_force is not _DAY,
    )


Late: TypeAlias = tuple[WorkingOrder, CancelOrder | ReplaceOrder | None]
"""What was asked of an order inside a bar; None is its expiry."""

NO_BAR: Final = BarClosed("", 0, 0, 0, 0, 0, 0, -1, -1)


@dataclass(slots=True, kw_only=True)
class Book:
    """One instrument at the venue: its orders, and the market as far as it is known.

    The bar under way is whole in memory; the venue looks at its opening when it opens and at the
    rest when it has closed. `budget` is what the bar that opened at `served_ts` still gives. Of
    `shut` nothing more is matched: trading was suspended during it. On ticks nothing is matched
    out of `sessions`, where there are any; bars lie within theirs. A bar that lies wholly between
    `calm_low` and `calm_high` means nothing to any of the orders; no bar lies above INT64_MAX.
    """

    instrument: str
    half: int
    kind: str = "bars"
    sessions: Sessions | None = None
    orders: dict[str, WorkingOrder] = field(default_factory=dict)
    groups: dict[str, dict[str, WorkingOrder]] = field(default_factory=dict)
    late: list[Late] = field(default_factory=list)
    bar: BarClosed = NO_BAR
    quote: Quote | None = None
    ts_quote: Nanoseconds = -1
    trade: Trade | None = None
    served_ts: Nanoseconds = -1
    budget: Lots = 0
    calm_low: Ticks = INT64_MAX
    calm_high: Ticks = INT64_MAX
    halted: bool = False
    shut: BarClosed = NO_BAR
    carried: tuple[BarClosed, Ticks] = (NO_BAR, 0)
    """A bar, and where a split since then has put the market."""

    def market(self, now: Nanoseconds) -> Ticks | None:
        """The last price known at `now`: the open of the bar under way, else the last close."""
        bar = self.bar
        if bar is NO_BAR:
            return None
        if self.carried[0] is bar:
            return self.carried[1]
        return bar.open_ticks if now < bar.ts_close else bar.close_ticks

    def inside(self, now: Nanoseconds) -> bool:
        """Whether `now` lies strictly inside the bar under way."""
        return self.bar.ts_open < now < self.bar.ts_close

    def rests(self, now: Nanoseconds) -> bool:
        """Whether ticks mean nothing to orders now: trading is suspended, or its market closed."""
        return self.halted or (self.sessions is not None and not self.sessions.is_open(now))

    def opened(self, now: Nanoseconds) -> bool:
        """Whether a bar has opened at this very instant, so that who comes now has missed it."""
        return self.bar.ts_open == now

    def disturb(self) -> None:
        """Something about the orders is another thing by now: every bar may matter again."""
        self.calm_low = INT64_MAX

    def calm(self) -> None:
        """Notes between which prices nothing happens, if all orders only wait for a price."""
        self.disturb()
        low, high = -INT64_MAX, INT64_MAX
        for order in self.orders.values():
            if not order.room:
                continue
            stance = order.stance
            if stance is _WAITS:
                ticks, is_above = order.stop_ticks, order.lots > 0
            elif stance is _RESTS and order.met and not order.judged:
                ticks, is_above = order.limit_ticks, order.lots < 0
            else:
                return
            if is_above:
                if ticks < high:  # noqa: PLR1730 - a call costs as much again
                    high = ticks
            elif ticks > low:
                low = ticks
        self.calm_low, self.calm_high = low, high

    def join(self, order: WorkingOrder) -> None:
        """Puts an order behind all others of its group."""
        self.groups.setdefault(order.group, {})[order.client_order_id] = order

    def part(self, order: WorkingOrder) -> None:
        """Takes an order out of its group."""
        members = self.groups[order.group]
        del members[order.client_order_id]
        if not members:
            del self.groups[order.group]

    def give_way(self, order: WorkingOrder) -> None:
        """Puts a working order behind all others, and those that depend on it behind it."""
        id_ = order.client_order_id
        self.orders[id_] = self.orders.pop(id_)
        if order.group:
            self.part(order)
            self.join(order)
        for each in order.children:
            child = self.orders.get(each)
            if child is not None:
                self.give_way(child)
