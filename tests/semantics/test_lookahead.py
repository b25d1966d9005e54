"""Nobody sees the future: altering the data after an instant changes nothing before it.

A bar opens in public and closes in public; what lies between is known at its close. So a bar that
opens at the instant may be altered as a whole without moving anything earlier, and its inside may
be altered without moving even what its opening does.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sims.seeds import stream
from tests.oracle.exits import AtrStop, Exit, TakeProfit, TimeStop, Trailing
from tests.oracle.market import Bar, Instrument, Source
from tests.oracle.orders import VenueRules
from tests.oracle.run import OracleResult, OracleRun
from tests.oracle.strategies import (
    Adaptive,
    BollingerReversion,
    BuyAndHold,
    EmaCross,
    Lots,
    NaiveMeanReversion,
    RsiReversion,
    Signal,
    Strategy,
    VwapFade,
    Weight,
)
from tests.semantics.bridge import simulate
from tests.semantics.bundled import file_of
from tests.semantics.described import recorded
from tests.semantics.markets import HOUR_NS, SHAPES, START, Chance, market

SIZES: Final = (Lots(7), Weight(Fraction("0.6")))
ADAPTIVE: Final = Adaptive(5, Fraction("0.3"), Fraction("0.8"))
PLANS: Final[tuple[Signal, ...]] = tuple(
    plan
    for size in SIZES
    for plan in (
        EmaCross(2, 5, size, "both"),
        EmaCross(2, 5, size, "long", 9),
        BollingerReversion(size, 5, 1.0, 0.25, "both"),
        RsiReversion(size, 3, 35, 65, 50, "both"),
        RsiReversion(size, 3, 35, 65, 50, "both", ADAPTIVE),
        VwapFade(size, 2, 4, 1.5, flat_at_close=True, direction="both"),
        NaiveMeanReversion(size, 4, 0.8),
        BuyAndHold(size),
    )
)
NAMES: Final = tuple(
    f"{name} {size}"
    for size in ("lots", "weight")
    for name in ("cross", "trend", "band", "rsi", "adaptive rsi", "vwap", "naive", "hold")
)
STOP: Final = AtrStop(3, Fraction("0.75"))
PROFIT: Final = TakeProfit(3, Fraction("1.5"))
EXITS: Final[tuple[tuple[Exit, ...], ...]] = (
    (),
    (STOP,),
    (PROFIT,),
    (Trailing(3, Fraction(1)), PROFIT),
    (Trailing(3, Fraction("0.5"), Fraction(1)),),
    (STOP, TimeStop(4)),
)
EXIT_NAMES: Final = ("plain", "stop", "profit", "trailing", "late trailing", "time")
CHANGES: Final = ("prices", "random", "volume", "inside")
RULES: Final = VenueRules(Fraction(5), 1, Fraction("0.3"), taker_bps=Fraction(1))


@dataclass(frozen=True)
class Seen:
    """What had happened by an instant: each part as plain rows without what came of it later."""

    decisions: list[object]
    orders: list[object]
    fills: list[object]
    equity: list[object]


def seen(result: OracleResult, ts: int) -> Seen:
    """Everything up to and with the instant `ts`."""
    return Seen(
        [each for each in result.decisions if each.ts <= ts],
        [
            replace(each, size=0, filled=0, status="", limit_last=None, stop_last=None)
            for each in result.orders
            if each.ts <= ts
        ],
        [each for each in result.fills if each.ts <= ts],
        [each for each in result.equity_rows[:-1] if each.ts <= ts],
    )


def altered(source: Source, since: int, change: str, rng: Chance) -> Source:
    """The source with every bar that opens at `since` or later changed."""
    bars = source.bars
    first = next((k for k, bar in enumerate(bars) if bar.ts_open >= since), len(bars))
    later = tuple(_changed(bar, change, rng) for bar in bars[first:])
    return Source(source.instrument, (*bars[:first], *later))


def _changed(bar: Bar, change: str, rng: Chance) -> Bar:
    if change == "prices":
        prices = {name: 3 * getattr(bar, name) for name in ("open", "high", "low", "close")}
        return replace(bar, **prices)
    if change == "volume":
        return replace(bar, lots=rng.randint(0, 500))
    open_ = bar.open if change == "inside" else rng.randint(1, 900)
    close = rng.randint(1, 900)
    high, low = max(open_, close) + rng.randint(0, 9), max(1, min(open_, close) - rng.randint(0, 9))
    lots = bar.lots if change == "inside" else rng.randint(0, 500)
    return replace(bar, open=open_, high=high, low=low, close=close, lots=lots)


def unmoved(run: OracleRun, since: int, change: str, rng: Chance) -> Seen:
    """Asserts that nothing before `since` moves when what follows is changed."""
    other = replace(run, sources=tuple(altered(s, since, change, rng) for s in run.sources))
    # The inside of a bar that opens at the instant cannot move even what its opening did.
    until = since if change == "inside" else since - 1
    before = seen(simulate(run), until)
    assert seen(simulate(other), until) == before
    return before


@settings(max_examples=120)
@given(
    seed=st.integers(0, 2**32 - 1),
    plans=st.lists(st.sampled_from(PLANS), min_size=1, max_size=4),
    change=st.sampled_from(CHANGES),
    share=st.floats(0, 1),
)
def test_generated_markets(seed: int, plans: list[Signal], change: str, share: float) -> None:
    rng = stream(seed, "lookahead")
    names = ("X.sim", "Y.sim")
    bars = [market(rng, HOUR_NS, START, 50, rng.choice(SHAPES)) for _ in names]
    run = OracleRun(
        cash=Fraction(10_000),
        instruments=tuple(Instrument(name, Fraction(1), Fraction(1)) for name in names),
        sources=tuple(Source(name, each) for name, each in zip(names, bars, strict=True)),
        strategies=tuple(
            Strategy(f"s{k}", rng.choice(names), plan, rng.choice(EXITS))
            for k, plan in enumerate(plans)
        ),
        rules=RULES,
        equity_interval_ns=HOUR_NS,
    )
    unmoved(run, bars[0][int(share * 49)].ts_open, change, rng)


@pytest.mark.parametrize("latency_ns", [1, HOUR_NS // 2, 3 * HOUR_NS])
def test_latency(latency_ns: int) -> None:
    rng = stream(12, "lookahead")
    bars = market(rng, HOUR_NS, START, 80, SHAPES[0])
    run = OracleRun(
        cash=Fraction(10_000),
        instruments=(Instrument("X.sim", Fraction(1), Fraction(1)),),
        sources=(Source("X.sim", bars),),
        strategies=tuple(
            Strategy(f"s{k}", "X.sim", plan, EXITS[k % len(EXITS)]) for k, plan in enumerate(PLANS)
        ),
        rules=RULES,
        latency_ns=latency_ns,
    )
    before = unmoved(run, bars[60].ts_open, "random", rng)

    assert before.fills


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("exits", EXITS, ids=EXIT_NAMES)
@pytest.mark.parametrize("plan", PLANS, ids=NAMES)
def test_each_bundled_strategy_on_recorded_bars(
    plan: Signal, exits: tuple[Exit, ...], change: str
) -> None:
    """Three hundred hours of EURUSD, altered from the two-hundredth on."""
    bars = recorded(str(file_of("fx/EURUSD/1h")), HOUR_NS, 0.00001, 1.0)[:300]
    run = OracleRun(
        cash=Fraction(10_000),
        instruments=(Instrument("EURUSD.fx", Fraction("0.00001"), Fraction(1)),),
        sources=(Source("EURUSD.fx", bars),),
        strategies=(Strategy("s", "EURUSD.fx", plan, exits),),
        rules=replace(RULES, participation=None),
    )
    before = unmoved(run, bars[200].ts_open, change, stream(1, "lookahead"))

    assert before.decisions
    assert before.fills


def test_what_is_altered_does_matter_afterwards() -> None:
    """The test of the test: the same change moves the fill of the opening it alters."""
    bars = tuple(Bar(k * HOUR_NS, (k + 1) * HOUR_NS, 10, 10, 10, 10, 9) for k in range(3))
    run = OracleRun(
        cash=Fraction(10_000),
        instruments=(Instrument("X.sim", Fraction(1), Fraction(1)),),
        sources=(Source("X.sim", bars),),
        strategies=(Strategy("s", "X.sim", BuyAndHold(Lots(1))),),
    )
    other = replace(run, sources=(altered(run.sources[0], HOUR_NS, "prices", stream(1, "")),))

    assert seen(simulate(run), HOUR_NS - 1) == seen(simulate(other), HOUR_NS - 1)
    assert seen(simulate(run), HOUR_NS) != seen(simulate(other), HOUR_NS)
