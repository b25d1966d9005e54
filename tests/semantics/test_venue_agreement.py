"""The simulated venue against the calculator's, beyond what strategies can ask of it today.

Orders come between bars, right after an opening and strictly inside a bar; every type of order may
have children of every type; cancels come at any time, sizes are lowered between bars. What a
strategy's own orders cannot reach yet (limit children, parents inside a bar) is compared here.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from sims.seeds import stream
from sims.venue import BarVenue
from sims.venue import VenueRules as CoreRules
from tests.oracle.market import Bar, Instrument
from tests.oracle.venue import Fill, Order, Venue, VenueRules
from tests.semantics.cases import SHAPES, START, Chance, market
from trader.model.market import BarClosed
from trader.model.orders import (
    CancelOrder,
    Liquidity,
    OrderCanceled,
    OrderFilled,
    OrderRejected,
    OrderReplaced,
    OrderRole,
    OrderType,
    ReplaceOrder,
    SubmitOrder,
    TimeInForce,
)

NAME = "X.sim"
INTERVAL = 60_000
TYPES = {"market": OrderType.MARKET, "limit": OrderType.LIMIT, "stop": OrderType.STOP}
UNKNOWN = 999
Told = tuple[int, int, int, int, int, bool]  # order, ts, lots, ticks, fee in quanta, taker


@dataclass
class Both:
    """The same commands and bars for both venues; money in quanta of 1e-8, one a tick x lot."""

    theirs: Venue
    ours: BarVenue
    orders: list[Order] = field(default_factory=list)
    fills: list[Told] = field(default_factory=list)
    statuses: dict[int, str] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)

    def submit(self, order: Order, now: int) -> None:
        self.orders.append(order)
        self.sizes[order.number] = order.size
        self.statuses[order.number] = "ACCEPTED"
        self.theirs.arrive(order, now)
        self.ours.submit(
            SubmitOrder(
                client_order_id=str(order.number),
                strategy="s",
                instrument=NAME,
                lots=order.lots,
                order_type=TYPES[order.order_type],
                limit_ticks=order.limit_ticks,
                stop_ticks=order.stop_ticks,
                time_in_force=TimeInForce.GTC,
                role=OrderRole.EXPLICIT,
                parent="" if order.parent is None else str(order.parent),
                ref_ticks=1,
                ts_decided=now,
            ),
            now,
        )

    def cancel(self, order: Order, now: int) -> None:
        self.theirs.cancel(order, now)
        command = CancelOrder(
            client_order_id=str(order.number), instrument=NAME, request_id="r", reason=""
        )
        self.ours.cancel(command, now)

    def lower(self, order: Order, lots: int, now: int) -> None:
        size = order.size - lots
        self.theirs.lower(order, lots)
        command = ReplaceOrder(
            client_order_id=str(order.number),
            instrument=NAME,
            request_id="r",
            lots=order.side * size,
        )
        self.ours.replace(command, now)

    def open(self, bar: Bar) -> None:
        book = self.ours.books[NAME]
        book.bar = BarClosed(
            NAME,
            INTERVAL,
            bar.open,
            bar.high,
            bar.low,
            bar.close,
            bar.lots,
            bar.ts_open,
            bar.ts_close,
        )
        self.ours.opening(book, bar.ts_open)
        self.theirs.opening(NAME, bar)

    def close(self, bar: Bar) -> None:
        self.ours.inside(self.ours.books[NAME], bar.ts_close)
        self.theirs.inside(NAME, bar)

    def hear(self) -> None:
        """Takes our venue's reports in."""
        while self.ours.reports:
            report = self.ours.reports.popleft()
            match report:
                case OrderFilled():
                    self._book(report)
                case OrderReplaced():
                    self.sizes[int(report.client_order_id)] = abs(report.lots)
                case OrderCanceled():
                    self.statuses[int(report.client_order_id)] = "CANCELED"
                case OrderRejected():
                    self.statuses[int(report.client_order_id)] = "REJECTED"
                case _:
                    pass

    def agree(self) -> None:
        """Asserts that both say the same of every order, once all is heard."""
        theirs = [told(each) for each in self.theirs.reports if isinstance(each, Fill)]
        assert self.fills == theirs
        assert self.statuses == {order.number: order.status for order in self.orders}
        for order in self.orders:
            assert order.ended or self.sizes[order.number] == order.size

    def _book(self, fill: OrderFilled) -> None:
        number = int(fill.client_order_id)
        taker = fill.liquidity is Liquidity.TAKER
        row = (number, fill.ts_event, fill.last_lots, fill.last_ticks, fill.fee, taker)
        self.fills.append(row)
        filled = sum(abs(lots) for order, _, lots, *_ in self.fills if order == number)
        done = filled == self.sizes[number]
        self.statuses[number] = "FILLED" if done else "PARTIALLY_FILLED"


