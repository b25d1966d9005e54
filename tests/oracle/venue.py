"""The simulated venue on bars: market, limit and stop orders until canceled, and parents.

A bar is met twice. At its opening orders fill at the open; in its inside limits fill at their
limit when the price goes through it (or reaches it, with `touch_fills`) and stops at their stop
when it is reached. One share of the bar's volume serves all orders of an instrument: first those
filled at the opening, then those inside, each time in order of arrival.

Where the rules leave a choice, this is the choice:

* The market, for a stop that asks whether it is already beyond it on arrival, is the last price
  the venue knows: the open of a bar under way, else the close of the last bar; for a child that
  starts to work it is its parent's fill price before slippage. At the stop counts as beyond. Such
  a stop is triggered at once and fills at the next opening, wherever that is.
* A stop is triggered by the price alone, also in a bar that has no lots left for it. From then
  on it is a market order: what is left waits for openings.
* A child works for what its parent has opened. A parent larger than its child closes something
  first: its lots beyond the child's size come before those that it opens.
* At an opening a child works for what its parent had opened before that opening. What the parent
  fills at the opening counts in the inside. What it fills inside counts there only for a stop.
* A limit is TAKER at the first opening it meets, whether or not any lots were left for it there;
  from then on MAKER, and inside a bar always MAKER. A child does not meet openings before it works.
* When a parent ends (also FILLED), each child's size becomes what the parent has opened, if that
  is less; a child with nothing left by this is CANCELED. A child that arrives after its
  parent's end finds the same.
* A cancel strictly inside a bar takes effect at the bar's close, after its fills.
* Lowering an order's size keeps its place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from tests.oracle.market import Bar, Instrument

ENDED = ("FILLED", "CANCELED", "REJECTED", "DENIED")


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
    """One order as the venue has it; sizes but `lots` are positive."""

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
    filled: int = 0
    status: str = "ACCEPTED"
    triggered: bool = False
    met_opening: bool = False
    ignores: Bar | None = None
    cancel_at_close: bool = False

    @property
    def side(self) -> int:
        return 1 if self.lots > 0 else -1

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def awaits_opening(self) -> bool:
        return self.order_type == "market" or self.triggered

    def is_beyond(self, market: int) -> bool:
        """True if this stop's price is reached by `market`."""
        assert self.stop_ticks is not None
        return self.side * (market - self.stop_ticks) >= 0

    def allows(self, price: int) -> bool:
        """True if this limit's price is as good as asked for, or better."""
        assert self.limit_ticks is not None
        return self.side * (price - self.limit_ticks) <= 0


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
class Gone:
    """The venue's word that an order works no longer, though it is not filled."""

    order: Order


