"""`traderd data`, and configurations that read from the catalog and from texts."""

import subprocess
from pathlib import Path

import msgspec
import polars as pl
import pytest

from tests.cli.conftest import Command
from tests.cli.test_process import PYTHON, environment
from tests.research.making import configuration, wave, write_bars

IMPORT = ("data", "import", "bars.parquet", "--venue", "x", "--symbol", "WAVE")
KEPT = "catalog/bars/x/WAVE/1m/20200913T122700-20200914T132600.parquet"
FROM_CATALOG = ("--set", "data.0.path=null")


def text(path: str = "prices.csv", zone: str = "+00:00") -> str:
    """The project's bars as a text, newest first."""
    frame = pl.read_parquet("bars.parquet").reverse()
    moment = pl.col("ts_open").cast(pl.Datetime("ns")).dt.to_string(f"%Y-%m-%d %H:%M:%S{zone}")
    frame.with_columns(moment.alias("ts_open")).rename({"ts_open": "Time"}).write_csv(path)
    return path


def test_a_file_is_described_and_kept(traderd: Command) -> None:
    said = traderd(*IMPORT)

    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "bars.parquet",
        "  kind      bars  (found: by its columns)",
        "  interval  1m  (found: 1,499 of 1,499 steps, the shortest)",
        "  tick      0.01",
        "  lot       1",
        "  rows      1,500 from 2020-09-13T12:27:00Z to 2020-09-14T13:26:00Z",
        f"wrote {KEPT}",
        "1,500 rows written",
    ]
    assert pl.read_parquet(KEPT).equals(pl.read_parquet("bars.parquet"))


def test_every_name_stands_apart_from_what_was_found(traderd: Command) -> None:
    """An hour that came twice is the rarest of findings."""
    clocks = ("00:30", "01:30", "01:30", "02:30")
    rows = [f"2024-11-03 {clock},10,11,9,10,5" for clock in clocks]
    Path("fall.csv").write_text("\n".join(["time,open,high,low,close,volume", *rows, ""]))
    place = ("--venue", "x", "--symbol", "FALL", "--time-zone", "America/New_York")

    said = traderd("data", "import", "fall.csv", *place, "--dry-run")

    hours = "hours     2 rows of hours that came twice  (found: told apart by their order)"
    lines = said.out.splitlines()[1:-1]
    assert f"  {hours}" in lines
    assert all(line[11] == " " != line[12] for line in lines)


def test_a_file_that_is_there_is_not_written_again(traderd: Command) -> None:
    traderd(*IMPORT)

    said = traderd(*IMPORT)

    assert said.code == 0
    assert said.out.endswith("nothing is new: the catalog has all of these rows\n")


def test_a_part_that_is_there_is_told(traderd: Command) -> None:
    pl.read_parquet("bars.parquet").head(100).write_parquet("part.parquet")
    traderd("data", "import", "part.parquet", "--venue", "x", "--symbol", "WAVE")

    said = traderd(*IMPORT)

    assert said.out.endswith("1,400 rows written; 100 rows were there already\n")
    assert "1,500 rows" in traderd("data", "list").out


def test_what_is_misnamed_does_not_hide_the_rest(traderd: Command) -> None:
    traderd(*IMPORT)
    folder = Path(KEPT).parent
    odd = ("mine.parquet", "20209999T000000-20211399T000000.parquet")
    for path in (*(folder / name for name in odd), folder.with_name("hourly") / Path(KEPT).name):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(Path(KEPT).read_bytes())

    said = traderd("data", "list")

    assert said.code == 0
    assert [line.split()[:4] for line in said.out.splitlines()] == [
        ["bars", "WAVE.x", "1m", "1,500"]
    ]
    assert said.err.count("warning: no file of the catalog is named so") == len(odd)
    assert all(str(folder / name) in said.err for name in odd)
    assert "warning: no folder of bars is named so" in said.err


def test_a_dry_run_writes_nothing(traderd: Command) -> None:
    said = traderd(*IMPORT, "--dry-run")

    assert said.out.endswith("dry run: 1,500 rows would be written\n")
    assert not Path("catalog").exists()


def test_everything_is_said_as_json_too(traderd: Command) -> None:
    document = traderd(*IMPORT, "--json").document

    [file] = document["files"]
    assert (document["catalog"], document["dry_run"]) == ("catalog", False)
    assert file == {
        "path": "bars.parquet",
        "kind": "bars",
        "venue": "x",
        "symbol": "WAVE",
        "interval": "1m",
        "rows": 1_500,
        "from": "2020-09-13T12:27:00Z",
        "to": "2020-09-14T13:26:00Z",
        "tick": "0.01",
        "lot": "1",
        "off_grid": "refuse",
        "facts": {},
        "findings": file["findings"],
        "new_rows": 1_500,
        "written": [KEPT],
    }
    assert file["findings"][0] == {
        "what": "kind",
        "value": "bars",
        "origin": "found",
        "why": "by its columns",
    }


