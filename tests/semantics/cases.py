"""Generated runs: strategies that do everything on markets that do anything.

`case` makes one run of a seed, which is quick: the bulk of the comparison is a loop over seeds.
`runs` draws the structure with hypothesis, so that it shrinks. Prices that a script names are
taken from the bars around it, so that limits and stops are touched, missed by a tick and jumped
over.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from hypothesis import strategies as st

from sims.seeds import stream
from tests.oracle.exits import AtrStop, Exit, TakeProfit, TimeStop, Trailing
from tests.oracle.filters import Filters
from tests.oracle.gate import Limits
from tests.oracle.market import DAY_NS, Bar, Instrument, Sessions, Source
from tests.oracle.orders import TIMES_IN_FORCE, VenueRules
from tests.oracle.run import OracleRun
from tests.oracle.strategies import (
    Action,
    Adaptive,
    BollingerReversion,
    BuyAndHold,
    Cancel,
    EmaCross,
    Lots,
    NaiveMeanReversion,
    Replace,
    RsiReversion,
    Scripted,
    Send,
    Signal,
    Size,
    Strategy,
    Target,
    VwapFade,
    Weight,
)
from tests.semantics.breaking import with_breakers
from tests.semantics.latency import delayed, latency
from tests.semantics.markets import (
    CALENDARS,
    FIRST_DAYS,
    HOUR_NS,
    INTERVALS,
    SHAPES,
    START,
    Chance,
    coarser,
    exchange,
    happenings,
    later,
    market,
    sessions_of,
    stale_by_default,
    within,
)

GRIDS: Final = (
    (Fraction(1), Fraction(1)),
    (Fraction("0.01"), Fraction("0.00001")),
    (Fraction("0.0001"), Fraction(1)),
    (Fraction("0.5"), Fraction(10)),
)
TAGS: Final = "abcd"
KINDS: Final = (
    "ema_cross",
    "bollinger",
    "naive",
    "hold",
    "rsi",
    "vwap",
    "targets",
    "orders",
    "brackets",
    "both",
)
"""What a generated strategy may be; from `targets` on they are scripts."""


# -- scripts --------------------------------------------------------------------------------------


def script(rng: Chance, bars: tuple[Bar, ...], kind: str) -> Scripted:
    """Actions at about every third bar: `targets` alone, `orders` alone, `brackets`, or `both`."""
    at_bar: dict[int, tuple[Action, ...]] = {}
    for index in range(len(bars)):
        if rng.random() < 0.35:
            near = bars[index : index + 3]
            if kind == "brackets":
                at_bar[index] = _bracket(rng, near)
            else:
                count = rng.choice((1, 1, 2, 3))
                at_bar[index] = tuple(_action(rng, near, kind) for _ in range(count))
    return Scripted(at_bar)


def _action(rng: Chance, near: tuple[Bar, ...], kind: str) -> Action:
    if kind == "targets" or (kind == "both" and rng.random() < 0.5):
        return Target(rng.choice((0, 0, 5, -5, 9, -9, 14, -14, 3)))
    does = rng.random()
    if does < 0.15:
        return Cancel(rng.choice(TAGS))
    if does < 0.3:
        return _change(rng, near)
    tag, side = rng.choice(TAGS), rng.choice((1, -1))
    return _order(rng, near, tag, side * rng.choice((1, 4, 7, 12)))


def _change(rng: Chance, near: tuple[Bar, ...]) -> Replace:
    lots = rng.choice((None, None, 1, 2, 5, 9, 15))
    limit, stop = (rng.choice((None, None, _price(rng, near))) for _ in range(2))
    return Replace(rng.choice(TAGS), lots, limit, stop)


def _order(rng: Chance, near: tuple[Bar, ...], tag: str, lots: int) -> Send:
    kind = rng.choice(("market", "limit", "limit", "stop", "stop", "stop_limit"))
    tif = rng.choice(("GTC", "GTC", "GTC", *TIMES_IN_FORCE))
    limit = _price(rng, near) if kind in ("limit", "stop_limit") else None
    stop = _price(rng, near) if kind in ("stop", "stop_limit") else None
    return Send(tag, kind, lots, limit, stop, time_in_force=tif)


def _bracket(rng: Chance, near: tuple[Bar, ...]) -> tuple[Action, ...]:
    """An entry with a few children of one group, or what becomes of one."""
    if rng.random() < 0.35:
        return (Cancel(rng.choice("abc")) if rng.random() < 0.5 else _change(rng, near),)
    lots = rng.choice((4, 8, 13)) * rng.choice((1, -1))
    entry = _order(rng, near, "a", lots)
    found: list[Action] = [entry]
    for tag in rng.choice(("b", "bc", "bc", "bcd")):
        size = -lots if rng.random() < 0.7 else -rng.choice((3, 6, 20)) * (1 if lots > 0 else -1)
        child = _order(rng, near, tag, size)
        parent = rng.choice(("a", "a", "a", "a", None, "d"))
        found.append(replace(child, parent=parent, group=rng.choice(("g", "g", "g", ""))))
    return tuple(found)


def _price(rng: Chance, near: tuple[Bar, ...]) -> int:
    bar = rng.choice(near)
    price = rng.choice((bar.open, bar.high, bar.low, bar.close)) + rng.choice((-1, 0, 0, 1))
    return max(1, price)


# -- strategies -----------------------------------------------------------------------------------


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
    if kind == "rsi":
        return _rsi(rng, size, direction)
    if kind == "vwap":
        return VwapFade(
            size,
            entry_bps=rng.choice((0, 20, 100)),
            volume_n=rng.randint(1, 4),
            volume_ratio=rng.choice((0.75, 1.0, 1.5)),
            flat_at_close=rng.random() < 0.5,
            direction=direction,
        )
    return BuyAndHold(size)


def _rsi(rng: Chance, size: Size, direction: str) -> RsiReversion:
    low, high, exit_ = rng.choice(((30, 70, 50), (45, 55, 50), (60, 90, 75)))
    adaptive = None
    if rng.random() < 0.5:
        low_share, high_share = rng.choice((("0.1", "0.9"), ("0.5", "0.75"), ("0.25", "0.5")))
        adaptive = Adaptive(rng.randint(2, 6), Fraction(low_share), Fraction(high_share))
    return RsiReversion(size, rng.randint(2, 4), low, high, exit_, direction, adaptive)


def exits(rng: Chance) -> tuple[Exit, ...]:
    """None or a few, in any order."""
    found: list[Exit] = []
    for kind in rng.choice(("", "", "s", "s", "sp", "p", "t", "st", "tsp", "n", "spn", "tpn")):
        n, k = rng.randint(1, 4), Fraction(rng.choice(("1", "0.5", "2", "0.125")))
        if kind == "s":
            found.append(AtrStop(n, k))
        elif kind == "p":
            found.append(TakeProfit(n, k))
        elif kind == "t":
            found.append(Trailing(n, k, Fraction(rng.choice(("0", "0", "0.5", "1", "3")))))
        else:
            found.append(TimeStop(rng.randint(1, 5)))
    return tuple(found)


def strategy(rng: Chance, name: str, kind: str, source: Source) -> Strategy:
    """A strategy of this kind on the source's instrument."""
    is_script = kind in ("targets", "orders", "brackets", "both")
    plan = script(rng, source.bars, kind) if is_script else signal(rng, kind)
    return Strategy(name, source.instrument, plan, exits(rng))


