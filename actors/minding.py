"""Looks after a running daemon once a second: orders in doubt, silent feeds, and the figures.

It reads the core between two steps and changes nothing there. What it notices is an event once, and
again when it is over.
"""

from collections.abc import Callable
from typing import Final

import anyio

from actors.assembly import Core
from actors.runtime.inbox import Inbox
from actors.runtime.supervisor import Ready
from actors.unsure import Doubts
from trader.config.limits import facts_of
from trader.config.notation import interval_ns
from trader.config.schema import Config
from trader.model.orders import OrderStatus
from trader.model.units import MILLISECOND_NS, SECOND_NS, Nanoseconds
from trader.ops.metrics import Metrics
from trader.venues.execution_client import Figures

PERIOD_S: Final = 1.0
PULSE_S: Final = 0.25
SKEW_WARNS_NS: Final = 50 * MILLISECOND_NS
"""From here on the difference of the clocks is told of."""
_ENDED: Final = OrderStatus.DENIED

Say = Callable[..., None]


class Pulse:
    """The event loop's sign of life, and how late it comes."""

    def __init__(self, metrics: Metrics, beat: Callable[[], None]) -> None:
        self._metrics: Final = metrics
        self._beat: Final = beat

    async def run(self, ready: Ready) -> None:
        """Beats until it is cancelled."""
        ready()
        while True:
            due = anyio.current_time() + PULSE_S
            await anyio.sleep_until(due)
            self._metrics.took("loop_lag", anyio.current_time() - due)
            self._beat()


class Minder:
    """Minds one core and its inbox."""

    def __init__(  # noqa: PLR0913 - the observers name each; no two belong together
        self,
        config: Config,
        core: Core,
        inbox: Inbox,
        metrics: Metrics,
        *,
        now: Callable[[], Nanoseconds],
        say: Say,
        figures: Callable[[Nanoseconds], Figures],
        doubts: Doubts,
    ) -> None:
        """`say` makes an event of what is noticed; `figures` are those of the venue's side."""
        self._core: Final = core
        self._inbox: Final = inbox
        self._metrics: Final = metrics
        self._now: Final = now
        self._say: Final = say
        self._figures: Final = figures
        self._is_skewed = False
        self._is_off = False
        self._facts: Final = facts_of(config, core.scale)
        self._patience: Final = interval_ns(config.ops.in_doubt_after)
        self._doubts: Final = doubts
        self._told: set[str] = set()
        self._silent: set[str] = set()

    async def run(self, ready: Ready) -> None:
        """Looks until it is cancelled."""
        ready()
        while True:
            await anyio.sleep(PERIOD_S)
            self.look(self._now())

    def look(self, now: Nanoseconds) -> None:
        """One look at everything."""
        self._look_at_orders(now)
        self._look_at_feeds(now)
        self._look_at_venue(now)
        core, metrics = self._core, self._metrics
        metrics.stands("inbox_depth", len(self._inbox))
        metrics.stands("inbox_dropped", self._inbox.conflated)
        metrics.stands("trading_state", core.trading_state())
        metrics.stands("equity", float(core.scale.text(core.portfolio.state.equity)))
        naked = sum(each.naked.worth for each in core.risk.state.standings.values())
        metrics.stands("unprotected", float(core.scale.text(naked)))

    def _look_at_venue(self, now: Nanoseconds) -> None:
        figures, metrics = self._figures(now), self._metrics
        skew_s = figures.clock_skew_ns / SECOND_NS
        metrics.stands("clock_skew_seconds", skew_s)
        for limit, share in figures.headroom.items():
            metrics.stands_at("rate_limit_headroom", limit, share)
        suspects = self._core.reconciler.state.suspects
        differing = sum(each.kind == "position" for each in suspects)
        metrics.stands("position_differences", differing)
        compared_at = self._core.reconciler.state.compared_at
        if compared_at:
            metrics.stands("reconciliation_age_seconds", (now - compared_at) / SECOND_NS)
        is_skewed = abs(figures.clock_skew_ns) > SKEW_WARNS_NS
        if is_skewed is not self._is_skewed:
            self._is_skewed = is_skewed
            self._say("clock_skewed" if is_skewed else "clock_near", skew_s=round(skew_s, 3))
        is_off = self._core.kill_switch.state.clock_off
        if is_off is not self._is_off:
            # Where trading was halted for something else, no change of its state tells this.
            self._is_off = is_off
            self._say("clock_untrusted" if is_off else "clock_trusted", skew_s=round(skew_s, 3))

    def _look_at_orders(self, now: Nanoseconds) -> None:
        orders = self._core.order_manager.state.orders.values()
        working = [order for order in orders if order.status < _ENDED]
        doubted = self._doubts.look(now)
        self._told &= doubted.keys()
        for id_, since in doubted.items():
            if now - since >= self._patience and id_ not in self._told:
                self._told.add(id_)
                age = round((now - since) / SECOND_NS, 1)
                self._say("order_still_in_doubt", client_order_id=id_, age_s=age)
        self._metrics.stands("orders_working", len(working))
        self._metrics.stands("orders_in_doubt", len(doubted))

    def _look_at_feeds(self, now: Nanoseconds) -> None:
        """Silent is a feed whose price risk would call stale: only open time counts."""
        risk = self._core.risk.state
        for facts in self._facts:
            half_ticks, ts = risk.exposures[facts.name].price()
            if not half_ticks:
                continue
            age = facts.sessions.open_ns_between(ts, now)
            self._metrics.stands_at("feed_age_seconds", facts.name, age / SECOND_NS)
            age_max = (
                facts.stale_after_ns if risk.limits.stale_after is None else risk.limits.stale_after
            )
            if (age > age_max) == (facts.name in self._silent):
                continue
            self._silent ^= {facts.name}
            if age > age_max:
                text = f"no price for {age / SECOND_NS:.0f} s"
                self._say("feed_stale", instrument=facts.name, text=text)
            else:
                self._say("feed_live", instrument=facts.name)
