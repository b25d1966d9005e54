"""The topology as data: who hears what from whom, in the order in which they hear it.

Delivery, the drawings in the docs and the tests all read `ROUTES`. `world` is whatever stands
outside the core (history or connections, the venue, the operator), `runtime` the reactor itself;
`gateway` and `timers` are ports through which messages leave the core.
"""

from typing import Final

from actors.runtime.routes import Routes
from trader.model import account, control, market, orders

CORE: Final = (
    "feed",
    "portfolio",
    "strategy",
    "order_manager",
    "risk",
    "reconciler",
    "kill_switch",
    "scheduler",
)
"""The core's roles in dispatch order."""

_REPORTS: Final = (
    orders.OrderSubmitted,
    orders.OrderAccepted,
    orders.OrderRejected,
    orders.OrderCanceled,
    orders.OrderExpired,
    orders.OrderFilled,
    orders.OrderReplaced,
    orders.OrderBusted,
    orders.CancelRejected,
    orders.ReplaceRejected,
    orders.OrderInDoubt,
)
ROUTES: Final[Routes] = {
    ("world", market.BarClosed): ("feed",),
    **{("world", report): ("order_manager",) for report in _REPORTS},
    ("world", account.OrderReport): ("reconciler",),
    ("world", account.PositionReport): ("reconciler",),
    ("world", account.AccountReported): ("reconciler",),
    ("world", control.RunStarted): (
        "portfolio",
        "order_manager",
        "kill_switch",
        "reconciler",
        "scheduler",
    ),
    ("world", control.RunEnded): ("portfolio",),
    ("world", control.SetTradingState): ("kill_switch",),
    ("world", control.InboxOverflowed): ("kill_switch",),
    ("world", control.EdgeFailed): ("kill_switch",),
    ("world", control.TimerFired): ("portfolio", "scheduler"),
    ("runtime", control.StrategyFaulted): ("order_manager",),
    ("feed", market.BarClosed): ("portfolio", "risk", "strategy"),
    ("feed", market.FeedStatus): (),
    ("portfolio", account.PositionChanged): ("strategy", "order_manager"),
    ("portfolio", account.EquityMarked): ("strategy", "risk"),
    ("portfolio", account.EquitySampled): (),
    ("portfolio", control.StartTimer): ("timers",),
    ("strategy", orders.TargetPosition): ("order_manager",),
    ("strategy", orders.OrderRequested): ("order_manager",),
    ("strategy", orders.CancelKey): ("order_manager",),
    ("strategy", orders.DecisionRecorded): (),
    ("order_manager", orders.SubmitOrder): ("risk",),
    ("order_manager", orders.CancelOrder): ("gateway",),
    ("order_manager", orders.ReplaceOrder): ("gateway",),
    ("order_manager", orders.QueryOrder): ("gateway",),
    ("order_manager", orders.OrderSubmitted): (),
    ("order_manager", orders.OrderAccepted): (),
    ("order_manager", orders.OrderInDoubt): (),
    ("order_manager", orders.OrderFilled): ("risk", "portfolio", "strategy"),
    ("order_manager", orders.OrderBusted): ("portfolio", "risk"),
    ("order_manager", orders.OrderReplaced): ("risk",),
    ("order_manager", orders.OrderRejected): ("risk",),
    ("order_manager", orders.OrderCanceled): ("risk",),
    ("order_manager", orders.OrderExpired): ("risk",),
    ("order_manager", account.OwnReported): ("reconciler",),
    ("order_manager", account.DoubtsResolved): ("reconciler",),
    ("order_manager", orders.CancelRequested): (),
    ("order_manager", orders.CancelRejected): (),
    ("order_manager", orders.ReplaceRequested): (),
    ("order_manager", orders.ReplaceRejected): (),
    ("order_manager", account.DifferenceFound): ("kill_switch",),
    ("risk", orders.OrderApproved): ("gateway", "order_manager"),
    ("risk", orders.OrderDenied): ("order_manager",),
    ("risk", control.LimitBreached): ("kill_switch",),
    ("reconciler", account.QueryAccount): ("gateway",),
    ("reconciler", account.QueryOwn): ("order_manager",),
    ("reconciler", account.Reconciled): ("kill_switch",),
    ("reconciler", account.DifferenceFound): ("kill_switch",),
    ("kill_switch", control.TradingStateChanged): ("risk",),
    ("kill_switch", orders.CancelAll): ("order_manager",),
    ("scheduler", control.SessionOpened): (),
    ("scheduler", control.SessionClosed): ("order_manager", "risk"),
    ("scheduler", control.StartTimer): ("timers",),
}
