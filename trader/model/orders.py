"""Orders: their words, the commands that make them, and the events that happen to them.

A command is an imperative, an event is in the past tense. Events come twice: as the venue's
report, which knows an order only by its id, and as the order manager passes it on, with the
strategy, the instrument and the status that the order has after it.
"""

from enum import IntEnum

from msgspec import Struct

from trader.model.units import Lots, Nanoseconds, Ticks


class Code(IntEnum):
    """A closed set of small integers, hashed as such.

    Members are found through a metaclass, which costs as much as two method calls, so what runs
    for every event binds the members it needs to names of its module.
    """

    __hash__ = int.__hash__


class OrderStatus(Code):
    """Where an order is in its life; the transitions stand in `trader.logic.lifecycle`.

    From DENIED on an order has ended.
    """

    INITIALIZED = 0
    APPROVED = 1
    SUBMITTED = 2
    IN_DOUBT = 3
    ACCEPTED = 4
    PARTIALLY_FILLED = 5
    PENDING_CANCEL = 6
    PENDING_REPLACE = 7
    DENIED = 8
    FILLED = 9
    CANCELED = 10
    REJECTED = 11
    EXPIRED = 12


class OrderType(Code):
    """How an order meets the market."""

    MARKET = 0
    LIMIT = 1
    STOP = 2
    STOP_LIMIT = 3


class TimeInForce(Code):
    """How long an order works: until canceled, for the session, at the first market it meets.

    IOC takes there what it can get, FOK all or nothing; GTX never takes, it only rests.
    """

    GTC = 0
    DAY = 1
    IOC = 2
    FOK = 3
    GTX = 4


class Liquidity(Code):
    """Whether a fill gave or took liquidity."""

    MAKER = 0
    TAKER = 1


class OrderRole(Code):
    """Why an order exists: to reach a target, to protect a position, or as asked for."""

    TARGET = 0
    PROTECTION = 1
    EXPLICIT = 2


class Protection(Struct, frozen=True, array_like=True, gc=False):
    """An order that goes with an entry, `distance_ticks` away from the decision's close.

    A STOP lies behind the close, a LIMIT in front of it.
    """

    reason: str
    distance_ticks: Ticks
    kind: OrderType = OrderType.STOP


