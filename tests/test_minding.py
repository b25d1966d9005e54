"""What is noticed about a running core: orders in doubt, silent feeds, and how long things take."""

from collections.abc import Callable
from typing import Any

from actors.assembly import Core
from actors.minding import Minder
from actors.runtime.inbox import Inbox, InboxLimits
from actors.runtime.step_record import StepObserver
from actors.timing import Timing
from actors.unsure import Doubts
from tests.core.making import A, awake, bar
from tests.test_acting import ORDER, trading, whole
from trader.model.account import DifferenceFound
from trader.model.control import ClockCompared
from trader.model.envelope import Message
from trader.model.orders import OrderAccepted, OrderFilled, OrderInDoubt, OrderSubmitted
from trader.model.units import MINUTE_NS, SECOND_NS
from trader.ops.metrics import Metrics
from trader.venues.execution_client import Figures

Said = list[dict[str, Any]]


def level(now: int) -> Figures:
    del now
    return Figures(clock_skew_ns=0, headroom={})


def minding(
    core: Core, metrics: Metrics | None = None, figures: Callable[[int], Figures] = level
) -> tuple[Minder, Said]:
    said: Said = []

    def say(event: str, **fields: object) -> None:
        said.append({"event": event, **fields})

    inbox = Inbox(InboxLimits())
    made = metrics or Metrics()
    minder = Minder(
        whole(), core, inbox, made, now=lambda: 0, say=say, figures=figures, doubts=Doubts(core)
    )
    return minder, said


def test_an_order_in_doubt_is_told_of_once_it_is_so_for_long() -> None:
    core, _ = awake(whole(), patient=True)
    minder, said = minding(core)
    core.reactor.row(bar(100), 2 * MINUTE_NS)
    core.reactor.row(OrderInDoubt(client_order_id=ORDER), 2 * MINUTE_NS)

    for seconds in (0, 9, 10, 30):
        minder.look(2 * MINUTE_NS + seconds * SECOND_NS)

    assert said == [{"event": "order_still_in_doubt", "client_order_id": ORDER, "age_s": 10.0}]
    core.reactor.row(OrderAccepted(client_order_id=ORDER), 3 * MINUTE_NS)
    minder.look(3 * MINUTE_NS)
    assert len(said) == 1


def test_a_feed_is_silent_from_the_age_at_which_risk_would_not_trade_on_it() -> None:
    core = trading()
    minder, said = minding(core)

    for minutes in (4, 5, 6, 7):
        minder.look(minutes * MINUTE_NS)
    core.reactor.row(bar(110, row=6), 7 * MINUTE_NS)
    minder.look(7 * MINUTE_NS)

    assert said == [
        {"event": "feed_stale", "instrument": A, "text": "no price for 180 s"},
        {"event": "feed_live", "instrument": A},
    ]


def test_the_figures_are_those_of_the_core() -> None:
    metrics = Metrics()
    minding(trading(), metrics)[0].look(4 * MINUTE_NS)

    figure = metrics.registry.get_sample_value
    assert figure("traderd_orders_working") == 1
    assert figure("traderd_orders_in_doubt") == 0
    assert figure("traderd_trading_state") == 2
    assert figure("traderd_equity") == 10000.5
    assert figure("traderd_feed_age_seconds", {"instrument": A}) == 60


def test_what_the_venue_s_side_measures_is_shown_and_a_skew_is_told_once() -> None:
    core, metrics, skews = trading(), Metrics(), [50, 51, -800, 0]

    def figures(now: int) -> Figures:
        return Figures(clock_skew_ns=skews[now] * 1_000_000, headroom={"weight": 0.25})

    core.reconciler.state.suspects = [
        DifferenceFound(kind=kind, key=A, ours="1", theirs="2") for kind in ("position", "order")
    ]
    minder, said = minding(core, metrics, figures)
    figure = metrics.registry.get_sample_value

    minder.look(0)
    assert said == []
    for at in (1, 2):
        minder.look(at)
    assert figure("traderd_clock_skew_seconds") == -0.8
    assert figure("traderd_rate_limit_headroom", {"limit": "weight"}) == 0.25
    assert figure("traderd_position_differences") == 1
    minder.look(3)
    assert said == [
        {"event": "clock_skewed", "skew_s": 0.051},
        {"event": "clock_near", "skew_s": 0.0},
    ]


def test_a_clock_that_nobody_trusts_is_told_once_however_trading_stands() -> None:
    core = trading()
    minder, said = minding(core)
    for is_trusted in (False, False, True):
        core.reactor.row(ClockCompared(skew=1, is_trusted=is_trusted), 4 * MINUTE_NS)
        minder.look(0)

    assert [each["event"] for each in said] == ["clock_untrusted", "clock_trusted"]


def test_an_order_s_way_is_timed_from_its_decision_to_its_first_fill() -> None:
    core, _ = awake(whole(), patient=True)
    metrics = Metrics()
    observer, timing = StepObserver(), Timing(metrics)
    core.reactor.observer = observer

    def take(message: Message, ms: int) -> None:
        core.reactor.row(message, 2 * MINUTE_NS + ms * 1_000_000)
        timing.settle(observer.finish())

    def fill(trade: str, lots: int) -> OrderFilled:
        return OrderFilled(client_order_id=ORDER, trade_id=trade, last_lots=lots, last_ticks=100)

    take(bar(100), 0)
    take(OrderSubmitted(client_order_id=ORDER, ts_event=1), 3)
    take(OrderAccepted(client_order_id=ORDER), 10)
    take(OrderAccepted(client_order_id=ORDER), 15)
    take(fill("a", 2), 30)
    take(fill("b", 3), 90)
    take(fill("b", 3), 99)

    figure = metrics.registry.get_sample_value
    assert {
        name: (figure(f"traderd_{name}_seconds_sum"), figure(f"traderd_{name}_seconds_count"))
        for name in ("tick_to_order", "order_to_ack", "ack_to_fill")
    } == {"tick_to_order": (0.003, 1), "order_to_ack": (0.007, 1), "ack_to_fill": (0.02, 1)}


def test_the_age_of_the_last_comparison_is_a_figure() -> None:
    core = trading()
    metrics = Metrics()
    minder, _ = minding(core, metrics)

    minder.look(MINUTE_NS + 9 * SECOND_NS)

    value = metrics.registry.get_sample_value("traderd_reconciliation_age_seconds")
    assert value == 9.0


def test_before_the_first_comparison_it_has_none() -> None:
    core = Core(whole(), patient=True)
    metrics = Metrics()
    minder, _ = minding(core, metrics)

    minder.look(MINUTE_NS)

    assert metrics.registry.get_sample_value("traderd_reconciliation_age_seconds") == 0.0
