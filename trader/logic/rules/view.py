"""What risk knows, and what a rule is given of it.

Of each instrument it knows the account's lots and what open orders may add to them on each side;
of each strategy where it stands, where it wants to be, and what it sent of late. Both come from
what was approved and what the venue reported, never from what a strategy says of itself. An order
counts from its approval to its reported end: on its way, resting, in doubt or being canceled.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import msgspec
from msgspec import Struct

from trader.logic.breakers import Naked, Slips
from trader.logic.rules.limits import Limits
from trader.model.control import TradingState
from trader.model.instrument import Instrument
from trader.model.market import BarClosed, Quote, Trade
from trader.model.orders import OrderRole, SubmitOrder
from trader.model.units import BEFORE_ALL, INT64_MAX, Lots, Money, Nanoseconds, Ticks

_PROTECTION: Final = OrderRole.PROTECTION


class Resting(Struct):
    """An approved order that may still fill. All lots but the order's are unsigned.

    `order` is as the venue has confirmed it. `size` is the most that it may be in all, with a
    replacement on its way (`asked`, at `asked_ticks`); `done` is filled, `room` is what it may
    fill now. A child may fill what its parent has `granted`; the parent was `ordered` for
    `parent_size`. `works` once the venue has taken it; `leaving` from our cancel on, until that is
    refused. It is `theirs` if somebody else has placed it, past us.
    """

    order: SubmitOrder
    size: Lots
    room: Lots = 0
    done: Lots = 0
    granted: Lots = INT64_MAX
    parent_size: Lots = 0
    asked: Lots = 0
    asked_ticks: Ticks | None = None
    children: tuple[str, ...] = ()
    works: bool = False
    leaving: bool = False
    ordered: Lots = 0
    theirs: bool = False

    @property
    def instrument(self) -> str:
        """The order's instrument."""
        return self.order.instrument

    @property
    def role(self) -> OrderRole:
        """The order's role."""
        return self.order.role

    @property
    def side(self) -> int:
        """1 for a buy, -1 for a sale."""
        return 1 if self.order.lots > 0 else -1

    @property
    def left(self) -> Lots:
        """Signed lots that it may still fill, once its parent lets it."""
        return self.side * max(0, self.size - self.done)


@dataclass(slots=True, kw_only=True)
class Group:
    """Orders of which each fill makes the others smaller: together they fill what one can.

    `guard` if they are protective. Here the sales are unsigned.
    """

    guard: bool = False
    members: list[str] = field(default_factory=list)
    buys: Lots = 0
    sells: Lots = 0


@dataclass(slots=True, kw_only=True)
class Exposure:
    """One instrument: the account's lots, what open orders may add on each side, its last price.

    Sales are negative. Protective orders are counted apart (`guard_buys`, `guard_sells`), for what
    they may fill now. `limits` counts the open orders that have a limit.
    """

    half: Money
    lots: Lots = 0
    buys: Lots = 0
    sells: Lots = 0
    guard_buys: Lots = 0
    guard_sells: Lots = 0
    orders: int = 0
    limits: int = 0
    groups: dict[str, Group] = field(default_factory=dict)
    last: BarClosed | Quote | Trade | None = None
    quoted: bool = False

    def worst(self, lots: Lots = 0) -> Lots:
        """The largest |position| that any subset of the open orders and `lots` more can make."""
        high = self.lots + self.buys + self.guard_buys
        low = self.lots + self.sells + self.guard_sells
        if lots > 0:
            high += lots
        else:
            low += lots
        return max(-low, high)

    def worth(self) -> Money:
        """What the worst case is worth at the last price; 0 while there is none."""
        worst = self.worst()
        return worst * self.price()[0] * self.half if worst else 0

    def price(self) -> tuple[int, Nanoseconds]:
        """The last price in half ticks and its instant; 0 and BEFORE_ALL while there is none."""
        last = self.last
        if type(last) is BarClosed:
            return 2 * last.close_ticks, last.ts_close
        if type(last) is Quote:
            return last.bid_ticks + last.ask_ticks, last.ts_event
        if type(last) is Trade:
            return 2 * last.ticks, last.ts_event
        return 0, BEFORE_ALL


Sent: TypeAlias = tuple[Nanoseconds, Lots, Lots, Ticks | None, Ticks | None]
"""An approved order: when, at what position of its strategy, its lots, its limit and its stop."""