# -- settings -------------------------------------------------------------------------------------


def rules(rng: Chance) -> VenueRules:
    """Exact venue settings, a third of them plain."""
    if rng.random() < 0.3:
        return VenueRules(targets_first=rng.random() < 0.3)
    return VenueRules(
        slippage_bps=Fraction(rng.choice(("0", "5", "30.25"))),
        slippage_ticks=rng.choice((0, 0, 1, 3)),
        participation=rng.choice((None, Fraction("0.1"), Fraction("0.3"), Fraction("0.05"))),
        touch_fills=rng.random() < 0.3,
        maker_bps=Fraction(rng.choice(("0", "-0.5", "1"))),
        taker_bps=Fraction(rng.choice(("0", "2.5", "0.000001"))),
        per_lot=Fraction(rng.choice(("0", "0.005"))),
        targets_first=rng.random() < 0.3,
    )


def limits(rng: Chance, run: OracleRun) -> Limits:
    """Limits near what the strategies ask for, each set now and then."""
    names = [each.name for each in run.instruments]
    opens = {source.instrument: source.bars[0].open for source in run.sources}
    return Limits(
        stale_ns=rng.choice(
            ({}, stale_by_default(run.sources, run.instruments), dict.fromkeys(names, HOUR_NS))
        ),
        lots_max=rng.choice((None, None, 10, 20)),
        notional_max=rng.choice((None, None, Fraction(1_000))),
        position_max=rng.choice((None, 10, 25)),
        gross_max=rng.choice((None, None, Fraction(5_000))),
        orders_max=rng.choice((None, None, 3)),
        orders_window_ns=rng.choice((HOUR_NS, 5 * HOUR_NS)),
        long_only=tuple(name for name in names if rng.random() < 0.2),
        collar=rng.choice((None, None, None, Fraction(1, 50))),
        restricted=tuple(name for name in names if rng.random() < 0.05),
        open_orders_max=rng.choice((None, None, None, 2)),
        open_orders_total_max=rng.choice((None, None, None, 4)),
        denies_closed=rng.random() < 0.2,
        filters={name: _filters(rng, opens[name]) for name in names if rng.random() < 0.15},
        concentration_max=_share(rng, run),
        sector_max=_share(rng, run),
        borrow=rng.random() < 0.8,
        intent_window_ns=rng.choice((None, None, None, 2 * HOUR_NS, 40 * HOUR_NS)),
        repeats_max=rng.choice((None, None, None, 2, 4)),
        repeats_window_ns=rng.choice((2 * HOUR_NS, 9 * HOUR_NS)),
        sectors={name: rng.choice(("north", "south")) for name in names if rng.random() < 0.8},
    )


