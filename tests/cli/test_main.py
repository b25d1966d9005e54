"""Every mistake is one line, or one document, and an exit code of its own."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pytest

from tests.cli.conftest import Command
from tests.research.making import CROSS, configuration
from trader.cli.main import internal_error

OWN = "{name: own, file: own.py}"

USAGE = [
    (["--what"], "No such option '--what'"),
    (["--sim", "--sed", "4"], "--seed"),
    (["--sim", "--seed", "many"], "'many' is not a valid integer"),
    (["--sim", "--gear", "sixth"], "'sixth' is not one of"),
    (["--sim", "--pace", "fast"], "unknown pace 'fast'"),
    (["--sim", "runs"], "--sim takes no verb"),
    (["replai", "x"], "did you mean replay?"),
    (["replay"], "Missing argument 'RUN'"),
    (["replay", "nothing"], "there is no such run"),
    (["replay", "."], "there is no journal to replay"),
    (["replay", "x", "--until", "0"], "--until"),
    (["runs", "show", "nothing"], "there is no such run"),
    (["runs", "shov"], "No such command 'shov'"),
    (["config", "check"], "Missing argument 'F'"),
    (["config", "check", "nothing.yaml"], "does not exist"),
    (["help", "replai"], "did you mean replay?"),
    (["help", "replay", "more"], "has no verbs of its own"),
    (["venue", "nowhere"], "No such command 'nowhere'"),
    (["venue", "binance", "--port", "99999"], "--port"),
    (["venue", "binance", "--accounts", "nothing.json"], "cannot read the accounts"),
    (["--gear", "step"], "--gear is only with --sim"),
    (["--out", "x", "runs"], "--out is only with --sim"),
    (["--pace", "max"], "--pace is only with --sim"),
    ([], "the daemon needs a configuration"),
]


@pytest.mark.parametrize(("words", "text"), USAGE, ids=lambda value: str(value)[:30])
def test_what_is_asked_for_wrongly_is_told(traderd: Command, words: list[str], text: str) -> None:
    said = traderd(*words)

    assert said.code == 2
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert text in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(("words", "text"), USAGE, ids=lambda value: str(value)[:30])
def test_with_json_it_is_one_document(traderd: Command, words: list[str], text: str) -> None:
    said = traderd("--json", *words)
    error = said.document["error"]

    assert said.code == 2
    assert said.err == ""
    assert error.keys() == {"code", "message", "where", "hint"}
    assert text in ", ".join(error.values())


def config(old: str = "", new: str = "", **more: Any) -> str:
    text = configuration(**more)
    assert old in text
    return text.replace(old, new, 1) if old else text


CONFIGURATIONS = [
    ("sed: 7", config("seed", "sed"), "did you mean seed?"),
    ("seed: many", config("seed: 7", "seed: many"), "run.seed"),
    ("missing data", config("bars.parquet", "beers.parquet"), "beers.parquet"),
    ("twins", configuration([CROSS, CROSS]), "occurs twice"),
    ("no data", config("instrument: WAVE.x, name", "instrument: W.x, name"), "unknown instrument"),
    ("from after to", config("seed: 7", "from: 2021-01-02, to: 2021-01-01"), "must be after"),
    ("negative cash", config('"10000"', '"-1"'), "account.cash"),
    ("zero tick", config('"0.01"', '"0"'), "tick"),
    ("fast >= slow", config("fast: 5", "fast: 50"), "fast must be below slow"),
    ("a tag", config("seed: 7", "seed: !!python/name:os.system 7"), "tag"),
    ("no YAML", "run: {", "traderd.yaml"),
    ("empty", "", "the file is empty"),
    ("no such file", config("fade, type: bollinger_reversion", "fade, file: no.py"), "no.py"),
]
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, after in pairwise("abcdefghi")
)


@pytest.mark.parametrize(
    ("name", "text", "told"), [*CONFIGURATIONS, ("a bomb", BOMB, "100000 values")]
)
def test_a_wrong_configuration_is_told(
    traderd: Command, tmp_path: Path, name: str, text: str, told: str
) -> None:
    del name
    (tmp_path / "traderd.yaml").write_text(text)

    said = traderd("--sim", "--config", "traderd.yaml")

    assert said.code == 2
    assert said.err.startswith("error: ")
    assert told in said.err
    assert said.err.count("\n") == 1
    assert not (tmp_path / "runs").exists()


def changed(column: str, row: int, value: float | None) -> Any:
    def change(frame: pl.DataFrame) -> pl.DataFrame:
        frame[row, column] = value
        return frame

    return change


DATA = [
    ("missing column", lambda f: f.drop("close"), "close"),
    ("wrong type", lambda f: f.with_columns(pl.col("open").cast(pl.String)), "open"),
    ("unsorted", lambda f: f.reverse(), "ts_open"),
    ("twice", lambda f: pl.concat([f.head(5), f.tail(-4)]), "ts_open"),
    ("NaN", changed("low", 700, float("nan")), "700"),
    ("null", changed("high", 701, None), "701"),
    ("zero", changed("low", 702, 0.0), "702"),
    ("negative", changed("low", 703, -1.0), "703"),
    ("high below low", changed("high", 704, 1.0), "704"),
    ("off grid", changed("high", 705, 120.003), "705"),
    ("no rows", lambda f: f.head(0), "no rows"),
]


@pytest.mark.parametrize(("name", "change", "told"), DATA, ids=[name for name, *_ in DATA])
def test_wrong_data_are_told_with_file_and_place(
    traderd: Command, tmp_path: Path, name: str, change: Any, told: str
) -> None:
    del name
    path = tmp_path / "bars.parquet"
    change(pl.read_parquet(path)).write_parquet(path)

    said = traderd("--sim", "--config", "traderd.yaml")
    lines = [line for line in said.err.splitlines() if not line.startswith("running: ")]

    assert said.code == 3
    assert said.out == ""
    [line] = lines
    assert line.startswith("error: ")
    assert told in line
    assert "bars.parquet" in line


@pytest.mark.parametrize("content", [b"", b"not Parquet at all", b"PAR1" + b"\0" * 40])
def test_a_file_that_is_no_parquet_is_told(
    traderd: Command, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "bars.parquet").write_bytes(content)

    said = traderd("--json", "--sim", "--config", "traderd.yaml")

    assert said.code == 3
    assert said.document["error"]["code"] == "data"
    assert "bars.parquet" in said.document["error"]["where"]


def test_a_truncated_file_is_told(traderd: Command, tmp_path: Path) -> None:
    path = tmp_path / "bars.parquet"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])

    assert traderd("--sim", "--config", "traderd.yaml").code == 3


STRATEGIES = [
    ("def x(:\n", "own.py:1"),
    ("import nothing_of_that_name\n", "own.py:1"),
    ("x = 1\n", "no strategy"),
    ("x = 1 / 0\n", "own.py:1"),
]


@pytest.mark.parametrize(("text", "told"), STRATEGIES)
def test_a_wrong_strategy_file_is_told_with_its_line(
    traderd: Command, tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "own.py").write_text(text)
    (tmp_path / "traderd.yaml").write_text(configuration([OWN]))

    said = traderd("--sim", "--config", "traderd.yaml")

    assert said.code == 2
    assert said.err.startswith("error: ")
    assert told in said.err


def test_a_mistake_of_ours_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    internal_error(ZeroDivisionError("division\nby zero"), ["--sim"])

    err = capsys.readouterr().err
    assert err.startswith("error: this is a mistake in traderd: ZeroDivisionError: division by")
    assert "TRADERD_DEBUG=1" in err
    assert err.count("\n") == 1


def test_a_mistake_of_ours_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    internal_error(ZeroDivisionError("division by zero"), ["--sim", "--json"])

    assert msgspec.json.decode(capsys.readouterr().out)["error"]["code"] == "internal"


@pytest.mark.parametrize("verb", ["config", "venue"])
def test_a_verb_without_its_own_verb_is_told_in_a_line(traderd: Command, verb: str) -> None:
    said = traderd(verb)

    assert said.code == 2
    assert said.err == (
        f"error: a verb is missing, traderd {verb}, `traderd {verb} --help` shows what there is\n"
    )