def both(rules: VenueRules) -> Both:
    """Two venues with the same rules; a tick x lot is one unit of money."""
    share = rules.participation
    ours = CoreRules(
        slippage=(rules.slippage_bps / 10_000).as_integer_ratio(),
        slippage_ticks=rules.slippage_ticks,
        participation=None if share is None else share.as_integer_ratio(),
        touch=int(rules.touch_fills),
        maker=rules.maker_bps / 10_000,
        taker=rules.taker_bps / 10_000,
        per_lot=rules.per_lot * 10**8,
    )
    one = Instrument(NAME, Fraction(1), Fraction(1))
    return Both(Venue(rules, (one,)), BarVenue({NAME: 10**8 // 2}, ours))


def wanted(rng: Chance, number: int, near: Bar, now: int, parents: list[Order]) -> Order:
    """An order whose prices are taken from a bar, now and then a child of a living one."""
    kind = rng.choice(("market", "limit", "limit", "stop", "stop"))
    price = rng.choice((near.open, near.high, near.low, near.close)) + rng.choice((-1, 0, 0, 1))
    lots = rng.choice((2, 5, 9, 14)) * rng.choice((1, -1))
    parent = None
    if parents and rng.random() < 0.45:
        named = rng.choice(parents)
        parent, lots = named.number, -named.side * rng.choice((abs(named.lots), 3, 6, 20))
    elif rng.random() < 0.03:
        parent = UNKNOWN
    return Order(
        number=number,
        ts=now,
        seq=0,
        strategy="s",
        instrument=NAME,
        order_type=kind,
        lots=lots,
        limit_ticks=max(1, price) if kind == "limit" else None,
        stop_ticks=max(1, price) if kind == "stop" else None,
        parent=parent,
        size=abs(lots),
    )


def disturb(rng: Chance, venues: Both, near: Bar, now: int, *, inside: bool) -> None:
    """A few commands at one instant."""
    for _ in range(rng.choice((0, 0, 1, 2, 4))):
        alive = [order for order in venues.orders if not order.ended]
        does = rng.random()
        if does < 0.65 or not alive:
            parents = [order for order in alive if order.parent is None]
            order = wanted(rng, len(venues.orders) + 1, near, now, parents)
            venues.submit(order, now)
        elif does < 0.85 or inside:
            venues.cancel(rng.choice(alive), now)
        else:
            children = [order for order in alive if order.parent is not None and order.size > 1]
            if children:
                order = rng.choice(children)
                venues.lower(order, min(rng.choice((1, 2, 5)), order.size - 1), now)


@settings(max_examples=400)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(1, 14), plain=st.booleans())
def test_both_venues_do_the_same(seed: int, rows: int, plain: bool) -> None:
    rng = stream(seed, "venue")
    rules = VenueRules(touch_fills=rng.random() < 0.3)
    if not plain:
        rules = VenueRules(
            slippage_bps=Fraction(rng.choice((0, 20))),
            slippage_ticks=rng.choice((0, 1)),
            participation=rng.choice((None, Fraction(1, 10), Fraction(1, 4))),
            touch_fills=rng.random() < 0.3,
            maker_bps=Fraction(-1),
            taker_bps=Fraction(5, 2),
        )
    venues = both(rules)
    bars = market(rng, INTERVAL, START, rows, rng.choice(SHAPES))
    for index, bar in enumerate(bars):
        venues.open(bar)
        disturb(rng, venues, bar, bar.ts_open, inside=False)
        disturb(rng, venues, bar, bar.ts_open + INTERVAL // 2, inside=True)
        venues.close(bar)
        disturb(rng, venues, bars[min(index + 1, rows - 1)], bar.ts_close, inside=False)
        venues.hear()

    venues.agree()


def told(fill: Fill) -> Told:
    """The calculator's fill in our words."""
    quanta = fill.fee * 10**8
    assert quanta.denominator == 1
    return (fill.order.number, fill.ts, fill.lots, fill.ticks, quanta.numerator, fill.taker)
