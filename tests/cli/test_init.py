"""`traderd init`: what it writes runs at once."""

import ast
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from trader.cli.init import RISING

FILES = ["eurusd-1h.parquet", "rising.py", "traderd.yaml"]


def test_the_new_folder_runs_at_once(traderd: Command) -> None:
    made = traderd("init", "mine")
    said = traderd("--sim", "--config", "mine/traderd.yaml", "--json")
    strategies = said.document["metrics"]["strategies"]

    assert made.code == 0
    assert "--sim --config mine/traderd.yaml" in made.out
    assert sorted(path.name for path in Path("mine").iterdir() if path.is_file()) == FILES
    assert said.code == 0
    assert strategies["rising"]["fills"] > 0
    assert strategies["cross"]["fills"] > 0


def test_it_passes_its_own_check(traderd: Command) -> None:
    traderd("init", "mine")

    assert traderd("config", "check", "mine/traderd.yaml").code == 0


def test_here_is_the_folder_if_none_is_named(
    traderd: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("new").mkdir()
    monkeypatch.chdir("new")

    document = traderd("init", "--json").document

    assert sorted(document["files"]) == FILES
    assert sorted(path.name for path in Path().iterdir()) == FILES


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_written_over(traderd: Command, name: str) -> None:
    Path("mine").mkdir()
    (Path("mine") / name).write_text("mine")

    said = traderd("init", "mine")

    assert said.code == 2
    assert f"there is a {name} already" in said.err
    assert [path.name for path in Path("mine").iterdir()] == [name]
    assert (Path("mine") / name).read_text() == "mine"


def test_where_no_folder_can_be_is_told(traderd: Command) -> None:
    Path("file").touch()

    assert traderd("init", "file/mine").code == 2


def test_the_strategy_is_read_in_a_minute() -> None:
    """Some fifteen lines of code, without its descriptions."""
    tree = ast.parse(RISING)
    lines = {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    }

    assert len(lines) <= 20
