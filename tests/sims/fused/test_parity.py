"""Step and fused are one run: the same rows, names, digest and money, whatever the market does."""

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from sims.build import open_sources
from sims.fused.run import compiled_gear
from sims.streams import Source
from tests.sims.fused.markets import cases
from tests.sims.fused.parity import assert_parity
from tests.sims.making import START, config, cross, flat, instrument, source
from trader.config.notation import instant
from trader.config.schema import (
    Config,
    DataSource,
    ReportConfig,
    Run,
    StrategyConfig,
    VenueConfig,
)
from trader.data.samples import sample
from trader.model.units import DAY_NS, HOUR_NS, MINUTE_NS

ROOT = Path(__file__).resolve().parents[3]


@settings(max_examples=400)
@given(cases())
def test_generated_markets(case: tuple[Config, Source]) -> None:
    """Compiled, and uncompiled as it stands."""
    assert_parity(*case, plain=True)


# -- recorded markets -----------------------------------------------------------------------------

FILES = {
    "AAPL": "usa/AAPL/1d/20000301-20130301",
    "FB": "usa/FB/1d/20120518-20130301",
    "GOOG": "usa/GOOG/1d/20040819-20130301",
    "IBM": "usa/IBM/1d/20000301-20130301",
    "MSFT": "usa/MSFT/1d/20000301-20130301",
    "EURUSD": "fx/EURUSD/1h/20170101-20171229",
}
PLAIN: dict[str, Any] = {"fast": 12, "slow": 26, "lots": 100, "direction": "long"}
SETTINGS: list[dict[str, Any]] = [
    {},
    {"direction": "both", "slippage_bps": "2.5", "equity": "1d"},
    {"fast": 1, "slow": 2, "direction": "both", "slippage_ticks": 3, "equity": "7d"},
    {"fast": 5, "slow": 120, "lots": 7, "slippage_bps": "0.0001", "equity": "90m"},
    {"from": "2017-03-01", "equity": "1h", "direction": "both", "slippage_ticks": 1},
    {"from": "2009-05-04", "to": "2012-07-01", "equity": "366d"},
    {"to": "2012-12-31T05:00:00Z", "fast": 2, "slow": 3, "direction": "both"},
]


def recorded(symbol: str, **asked: Any) -> Config:
    """A run on a bundled file."""
    told = {**PLAIN, **asked}
    venue, _, interval, _ = FILES[symbol].split("/")
    name = f"{symbol}.{venue}"
    tick = Decimal("0.00001") if venue == "fx" else Decimal("0.0001")
    params = {key: told[key] for key in PLAIN}
    start, stop = (instant(told[key]) if key in told else None for key in ("from", "to"))
    return config(
        StrategyConfig(name="cross", type="ema_cross", instrument=name, params=params),
        run=Run(name="trial", from_=start, to=stop),
        instruments=(instrument(name, tick=tick),),
        data=(
            DataSource(
                kind="bars",
                instrument=name,
                interval=interval,
                path=str(sample(f"bars/{FILES[symbol]}.parquet")),
            ),
        ),
        venue=VenueConfig(
            participation=None,
            slippage_bps=Decimal(told.get("slippage_bps", "0")),
            slippage_ticks=told.get("slippage_ticks", 0),
        ),
        report=ReportConfig(equity_interval=told.get("equity")),
    )


def lies_within(symbol: str, asked: dict[str, Any]) -> bool:
    """Whether the window that is asked for has bars in it."""
    first, last = FILES[symbol].rpartition("/")[2].split("-")
    bounds = [asked.get(key, "").replace("-", "") for key in ("from", "to")]
    return bounds[0][:8] < last and (bounds[1] or last)[:8] > first


RECORDED = [
    pytest.param(symbol, asked, id=f"{symbol}-{number}")
    for symbol in FILES
    for number, asked in enumerate(SETTINGS)
    if lies_within(symbol, asked)
]


@pytest.mark.parametrize(("symbol", "asked"), RECORDED)
def test_recorded_markets(symbol: str, asked: dict[str, Any]) -> None:
    """With warm-up bars before `from`, over weekends and years."""
    whole = recorded(symbol, **asked)
    [opened] = open_sources(whole)

    fused = assert_parity(whole, opened)

    assert fused.rows == opened.stop - opened.start


