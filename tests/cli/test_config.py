"""`traderd config`."""

from pathlib import Path

import polars as pl
import pytest

from tests.cli.conftest import Command
from tests.research.making import configuration

ROOT = Path(__file__).resolve().parents[2]


def test_a_right_configuration_is_said_to_be_right(traderd: Command) -> None:
    said = traderd("config", "check", "traderd.yaml")

    assert said.code == 0
    assert said.out.startswith("traderd.yaml is right: 2 strategies, 1,500 rows of data, digest ")
    assert "warning: risk sets no limit" in said.err


def test_a_check_as_json(traderd: Command) -> None:
    document = traderd("config", "check", "traderd.yaml", "--json").document

    assert document["ok"]
    assert document["rows"] == 1_500
    assert len(document["config_digest"]) == 64
    assert document["warnings"]


def test_a_check_looks_at_the_data(traderd: Command) -> None:
    Path("bars.parquet").write_bytes(b"?")

    assert traderd("config", "check", "traderd.yaml").code == 3


def test_a_check_looks_at_the_strategies(traderd: Command) -> None:
    Path("own.py").write_text("x = (")
    Path("traderd.yaml").write_text(configuration(["{name: own, file: own.py}"]))

    said = traderd("config", "check", "traderd.yaml")

    assert said.code == 2
    assert "own.py:1" in said.err


def test_show_gives_every_value_its_origin(traderd: Command) -> None:
    said = traderd("config", "show", "traderd.yaml", "--set", "run.seed=9")

    assert "seed: 9" in said.out
    assert "# --set" in said.out
    assert "# traderd.yaml:" in said.out
    assert "# default" in said.out


def test_what_is_shown_can_be_loaded_again(traderd: Command) -> None:
    shown = traderd("config", "show", "traderd.yaml")
    Path("again.yaml").write_text(shown.out)

    digests = {
        traderd("config", "check", name, "--json").document["config_digest"]
        for name in ("traderd.yaml", "again.yaml")
    }

    assert len(digests) == 1


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("config", "show"), "demo"),
        (("--config", "traderd.yaml", "config", "show"), "trial"),
        (("--config", "traderd.yaml", "--set", "run.name=x", "config", "show"), "x"),
    ],
)
def test_show_takes_what_is_meant(traderd: Command, words: tuple[str, ...], name: str) -> None:
    document = traderd(*words, "--json").document

    assert document["config"]["run"]["name"] == name
    assert document["origins"]["run.name"]


def test_secrets_are_masked(traderd: Command) -> None:
    text = configuration().replace("fast: 5", "fast: 5, api_key: hunter2")
    Path("falls.yaml").write_text(text.replace("type: ema_cross", "file: falls.py"))

    said = traderd("config", "show", "falls.yaml")

    assert said.code == 0
    assert "hunter2" not in said.out


def test_the_schema_is_one_document(traderd: Command) -> None:
    plain, asked = traderd("config", "schema"), traderd("config", "schema", "--json")

    assert plain.document == asked.document
    assert plain.document["$schema"].startswith("https://json-schema.org/")


def test_check_warns_of_data_that_cannot_fill(traderd: Command, tmp_path: Path) -> None:
    path = tmp_path / "bars.parquet"
    pl.read_parquet(path).drop("volume").write_parquet(path)

    said = traderd("config", "check", "traderd.yaml")

    assert said.code == 0
    assert "venue.participation: null" in said.err


@pytest.mark.parametrize("file", sorted((ROOT / "config").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_bundled_configuration_is_right(traderd: Command, file: Path) -> None:
    said = traderd("config", "check", str(file))

    assert said.code == 0
    assert "is right" in said.out
