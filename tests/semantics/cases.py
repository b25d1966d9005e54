"""Generated runs: markets that wander, jump, touch and rest, and strategies that do everything.

Structure (how many, how long, which rules) is drawn by hypothesis and shrinks; the numbers come
from a stream of the drawn seed, which is quick. Prices that a script names are taken from the bars
around it, so that limits and stops are touched, missed by a tick and jumped over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Protocol, TypeVar

from hypothesis import strategies as st

from sims.seeds import stream
from tests.oracle.desk import AtrStop, Strategy
from tests.oracle.gate import Limits, stale_after_two_bars
from tests.oracle.market import DAY_NS, Bar, Instrument, Source
from tests.oracle.run import OracleRun
from tests.oracle.strategies import (
    Action,
    BollingerReversion,
    BuyAndHold,
    Cancel,
    EmaCross,
    Lots,
    NaiveMeanReversion,
    Scripted,
    Send,
    Signal,
    Size,
    Target,
    Weight,
)
from tests.oracle.venue import VenueRules

T = TypeVar("T")


class Chance(Protocol):
    """What a stream of chance can be asked for."""

    def random(self) -> float: ...
    def randint(self, a: int, b: int) -> int: ...
    def choice(self, seq: Sequence[T]) -> T: ...


MINUTE_NS: Final = 60_000_000_000
HOUR_NS: Final = 60 * MINUTE_NS
START: Final = 400 * DAY_NS + 20 * HOUR_NS
GRIDS: Final = (
    (Fraction(1), Fraction(1)),
    (Fraction("0.01"), Fraction("0.00001")),
    (Fraction("0.0001"), Fraction(1)),
    (Fraction("0.5"), Fraction(10)),
)
INTERVALS: Final = (HOUR_NS, HOUR_NS, 30 * MINUTE_NS, 2 * HOUR_NS, 6 * HOUR_NS)
TAGS: Final = "abcd"


@dataclass(frozen=True)
class Shape:
    """How a market moves: per bar, the chance of a hole, of a jump, and of no volume."""

    hole: float
    jump: float
    mute: float


SHAPES: Final = (
    Shape(0.0, 0.0, 0.0),
    Shape(0.1, 0.0, 0.1),
    Shape(0.0, 0.15, 0.0),
    Shape(0.15, 0.15, 0.2),
)


def market(rng: Chance, interval: int, start: int, rows: int, shape: Shape) -> tuple[Bar, ...]:
    """Bars from `start` on; about every second bar touches nothing beyond open and close."""
    price, ts, found = rng.randint(40, 400), start, []
    for _ in range(rows):
        if rng.random() < shape.hole:
            ts += interval * rng.randint(1, 30)
        if rng.random() < shape.jump:
            price = max(1, price + rng.randint(-price // 3, price // 3))
        open_ = max(1, price + rng.choice((-2, -1, 0, 0, 0, 1, 2)))
        price = max(1, open_ + rng.randint(-6, 6))
        high = max(open_, price) + rng.choice((0, 0, 1, 4))
        low = max(1, min(open_, price) - rng.choice((0, 0, 1, 4)))
        lots = 0 if rng.random() < shape.mute else rng.choice((9, 25, 60, 400))
        found.append(Bar(ts, ts + interval, open_, high, low, price, lots))
        ts += interval
    return tuple(found)


def script(rng: Chance, bars: tuple[Bar, ...], *, targets: bool, orders: bool) -> Scripted:
    """Actions at about every third bar."""
    at_bar: dict[int, tuple[Action, ...]] = {}
    for index in range(len(bars)):
        if rng.random() < 0.35:
            near = bars[index : index + 3]
            count = rng.choice((1, 1, 2, 3))
            todo = [_action(rng, near, targets=targets, orders=orders) for _ in range(count)]
            at_bar[index] = tuple(todo)
    return Scripted(at_bar)


def _action(rng: Chance, near: tuple[Bar, ...], *, targets: bool, orders: bool) -> Action:
    if targets and (not orders or rng.random() < 0.5):
        return Target(rng.choice((0, 0, 5, -5, 9, -9, 14, -14, 3)))
    if rng.random() < 0.25:
        return Cancel(rng.choice(TAGS))
    bar = rng.choice(near)
    price = rng.choice((bar.open, bar.high, bar.low, bar.close)) + rng.choice((-1, 0, 0, 1))
    lots = rng.choice((1, 4, 7, 12)) * rng.choice((1, -1))
    kind = rng.choice(("market", "limit", "limit", "stop", "stop"))
    return Send(
        tag=rng.choice(TAGS),
        order_type=kind,
        lots=lots,
        limit_ticks=max(1, price) if kind == "limit" else None,
        stop_ticks=max(1, price) if kind == "stop" else None,
    )


def signal(rng: Chance, kind: str) -> Signal:
    """A bundled strategy with small windows."""
    size: Size = Lots(rng.choice((3, 8, 20)))
    if rng.random() < 0.4:
        size = Weight(Fraction(rng.choice(("0.3", "1", "1.25", "0.00001"))))
    direction = rng.choice(("long", "both"))
    if kind == "ema_cross":
        fast = rng.randint(1, 3)
        trend = rng.choice((None, None, 2, 5))
        return EmaCross(fast, fast + rng.randint(1, 4), size, direction, trend)
    if kind == "bollinger":
        entry, exit_ = rng.choice(((1.0, 0.0), (0.5, 0.25), (1.5, -0.5)))
        return BollingerReversion(size, rng.randint(2, 6), entry, exit_, direction)
    if kind == "naive":
        return NaiveMeanReversion(size, rng.randint(2, 6), rng.choice((0.5, 1.0)))
    return BuyAndHold(size)


KINDS: Final = ("ema_cross", "bollinger", "naive", "hold", "targets", "orders", "both")


def strategy(rng: Chance, name: str, kind: str, source: Source, *, stopped: bool) -> Strategy:
    """A strategy of this kind on the source's instrument."""
    stop = AtrStop(rng.randint(1, 4), Fraction(rng.choice(("1", "0.5", "2", "0.125"))))
    if kind in {"targets", "orders", "both"}:
        targets, orders = kind != "orders", kind != "targets"
        plan: Signal | Scripted = script(rng, source.bars, targets=targets, orders=orders)
    else:
        plan = signal(rng, kind)
    return Strategy(name, source.instrument, plan, stop if stopped else None)


