"""A live run without end in one process: the daemon's parts on a clock that takes no time.

The market is made up, the venue the simulated one; nothing is written anywhere. What the parts keep
can be weighed between two days.
"""

import io
from array import array
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any, Final

import msgspec

from actors.assembly import Core
from actors.edge.alerts import Alerts
from actors.edge.telemetry import Telemetry
from actors.minding import Minder
from actors.operating import Operator
from actors.runtime.inbox import Inbox, InboxLimits
from actors.runtime.step_record import Step
from actors.stepping import Stepping
from actors.timing import Timing
from actors.unsure import Doubts, Unsure
from actors.venue_side import Ports
from sims.paper import PaperVenue
from tests.core.making import A, bundled, config
from trader.config.ops_schema import Alert
from trader.config.schema import Config, DataSource, RiskConfig, StrategyConfig, VenueConfig
from trader.model.control import RunStarted
from trader.model.market import BarClosed, Quote
from trader.model.units import DAY_NS, MINUTE_NS, Nanoseconds
from trader.ops.logs import Sink
from trader.ops.metrics import Metrics
from trader.venues.execution_client import Figures

MIXED: Final = Path(__file__).parents[1] / "crash" / "mixed.py"
WAVE: Final = (0, 60, 130, 180, 210, 170, 90, 20, -50, -130, -190, -140, -60)
"""How far the price is from where it began, minute after minute."""
START: Final = 20_000


def living_config() -> Config:
    """One instrument by bars and quotes; an order of every kind, in, out and changed all day."""
    base = config()
    return msgspec.structs.replace(
        base,
        instruments=base.instruments[:1],
        data=(
            DataSource(kind="bars", instrument=A, interval="1m", path="memory"),
            DataSource(kind="quotes", instrument=A),
        ),
        strategies=(
            StrategyConfig(name="mixed", file=str(MIXED), instrument=A, params={"lots": 5}),
            bundled("cross", "ema_cross", fast=2, slow=4, lots=5),
        ),
        venue=VenueConfig(taker_bps=Decimal(1), maker_bps=Decimal(1)),
        risk=RiskConfig(lots_max=50, position_max=100, orders_max=1_000),
        alerts=(Alert(name="nobody", command=("true",), quiet="1m"),),
    )


class Nowhere(io.StringIO):
    """Takes lines and keeps none."""

    def write(self, text: str) -> int:
        return len(text)


class Life:
    """A daemon's parts, wired as the daemon wires them."""

    def __init__(self) -> None:
        self.config: Final = living_config()
        self.core: Final = Core(self.config, patient=True, live=True, tables=False)
        self.inbox: Final = Inbox(InboxLimits())
        self.time: Nanoseconds = DAY_NS
        self.inputs = 0
        self.events: Final[Counter[str]] = Counter()
        log = Telemetry(Sink(Nowhere(), None), self.now)
        metrics = Metrics()
        self.alerts: Final = Alerts("life", self.config.alerts, {}, log.say)
        log.listeners.extend((self.alerts.hear, lambda e: self.events.update((e["event"],))))
        self.stepping: Final = Stepping(self.core, log, self.now, 1 << 60)
        self.stepping.start()

        def figures(now: Nanoseconds) -> Figures:
            del now
            return Figures(clock_skew_ns=0, headroom={})

        self.doubts: Final = Doubts(self.core)
        unsure = Unsure(self.core, self.doubts, figures=figures, edges=tuple)
        self.operator: Final = Operator(
            self.config,
            self.core,
            mode="paper",
            now=self.now,
            put=self.inbox.put,
            unsure=unsure,
        )
        self.timing: Final = Timing(metrics)
        self.minder: Final = Minder(
            self.config,
            self.core,
            self.inbox,
            metrics,
            now=self.now,
            say=log.say,
            figures=figures,
            doubts=self.doubts,
        )
        ports = Ports(clock=self.now, put=self.inbox.put, begin=lambda: 1, begun=lambda _: None)
        self.venue: Final = PaperVenue(self.config, self.core, ports)
        self._put: Final = self.venue.heard_by(self.inbox.put)
        self.inbox.put(RunStarted(run="life", epoch=1))
        self.first: Final = self.turn()

    def now(self) -> Nanoseconds:
        """The clock."""
        return self.time

    def live(self, minutes: int) -> list[Step]:
        """Lives on; the last minute's steps."""
        steps: list[Step] = []
        for _ in range(minutes):
            self.time += MINUTE_NS
            mid = START + WAVE[self.time // MINUTE_NS % len(WAVE)]
            for ticks in (mid - 8, mid):
                quote = Quote(A, ticks - 1, ticks + 1, 1_000, 1_000, self.time - MINUTE_NS // 2)
                self._put(quote)
            opened = self.time - MINUTE_NS
            self._put(
                BarClosed(A, MINUTE_NS, mid - 8, mid + 2, mid - 9, mid, 1_000, opened, self.time)
            )
            steps = self.turn()
            self.minder.look(self.time)
        return steps

    def turn(self) -> list[Step]:
        """Takes what waits and all that comes of it; the steps."""
        steps: list[Step] = []
        while True:
            self.stepping.take(self.inbox.take(256))
            self.stepping.take_timers()
            made = self.stepping.hand_over()
            if not made.records:
                self.inputs += len(steps)
                return steps
            assert made.crash is None, made.crash
            self.venue.perform(made.effects)
            for step in made.steps:
                self.operator.settle(step)
                self.timing.settle(step)
                self.doubts.settle(step)
            steps += made.steps

    def parts(self) -> Mapping[str, object]:
        """What a daemon keeps in its memory, by name."""
        return {
            "core": self.core,
            "inbox": self.inbox,
            "stepping": self.stepping,
            "operator": self.operator,
            "timing": self.timing,
            "minder": self.minder,
            "alerts": self.alerts,
            "venue": self.venue,
        }


_PLAIN: Final = (str, bytes, int, float, bool, type(None), type, ModuleType, Enum, Decimal)
_OPAQUE: Final = (FunctionType, MethodType, Metrics)


def weigh(parts: Mapping[str, object]) -> Counter[str]:
    """How many things each container holds, by the way to it; those of one kind are one."""
    sizes: Counter[str] = Counter()
    seen: set[int] = set()
    waiting: deque[tuple[str, object]] = deque(parts.items())
    while waiting:
        way, thing = waiting.popleft()
        if isinstance(thing, (*_PLAIN, *_OPAQUE)) or id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, (Mapping, Sequence, set, frozenset, deque, array)):
            sizes[way] += len(thing)
            inside = thing.values() if isinstance(thing, Mapping) else thing
            waiting.extend((f"{way}[]", each) for each in inside)
        else:
            waiting.extend((f"{way}.{name}", each) for name, each in _attributes(thing))
    return sizes


def _attributes(thing: object) -> Iterable[tuple[str, Any]]:
    if isinstance(thing, msgspec.Struct):
        return msgspec.structs.asdict(thing).items()
    if is_dataclass(thing) and not isinstance(thing, type):
        return [(each.name, getattr(thing, each.name)) for each in fields(thing)]
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    found = {name: getattr(thing, name) for name in slots if hasattr(thing, name)}
    return {**found, **getattr(thing, "__dict__", {})}.items()
