"""What must hold after every event: of generated runs, of the shipped ones, and when one halts."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sims.build import open_sources
from tests.oracle.cases import X, bars, flat, unit_instrument
from tests.oracle.exits import AtrStop
from tests.oracle.market import Source
from tests.oracle.run import OracleRun
from tests.oracle.strategies import Cancel, Scripted, Send, Strategy, Target
from tests.semantics.bridge import simulation, simulation_of
from tests.semantics.bundled import SHARES, SHIPPED, STOP, TIGHT, euro, shares, traders, written
from tests.semantics.cases import runs
from tests.semantics.reading import Reading, rows
from tests.semantics.watching import Watch, WatchedVenue
from trader.config.loader import load
from trader.model.control import TradingState


def only_targets(run: OracleRun) -> bool:
    """Whether no script sends or cancels orders of its own."""
    plans = [each.plan for each in run.strategies if isinstance(each.plan, Scripted)]
    actions = [act for plan in plans for acts in plan.at_bar.values() for act in acts]
    return not any(isinstance(act, Send | Cancel) for act in actions)


@settings(max_examples=250)
@given(run=runs())
def test_generated_runs(run: OracleRun) -> None:
    watch = Watch(simulation(run, WatchedVenue), targets_only=only_targets(run))
    watch.play()

    assert watch.steps >= len(run.sources[0].bars)


@settings(max_examples=250)
@given(
    run=runs(limited=True),
    drawdown_max=st.sampled_from((None, Fraction(1, 10), Fraction(1, 1000))),
)
def test_generated_runs_within_limits(run: OracleRun, drawdown_max: Fraction | None) -> None:
    """The limit on positions is watched where no stop can trade: stops pass it (see below)."""
    stopped = any(each.exits != () for each in run.strategies)
    bound = None if stopped else run.limits.position_max
    Watch(simulation(run, WatchedVenue, drawdown_max=drawdown_max), bound).play()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_configurations(path: Path) -> None:
    config = load(path).config
    whole = simulation_of(config, open_sources(config), WatchedVenue)
    watch = Watch(whole, config.risk.position_max, targets_only=True)
    watch.play()

    assert watch.filled


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            shares(SHARES[:2])
            + traders(tuple(f"{s}.usa" for s in SHARES[:2]), ("lots: 100",), (TIGHT, STOP))
            + "venue: {participation: 0.00001, slippage_bps: 3, taker_bps: 1}\n",
            id="shares with stops and scarce volume",
        ),
        pytest.param(
            euro(span=", to: 2017-06-01")
            + traders(("EURUSD.fx",), ("lots: 9000", "weight: 0.5"), (STOP, ""))
            + "risk: {drawdown_max: 0.01, position_max: 200000}\n",
            id="euro until it halts",
        ),
    ],
)
def test_recorded_bars(text: str, tmp_path: Path) -> None:
    config = written(tmp_path, text)
    Watch(simulation_of(config, open_sources(config), WatchedVenue), targets_only=True).play()


def test_a_drawdown_ends_all_trading_at_its_own_event() -> None:
    """Ten are held and two orders work when the market halves; what is asked for then is denied.

    The bar that breaks the limit is also one on which the strategy decides: it decides halted.
    """
    far = Send("f", "limit", 5, limit_ticks=20)
    fall = (100, 100, 50, 50, 100)
    run = OracleRun(
        cash=Fraction(1_000),
        instruments=(unit_instrument(X),),
        sources=(Source(X, bars(flat(100), flat(100), fall, flat(50), flat(50))),),
        strategies=(Strategy("s", X, Scripted({0: (Target(10), far), 2: (Target(20),)})),),
    )
    watch = Watch(simulation(run, WatchedVenue, drawdown_max=Fraction(1, 4)))
    watch.play()

    result = Reading(watch.whole).result()
    assert watch.whole.core.trading_state() is TradingState.HALTED
    assert [(o.lots, o.status) for o in result.orders] == [
        (10, "FILLED"),
        (5, "CANCELED"),
        (10, "DENIED"),
    ]
    assert result.denials == ((3, "trading_halted"),)
    states = rows(watch.whole.core.tables.tables["states"])
    assert [(row["seq"], row["state"]) for row in states] == [
        (0, TradingState.ACTIVE),
        (3, TradingState.HALTED),
    ]


def test_an_approval_of_the_step_that_halts_does_not_leave() -> None:
    """The fill that breaks the limit also calls for taking an excess back.

    A stop and a sale meet one opening at 40, and both fill. The second of them leaves 10 lots
    short, still marked at 100: the excess is bought back and trading halts in the same step.
    """
    rows_ = [flat(100), (100, 102, 98, 100, 1_000), flat(100), (40, 40, 40, 40, 1_000), flat(300)]
    run = OracleRun(
        cash=Fraction(2_000),
        instruments=(unit_instrument(X),),
        sources=(Source(X, bars(*rows_)),),
        strategies=(
            Strategy(
                "s", X, Scripted({1: (Target(10),), 2: (Target(0),)}), (AtrStop(1, Fraction(1)),)
            ),
        ),
    )
    watch = Watch(simulation(run, WatchedVenue, drawdown_max=Fraction(1, 2)))
    watch.play()

    result = Reading(watch.whole).result()
    assert watch.whole.core.trading_state() is TradingState.HALTED
    assert [(o.lots, o.status) for o in result.orders] == [
        (10, "FILLED"),
        (-10, "FILLED"),
        (-10, "FILLED"),
        (10, "CANCELED"),
    ]
    assert result.positions["s", X].lots == -10
