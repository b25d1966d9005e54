"""References to what a run read, and warnings about it."""

from pathlib import Path

import polars as pl
import pytest

from sims.build import open_sources
from tests.research.making import configuration, project, ran, run, write_bars
from trader.config.loader import load
from trader.errors import DataError
from trader.research.inputs import check_same, references, strategy_files


def test_a_reference_names_the_file_its_digest_and_its_range(tmp_path: Path) -> None:
    folder = ran(tmp_path, sets=["run.from=2020-09-13T20:00:00Z", "run.to=2020-09-14T00:00:00Z"])

    [reference] = folder.run["inputs"]

    assert reference["instrument"] == "WAVE.x"
    assert reference["path"] == str(tmp_path / "bars.parquet")
    assert len(reference["digest"]) == 64
    assert reference["rows"] == 100 + 240
    assert reference["from"] == "2020-09-13T18:20:00Z"
    assert reference["to"] == "2020-09-14T00:00:00Z"


def test_other_bytes_are_not_the_same_input(tmp_path: Path) -> None:
    config = load(project(tmp_path)).config
    before = references(open_sources(config))
    write_bars(tmp_path / "bars.parquet", [100.0 + i % 3 for i in range(1_500)])
    after = references(open_sources(config))

    check_same(before, before)
    with pytest.raises(DataError, match="have changed") as caught:
        check_same(before, after)

    assert caught.value.where == str(tmp_path / "bars.parquet")
    assert caught.value.exit_code == 3


def test_strategy_files_have_digests(tmp_path: Path) -> None:
    falls = "{name: falls, file: falls.py}"
    config = load(project(tmp_path, configuration([falls]))).config

    assert len(strategy_files(config)["falls"]) == 64


def test_a_coarse_tick_with_slippage_in_bps_draws_a_warning(tmp_path: Path) -> None:
    path = project(tmp_path, closes=[1.0 + 0.01 * (i % 5) for i in range(300)])

    report = run(path, tmp_path / "out")

    assert any("10 bps" in warning for warning in report.run["warnings"])


def test_rounded_bars_are_counted(tmp_path: Path) -> None:
    path = project(tmp_path)
    frame = pl.read_parquet(tmp_path / "bars.parquet")
    for row in (3, 9):
        frame[row, "high"] = frame[row, "high"] + 0.003
    frame.write_parquet(tmp_path / "bars.parquet")

    report = run(path, tmp_path / "out", ["run.off_grid=round"])

    assert "2 bars of WAVE.x were off grid and rounded" in report.run["warnings"]


def test_bars_outside_every_session_are_counted(tmp_path: Path) -> None:
    """25 hours from a Sunday's noon on hold six hours of Tokyo."""
    report = run(
        project(tmp_path),
        tmp_path / "out",
        ["run.off_session=drop", "instruments.0.calendar=XTKS"],
    )

    assert "1140 bars of WAVE.x lay outside its sessions and were dropped" in report.run["warnings"]
    assert report.run["inputs"][0]["rows"] == 360


def test_bars_without_volume_cannot_fill_a_share_of_it(tmp_path: Path) -> None:
    path = project(tmp_path)
    frame = pl.read_parquet(tmp_path / "bars.parquet").drop("volume")
    frame.write_parquet(tmp_path / "bars.parquet")

    shared = run(path, tmp_path / "shared")
    free = run(path, tmp_path / "free", ["venue.participation=null"])

    assert (shared.run["counts"]["fills"], free.run["counts"]["fills"] > 0) == (0, True)
    assert any("`venue.participation: null`" in warning for warning in shared.run["warnings"])
    assert not any("no volume" in warning for warning in free.run["warnings"])


def test_actions_outside_of_the_data_do_nothing_and_are_told(tmp_path: Path) -> None:
    path = project(tmp_path)
    data = "  - {kind: actions, instrument: WAVE.x, path: actions.csv}\nstrategies:"
    (tmp_path / "within.yaml").write_text(path.read_text().replace("strategies:", data))
    rows = [
        "2010-06-09,split,7,1",
        "2020-09-14,split,2,1",
        "2020-09-15,split,3,1",
        "2031-06-09,split,2,1",
        "2032-06-09,split,2,1",
    ]
    head = "ex_date,action,numerator,denominator\n"
    reports = []
    for name, some in (("within", rows[1:2]), ("all", rows)):
        (tmp_path / "actions.csv").write_text(head + "\n".join(some) + "\n")
        reports.append(run(tmp_path / "within.yaml", tmp_path / name))

    within, everything = (report.run for report in reports)
    assert everything["digest"] == within["digest"]
    assert everything["period"] == within["period"]
    assert not any("outside its data" in each for each in within["warnings"])
    [told] = [each for each in everything["warnings"] if "outside its data" in each]
    assert told.startswith("4 of 5 actions of WAVE.x lie outside its data (2020-09-13T12:27:00Z to")
    assert told.endswith("and do nothing: line 2, line 4, line 5, ...")


@pytest.mark.parametrize("every", [1, 60])
def test_bars_further_apart_than_their_interval_draw_a_warning(tmp_path: Path, every: int) -> None:
    path = project(tmp_path)
    frame = pl.read_parquet(tmp_path / "bars.parquet").gather_every(every)
    frame.write_parquet(tmp_path / "bars.parquet")

    found = [text for text in run(path, tmp_path / "out").run["warnings"] if "apart" in text]

    assert len(found) == (every > 1)
    assert all(text.startswith("the bars of WAVE.x usually open 60 intervals") for text in found)


@pytest.mark.parametrize("received", [True, False])
def test_a_run_says_which_instants_order_it(tmp_path: Path, *, received: bool) -> None:
    """By reception only if every row of every source was received; bars are not."""
    project(tmp_path, configuration(["{name: hears, file: hears.py}"]))
    (tmp_path / "hears.py").write_text(
        "from msgspec import Struct\n"
        "from trader.strategies.strategy import Strategy\n\n\n"
        "class Hears(Strategy):\n"
        "    class Params(Struct):\n        pass\n\n"
        "    class State(Struct):\n        pass\n\n"
        "    def on_quote(self, quote):\n        return None\n"
    )
    ts = [1_600_000_000_000_000_000 + at for at in range(5)]
    quotes = pl.DataFrame({"ts": ts, "bid": [99.0] * 5, "ask": [100.0] * 5})
    if received:
        quotes = quotes.with_columns(ts_recv=pl.col("ts") + 7)
    quotes.write_parquet(tmp_path / "quotes.parquet")
    sets = ["data.0.kind=quotes", "data.0.interval=null", "data.0.path=quotes.parquet"]

    report = run(tmp_path / "traderd.yaml", tmp_path / "out", sets)

    assert report.run["order_of_inputs"] == ("ts_recv" if received else "ts")
