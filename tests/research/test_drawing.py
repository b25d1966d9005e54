"""What a run hands to its page, and the two files that come of it."""

from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl
import pytest

from sims.build import build, open_sources
from tests.research.making import CROSS, FADE, configuration, project, ran, run
from trader.config.loader import load
from trader.research.drawing import curve_of, exposures
from trader.research.folder import REPORT, TRADES
from trader.research.outcome import Outcome
from trader.research.prices import Question, Seen, look
from trader.research.stepping import outcome_of

BOTH = configuration([CROSS, FADE], more="report: {baselines: false, equity_interval: 1m}")


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, dict[str, Seen]]:
    config = load(project(tmp_path_factory.mktemp("run"), BOTH)).config
    sources = open_sources(config)
    simulation = build(config, sources, perf_counter)
    simulation.run()
    ended = outcome_of(simulation)
    instants = ended.tables.tables["equity"].column("ts")
    asked = Question(since=0, until=ended.now, instants=instants, trips=[])
    return ended, look(sources, asked)


def test_positions_at_their_marks_are_what_the_account_is_worth_beside_its_cash(
    outcome: tuple[Outcome, dict[str, Seen]],
) -> None:
    """At every row, to the unit: the marks that were read are those the account had."""
    ended, seen = outcome
    equity = ended.tables.tables["equity"]
    net = np.array(equity.column("equity")) - np.array(equity.column("cash"))

    long, short = exposures(ended, seen)

    assert np.array_equal(long + short, net)
    assert long.max() > 0 > short.min()
    assert not np.array_equal(long, np.maximum(net, 0)) or not (long * short).any()


def test_without_prices_the_accounts_own_sum_is_shown(
    outcome: tuple[Outcome, dict[str, Seen]],
) -> None:
    ended, _ = outcome
    equity = ended.tables.tables["equity"]
    net = np.array(equity.column("equity")) - np.array(equity.column("cash"))

    long, short = exposures(ended, {})

    assert np.array_equal(long, np.maximum(net, 0))
    assert np.array_equal(short, np.minimum(net, 0))


def test_the_curve_is_in_money(outcome: tuple[Outcome, dict[str, Seen]]) -> None:
    assert curve_of(outcome[0]).equity[0] == 10_000.0


@pytest.mark.parametrize("html", [True, False])
def test_the_page_is_written_unless_it_is_not_wanted(tmp_path: Path, html: bool) -> None:
    folder = ran(tmp_path, sets=[f"report.html={str(html).lower()}"])

    assert (folder.path / REPORT).exists() is html
    assert (folder.path / TRADES).exists()


def test_a_fused_run_has_the_same_trades_and_a_page(tmp_path: Path) -> None:
    path = project(tmp_path, configuration([CROSS]))
    free = ["venue.participation=null", "venue.taker_bps=0"]
    for gear in ("step", "fused"):
        run(path, tmp_path / gear, [*free, f"run.gear={gear}"])

    step, fused = (pl.read_parquet(tmp_path / gear / TRADES) for gear in ("step", "fused"))
    assert step.equals(fused)
    assert len(step) > 20
    html = (tmp_path / "fused" / REPORT).read_text()
    assert "<dd>fused</dd>" in html
    assert "WAVE.x" in html


def test_trades_know_their_bars_and_how_far_the_price_went(tmp_path: Path) -> None:
    """Bars reach five hundredths beyond opening and close; the price of a trade lies between."""
    folder = ran(tmp_path, configuration([CROSS]))
    trades = folder.frame("trades").filter(pl.col("ts_exit").is_not_null())

    assert (trades["bars"] * 60_000_000_000 == trades["holding_ns"]).all()
    for side, way in (("LONG", 1), ("SHORT", -1)):
        own = trades.filter(side=side)
        assert (way * own["best_ticks"] >= way * own["worst_ticks"]).all()
        # Slippage may put the entry a little outside.
        assert (way * own["worst_ticks"] <= way * own["entry_ticks"] + 5).all()


def test_prices_of_trades_are_exact_text(tmp_path: Path) -> None:
    trades = ran(tmp_path, configuration([CROSS])).frame("trades")

    for ticks, price in trades.select("entry_ticks", "entry_price").iter_rows():
        assert float(price) == pytest.approx(ticks * 0.01, abs=1e-6)
        assert "e" not in price.lower()
    still_open = trades.filter(pl.col("ts_exit").is_null())
    assert still_open["exit_reason"].null_count() == len(still_open)


def test_those_that_moved_the_account_most_come_first(tmp_path: Path) -> None:
    folder = ran(tmp_path)

    sizes = [abs(each["pnl"]) for each in folder.trades(5)]

    assert len(sizes) == 5
    assert sizes == sorted(sizes, reverse=True)
    (folder.path / TRADES).unlink()
    assert folder.trades(5) == []