@pytest.mark.parametrize(
    ("words", "code", "parts"),
    [
        (("data", "import", "--venue", "x", "--symbol", "W"), 2, ["a file is missing"]),
        (("data", "import", "bars.parquet", "--symbol", "W"), 2, ["--venue"]),
        ((*IMPORT[:-1], "a b"), 2, ["'a b' is no name", "--symbol", "a letter or digit first"]),
        ((*IMPORT[:3], "--venue", "1x", "--symbol", "W"), 2, ["'1x' is no name", "--venue"]),
        ((*IMPORT, "--interval", "1 minute"), 2, ["expected an interval", "--interval"]),
        ((*IMPORT, "--tick", "x"), 2, ["expected a decimal number", "--tick"]),
        ((*IMPORT, "--lot", "0"), 2, ["0 is not positive", "--lot"]),
        ((*IMPORT, "--kind", "prices"), 2, ["--kind"]),
        ((*IMPORT, "--tick", "0.1"), 3, ["off the grid of tick 0.1", "bars.parquet"]),
        ((*IMPORT, "--interval", "5m"), 3, ["overlapping bars"]),
        (("data", "import", "nowhere.csv", *IMPORT[3:]), 3, ["no such file", "nowhere.csv"]),
        (("data", "import", "traderd.yaml", *IMPORT[3:]), 3, ["no columns can be made out"]),
    ],
)
def test_a_mistake_is_told_in_a_line(
    traderd: Command, words: tuple[str, ...], code: int, parts: list[str]
) -> None:
    said = traderd(*words)

    assert (said.code, said.out) == (code, "")
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert all(part in said.err for part in parts)
    assert not Path("catalog").exists()


def test_a_mistake_is_a_document_if_that_is_wanted(traderd: Command) -> None:
    said = traderd("data", "import", text(zone=""), "--venue", "x", "--symbol", "W", "--json")

    assert (said.code, said.err) == (3, "")
    assert said.document["error"]["code"] == "data"
    assert "name no zone" in said.document["error"]["message"]
    assert "--time-zone" in said.document["error"]["hint"]


def test_files_that_disagree_are_refused_and_nothing_is_written(traderd: Command) -> None:
    traderd(*IMPORT)
    frame = pl.read_parquet("bars.parquet")
    frame[7, "volume"] = 5.0
    frame.write_parquet("other.parquet")
    before = sorted(Path("catalog").rglob("*"))

    said = traderd("data", "import", "other.parquet", *IMPORT[3:])

    assert said.code == 3
    assert (
        "row 7 has 5.0 where the catalog has 1000.0, other.parquet, row 7, column volume"
        in said.err
    )
    assert KEPT in said.err
    assert sorted(Path("catalog").rglob("*")) == before


def test_the_catalog_lies_in_the_state_dir(traderd: Command) -> None:
    with Path("traderd.yaml").open("a", encoding="utf-8") as file:
        file.write("state_dir: state\n")

    traderd("--config", "traderd.yaml", *IMPORT)

    assert (Path("state") / KEPT).is_file()
    assert traderd("data", "list", "--json").document["series"] == []
    [series] = traderd("--config", "traderd.yaml", "data", "list", "--json").document["series"]
    assert (series["kind"], series["symbol"], series["rows"]) == ("bars", "WAVE", 1_500)


def test_a_list(traderd: Command) -> None:
    empty = traderd("data", "list")
    traderd(*IMPORT)

    said = traderd("data", "list")

    assert (empty.code, empty.out) == (0, "")
    assert "data import FILE" in empty.err
    when = "2020-09-13T12:27:00Z to 2020-09-14T13:26:00Z"
    assert " ".join(said.out.split()) == f"bars WAVE.x 1m 1,500 rows {when} 1 file"


def test_a_file_that_is_no_file_does_not_hide_the_others(traderd: Command) -> None:
    traderd(*IMPORT)
    Path("catalog/bars/x/B/1m").mkdir(parents=True)
    Path("catalog/bars/x/B/1m/mine.parquet").write_text("?")

    said = traderd("data", "list")

    assert said.out.startswith("bars    WAVE.x")
    assert said.err.startswith("warning: ")
    assert "mine.parquet" in said.err


@pytest.mark.parametrize("words", [(), ("all",)])
def test_the_catalog_is_checked(traderd: Command, words: tuple[str, ...]) -> None:
    traderd(*IMPORT)

    said = traderd("data", "check", *words)

    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "bars of WAVE.x at 1m",
        "  rows      1,500 from 2020-09-13T12:27:00Z to 2020-09-14T13:26:00Z",
    ]


def test_what_a_run_would_refuse_is_exit_code_3(traderd: Command) -> None:
    traderd(*IMPORT)
    path = Path(KEPT)
    path.write_bytes(path.read_bytes()[:-20])

    said = traderd("data", "check")
    document = traderd("data", "check", "--json")

    assert said.code == document.code == 3
    assert said.out.startswith("bars of WAVE.x at 1m: REFUSED: truncated Parquet file")
    [checked] = document.document["checked"]
    assert not document.document["ok"]
    assert checked["refusal"]["code"] == "data"
    assert checked["refusal"]["where"] == KEPT