@dataclass(slots=True, kw_only=True)
class Standing:
    """One strategy: its position, its target, what its open orders may add (sales negative).

    Protective orders are not among those. `aimed` are the signed lots that its open target orders
    may fill, but for those that leave.
    `recent` are its orders of late, as long as a rule looks back; `disabled` is the rule by which
    its orders are denied until a person lets it trade again; `naked` is its position without a
    working stop, where that is watched.
    """

    instrument: str
    lots: Lots = 0
    target: Lots = 0
    aimed: Lots = 0
    buys: Lots = 0
    sells: Lots = 0
    recent: list[Sent] = field(default_factory=list)
    disabled: str = ""
    naked: Naked = field(default_factory=Naked)


class Account(Struct):
    """All that risk knows. Worth and cash are as last told.

    `listed` is what the venue says of each instrument, version by version. `spelled` are the limits
    as texts, `tripped` the breakers that have spoken since trading was
    last lifted, `slips` the window of the slippage breaker.
    """

    exposures: dict[str, Exposure]
    limits: Limits
    standings: dict[str, Standing] = {}
    resting: dict[str, Resting] = {}
    seen: dict[str, bool] = {}
    approved_at: list[Nanoseconds] = []
    halted: dict[str, str] = {}
    listed: dict[str, Instrument] = {}
    trading: TradingState = TradingState.HALTED
    version: int = 1
    spelled: dict[str, str] = {}
    equity: Money = 0
    cash: Money = 0
    tripped: list[str] = []
    slips: Slips = msgspec.field(default_factory=Slips)


class View:
    """What a rule sees: the account, and of it what the order concerns. One serves all orders.

    `mark` is the instrument's last price in half ticks (0 while there is none), `ts` its instant.
    With the order and all that is open beside it, its side can `reach` so many lots, and `worst` is
    the largest |position|. `changed` is 1 while a change of an order is judged, of which `done` has
    filled, unsigned; else both are 0.
    """

    __slots__ = (
        "account",
        "changed",
        "done",
        "exposure",
        "mark",
        "measures",
        "reach",
        "standing",
        "ts",
        "worst",
    )

    def __init__(
        self, account: Account, exposure: Exposure, standing: Standing, *, measures: bool = True
    ) -> None:
        """`measures`: whether some rule looks at how far an order could lead."""
        self.account = account
        self.measures = measures
        self.exposure = exposure
        self.standing = standing
        self.mark, self.ts = exposure.price()
        self.reach = self.worst = self.done = self.changed = 0

    def face(self, standing: Standing, lots: Lots) -> None:
        """Looks at an order of this strategy for so many lots of the view's instrument."""
        self.standing = standing
        exposure = self.exposure
        last = exposure.last
        if type(last) is BarClosed:
            # What `price` would say, for most prices without a call.
            self.mark, self.ts = 2 * last.close_ticks, last.ts_close
        else:
            self.mark, self.ts = exposure.price()
        if not self.measures:
            return
        high = exposure.lots + exposure.buys + exposure.guard_buys
        low = exposure.lots + exposure.sells + exposure.guard_sells
        if lots > 0:
            self.reach = high = high + lots
        else:
            low += lots
            self.reach = -low
        self.worst = high if high > -low else -low  # noqa: FURB136 - a call costs as much again


class Denial(Struct, frozen=True):
    """A rule said no; `detail` is what a person needs to see why."""

    code: str
    detail: str


Rule: TypeAlias = Callable[[SubmitOrder, View, Nanoseconds], Denial | None]


def reduces(order: SubmitOrder, view: View) -> bool:
    """Whether it makes the account's position smaller, whatever else is open on its side.

    Protective orders do not count: they only work for what is held.
    """
    exposure, lots = view.exposure, order.lots
    held = exposure.lots
    also = exposure.buys if lots > 0 else exposure.sells
    return held * lots < 0 and abs(lots + also) <= abs(held)


def reduces_own(order: SubmitOrder, view: View) -> bool:
    """Whether it makes its strategy's position smaller, whatever else that has open on its side."""
    standing, lots = view.standing, order.lots
    held = standing.lots
    also = standing.buys if lots > 0 else standing.sells
    if order.role is _PROTECTION:
        also = 0
    return held * lots < 0 and abs(lots + also) <= abs(held)