def test_the_recorded_runs_are_no_idle_ones() -> None:
    assert len(RECORDED) >= 30
    whole = recorded("EURUSD", **SETTINGS[2])
    fused = assert_parity(whole, open_sources(whole)[0])

    assert len(fused.tables().tables["fills"]) > 1_000


# -- single moments -------------------------------------------------------------------------------


def test_a_decision_in_the_last_row_is_approved_accepted_and_never_filled() -> None:
    fused = assert_parity(config(), source(flat([100, 90, 99])), plain=True)

    tables = fused.tables().tables
    assert [len(tables[name]) for name in ("orders", "statuses", "fills")] == [1, 2, 0]


@pytest.mark.parametrize("closes", [[100], [100, 90], [5, 5, 5, 5, 5]])
def test_a_run_without_a_decision_has_its_equity_rows(closes: list[int]) -> None:
    """It also meets the compiler with empty columns, which must be no type of their own."""
    fused = assert_parity(config(), source(flat(closes)), plain=True)

    assert [len(table) for table in fused.tables().tables.values()] == [0, 0, 0, 0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize("hole", [0, 1, HOUR_NS, DAY_NS - 3 * HOUR_NS, DAY_NS, 5 * DAY_NS])
@pytest.mark.parametrize("every", ["1h", "6h", "1d", "3d"])
def test_midnights_between_a_decision_and_its_fill(hole: int, every: str) -> None:
    """The rows of a hole hold the old position; the one of the fill's instant comes before it."""
    rows = flat([100, 90, 99, 80], start=START + 21 * HOUR_NS, interval_ns=HOUR_NS)
    rows[3] = (rows[3][0] + hole, *rows[3][1:])
    whole = config(interval_ns=HOUR_NS, report=ReportConfig(equity_interval=every))

    fused = assert_parity(whole, source(rows, interval_ns=HOUR_NS), plain=True)

    assert len(fused.tables().tables["fills"]) == 1


def test_a_sale_is_worsened_to_one_tick_at_least() -> None:
    venue = VenueConfig(participation=None, slippage_ticks=5)
    closes = [2, 1, 2, 1, 2, 1]
    fused = assert_parity(
        config(cross(direction="both"), venue=venue), source(flat(closes)), plain=True
    )

    ticks = fused.tables().tables["fills"].column("ticks")
    assert min(ticks) == 1


def test_bars_shorter_than_the_grid_of_their_rows() -> None:
    """A regular grid with holes between all bars is no grid without holes."""
    rows = flat([100, 90, 99, 80, 99, 60], interval_ns=2 * MINUTE_NS)

    assert_parity(config(), source(rows, interval_ns=MINUTE_NS), plain=True)


# -- the compiler ---------------------------------------------------------------------------------


def test_all_runs_are_one_type_to_the_compiler() -> None:
    """Every other type, an empty column's or a slice's, would be compiled for anew."""
    gear: Any = compiled_gear()
    for closes in ([100], [100, 90, 99], [100, 90, 99, 80, 99]):
        assert_parity(config(), source(flat(closes)))

    assert len(gear.account_loop.signatures) == 1
    assert len(gear.scan.signatures) == 1


CHECKED = """
import numba
import numpy as np
from hypothesis import HealthCheck, given, settings
from sims.fused import run
from tests.sims.fused.markets import cases
from tests.sims.fused.parity import assert_parity
from tests.sims.making import config, flat, source

assert numba.config.BOUNDSCHECK == 1
@settings(
    max_examples=80,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(cases())
def check(case):
    assert_parity(*case)

check()
roomy = run.buffers
run.buffers = lambda answers, samples: roomy(answers - 1, samples)
try:
    run.run_fused(config(), run.read_columns(source(flat([100, 90, 99, 80]))))
except IndexError:
    print("nothing is written beside its buffer")
"""


def test_nothing_is_read_or_written_beside_its_array(tmp_path: Path) -> None:
    """Under the compiler's own check of bounds, which bites where a buffer is too small."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CHECKED],
        env={
            **os.environ,
            "NUMBA_BOUNDSCHECK": "1",
            "TRADERD_CACHE": str(tmp_path),
            "PYTHONPATH": str(ROOT),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert done.stdout == "nothing is written beside its buffer\n"
