"""Positions and money: the venue's reports (nouns) and our own events (past tense)."""

from trader.model.orders import Body, OrderRole, OrderStatus
from trader.model.units import Lots, Money, Nanoseconds, Ticks


class QueryAccount(Body, frozen=True, kw_only=True):
    """Ask the venue for everything it holds of ours; the answer ends with `AccountReported`."""

    request_id: str


class OrderReport(Body, frozen=True, kw_only=True):
    """The venue's word on one working order."""

    client_order_id: str
    instrument: str
    status: OrderStatus
    lots: Lots
    lots_filled: Lots
    ts_event: Nanoseconds


class ForeignReported(Body, frozen=True, kw_only=True):
    """The venue's word on an order that is not ours, or on a trade of it.

    `size` (below zero for a sale) and `price` are the venue's own figures; by `lots` a trade moved
    what the account holds of the instrument, at `ticks` and for `fee` (what of it those lots do not
    show). An order has no `trade_id`. After this it may still fill `lots_left`, signed, at its
    limit; None is not known. What cannot be counted exactly has no ticks.
    """

    client_order_id: str
    instrument: str
    trade_id: str = ""
    size: str
    price: str
    lots: Lots = 0
    ts_event: Nanoseconds
    ticks: Ticks = 0
    fee: Money = 0
    lots_left: Lots | None = None
    limit_ticks: Ticks | None = None


class PositionReport(Body, frozen=True, kw_only=True):
    """The venue's word on what the account holds of an instrument, in lots."""

    instrument: str
    lots: Lots
    ts_event: Nanoseconds


class AccountReported(Body, frozen=True, kw_only=True):
    """Ends the answer to `QueryAccount`; `count` is the number of reports before it."""

    request_id: str
    count: int
    ts_event: Nanoseconds


class QueryOwn(Body, frozen=True):
    """The reconciler asks for our own view, to hold it beside the venue's."""


class OwnReported(Body, frozen=True, kw_only=True):
    """Our own view: working orders, orders in doubt, and the lots traded in each instrument."""

    working: tuple[str, ...]
    in_doubt: int
    traded: dict[str, Lots]


class DoubtsResolved(Body, frozen=True):
    """The last order in doubt has been explained."""


class PositionChanged(Body, frozen=True, kw_only=True):
    """A strategy's position in an instrument after a fill.

    `cost` is in tick x lot, `realized` in money; both are of this position alone. The last fields
    are the fill's, `role` its order's.
    """

    strategy: str
    instrument: str
    lots: Lots
    cost: int
    realized: Money
    last_lots: Lots
    last_ticks: Ticks
    role: OrderRole


class PositionAdjusted(Body, frozen=True, kw_only=True):
    """A position after something that was no fill: a split, a dividend.

    `cost` is in tick x lot; `income` is the money that came with it, less what was paid for it.
    """

    strategy: str
    instrument: str
    lots: Lots
    cost: int
    income: Money
    reason: str


class EquityMarked(Body, frozen=True, kw_only=True):
    """The account's worth now, its highest so far, and at the session's start; and its cash.

    Only sent where somebody sizes by it or a rule asks. One that was `asked` for says nothing new:
    what has changed the worth tells it in the same step, once all else has followed from it.
    """

    equity: Money
    peak: Money
    session: Money = 0
    cash: Money = 0
    asked: bool = False


class EquitySampled(Body, frozen=True, kw_only=True):
    """A row of the equity table; realized is net of fees, `peak` is over every event."""

    equity: Money
    cash: Money
    realized: Money
    unrealized: Money
    peak: Money


class Reconciled(Body, frozen=True, kw_only=True):
    """The venue's view and ours agree."""

    orders: int
    positions: int


class DifferenceFound(Body, frozen=True, kw_only=True):
    """The venue and we disagree about `key`; trading halts until somebody explains it."""

    kind: str
    key: str
    ours: str
    theirs: str


class DifferenceAccepted(Body, frozen=True, kw_only=True):
    """A person took the venue's word about `key`; from now on it is no difference."""

    kind: str
    key: str
    ours: str
    theirs: str


class ForeignFound(Body, frozen=True, kw_only=True):
    """Somebody else has an order on the account, or a trade of it; `policy` is what follows."""

    client_order_id: str
    instrument: str
    trade_id: str
    size: str
    price: str
    policy: str


class ForeignAdopted(Body, frozen=True, kw_only=True):
    """What somebody else did on the account counts from now on, in the ledger `strategy`.

    A trade of signed `last_lots` at `last_ticks`, none if that is 0; and the signed lots that the
    order may still fill, at its limit if it has one. None is not known, and so as it was.
    """

    client_order_id: str
    strategy: str
    instrument: str
    trade_id: str
    last_lots: Lots
    last_ticks: Ticks
    fee: Money
    lots_left: Lots | None
    limit_ticks: Ticks | None