def _share(rng: Chance, run: OracleRun) -> Fraction | None:
    """Now and then a share of the equity that is worth some ten lots at the first opening."""
    if rng.random() < 0.7:
        return None
    source = rng.choice(run.sources)
    unit = next(each.unit for each in run.instruments if each.name == source.instrument)
    exact = rng.choice((5, 10, 17)) * source.bars[0].open * unit / run.cash
    return min(max(Fraction(round(exact * 10**9)), Fraction(1)) / 10**9, Fraction(1_000))


def _filters(rng: Chance, first: int) -> Filters:
    """One or two bounds, which many orders keep."""
    return rng.choice(
        (
            Filters(lots_min=3, lots_max=15),
            Filters(lots_step=2),
            Filters(ticks_min=max(1, first - 15), ticks_max=first + 15),
            Filters(notional_min=Fraction("0.5"), lots_max=19),
        )
    )


# -- runs -----------------------------------------------------------------------------------------


def generated(rng: Chance, rows: Sequence[int], kinds: Sequence[str]) -> OracleRun:
    """A run with a market for each of the lengths in `rows` and a strategy for each of `kinds`.

    Markets never close, nothing happens to instruments and no command takes time.
    """
    instruments, sources = [], []
    for number, length in enumerate(rows):
        name = f"{'XYZ'[number]}.sim"
        interval = rng.choice(INTERVALS)
        start = START + rng.choice((0, 0, 1, 7)) * interval
        instruments.append(Instrument(name, *rng.choice(GRIDS)))
        sources.append(Source(name, market(rng, interval, start, length, rng.choice(SHAPES))))
    return OracleRun(
        cash=Fraction(rng.choice((10_000, 500_000, 30))),
        instruments=tuple(instruments),
        sources=tuple(sources),
        strategies=_strategies(rng, sources, kinds),
        rules=rules(rng),
        equity_interval_ns=rng.choice((DAY_NS, DAY_NS, 6 * HOUR_NS, HOUR_NS, None)),
        decide_from=rng.choice((None, sources[0].bars[0].ts_close + 5 * HOUR_NS)),
    )


