"""The simulated venue and the calculator's, given the same commands and bars.

Both tell what they did as plain rows in the order in which they did it, so that a comparison is an
equality: also of who was served, ended or made smaller first.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from sims.venue import Venue as CoreVenue
from sims.venue import VenueRules as CoreRules
from tests.oracle import orders as told
from tests.oracle.market import Bar, Instrument
from tests.oracle.orders import Change, Order, Report, VenueRules
from tests.oracle.ticks import Print, Quote, TickVenue
from tests.oracle.venue import Venue
from trader.model.control import SplitEffective
from trader.model.envelope import Message
from trader.model.market import BarClosed, BookDelta, Trade
from trader.model.market import Quote as CoreQuote
from trader.model.orders import (
    CancelOrder,
    CancelRejected,
    Liquidity,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    OrderReplaced,
    OrderRole,
    OrderType,
    ReplaceOrder,
    ReplaceRejected,
    SubmitOrder,
    TimeInForce,
)
from trader.model.units import NONE

NAME: Final = "X.sim"
INTERVAL: Final = 60_000
Row = tuple[object, ...]


@dataclass
class Both:
    """Two venues, and what each has said; money in quanta of 1e-8, one a tick x lot."""

    theirs: Venue | TickVenue
    ours: CoreVenue
    orders: list[Order] = field(default_factory=list)
    heard: list[Row] = field(default_factory=list)
    is_halted: bool = False
    prices: dict[int, tuple[int | None, int | None]] = field(default_factory=dict)

    def submit(self, order: Order, now: int) -> None:
        self.orders.append(order)
        self.prices[order.number] = (order.limit_ticks, order.stop_ticks)
        command = SubmitOrder(
            client_order_id=str(order.number),
            strategy="s",
            instrument=NAME,
            lots=order.lots,
            order_type=OrderType[order.order_type.upper()],
            limit_ticks=order.limit_ticks,
            stop_ticks=order.stop_ticks,
            time_in_force=TimeInForce[order.time_in_force],
            role=OrderRole.EXPLICIT,
            parent="" if order.parent is None else str(order.parent),
            group=order.group,
            ref_ticks=1,
            ts_decided=now,
        )
        self.theirs.arrive(order, now)
        self.ours.submit(command, now)
        self.hear()

    def cancel(self, order: Order, now: int) -> None:
        self.theirs.cancel(order, now)
        command = CancelOrder(
            client_order_id=str(order.number), instrument=NAME, request_id="r", reason=""
        )
        self.ours.cancel(command, now)
        self.hear()

    def replace(self, order: Order, change: Change, now: int) -> None:
        self.theirs.replace(order, change, now)
        command = ReplaceOrder(
            client_order_id=str(order.number),
            instrument=NAME,
            request_id="r",
            lots=None if change.size is None else order.side * change.size,
            limit_ticks=change.limit_ticks,
            stop_ticks=change.stop_ticks,
        )
        self.ours.replace(command, now)
        self.hear()

    def open(self, bar: Bar) -> None:
        assert isinstance(self.theirs, Venue)
        book = self.ours.books[NAME]
        prices = (bar.open, bar.high, bar.low, bar.close)
        book.bar = BarClosed(NAME, INTERVAL, *prices, bar.lots, bar.ts_open, bar.ts_close)
        self.ours.opening(book, bar.ts_open)
        self.theirs.opening(NAME, bar)
        self.hear()

    def close(self, bar: Bar) -> None:
        assert isinstance(self.theirs, Venue)
        self.ours.inside(self.ours.books[NAME], bar.ts_close)
        self.theirs.inside(NAME, bar)
        self.hear()
        counted = (self.ours.ambiguous_bars, self.theirs.ambiguous_bars)
        assert counted[0] == counted[1], counted

    def quote(self, row: Quote, now: int) -> None:
        assert isinstance(self.theirs, TickVenue)
        if not row.is_crossed:
            book = self.ours.books[NAME]
            bid, ask, bid_lots, ask_lots = (
                NONE if value is None else value
                for value in (row.bid, row.ask, row.bid_lots, row.ask_lots)
            )
            book.quote = CoreQuote(NAME, bid, ask, bid_lots, ask_lots, now)
            book.ts_quote = now
            self.ours.quoted(book, now)
        self.theirs.quote(row, now)
        self.hear()

    def book(self, bids: dict[int, int], asks: dict[int, int], now: int) -> None:
        """A whole book, as a snapshot of all its levels."""
        assert isinstance(self.theirs, TickVenue)
        book = self.ours.books[NAME]
        rows = [(1, *level) for level in bids.items()] + [(-1, *level) for level in asks.items()]
        for number, (side, ticks, lots) in enumerate(rows, start=1):
            last = int(number == len(rows))
            delta = BookDelta(NAME, side, ticks, lots, NONE, NONE, NONE, 1, last, now)
            self.ours.changed(book, delta, now)
        self.theirs.book(bids, asks, now)
        self.hear()

    def trade(self, row: Print, now: int) -> None:
        assert isinstance(self.theirs, TickVenue)
        book = self.ours.books[NAME]
        book.trade = Trade(NAME, row.ticks, row.lots, row.side, 0, now)
        self.ours.traded(book, now)
        self.theirs.trade(row, now)
        self.hear()

    def close_session(self, now: int) -> None:
        self.ours.session_closed([NAME], now)
        self.theirs.close_session([NAME], now)
        self.hear()

    def split(self, numerator: int, denominator: int, now: int) -> None:
        event = SplitEffective(
            instrument=NAME, numerator=numerator, denominator=denominator, ts_event=now
        )
        self.ours.split(event, now)
        self.theirs.split(NAME, numerator, denominator)
        self.prices = {o.number: (o.limit_ticks, o.stop_ticks) for o in self.orders}
        self.hear()

    def turn(self) -> None:
        """Trading is suspended, or resumed if it is."""
        if self.is_halted:
            self.ours.resumed(NAME)
        else:
            self.ours.halted(NAME)
        self.theirs.halt(NAME, is_over=self.is_halted)
        self.is_halted = not self.is_halted

    def hear(self) -> None:
        """Asserts that both have just said the same."""
        ours = [self._row(self.ours.reports.popleft()) for _ in range(len(self.ours.reports))]
        theirs = [_theirs(each) for each in self.theirs.reports]
        self.theirs.reports.clear()
        assert ours == theirs
        self.heard += theirs

    def _row(self, report: Message) -> Row:
        """Our venue's report; a price that it leaves out is as it was."""
        if not isinstance(report, OrderReplaced):
            return _ours(report)
        number = int(report.client_order_id)
        limit, stop = self.prices[number]
        limit = limit if report.limit_ticks is None else report.limit_ticks
        stop = stop if report.stop_ticks is None else report.stop_ticks
        self.prices[number] = limit, stop
        return ("replaced", number, report.lots, limit, stop)

    def agree(self) -> None:
        """Asserts that both have the same orders."""
        working = self.ours.books[NAME].orders
        alive = sorted((o for o in self.orders if not o.ended), key=lambda order: order.number)
        sizes = {int(id_): (abs(order.lots), abs(order.filled)) for id_, order in working.items()}
        assert sizes == {order.number: (order.size, order.filled) for order in alive}

    @property
    def fills(self) -> list[Row]:
        """Order, instant, lots, ticks, fee in quanta, and whether it took, of every fill."""
        return [row[1:] for row in self.heard if row[0] == "fill"]


