"""A venue's floor for tests: orders and bars go in by hand, what the venue says comes out short."""

from typing import Final, TypeAlias

from sims.venue import Venue, VenueRules
from trader.model.control import SplitEffective
from trader.model.envelope import Message
from trader.model.market import BarClosed
from trader.model.orders import (
    CancelOrder,
    CancelRejected,
    OrderAccepted,
    OrderCanceled,
    OrderEvent,
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
from trader.model.units import MINUTE_NS

Said: TypeAlias = tuple[str | int, ...]
X: Final = "X.sim"
START: Final = 1_577_836_800_000_000_000
"""2020-01-01 00:00 UTC."""

GTC, DAY, IOC, FOK, GTX = TimeInForce
_TYPES: Final = {
    (False, False): OrderType.MARKET,
    (True, False): OrderType.LIMIT,
    (False, True): OrderType.STOP,
    (True, True): OrderType.STOP_LIMIT,
}


def order(
    id_: str,
    lots: int,
    *,
    limit: int | None = None,
    stop: int | None = None,
    parent: str = "",
    group: str = "",
    tif: TimeInForce = GTC,
    instrument: str = X,
) -> SubmitOrder:
    """A market order, or a limit, stop or stop-limit where prices for it are given."""
    return SubmitOrder(
        client_order_id=id_,
        strategy="s",
        instrument=instrument,
        lots=lots,
        order_type=_TYPES[limit is not None, stop is not None],
        limit_ticks=limit,
        stop_ticks=stop,
        time_in_force=tif,
        role=OrderRole.PROTECTION if parent else OrderRole.TARGET,
        parent=parent,
        ref_ticks=100,
        ts_decided=START,
        group=group,
    )


class Floor:
    """One instrument at a venue; time goes on by its bars of a minute."""

    def __init__(self, rules: VenueRules | None = None, half: int = 1) -> None:
        self.venue = Venue({X: half}, rules or VenueRules())
        self.book = self.venue.books[X]
        self.now = START
        self.skips = True
        self.heard: list[OrderEvent] = []

    @property
    def fills(self) -> list[OrderFilled]:
        """All fills so far."""
        return [report for report in self.heard if isinstance(report, OrderFilled)]

    # -- commands -------------------------------------------------------------------------------

    def send(self, *orders: SubmitOrder) -> list[Said]:
        """The orders arrive now."""
        for each in orders:
            self.venue.submit(each, self.now)
        return self.said()

    def cancel(self, id_: str) -> list[Said]:
        """Somebody takes an order back."""
        command = CancelOrder(client_order_id=id_, instrument=X, request_id="r", reason="test")
        self.venue.cancel(command, self.now)
        return self.said()

    def replace(
        self, id_: str, lots: int, *, limit: int | None = None, stop: int | None = None
    ) -> list[Said]:
        """Somebody gives an order so many lots in all, or other prices."""
        command = ReplaceOrder(
            client_order_id=id_,
            instrument=X,
            request_id="r",
            lots=lots,
            limit_ticks=limit,
            stop_ticks=stop,
        )
        self.venue.replace(command, self.now)
        return self.said()

    # -- the market -----------------------------------------------------------------------------

    def opens(self, open_: int, high: int, low: int, close: int, lots: int = 100) -> list[Said]:
        """A bar opens now, and this is what will become of it."""
        ts = self.now
        self.book.bar = BarClosed(X, MINUTE_NS, open_, high, low, close, lots, ts, ts + MINUTE_NS)
        if self._matters():
            self.venue.opening(self.book, ts)
        return self.said()

    def passes(self) -> None:
        """Half a bar's time goes by, so that the present lies strictly inside it."""
        self.now += MINUTE_NS // 2

    def closes(self) -> list[Said]:
        """The bar under way closes."""
        self.now = self.book.bar.ts_close
        if self._matters():
            self.venue.inside(self.book, self.now)
        return self.said()

    def _matters(self) -> bool:
        """Whether anybody asks the venue about the bar, as the simulation decides it."""
        book = self.book
        is_calm = book.calm_low < book.bar.low_ticks and book.bar.high_ticks < book.calm_high
        return bool(book.orders) and not (self.skips and is_calm)

    def bar(self, open_: int, high: int, low: int, close: int, lots: int = 100) -> list[Said]:
        """A bar from its opening to its close."""
        return self.opens(open_, high, low, close, lots) + self.closes()

    def places(self, *bars: tuple[int, ...]) -> list[Said]:
        """What is said in bars, each time with the bar's number and its moment: `0 open`."""
        told: list[Said] = []
        for number, each in enumerate(bars):
            open_, high, low, close, *lots = each
            said = self.opens(open_, high, low, close, *lots)
            told += [(f"{number} open", *one) for one in said]
            told += [(f"{number} inside", *one) for one in self.closes()]
        return told

    def flat(self, ticks: int, lots: int = 100) -> list[Said]:
        """A bar at one price."""
        return self.bar(ticks, ticks, ticks, ticks, lots)

    # -- what happens to an instrument ----------------------------------------------------------

    def session_closes(self) -> list[Said]:
        """The session ends now."""
        self.venue.session_closed([X], self.now)
        return self.said()

    def split(self, numerator: int, denominator: int) -> list[Said]:
        """So many new lots stand for so many old ones."""
        event = SplitEffective(
            instrument=X, numerator=numerator, denominator=denominator, ts_event=self.now
        )
        self.venue.split(event, self.now)
        return self.said()

    def halts(self) -> None:
        """Trading is suspended."""
        self.venue.halted(X)

    def resumes(self) -> None:
        """Trading goes on."""
        self.venue.resumed(X)

    # -- what is seen ---------------------------------------------------------------------------

    def sizes(self) -> dict[str, int]:
        """What works, and how large it is."""
        return {id_: each.lots for id_, each in self.book.orders.items()}

    def said(self) -> list[Said]:
        """What the venue has reported since it was last asked; the reports are kept whole too."""
        reports = [report for report in self.venue.reports if isinstance(report, OrderEvent)]
        self.venue.reports.clear()
        self.heard += reports
        return [short(report) for report in reports]


def short(report: Message) -> Said:
    """A report as the tests write it."""
    match report:
        case OrderFilled():
            return (report.client_order_id, report.last_lots, report.last_ticks)
        case OrderAccepted():
            return (report.client_order_id, "accepted")
        case OrderCanceled():
            return (report.client_order_id, "canceled", report.reason)
        case OrderExpired():
            return (report.client_order_id, "expired", report.reason)
        case OrderReplaced():
            prices = [("limit", report.limit_ticks), ("stop", report.stop_ticks)]
            told = [part for name, ticks in prices if ticks is not None for part in (name, ticks)]
            return (report.client_order_id, "replaced", report.lots, *told)
        case OrderRejected() | CancelRejected() | ReplaceRejected():
            return (report.client_order_id, type(report).__name__, report.code)
        case _:
            raise AssertionError(report)
