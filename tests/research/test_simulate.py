"""A run from its configuration to its folder."""

import os
import signal
from fractions import Fraction
from pathlib import Path
from time import perf_counter

import msgspec
import polars as pl
import pytest

from tests.research.making import (
    CROSS,
    MINUTE_NS,
    ROWS,
    START_NS,
    configuration,
    project,
    quiet,
    ran,
    run,
)
from trader.config.loader import load
from trader.config.notation import instant_text
from trader.errors import DataError, RangeError, UsageError
from trader.research.folder import open_run
from trader.research.interruption import Interrupted
from trader.research.simulate import Request, simulate
from trader.research.stepping import Moment

FILES = {
    "run.json",
    "config.yaml",
    "orders.parquet",
    "statuses.parquet",
    "fills.parquet",
    "decisions.parquet",
    "denials.parquet",
    "replacements.parquet",
    "adjustments.parquet",
    "trades.parquet",
    "report.html",
    "states.parquet",
    "equity.parquet",
    "metrics.json",
    "journal.db",
}
PROMISED = {
    "id",
    "command",
    "config_digest",
    "code_version",
    "seed",
    "gear",
    "inputs",
    "digest",
    "state_hash",
    "counts",
    "order_of_inputs",
    "money_quantum",
    "seconds",
    "rss_mib",
}


def test_the_folder_holds_what_is_promised(tmp_path: Path) -> None:
    folder = ran(tmp_path)
    run_ = folder.run

    assert {path.name for path in folder.path.iterdir()} == FILES
    assert run_.keys() >= PROMISED
    assert run_["id"] == "out"
    assert run_["gear"] == "step"
    assert run_["counts"].keys() == {
        *("inputs", "events", "orders", "fills", "denials", "in_flight")
    }
    assert run_["counts"]["inputs"] == ROWS
    assert run_["seconds"].keys() == {"load", "run", "baselines", "write"}
    assert run_["complete"]
    assert run_["trading_state"] == "ACTIVE"


def test_the_configuration_in_the_folder_is_the_one_that_ran(tmp_path: Path) -> None:
    folder = ran(tmp_path, sets=["run.seed=12"])

    again = run(folder.path / "config.yaml", tmp_path / "again")

    assert again.run["seed"] == 12
    assert again.run["config_digest"] == folder.run["config_digest"]
    assert again.run["digest"] == folder.run["digest"]
    assert again.run["state_hash"] == folder.run["state_hash"]


def test_without_out_runs_are_numbered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    loaded = load(project(tmp_path))

    ids = [
        simulate(Request(loaded=loaded, command=""), quiet, perf_counter).run["id"]
        for _ in range(2)
    ]

    assert ids == ["trial-1", "trial-2"]
    assert (tmp_path / "runs" / "trial-2" / "run.json").is_file()


def test_with_a_state_dir_runs_lie_there(tmp_path: Path) -> None:
    path = project(tmp_path, configuration(more="state_dir: state"))

    report = simulate(Request(loaded=load(path), command=""), quiet, perf_counter)

    assert report.folder == tmp_path / "state" / "runs" / "trial-1"


def test_both_gears_leave_the_same_run(tmp_path: Path) -> None:
    path = project(tmp_path, configuration([CROSS]))
    free = ["venue.participation=null", "venue.taker_bps=0"]

    step = run(path, tmp_path / "step", [*free, "run.gear=step"])
    fused = run(path, tmp_path / "fused", [*free, "run.gear=fused"])

    assert fused.run["digest"] == step.run["digest"]
    assert fused.metrics == step.metrics
    assert fused.run["counts"] == step.run["counts"]
    assert fused.run["state_hash"] is None
    for name in FILES:
        if name.endswith(".parquet"):
            frames = [pl.read_parquet(tmp_path / gear / name) for gear in ("step", "fused")]
            assert frames[0].equals(frames[1])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_keeps_what_was_done(tmp_path: Path, number: signal.Signals) -> None:
    """The run stops at a row, and the folder says at which."""
    path = project(tmp_path, closes=[100.0 + i % 7 for i in range(20_000)])

    told: list[int] = []

    def interrupt(moment: Moment) -> None:
        if moment.rows > 4_000 and not told:
            told.append(moment.rows)
            os.kill(os.getpid(), number)

    report = simulate(
        Request(loaded=load(path), command="", out=tmp_path / "out"), interrupt, perf_counter
    )
    folder = open_run(tmp_path / "out")

    assert report.exit_code == 130
    assert not folder.run["complete"]
    assert 4_000 < folder.run["reached"]["rows"] < 20_000
    assert folder.run["reached"]["rows"] == folder.run["counts"]["inputs"]
    assert folder.run["reached"]["ts"].startswith("2020-09-1")
    assert len(folder.frame("equity")) > 0
    assert any("stopped after" in warning for warning in folder.run["warnings"])


