"""What risk refuses: an order is held against every rule, and the first that says no decides.

It knows of fills and ends what was reported, like the desk, and counts an order as working until
its end is reported, also if its cancel was sent. The worst case of an instrument is the largest
position, on either side, that any subset of its working orders could make; stops that protect an
entry are left out, and no rule on size, exposure or pace concerns them.

Where the rules leave a choice, this is the choice:

* The price of an instrument is its last close. It is stale if its bar closed longer ago than the
  limit, and there is none before the first close.
* An order could trade with a working limit order of the other side if it is a market order, or a
  limit at that limit or through it. A stop could not.
* An order is worth its own price, limit or stop, times its size; without one, the last close.
* What only makes a position smaller (with all that works on its side it does not go through zero)
  may be of any size and worth. What does not raise the worst case passes the limits on it, also
  where they are broken already.
* A pace of n orders counts those that were approved less than a window ago.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from tests.oracle.market import Instrument, Source
from tests.oracle.venue import Fill, Order


@dataclass(frozen=True)
class Limits:
    """None is no limit; `stale_ns` goes by instrument, one that is missing has none."""

    stale_ns: Mapping[str, int] = field(default_factory=dict)
    lots_max: int | None = None
    notional_max: Fraction | None = None
    position_max: int | None = None
    gross_max: Fraction | None = None
    orders_max: int | None = None
    orders_window_ns: int = 1_000_000_000
    long_only: tuple[str, ...] = ()


def stale_after_two_bars(sources: Iterable[Source]) -> dict[str, int]:
    """The age at which a price is stale where nothing else is asked for."""
    return {source.instrument: 2 * source.interval_ns for source in sources}


@dataclass
class Market:
    """An instrument as the gate sees it; `left` holds the signed open lots of working orders."""

    unit: Fraction
    lots: int = 0
    close: int | None = None
    closed_at: int = 0
    left: dict[Order, int] = field(default_factory=dict)
    protective: set[Order] = field(default_factory=set)

    def sides(self, more: int = 0) -> tuple[int, int]:
        """The largest and the smallest position that working orders and `more` could make."""
        open_lots = [n for order, n in self.left.items() if order not in self.protective]
        buys = sum(n for n in [*open_lots, more] if n > 0)
        sells = sum(n for n in [*open_lots, more] if n < 0)
        return self.lots + buys, self.lots + sells

    def worst(self, more: int = 0) -> int:
        return max(abs(lots) for lots in self.sides(more))

    def is_lowered_by(self, lots: int) -> bool:
        """True if the order, with all that works on its side, brings the position toward zero."""
        long, short = self.sides(lots)
        if lots > 0:
            return self.lots < 0 and long <= 0
        return self.lots > 0 and short >= 0


class Gate:
    def __init__(self, limits: Limits, instruments: tuple[Instrument, ...]) -> None:
        self._limits = limits
        self._markets = {each.name: Market(each.unit) for each in instruments}
        self._approved_at: list[int] = []

    def on_close(self, instrument: str, close: int, ts: int) -> None:
        market = self._markets[instrument]
        market.close, market.closed_at = close, ts

    def on_fill(self, fill: Fill) -> None:
        market = self._markets[fill.order.instrument]
        market.lots += fill.lots
        market.left[fill.order] -= fill.lots
        if market.left[fill.order] == 0:
            del market.left[fill.order]

    def on_gone(self, order: Order) -> None:
        self._markets[order.instrument].left.pop(order, None)

    def judge(self, order: Order, ts: int, *, is_protective: bool) -> str | None:
        """The rule that refuses the order; None lets it pass and counts it from now on."""
        for code in self._refusals(order, ts, is_protective=is_protective):
            return code
        market = self._markets[order.instrument]
        market.left[order] = order.lots
        if is_protective:
            market.protective.add(order)
        else:
            self._approved_at.append(ts)
        return None

    def _refusals(self, order: Order, ts: int, *, is_protective: bool) -> Iterator[str]:
        market = self._markets[order.instrument]
        stale_ns = self._limits.stale_ns.get(order.instrument)
        is_old = stale_ns is not None and ts - market.closed_at > stale_ns
        if (market.close is None or is_old) and not market.is_lowered_by(order.lots):
            yield "price_stale"
        if any(_could_trade(order, other) for other in market.left):
            yield "self_trade"
        if not is_protective:
            yield from self._beyond_limits(order, ts)

    def _beyond_limits(self, order: Order, ts: int) -> Iterator[str]:
        limits, market = self._limits, self._markets[order.instrument]
        if not market.is_lowered_by(order.lots):
            if _above(abs(order.lots), limits.lots_max):
                yield "lots_exceed_max"
            if _above(self._notional(order), limits.notional_max):
                yield "notional_exceeds_max"
        long, short = market.sides(order.lots)
        if _above(long if order.lots > 0 else -short, limits.position_max):
            yield "position_exceeds_max"
        worth, before_worth = self._gross(order.instrument, order.lots), self._gross("", 0)
        if worth > before_worth and _above(worth, limits.gross_max):
            yield "gross_exceeds_max"
        is_sale = order.instrument in limits.long_only and order.lots < 0
        if is_sale and market.sides(order.lots)[1] < 0:
            yield "short_forbidden"
        if limits.orders_max is not None and self._recent(ts) >= limits.orders_max:
            yield "rate_exceeds_max"

    def _notional(self, order: Order) -> Fraction:
        market = self._markets[order.instrument]
        price = order.limit_ticks or order.stop_ticks or market.close
        assert price is not None
        return abs(order.lots) * price * market.unit

    def _gross(self, instrument: str, lots: int) -> Fraction:
        """What all worst cases are worth together, with `lots` more of one instrument."""
        gross = Fraction(0)
        for name, market in self._markets.items():
            if market.close is not None:
                more = lots if name == instrument else 0
                gross += market.worst(more) * market.close * market.unit
        return gross

    def _recent(self, ts: int) -> int:
        return sum(1 for each in self._approved_at if each > ts - self._limits.orders_window_ns)


def _above(value: Fraction | int, limit: Fraction | int | None) -> bool:
    return limit is not None and value > limit


def _could_trade(order: Order, other: Order) -> bool:
    if order.order_type == "stop" or other.limit_ticks is None or order.side == other.side:
        return False
    if order.limit_ticks is None:
        return True
    return order.side * (order.limit_ticks - other.limit_ticks) >= 0