def rules(rng: Chance) -> VenueRules:
    """Exact venue settings, half of them plain."""
    if rng.random() < 0.3:
        return VenueRules()
    return VenueRules(
        slippage_bps=Fraction(rng.choice(("0", "5", "30.25"))),
        slippage_ticks=rng.choice((0, 0, 1, 3)),
        participation=rng.choice((None, Fraction("0.1"), Fraction("0.3"), Fraction("0.05"))),
        touch_fills=rng.random() < 0.3,
        maker_bps=Fraction(rng.choice(("0", "-0.5", "1"))),
        taker_bps=Fraction(rng.choice(("0", "2.5", "0.000001"))),
        per_lot=Fraction(rng.choice(("0", "0.005"))),
    )


def limits(rng: Chance, run: OracleRun) -> Limits:
    """Limits near what the strategies ask for, each set now and then."""
    names = [each.name for each in run.instruments]
    return Limits(
        stale_ns=rng.choice(({}, stale_after_two_bars(run.sources), dict.fromkeys(names, HOUR_NS))),
        lots_max=rng.choice((None, None, 10, 20)),
        notional_max=rng.choice((None, None, Fraction(1_000))),
        position_max=rng.choice((None, 10, 25)),
        gross_max=rng.choice((None, None, Fraction(5_000))),
        orders_max=rng.choice((None, None, 3)),
        orders_window_ns=rng.choice((HOUR_NS, 5 * HOUR_NS)),
        long_only=tuple(name for name in names if rng.random() < 0.2),
    )


def generated(rng: Chance, rows: Sequence[int], kinds: Sequence[str]) -> OracleRun:
    """A run with a market for each of the lengths in `rows` and a strategy for each of `kinds`."""
    instruments, sources = [], []
    for number, length in enumerate(rows):
        name = f"{'XYZ'[number]}.sim"
        interval = rng.choice(INTERVALS)
        start = START + rng.choice((0, 0, 1, 7)) * interval
        instruments.append(Instrument(name, *rng.choice(GRIDS)))
        sources.append(Source(name, market(rng, interval, start, length, rng.choice(SHAPES))))
    strategies = tuple(
        strategy(rng, f"s{k}", kind, rng.choice(sources), stopped=rng.random() < 0.5)
        for k, kind in enumerate(kinds)
    )
    return OracleRun(
        cash=Fraction(rng.choice((10_000, 500_000, 30))),
        instruments=tuple(instruments),
        sources=tuple(sources),
        strategies=strategies,
        rules=rules(rng),
        equity_interval_ns=rng.choice((DAY_NS, DAY_NS, 6 * HOUR_NS, HOUR_NS)),
        decide_from=rng.choice((None, sources[0].bars[0].ts_close + 5 * HOUR_NS)),
    )


@st.composite
def runs(draw: st.DrawFn, *, limited: bool = False) -> OracleRun:
    """Up to three markets and five strategies under one account."""
    rows = draw(st.lists(st.integers(2, 40), min_size=1, max_size=3))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=5))
    rng = stream(draw(st.integers(0, 2**32 - 1)), "semantics")
    run = generated(rng, rows, kinds)
    return replace(run, limits=limits(rng, run)) if limited else run