def _theirs(report: Report) -> Row:
    number = report.order.number
    match report:
        case told.Accepted():
            return ("accepted", number)
        case told.Fill(_, ts, lots, ticks, fee, taker):
            quanta = fee * 10**8
            assert quanta.denominator == 1
            return ("fill", number, ts, lots, ticks, quanta.numerator, taker)
        case told.Ended(_, status, reason):
            return (status, number, reason)
        case told.Replaced(order, size, limit, stop):
            return ("replaced", number, order.side * size, limit, stop)
        case told.Refused(_, what):
            return ("refused", number, what)


def _ours(report: Message) -> Row:
    match report:
        case OrderAccepted():
            row: Row = ("accepted",)
        case OrderFilled():
            taker = report.liquidity is Liquidity.TAKER
            price = (report.last_ticks, report.fee, taker)
            row = ("fill", report.ts_event, report.last_lots, *price)
        case OrderCanceled():
            row = ("CANCELED", report.reason)
        case OrderExpired():
            row = ("EXPIRED", report.reason)
        case OrderRejected():
            row = ("REJECTED", report.code)
        case CancelRejected():
            row = ("refused", "cancel")
        case ReplaceRejected():
            row = ("refused", "replace")
        case _:
            raise AssertionError(report)
    return (row[0], int(report.client_order_id), *row[1:])


def core_rules(rules: VenueRules, *, by_volume: bool = False) -> CoreRules:
    share = rules.participation
    return CoreRules(
        slippage=(rules.slippage_bps / 10_000).as_integer_ratio(),
        slippage_ticks=rules.slippage_ticks,
        participation=None if share is None else share.as_integer_ratio(),
        touch=int(rules.touch_fills),
        targets_first=rules.targets_first,
        by_volume=by_volume,
        maker=rules.maker_bps / 10_000,
        taker=rules.taker_bps / 10_000,
        per_lot=rules.per_lot * 10**8,
    )


ONE: Final = Instrument(NAME, Fraction(1), Fraction(1))


def both(rules: VenueRules) -> Both:
    """Two venues with the same rules; a tick x lot is one unit of money."""
    return Both(Venue(rules, (ONE,)), CoreVenue({NAME: 10**8 // 2}, core_rules(rules)))


def both_on_ticks(rules: VenueRules, kind: str, *, prints: bool, by_volume: bool = False) -> Both:
    """The same, for `quotes` or `depth` with prints or without, or prints alone (`trades`)."""
    theirs = TickVenue(
        rules, ONE, has_quotes=kind != "trades", has_prints=prints, by_volume=by_volume
    )
    settings = core_rules(rules, by_volume=by_volume)
    ours = CoreVenue({NAME: 10**8 // 2}, settings, {NAME: kind}, {NAME} if prints else ())
    return Both(theirs, ours)
