"""Control and life: the trading state, sessions, timers, faults."""

from trader.model.instrument import Instrument
from trader.model.orders import Body, Code
from trader.model.units import Lots, Nanoseconds, Ticks


class TradingState(Code):
    """What may leave for the venue."""

    HALTED = 0
    REDUCING = 1
    ACTIVE = 2
    FLATTENING = 3


class RunStarted(Body, frozen=True, kw_only=True):
    """The first input of every life of the process; `epoch` counts the lives."""

    run: str
    epoch: int


class RunEnded(Body, frozen=True, kw_only=True):
    """The last input of a run on a simulated clock: nothing is closed, all is marked."""


class SetTradingState(Body, frozen=True, kw_only=True):
    """An operator's order to the kill switch.

    Where the venue and we differ, `accept` lets trading become ACTIVE all the same.
    """

    state: TradingState
    by: str
    reason: str
    accept: bool = False


class Reconcile(Body, frozen=True, kw_only=True):
    """Hold the venue's view beside ours once more; `accept` takes what then differs as it is."""

    accept: bool = False


class TradingStateChanged(Body, frozen=True, kw_only=True):
    """The kill switch moved, and by which rule."""

    state: TradingState
    previous: TradingState
    code: str
    by: str


class LimitBreached(Body, frozen=True, kw_only=True):
    """A breaker tripped: `value` went beyond `bound`, both in the limit's own unit."""

    limit: str
    value: int
    bound: int


class SetLimit(Body, frozen=True, kw_only=True):
    """An operator changes a limit of the running core; `value` is spelled as in a configuration."""

    limit: str
    value: str
    by: str
    reason: str


class LimitChanged(Body, frozen=True, kw_only=True):
    """A limit holds anew from here on; both values are spelled as in a configuration.

    `version` counts the changes: orders are approved under it.
    """

    limit: str
    old: str
    new: str
    by: str
    reason: str
    version: int


class LimitRejected(Body, frozen=True, kw_only=True):
    """An operator's limit was not taken; `text` says what was wrong with it."""

    limit: str
    value: str
    by: str
    text: str


class StrategyDisabled(Body, frozen=True, kw_only=True):
    """By the rule `code` a strategy's orders are denied until a person lets it trade again."""

    strategy: str
    code: str


class RearmStrategy(Body, frozen=True, kw_only=True):
    """An operator lets a strategy trade again that a rule has disabled."""

    strategy: str
    by: str
    reason: str


class StrategyRearmed(Body, frozen=True, kw_only=True):
    """A person let a disabled strategy trade again."""

    strategy: str
    by: str
    reason: str


class PauseStrategy(Body, frozen=True, kw_only=True):
    """An operator lets a strategy decide nothing more; its exits go on protecting what it holds."""

    strategy: str
    by: str
    reason: str


class CloseInstrument(Body, frozen=True, kw_only=True):
    """An operator closes what is held of an instrument; its strategies stay out until re-armed."""

    instrument: str
    by: str
    reason: str


class SubmitByHand(Body, frozen=True, kw_only=True):
    """An operator wants an order of signed lots, at the market or with a limit.

    `ref_ticks` is the price at which that was decided, 0 while there is none.
    """

    instrument: str
    lots: Lots
    limit_ticks: Ticks | None
    ref_ticks: Ticks
    by: str
    reason: str


class CancelById(Body, frozen=True, kw_only=True):
    """An operator takes one working order back, whosever it is."""

    client_order_id: str
    by: str
    reason: str


class Flattened(Body, frozen=True):
    """While flattening: nothing is held any more and no order works."""


class SessionOpened(Body, frozen=True, kw_only=True):
    """A session of `calendar` began at `ts_open`; `session` is the instant at which it closes."""

    calendar: str
    session: Nanoseconds
    ts_open: Nanoseconds = 0


class SessionClosed(Body, frozen=True, kw_only=True):
    """A session of `calendar` ended."""

    calendar: str
    session: Nanoseconds


class InstrumentHalted(Body, frozen=True, kw_only=True):
    """The venue suspended trading in an instrument."""

    instrument: str
    reason: str = ""


class InstrumentResumed(Body, frozen=True, kw_only=True):
    """The venue lets an instrument trade again."""

    instrument: str


class InstrumentReported(Body, frozen=True, kw_only=True):
    """The venue's word on an instrument: its grid, what it takes, and whether it trades.

    `listed` has one version, that of the instant at which this was read.
    """

    instrument: str
    listed: Instrument


class InstrumentChanged(Body, frozen=True, kw_only=True):
    """From `since` on the venue takes something else of an instrument; `changes` says what."""

    instrument: str
    since: Nanoseconds
    changes: str


class SplitEffective(Body, frozen=True, kw_only=True):
    """From now on `numerator` lots stand for each `denominator` of before: 7 and 1 for 7:1."""

    instrument: str
    numerator: int
    denominator: int
    ts_event: Nanoseconds


class DividendPaid(Body, frozen=True, kw_only=True):
    """Whoever holds the instrument receives `amount` (money quanta) a lot; the short pays it."""

    instrument: str
    amount: int
    ts_event: Nanoseconds


class StrategyFaulted(Body, frozen=True, kw_only=True):
    """A strategy raised and is quarantined; `error` is what it said."""

    strategy: str
    error: str


class StartTimer(Body, frozen=True, kw_only=True):
    """Wake `owner` at `due`; with `after_bars`, after the bars that close at that instant."""

    owner: str
    name: str
    due: Nanoseconds
    after_bars: bool = False


class TimerFired(Body, frozen=True, kw_only=True):
    """A timer's instant has come."""

    owner: str
    name: str
    due: Nanoseconds


class EdgeFailed(Body, frozen=True, kw_only=True):
    """An edge task ended with an error and is being restarted, for the `attempt`-th time."""

    edge: str
    error: str
    attempt: int


class ClockCompared(Body, frozen=True, kw_only=True):
    """By how much our clock is ahead of the venue's; said when `is_trusted` has changed."""

    skew: Nanoseconds
    is_trusted: bool


class InboxOverflowed(Body, frozen=True, kw_only=True):
    """The inbox was full of what may not be dropped."""

    kind: str
    count: int