class Venue:
    def __init__(self, rules: VenueRules, instruments: Iterable[Instrument]) -> None:
        self.rules = rules
        self.orders: dict[int, Order] = {}
        self._live: dict[int, Order] = {}
        self.reports: list[Fill | Gone] = []
        self._units = {each.name: each.unit for each in instruments}
        self._under_way: dict[str, Bar] = {}
        self._market: dict[str, int] = {}
        self._left: dict[str, int | None] = {}

    def arrive(self, order: Order, ts: int) -> None:
        self.orders[order.number] = self._live[order.number] = order
        if order.parent is not None:
            parent = self.orders.get(order.parent)
            if parent is None:
                self._end(order, "REJECTED")
                return
            if parent.ended:
                self._parent_ended(order, parent)
        bar = self._under_way.get(order.instrument)
        if bar is not None and ts > bar.ts_open:
            order.ignores = bar
        if self._room(order) > 0 and order.instrument in self._market:
            self._start(order, self._market[order.instrument])

    def cancel(self, order: Order, ts: int) -> None:
        bar = self._under_way.get(order.instrument)
        if order.ended:
            return
        if bar is not None and bar.ts_open < ts < bar.ts_close:
            order.cancel_at_close = True
        else:
            self._end(order, "CANCELED")

    def lower(self, order: Order, lots: int) -> None:
        """Take `lots` off the order's size; nothing left ends it."""
        if order.ended:
            return
        order.size -= lots
        if order.size <= order.filled:
            self._end(order, "CANCELED")

    def opening(self, instrument: str, bar: Bar) -> None:
        self._under_way[instrument] = bar
        self._market[instrument] = bar.open
        self._left[instrument] = self.rules.share(bar)
        room = {order.number: self._room(order) for order in self._working(instrument)}
        for order in self._working(instrument):
            if room[order.number] <= 0:
                continue
            taker = order.order_type != "limit" or not order.met_opening
            order.met_opening = True
            price = self._opening_price(order, bar)
            if price is not None:
                self._fill(order, room[order.number], price, bar.open, bar.ts_open, taker)

    def inside(self, instrument: str, bar: Bar) -> None:
        before = {order.number: self._room(order) for order in self._working(instrument)}
        for order in self._working(instrument):
            room = self._room(order) if order.order_type == "stop" else before[order.number]
            if room <= 0 or order.awaits_opening or order.ignores is bar:
                continue
            market = self._inside_price(order, bar)
            if market is None:
                continue
            price = market
            if order.order_type == "stop":
                order.triggered = True
                price = self.rules.worsened(market, order.side)
            taker = order.order_type == "stop"
            self._fill(order, room, price, market, bar.ts_close, taker)
        for order in self._working(instrument):
            if order.cancel_at_close and not order.ended:
                self._end(order, "CANCELED")
        del self._under_way[instrument]
        self._market[instrument] = bar.close

    def _working(self, instrument: str) -> list[Order]:
        """Orders of an instrument that have not ended, in order of arrival."""
        return [o for o in self._live.values() if o.instrument == instrument]

    def _room(self, order: Order) -> int:
        """The lots an order may still fill: of a child, no more than its parent has opened."""
        size = order.size
        if order.parent is not None and not self.orders[order.parent].ended:
            size = _opened(order, self.orders[order.parent])
        return 0 if order.ended else size - order.filled

    def _opening_price(self, order: Order, bar: Bar) -> int | None:
        if order.order_type == "limit":
            return bar.open if order.allows(bar.open) else None
        if not order.awaits_opening:
            if not order.is_beyond(bar.open):
                return None
            order.triggered = True
        return self.rules.worsened(bar.open, order.side)

    def _inside_price(self, order: Order, bar: Bar) -> int | None:
        """The price at which the inside of a bar meets a limit or a stop, before slippage."""
        if order.order_type == "stop":
            return order.stop_ticks if order.is_beyond(_best(bar, -order.side)) else None
        limit = order.limit_ticks
        assert limit is not None
        best, worst = _best(bar, order.side), _best(bar, -order.side)
        if not order.allows(best) or (best == limit and not self.rules.touch_fills):
            return None
        return min(limit, worst) if order.side > 0 else max(limit, worst)

    def _fill(self, order: Order, room: int, ticks: int, market: int, ts: int, taker: bool) -> None:
        """Fill what room and the bar's volume allow, and tell the children."""
        left = self._left[order.instrument]
        lots = room if left is None else min(room, left)
        if lots == 0:
            return
        if left is not None:
            self._left[order.instrument] = left - lots
        value = lots * ticks * self._units[order.instrument]
        fee = self.rules.fee(value, lots, taker)
        self.reports.append(Fill(order, ts, order.side * lots, ticks, fee, taker))
        idle = [child for child in self._children(order) if _opened(child, order) == 0]
        order.filled += lots
        order.status = "PARTIALLY_FILLED"
        for child in idle:
            if _opened(child, order) > 0:
                self._start(child, market)
        if order.filled == order.size:
            self._end(order, "FILLED")

    def _children(self, parent: Order) -> list[Order]:
        return [o for o in self._live.values() if o.parent == parent.number]

    def _start(self, order: Order, market: int) -> None:
        """An order begins to work; a stop the market is already beyond is triggered at once."""
        if order.order_type == "stop" and order.is_beyond(market):
            order.triggered = True

    def _end(self, order: Order, status: str) -> None:
        order.status = status
        del self._live[order.number]
        if status != "FILLED":
            self.reports.append(Gone(order))
        for child in self._children(order):
            self._parent_ended(child, order)

    def _parent_ended(self, child: Order, parent: Order) -> None:
        child.size = _opened(child, parent)
        if child.size <= child.filled:
            self._end(child, "CANCELED")


def _opened(child: Order, parent: Order) -> int:
    """The lots of the parent that a child may close: those filled after what the parent closes."""
    closing = max(0, abs(parent.lots) - child.size)
    return min(child.size, max(0, parent.filled - closing))


def _best(bar: Bar, side: int) -> int:
    """The bar's best price for one who trades on this side."""
    return bar.low if side > 0 else bar.high
