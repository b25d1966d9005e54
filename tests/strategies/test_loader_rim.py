"""The rim of a person's own file: every mistake in it is told with its line, none is ours."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from tests.kernels.slow import bar
from tests.strategies.making import ask
from trader.errors import ConfigError
from trader.strategies.averages import EmaCross
from trader.strategies.loader import load_strategy, make_params, start
from trader.strategies.strategy import Side, Strategy

Write = Callable[[str], str]

HEAD = """
from msgspec import Struct

from trader.strategies.strategy import Side, Strategy
"""

MINE = """
class Mine(Strategy):
    class Params(Struct):
        n: int = 3

    class State(Struct):
        count: int = 0

    inputs = ("count",)

    def on_bar(self, bar):
        return None
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file `my.py` and returns its path."""

    def write_it(text: str) -> str:
        path = tmp_path / "my.py"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write_it


def loaded(path: str, params: dict[str, Any] | None = None) -> object:
    """Everything that happens to the file before the first bar."""
    cls = load_strategy(path)
    return cls(make_params(cls, params or {}, path))


def test_a_second_name_is_not_a_second_strategy(write: Write) -> None:
    assert load_strategy(write(HEAD + MINE + "\nAlias = Mine\n")).__name__ == "Mine"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        # Raised inside a library: the line is the file's, not the library's.
        ("import statistics\n\nstatistics.mean([])\n", 3, "StatisticsError"),
        ("\nopen('no such file')\n", 2, "fails when loaded: FileNotFoundError"),
        ("import sys\n\nsys.exit(3)\n", 3, "fails when loaded: SystemExit"),
    ],
    ids=["library", "own file", "exit"],
)
def test_the_line_is_the_files(write: Write, text: str, line: int, message: str) -> None:
    path = write(text)
    with pytest.raises(ConfigError) as raised:
        load_strategy(path)

    assert message in raised.value.message
    assert raised.value.where == f"{path}:{line}"


@pytest.mark.parametrize("text", ["x = 1\0\n", "# coding: nonsense\nx = 1\n"])
def test_an_error_without_a_line_names_the_file(write: Write, text: str) -> None:
    path = write(text)
    with pytest.raises(ConfigError) as raised:
        load_strategy(path)

    assert raised.value.where in {path, f"{path}:1"}


@pytest.mark.parametrize(
    "text",
    [
        MINE.replace("count: int = 0", "count: int"),  # a state that nobody can start
        MINE.replace('("count",)', "5"),
        MINE.replace('("count",)', "(5,)"),
        MINE.replace("n: int = 3", "n: 'Unknown' = 3"),
    ],
    ids=["state without default", "inputs a number", "inputs of numbers", "unknown annotation"],
)
def test_a_wrong_declaration_is_no_traceback(write: Write, text: str) -> None:
    with pytest.raises(ConfigError):
        loaded(write(HEAD + text), {"n": 4})


@pytest.mark.parametrize("name", ["averages.EmaCross", "reversions.NaiveMeanReversion"])
def test_a_bundled_strategy_can_be_derived_from(write: Write, name: str) -> None:
    """And what the person writes in `on_bar` is what is asked."""
    module, cls_name = name.split(".")
    text = f"""
from trader.strategies.{module} import {cls_name}
from trader.strategies.strategy import Side

class Mine({cls_name}):
    def on_bar(self, bar):
        return Side(1, "mine")
"""
    cls = load_strategy(write(text))
    params = {"fast": 1, "slow": 2} if cls_name == "EmaCross" else {}
    mine = cls(make_params(cls, {"lots": 1, **params}, ""))

    assert ask(mine, bar(100)) == Side(1, "mine")


def test_a_derived_strategy_may_ask_the_one_it_derives_from(write: Write) -> None:
    text = """
from trader.strategies.reversions import NaiveMeanReversion

class Mine(NaiveMeanReversion):
    def on_bar(self, bar):
        return super().on_bar(bar)
"""
    cls = load_strategy(write(text))
    mine = cls(make_params(cls, {"lots": 1, "n": 5, "entry": "1.9"}, ""))

    said = [mine.on_bar(bar(close)) for close in (100, 100, 100, 100, 90)]

    assert said == [None, None, None, None, Side(1, "below_band")]


class Failing(Strategy):
    """Fails before its first bar, in a way of its own."""

    class Params(Struct):
        """What it raises."""

        error: Any

    class State(Struct):
        """None."""

    def initial(self) -> Any:
        """Never comes to be."""
        raise self.params.error


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("no such file"), "ValueError: no such file"),
        (SystemExit(3), "SystemExit: 3"),
        (RuntimeError("\ud800"), r"RuntimeError: \\ud800"),
    ],
)
def test_a_strategy_that_cannot_begin_is_told_before_the_run(
    error: BaseException, text: str
) -> None:
    with pytest.raises(ConfigError, match=f"strategy Failing cannot start: {text}") as raised:
        start(Failing, Failing.Params(error), "my.py")

    assert raised.value.where == "my.py"


def test_a_strategy_that_can_begins_with_its_parameters() -> None:
    begun = start(EmaCross, make_params(EmaCross, {"fast": 1, "slow": 2, "lots": 3}, ""), "")

    assert begun.params.lots == 3
