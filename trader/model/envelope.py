"""The envelope, and the closed union of everything that can be in one.

What each message would otherwise repeat is said once: its name (`seq`, `n`), when it was
delivered, the name of the message that provoked it, and who sent it. A journal is a row of
envelopes, so a new field comes last with a default, and a changed meaning is a new name.
"""

from typing import Final, TypeAlias

import msgspec
from msgspec import Struct

from trader.model import account, control, market, orders
from trader.model.units import Nanoseconds

Message: TypeAlias = (
    market.BarClosed
    | market.Quote
    | market.Trade
    | market.BookDelta
    | market.FeedStatus
    | orders.TargetPosition
    | orders.TargetDropped
    | orders.DecisionRecorded
    | orders.OrderRequested
    | orders.CancelKey
    | orders.ReplaceKey
    | orders.TrailStops
    | orders.SubmitOrder
    | orders.OrderApproved
    | orders.CancelOrder
    | orders.ReplaceOrder
    | orders.QueryOrder
    | orders.CancelAll
    | orders.Flatten
    | orders.OrderDenied
    | orders.OrderSubmitted
    | orders.OrderAccepted
    | orders.OrderRejected
    | orders.CancelRequested
    | orders.ReplaceRequested
    | orders.CancelRejected
    | orders.ReplaceRejected
    | orders.OrderReplaced
    | orders.OrderCanceled
    | orders.OrderExpired
    | orders.OrderFilled
    | orders.OrderInDoubt
    | orders.OrderBusted
    | account.QueryAccount
    | account.OrderReport
    | account.PositionReport
    | account.ForeignReported
    | account.AccountReported
    | account.QueryOwn
    | account.OwnReported
    | account.DoubtsResolved
    | account.PositionChanged
    | account.PositionAdjusted
    | account.EquityMarked
    | account.EquitySampled
    | account.Reconciled
    | account.DifferenceFound
    | account.DifferenceAccepted
    | account.ForeignFound
    | account.ForeignAdopted
    | control.RunStarted
    | control.RunEnded
    | control.SetTradingState
    | control.Reconcile
    | control.TradingStateChanged
    | control.LimitBreached
    | control.SetLimit
    | control.LimitChanged
    | control.LimitRejected
    | control.StrategyDisabled
    | control.RearmStrategy
    | control.StrategyRearmed
    | control.PauseStrategy
    | control.CloseInstrument
    | control.SubmitByHand
    | control.CancelById
    | control.Flattened
    | control.SessionOpened
    | control.SessionClosed
    | control.InstrumentHalted
    | control.InstrumentResumed
    | control.InstrumentReported
    | control.InstrumentChanged
    | control.SplitEffective
    | control.DividendPaid
    | control.StrategyFaulted
    | control.StartTimer
    | control.TimerFired
    | control.EdgeFailed
    | control.InboxOverflowed
    | control.ClockCompared
)

Name: TypeAlias = tuple[int, int]
"""A message's name: the sequence number of its input row, and its count within the step."""


class Envelope(Struct, frozen=True, array_like=True, gc=False, kw_only=True):
    """A message with its name, its instant, the name of its cause and its sender."""

    seq: int
    n: int
    ts: Nanoseconds
    cause: Name
    source: str
    body: Message


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Envelope)


def encode(envelope: Envelope) -> bytes:
    """The envelope as MessagePack, the same bytes for the same content."""
    return _encoder.encode(envelope)


def decode(data: bytes) -> Envelope:
    """The envelope that `encode` wrote; raises `msgspec.DecodeError` on anything else."""
    return _decoder.decode(data)