class Body(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """What messages share, market data aside: frozen, tagged by name, compact on disk."""


class TargetPosition(Body, frozen=True, kw_only=True):
    """A strategy's decision: be at `lots` in `instrument`. It stands in the decisions table.

    `inputs` are the numbers it saw, in the order the strategy declares them (floats by their
    bits); `protection` holds the orders that must go with the entry.
    """

    strategy: str
    instrument: str
    lots: Lots
    ref_ticks: Ticks
    reason: str
    inputs: tuple[int, ...] = ()
    protection: tuple[Protection, ...] = ()


class TargetDropped(Body, frozen=True, kw_only=True):
    """The order manager takes a strategy's target for 0: what it opens cannot be protected."""

    strategy: str
    instrument: str


class DecisionRecorded(Body, frozen=True, kw_only=True):
    """A decision that was withheld, and why; `lots` is the target it would have set."""

    strategy: str
    instrument: str
    lots: Lots
    reason: str
    inputs: tuple[int, ...] = ()


class OrderRequested(Body, frozen=True, kw_only=True):
    """A strategy asks for an order of its own; `key` is how it will name it from then on.

    `group` is a name that such orders share, `parent` the key of another one.
    """

    strategy: str
    instrument: str
    key: str
    lots: Lots
    order_type: OrderType
    limit_ticks: Ticks | None
    stop_ticks: Ticks | None
    ref_ticks: Ticks
    time_in_force: TimeInForce = TimeInForce.GTC
    reduce_only: bool = False
    group: str = ""
    parent: str = ""


class ReplaceKey(Body, frozen=True, kw_only=True):
    """A strategy changes the order it asked for under `key`; None leaves a field as it is."""

    strategy: str
    key: str
    lots: Lots | None = None
    limit_ticks: Ticks | None = None
    stop_ticks: Ticks | None = None


class CancelKey(Body, frozen=True, kw_only=True):
    """A strategy takes back the order it asked for under `key`."""

    strategy: str
    key: str


class TrailStops(Body, frozen=True, kw_only=True):
    """No stop of the position on `side` may be further away than `stop_ticks`.

    Nearer ones stay; lots of the position that no stop covers get one there. `reason` is why the
    stops that it moves or makes stand where they do.
    """

    strategy: str
    side: int
    stop_ticks: Ticks
    ref_ticks: Ticks
    reason: str


class SubmitOrder(Body, frozen=True, kw_only=True):
    """An order as it is made, before anybody has checked it; `reason` is why it exists."""

    client_order_id: str
    strategy: str
    instrument: str
    lots: Lots
    order_type: OrderType
    limit_ticks: Ticks | None
    stop_ticks: Ticks | None
    time_in_force: TimeInForce
    role: OrderRole
    parent: str
    ref_ticks: Ticks
    ts_decided: Nanoseconds
    group: str = ""
    reduce_only: bool = False
    reason: str = ""


class OrderApproved(Body, frozen=True, kw_only=True):
    """Risk lets `order` leave; the only thing a gateway accepts."""

    order: SubmitOrder
    limits_version: int


class CancelOrder(Body, frozen=True, kw_only=True):
    """Take a working order back. Never denied: a cancel frees exposure."""

    client_order_id: str
    instrument: str
    request_id: str
    reason: str


class ReplaceOrder(Body, frozen=True, kw_only=True):
    """Change a working order to `lots` in all (signed, filled ones included), and its prices.

    What is None stays as the venue has it.
    """

    client_order_id: str
    instrument: str
    request_id: str
    lots: Lots | None
    limit_ticks: Ticks | None = None
    stop_ticks: Ticks | None = None


class QueryOrder(Body, frozen=True, kw_only=True):
    """Ask the venue what became of an order, by our own id."""

    client_order_id: str
    instrument: str


class CancelAll(Body, frozen=True, kw_only=True):
    """Cancel every working order in the scope: of one strategy, or of all when it is empty.

    What protects stays; with `keep_exits` so does what leads positions toward nothing.
    """

    strategy: str
    reason: str
    keep_exits: bool = False


class Flatten(Body, frozen=True, kw_only=True):
    """Close the positions of one strategy, or of all when it is empty."""

    strategy: str
    reason: str


class OrderEvent(Body, frozen=True, kw_only=True):
    """Something happened to an order. What the venue does not know is empty until we fill it in."""

    client_order_id: str
    strategy: str = ""
    instrument: str = ""
    status: OrderStatus = OrderStatus.INITIALIZED
    lots_filled: Lots = 0
    ts_event: Nanoseconds = 0


class OrderDenied(OrderEvent, frozen=True, kw_only=True):
    """Our own risk said no, by the rule `code`."""

    lots: Lots
    code: str
    detail: str


class OrderSubmitted(OrderEvent, frozen=True, kw_only=True):
    """The bytes left for the venue; no answer yet."""


class OrderAccepted(OrderEvent, frozen=True, kw_only=True):
    """The order works at the venue."""

    venue_order_id: str = ""


class OrderRejected(OrderEvent, frozen=True, kw_only=True):
    """The venue said no, or proved that the order never arrived (code `absent`)."""

    code: str
    text: str = ""


class CancelRequested(OrderEvent, frozen=True, kw_only=True):
    """We asked the venue for a cancel."""

    request_id: str = ""


class ReplaceRequested(OrderEvent, frozen=True, kw_only=True):
    """We asked the venue for another size or price."""

    request_id: str = ""


class CancelRejected(OrderEvent, frozen=True, kw_only=True):
    """The venue did not cancel."""

    code: str = ""


class ReplaceRejected(OrderEvent, frozen=True, kw_only=True):
    """The venue did not replace."""

    code: str = ""


class OrderReplaced(OrderEvent, frozen=True, kw_only=True):
    """The order now has `lots` in all, and the prices that are not None."""

    lots: Lots
    limit_ticks: Ticks | None = None
    stop_ticks: Ticks | None = None


class OrderCanceled(OrderEvent, frozen=True, kw_only=True):
    """The order works no longer: by us or by the venue."""

    reason: str = ""


class OrderExpired(OrderEvent, frozen=True, kw_only=True):
    """The order ended by its own terms."""

    reason: str = ""


class OrderFilled(OrderEvent, frozen=True, kw_only=True):
    """A fill of signed `last_lots` at `last_ticks`; `trade_id` is unique in its instrument.

    `fee` is in multiples of the run's money quantum, positive when paid; `reason` is the order's.
    """

    trade_id: str
    last_lots: Lots
    last_ticks: Ticks
    fee: int = 0
    liquidity: Liquidity = Liquidity.TAKER
    role: OrderRole = OrderRole.TARGET
    reason: str = ""


class OrderInDoubt(OrderEvent, frozen=True, kw_only=True):
    """Nobody knows whether the venue has the order; it counts as working until proven."""

    waited_ns: Nanoseconds = 0


class OrderBusted(OrderEvent, frozen=True, kw_only=True):
    """The venue took a fill back."""

    trade_id: str
    last_lots: Lots
    last_ticks: Ticks