def test_an_empty_catalog_is_no_mistake(traderd: Command) -> None:
    said = traderd("data", "check")

    assert (said.code, said.out) == (0, "")
    assert "there is nothing in catalog" in said.err


def test_single_files_are_checked(traderd: Command) -> None:
    frame = pl.read_parquet("bars.parquet")
    odd = frame.with_columns(
        pl.col("ts_open") + pl.when(pl.int_range(1_500) > 9).then(120e9).otherwise(0)
    )
    odd.with_columns(pl.col("ts_open").cast(pl.Int64)).write_parquet("odd.parquet")

    said = traderd("data", "check", "odd.parquet", text(), "nowhere.csv")

    assert said.code == 3
    assert "  odd       holes 1, short holes 1, missing bars 2" in said.out
    assert "  order     newest first, turned round" in said.out
    assert "nowhere.csv: REFUSED: no such file" in said.out


def test_a_text_with_all_that_has_to_be_said(traderd: Command) -> None:
    said = traderd(
        "data",
        "import",
        text(zone=""),
        *IMPORT[3:],
        *("--kind", "bars", "--interval", "1m", "--time-zone", "UTC", "--label", "open"),
        *("--decimal", "point", "--tick", "0.01", "--lot", "1"),
    )

    assert said.code == 0
    for what in ("kind", "interval", "zone", "label", "decimal", "tick", "lot"):
        [line] = [line for line in said.out.splitlines() if line.startswith(f"  {what} ")]
        assert line.endswith("(given)")
    assert pl.read_parquet(KEPT).equals(pl.read_parquet("bars.parquet"))


def test_a_run_reads_the_same_from_a_file_a_text_and_the_catalog(traderd: Command) -> None:
    """What was inferred about the text is told before the run."""
    traderd(*IMPORT)
    run = ("--sim", "--config", "traderd.yaml", "--json")

    plain = traderd(*run)
    kept = traderd(*run, *FROM_CATALOG)
    written = traderd(*run, "--set", f"data.0.path={text()}")

    assert plain.document["digest"] == kept.document["digest"] == written.document["digest"]
    note, progress = written.err.splitlines()[:2]
    assert note.startswith(f"{Path.cwd() / 'prices.csv'}: columns 6 parted by comma; ")
    assert progress.startswith("running: 0 of 1500 rows")
    [catalog] = kept.document["inputs"]
    assert catalog["path"] == str(Path.cwd() / "catalog/bars/x/WAVE/1m")
    assert traderd("replay", kept.document["out"]).code == 0
    assert traderd("replay", written.document["out"]).code == 0


def test_a_series_that_has_grown_is_another_input(traderd: Command) -> None:
    traderd(*IMPORT)
    ran = traderd("--sim", "--config", "traderd.yaml", "--json", *FROM_CATALOG).document
    frame = pl.read_parquet("bars.parquet")
    later = frame.with_columns(pl.col("ts_open") + 86_400_000_000_000 * 7)
    later.write_parquet("later.parquet")
    traderd("data", "import", "later.parquet", *IMPORT[3:])

    said = traderd("replay", ran["out"])

    assert said.code == 3
    assert "the data have changed since the run" in said.err


def test_a_source_that_the_catalog_does_not_have(traderd: Command) -> None:
    said = traderd("--sim", "--config", "traderd.yaml", *FROM_CATALOG)

    assert said.code == 3
    assert "the catalog has no bars of WAVE.x at 1m" in said.err


def test_a_configuration_is_checked_with_what_was_inferred(traderd: Command) -> None:
    words = ("config", "check", "traderd.yaml", "--set", f"data.0.path={text()}")

    said = traderd(*words)

    assert said.code == 0
    assert "zone UTC (found: the times have an offset)" in said.err
    assert len(traderd(*words, "--json").document["notes"]) == 1


def test_as_a_process_and_without_a_terminal(tmp_path: Path) -> None:
    """Nothing is asked: it runs to its end on an empty stdin."""
    write_bars(tmp_path / "bars.parquet", wave())
    (tmp_path / "traderd.yaml").write_text(configuration(), encoding="utf-8")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PYTHON, *words],
            cwd=tmp_path,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    imported = run(*IMPORT, "--json")
    listed = run("data", "list", "--json")
    checked = run("data", "check", "--json")

    assert [each.returncode for each in (imported, listed, checked)] == [0, 0, 0], imported.stderr
    assert msgspec.json.decode(imported.stdout)["files"][0]["new_rows"] == 1_500
    assert msgspec.json.decode(listed.stdout)["series"][0]["rows"] == 1_500
    assert msgspec.json.decode(checked.stdout)["ok"]