def _strategies(
    rng: Chance, sources: Sequence[Source], kinds: Sequence[str]
) -> tuple[Strategy, ...]:
    return tuple(strategy(rng, f"s{k}", kind, rng.choice(sources)) for k, kind in enumerate(kinds))


def case(seed: int) -> OracleRun:
    """The run of a seed: short, and with anything that a run can have."""
    rng = stream(seed, "semantics")
    rows = [rng.randint(6, 36) for _ in range(rng.choice((1, 1, 1, 2, 2, 3)))]
    kinds = [rng.choice(KINDS) for _ in range(rng.choice((1, 2, 2, 3, 4)))]
    run = generated(rng, rows, kinds)
    if rng.random() < 0.35:
        run = _with_calendars(rng, run, rows, kinds)
    if rng.random() < 0.15:
        run = _with_longer_bars(rng, run)
    if rng.random() < 0.3:
        run = _with_happenings(rng, run)
    elif rng.random() < 0.35:
        run = replace(run, latency_ns=latency(rng))
    run = replace(run, limits=limits(rng, run)) if rng.random() < 0.3 else run
    return with_breakers(seed, delayed(seed, run))


def _with_calendars(
    rng: Chance, run: OracleRun, rows: Sequence[int], kinds: Sequence[str]
) -> OracleRun:
    """Some of the instruments trade at exchanges."""
    instruments, sources = list(run.instruments), list(run.sources)
    calendars: dict[str, Sessions] = {}
    shared, first = rng.choice(CALENDARS), rng.choice(FIRST_DAYS) * DAY_NS
    for number, length in enumerate(rows):
        if rng.random() < 0.8:
            name = shared if rng.random() < 0.6 else rng.choice(CALENDARS)
            bars = exchange(rng, name, first, length, rng.choice(SHAPES))
            instruments[number] = replace(instruments[number], calendar=name)
            sources[number] = Source(sources[number].instrument, bars)
            near = within(sessions_of(name), bars[0].ts_open, bars[-1].ts_close)
            calendars[name] = tuple(sorted({*calendars.get(name, ()), *near}))
        else:
            sources[number] = later(sources[number], first + DAY_NS - START)
    opens = sources[0].bars[0].ts_close
    return replace(
        run,
        instruments=tuple(instruments),
        sources=tuple(sources),
        strategies=_strategies(rng, sources, kinds),
        calendars=calendars,
        decide_from=rng.choice((None, None, opens + 5 * HOUR_NS)),
    )


def _with_longer_bars(rng: Chance, run: OracleRun) -> OracleRun:
    """The first instrument has bars of two lengths, and some strategies hear the longer ones."""
    source, more = run.sources[0], coarser(rng, run.sources[0])
    strategies = [
        replace(each, interval_ns=more.interval_ns)
        if each.instrument == source.instrument and rng.random() < 0.6
        else each
        for each in run.strategies
    ]
    sources = rng.choice(((*run.sources, more), (more, *run.sources)))
    return replace(run, sources=sources, strategies=tuple(strategies))


def _with_happenings(rng: Chance, run: OracleRun) -> OracleRun:
    found = []
    for each in run.instruments:
        own = [source for source in run.sources if source.instrument == each.name]
        own.sort(key=lambda source: source.interval_ns)
        sessions = None if each.calendar is None else run.calendars[each.calendar]
        happened = happenings(rng, own, sessions)
        if happened is not None:
            found.append(happened)
    return replace(run, happenings=tuple(found))


@st.composite
def runs(draw: st.DrawFn, *, limited: bool = False) -> OracleRun:
    """Up to three markets and five strategies under one account."""
    rows = draw(st.lists(st.integers(2, 40), min_size=1, max_size=3))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=5))
    rng = stream(draw(st.integers(0, 2**32 - 1)), "semantics")
    run = generated(rng, rows, kinds)
    return replace(run, limits=limits(rng, run)) if limited else run
