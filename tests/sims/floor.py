"""A venue's floor for tests: orders and bars go in by hand, what the venue says comes out short."""

from typing import Final, TypeAlias

from sims.venue import BarVenue, VenueRules
from tests.sims.making import START
from trader.model.envelope import Message
from trader.model.market import BarClosed
from trader.model.orders import (
    CancelOrder,
    CancelRejected,
    OrderAccepted,
    OrderCanceled,
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


def order(
    id_: str, lots: int, *, limit: int | None = None, stop: int | None = None, parent: str = ""
) -> SubmitOrder:
    """A market order, or a limit or stop where a price for it is given."""
    kind = OrderType.MARKET if stop is None else OrderType.STOP
    return SubmitOrder(
        client_order_id=id_,
        strategy="s",
        instrument=X,
        lots=lots,
        order_type=kind if limit is None else OrderType.LIMIT,
        limit_ticks=limit,
        stop_ticks=stop,
        time_in_force=TimeInForce.GTC,
        role=OrderRole.PROTECTION if parent else OrderRole.TARGET,
        parent=parent,
        ref_ticks=100,
        ts_decided=START,
    )


class Floor:
    """One instrument at a venue; time goes on by its bars of a minute."""

    def __init__(self, rules: VenueRules | None = None, half: int = 1) -> None:
        self.venue = BarVenue({X: half}, rules or VenueRules())
        self.book = self.venue.books[X]
        self.now = START
        self.fills: list[OrderFilled] = []

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

    def lower(self, id_: str, lots: int) -> list[Said]:
        """Somebody lowers an order to so many lots in all."""
        command = ReplaceOrder(client_order_id=id_, instrument=X, request_id="r", lots=lots)
        self.venue.replace(command, self.now)
        return self.said()

    def opens(self, open_: int, high: int, low: int, close: int, lots: int = 100) -> list[Said]:
        """A bar opens now, and this is what will become of it."""
        ts = self.now
        self.book.bar = BarClosed(X, MINUTE_NS, open_, high, low, close, lots, ts, ts + MINUTE_NS)
        self.venue.opening(self.book, ts)
        return self.said()

    def closes(self) -> list[Said]:
        """The bar under way closes."""
        self.now = self.book.bar.ts_close
        self.venue.inside(self.book, self.now)
        return self.said()

    def bar(self, open_: int, high: int, low: int, close: int, lots: int = 100) -> list[Said]:
        """A bar from its opening to its close."""
        return self.opens(open_, high, low, close, lots) + self.closes()

    def flat(self, ticks: int, lots: int = 100) -> list[Said]:
        """A bar at one price."""
        return self.bar(ticks, ticks, ticks, ticks, lots)

    def said(self) -> list[Said]:
        """What the venue has reported since it was last asked; its fills are kept whole too."""
        reports = list(self.venue.reports)
        self.venue.reports.clear()
        self.fills += [report for report in reports if isinstance(report, OrderFilled)]
        return [_short(report) for report in reports]


def _short(report: Message) -> Said:
    match report:
        case OrderFilled():
            return (report.client_order_id, report.last_lots, report.last_ticks)
        case OrderAccepted():
            return (report.client_order_id, "accepted")
        case OrderCanceled():
            return (report.client_order_id, "canceled", report.reason)
        case OrderReplaced():
            return (report.client_order_id, "replaced", report.lots)
        case OrderRejected() | CancelRejected() | ReplaceRejected():
            return (report.client_order_id, type(report).__name__, report.code)
        case _:
            raise AssertionError(report)
