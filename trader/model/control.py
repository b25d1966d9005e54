"""Control and life: the trading state, sessions, timers, faults."""

from trader.model.orders import Body, Code
from trader.model.units import Nanoseconds


class TradingState(Code):
    """What may leave for the venue."""

    HALTED = 0
    REDUCING = 1
    ACTIVE = 2


class RunStarted(Body, frozen=True, kw_only=True):
    """The first input of every life of the process; `epoch` counts the lives."""

    run: str
    epoch: int


class RunEnded(Body, frozen=True, kw_only=True):
    """The last input of a run on a simulated clock: nothing is closed, all is marked."""


class SetTradingState(Body, frozen=True, kw_only=True):
    """An operator's order to the kill switch."""

    state: TradingState
    by: str
    reason: str


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


class SessionOpened(Body, frozen=True, kw_only=True):
    """A session of `calendar` began."""

    calendar: str
    session: Nanoseconds


class SessionClosed(Body, frozen=True, kw_only=True):
    """A session of `calendar` ended."""

    calendar: str
    session: Nanoseconds


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


class InboxOverflowed(Body, frozen=True, kw_only=True):
    """The inbox was full of what may not be dropped."""

    kind: str
    count: int
