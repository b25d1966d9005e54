"""The core against the calculator: fills, orders, decisions, denials, cash, equity to the unit.

Both get the same description and share no code. What is compared is everything that a run says in
its tables, in its ledger and in the venue's books.
"""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Final, get_args, get_type_hints

import polars as pl
import pytest
from hypothesis import given, settings

from sims.build import build, open_sources
from sims.seeds import stream
from tests.oracle.market import Instrument, Source
from tests.oracle.run import OracleRun, compute
from tests.semantics.bundled import SHARES, SHIPPED, STOP, TIGHT, euro, shares, traders, written
from tests.semantics.cases import KINDS, generated, runs
from tests.semantics.configured import config_of
from tests.semantics.coverage import (
    DENIALS,
    EXPECTED,
    REASONS,
    STEPS,
    UNREACHED,
    UNREACHED_STEPS,
)
from tests.semantics.described import described
from tests.semantics.reading import differences, observed
from tests.semantics.trying import compared, tried
from trader.config.loader import load
from trader.config.schema import Config, ExitConfig
from trader.logic.lifecycle import TRANSITIONS, transition
from trader.logic.rules.policy import CODES

USA = tuple(f"{symbol}.usa" for symbol in SHARES)
EURO = ("EURUSD.fx",)


RARE: Final = (
    *(2_738, 3_182, 4_773, 11_865, 20_078, 102_399),
    *(104_915, 108_729, 115_090),  # a size that is filled already is wished for
    *(112_966, 113_340),  # an exit closes the position while its stop is being changed
    *(100_802, 108_121, 108_901, 108_995, 115_931, 120_661),  # a turn whose stop is refused
    *(102_489, 104_319, 109_802),
    *(131_076, 138_037, 142_845, 143_155, 147_327, 148_114, 154_612),
    *(129_195, 131_404, 144_688, 148_163, 173_218, 174_239, 182_300, 184_688),
)
"""Seeds that meet what is seldom: also an order that expires while it is changed, one that is
withheld in the step that approved it, a stop that is refused, a post-only limit that has filled in
part before it is moved into the market, a stop sent again that trails beside an older one, a limit
of a torn group that is opened then, a size that the venue does not give, an answer and a group's
word of the same size, what a group takes while a size is asked for, a turn that is given up beside
an older order, a split that leaves nothing of what was to be flattened, and an entry whose children
had ended when the next one came."""
SEEDS: Final = (*range(2_000), *RARE)


def test_generated_runs_agree_and_reach_everything() -> None:
    """Any seed is tried again by `scripts/storm semantics --seed SEED --seeds 1`."""
    met: Counter[str] = Counter()
    for seed in SEEDS:
        verdict = tried(seed)
        assert verdict.faults == (), seed
        met += verdict.met

    assert sorted(EXPECTED - met.keys()) == []


@settings(max_examples=300)
@given(run=runs())
def test_drawn_runs_agree(run: OracleRun) -> None:
    """The structure is drawn, so that what differs comes out small."""
    assert compared(run).faults == ()


@settings(max_examples=150)
@given(run=runs(limited=True))
def test_drawn_runs_agree_on_what_risk_refuses(run: OracleRun) -> None:
    assert compared(run).faults == ()


def test_every_code_of_a_denial_is_reached_or_has_a_reason() -> None:
    assert sorted((*DENIALS, *UNREACHED)) == sorted(CODES)


def test_every_step_of_an_order_s_life_is_reached_or_has_a_reason() -> None:
    steps = {
        f"{before.name} > {after.name}"
        for before, row in TRANSITIONS.items()
        for event in row
        for filled in (0, 1, 2)
        if (after := transition(before, event, lots=2, lots_filled=filled)) not in (None, before)
    }

    assert sorted((*STEPS, *UNREACHED_STEPS)) == sorted(steps)


def test_every_reason_of_an_exit_is_asked_for() -> None:
    kinds = get_args(get_type_hints(ExitConfig)["kind"])

    assert kinds
    assert set(kinds) <= set(REASONS)


def agree_on_files(config: Config) -> None:
    """Plays the configuration as `traderd --sim` does, and works it out from its own bars."""
    whole = build(config, open_sources(config), perf_counter)
    whole.run()
    run = described(config)
    result = compute(run)

    assert result.fills
    assert differences(observed(whole), result) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_configurations_agree(path: Path) -> None:
    agree_on_files(load(path).config)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            shares(SHARES) + traders(USA, ("lots: 100",), ("",)),
            id="shares",
        ),
        pytest.param(
            shares(SHARES, cash=1_000_000)
            + traders(USA, ("lots: 100", "weight: 0.2"), ("", STOP, TIGHT))
            + "venue: {slippage_bps: 5, slippage_ticks: 10, participation: 0.00001,"
            " taker_bps: 1.5, maker_bps: -0.5, per_lot: 0.005}\n",
            id="shares with stops, weights, slippage, scarce volume and fees",
        ),
        pytest.param(
            shares(SHARES, span=", from: 2006-01-03, to: 2010-01-01")
            + traders(USA, ("weight: 0.1", "lots: 50"), (STOP, ""))
            + "venue: {participation: null, slippage_bps: 1}\n"
            "report: {equity_interval: 6h}\n",
            id="shares from 2006 on, with warm-up",
        ),
        pytest.param(
            euro()
            + traders(EURO, ("lots: 1000",), ("", STOP))
            + "venue: {participation: 0.0000001, taker_bps: 0.2}\n",
            id="euro",
        ),
        pytest.param(
            euro()
            + traders(EURO, ("lots: 50", "weight: 0.5"), (TIGHT,))
            + "venue: {participation: 0.0000001, slippage_ticks: 2}\n"
            "report: {equity_interval: 1h}\n"
            "risk: {position_max: 200}\n",
            id="euro with limits",
        ),
    ],
)
def test_recorded_bars_agree(text: str, tmp_path: Path) -> None:
    """Each bundled strategy on each file, in one account."""
    agree_on_files(written(tmp_path, text))


@pytest.mark.parametrize("seed", range(8))
def test_generated_files_agree(seed: int, tmp_path: Path) -> None:
    """Generated bars by way of Parquet files, the reader and its grid."""
    rng = stream(seed, "files")
    run = generated(rng, (40, 25), [rng.choice(KINDS) for _ in range(4)])
    run = replace(run, decide_from=None)
    grids = {each.name: each for each in run.instruments}
    paths = {
        source.instrument: filed(source, grids[source.instrument], tmp_path)
        for source in run.sources
    }
    config = config_of(run, paths)
    whole = build(config, open_sources(config), perf_counter)
    whole.run()

    assert differences(observed(whole), compute(run)) == []


def filed(source: Source, grid: Instrument, folder: Path) -> str:
    """Writes the bars as prices and volumes; the file's path."""
    path = folder / f"{source.instrument}.parquet"
    tick, lot = float(grid.tick), float(grid.lot)
    rows = {
        "ts_open": [bar.ts_open for bar in source.bars],
        **{
            name: [getattr(bar, name) * tick for bar in source.bars]
            for name in ("open", "high", "low", "close")
        },
        "volume": [bar.lots * lot for bar in source.bars],
    }
    pl.DataFrame(rows).write_parquet(path)
    return str(path)