def test_a_signal_before_the_first_event_leaves_nothing(tmp_path: Path) -> None:
    path = project(tmp_path)
    loaded = load(path)

    def clock() -> float:
        os.kill(os.getpid(), signal.SIGTERM)
        return 0.0

    with pytest.raises(Interrupted):
        simulate(Request(loaded=loaded, command="", out=tmp_path / "out"), quiet, clock)

    assert not (tmp_path / "out").exists()


def test_broken_data_leave_no_folder(tmp_path: Path) -> None:
    path = project(tmp_path)
    (tmp_path / "bars.parquet").write_bytes(b"no parquet")

    with pytest.raises(DataError):
        run(path, tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_data_that_break_in_the_middle_leave_no_folder(tmp_path: Path) -> None:
    path = project(tmp_path)
    frame = pl.read_parquet(tmp_path / "bars.parquet")
    frame[1_200, "close"] = -1.0
    frame.write_parquet(tmp_path / "bars.parquet")

    with pytest.raises(DataError, match="1200"):
        run(path, tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_dividends_that_no_table_can_hold_are_refused_with_their_row(tmp_path: Path) -> None:
    """Ten lots of a tenth, at 900 billion each: nothing wraps, nobody reads a traceback."""
    ts = instant_text(START_NS + 800 * MINUTE_NS)
    (tmp_path / "actions.csv").write_text(f"ts,action,amount\n{ts},dividend,900000000000\n")
    text = configuration([CROSS]).replace(
        "strategies:", "  - {kind: actions, instrument: WAVE.x, path: actions.csv}\nstrategies:"
    )

    with pytest.raises(RangeError, match="leaves the range of int64") as caught:
        run(project(tmp_path, text), tmp_path / "out", ["run.gear=step"])

    assert caught.value.where.startswith("row 80")
    assert not (tmp_path / "out").exists()


def test_a_second_run_into_the_same_folder_is_refused(tmp_path: Path) -> None:
    folder = ran(tmp_path)

    with pytest.raises(UsageError, match="not empty"):
        run(tmp_path / "traderd.yaml", folder.path)

    assert open_run(folder.path).run == folder.run


def test_a_paced_run_waits_between_instants(tmp_path: Path) -> None:
    """A thousand bars of a minute at a million times the real pace last 0.06 seconds at least."""
    path = project(tmp_path, closes=[100.0 + i % 7 for i in range(1_000)])
    request = Request(loaded=load(path), command="", out=tmp_path / "out", pace=Fraction(1_000_000))

    report = simulate(request, quiet, perf_counter)

    assert report.run["seconds"]["run"] > 0.059
    assert report.exit_code == 0


def test_a_paced_run_is_shown_at_each_instant_and_can_be_interrupted(tmp_path: Path) -> None:
    path = project(tmp_path, closes=[100.0 + i % 7 for i in range(9_000)])
    seen: list[int] = []

    def watch(moment: Moment) -> None:
        seen.append(moment.rows)
        if moment.rows == 3:
            os.kill(os.getpid(), signal.SIGINT)

    request = Request(loaded=load(path), command="", out=tmp_path / "out", pace=Fraction(600))
    report = simulate(request, watch, perf_counter)

    assert seen[:4] == [0, 0, 1, 2]
    assert report.exit_code == 130
    assert not report.run["complete"]


def test_a_halted_run_says_by_what_and_exits_with_5(tmp_path: Path) -> None:
    text = configuration(more="risk: {drawdown_max: 0.0001}\nreport: {baselines: false}")

    report = run(project(tmp_path, text), tmp_path / "out")

    assert report.exit_code == 5
    assert report.run["trading_state"] == "HALTED"
    assert "ended HALTED: drawdown_max" in report.run["warnings"]


def test_a_quarantined_strategy_says_why_and_the_others_trade_on(tmp_path: Path) -> None:
    falls = "{name: falls, file: falls.py, params: {at: 700}}"

    report = run(project(tmp_path, configuration([falls, CROSS])), tmp_path / "out")
    fills = open_run(tmp_path / "out").frame("fills")

    assert report.exit_code == 5
    assert list(report.run["quarantined"]) == ["falls"]
    said = "ValueError: seven hundred is enough, falls.py:14 (row 700,"
    assert said in report.run["quarantined"]["falls"]
    assert fills.filter(strategy="falls")["seq"].to_list()[-1] <= 700
    assert fills.filter(strategy="cross")["seq"].to_list()[-1] > 1_400


def test_the_documents_are_json_that_anybody_reads(tmp_path: Path) -> None:
    folder = ran(tmp_path)

    for name in ("run.json", "metrics.json"):
        text = (folder.path / name).read_text()
        assert text.endswith("}\n")
        assert msgspec.json.decode(text)


def test_the_baselines_have_seconds_of_their_own(tmp_path: Path) -> None:
    path = project(tmp_path)

    without = run(path, tmp_path / "without").run["seconds"]
    beside = run(path, tmp_path / "beside", ["report.baselines=true"]).run["seconds"]

    assert list(beside) == ["load", "run", "baselines", "write"]
    assert beside["baselines"] > without["baselines"]
