"""A person's own file: loaded where it is right, explained with its line where it is wrong."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any, get_type_hints

import pytest

from tests.kernels.slow import bar
from trader.errors import ConfigError
from trader.strategies import strategy
from trader.strategies.loader import load_strategy, make_params
from trader.strategies.strategy import Strategy, Target

Write = Callable[[str], str]

HEAD = """
from msgspec import Struct

from trader.strategies.strategy import Strategy, Target
"""

MINE = """
class Mine(Strategy):
    class Params(Struct):
        lots: int
        half: float = 0.5

    class State(Struct):
        count: int = 0
        last: float = 0.0

    inputs = ("count", "last")

    def on_bar(self, bar):
        self.state.count += 1
        return Target(self.params.lots)
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file `my.py` and returns its path."""

    def write_it(text: str) -> str:
        path = tmp_path / "my.py"
        path.write_text(dedent(text), encoding="utf-8")
        return str(path)

    return write_it


def refused(path: str) -> ConfigError:
    with pytest.raises(ConfigError) as raised:
        load_strategy(path)
    return raised.value


def test_a_plain_file_becomes_a_strategy(write: Write) -> None:
    cls = load_strategy(write(HEAD + MINE))
    mine = cls(make_params(cls, {"lots": 7}, "strategies.mine"))

    assert (cls.__name__, mine.params.half, mine.inputs) == ("Mine", 0.5, ("count", "last"))
    assert mine.on_bar(bar(100)) == Target(7)
    assert mine.state.count == 1


def test_the_strategy_in_the_documentation_works(write: Write) -> None:
    text = strategy.__doc__ or ""
    cls = load_strategy(write(HEAD + dedent(text[text.index("    class Rising") :])))
    rising = cls(make_params(cls, {"closes": 2, "lots": 5}, ""))

    assert [rising.on_bar(bar(close)) for close in (100, 101, 102, 101)] == [
        None,  # rising from nothing counts once
        Target(5, "rising"),
        Target(5, "rising"),
        Target(0, "fell"),
    ]


def test_what_a_file_imports_is_not_its_own(write: Write) -> None:
    """Neither bundled strategies nor other classes are taken for the one."""
    text = HEAD + "from trader.strategies.averages import EmaCross\n\nclass Other: ...\n" + MINE

    assert load_strategy(write(text)).__name__ == "Mine"


def test_a_file_may_postpone_its_annotations(write: Write) -> None:
    """What it declares is still found, since its module is known."""
    cls = load_strategy(write("from __future__ import annotations\n" + HEAD + MINE))

    assert get_type_hints(cls.State) == {"count": int, "last": float}
    assert make_params(cls, {"lots": 3}, "") == cls.Params(lots=3)


@pytest.mark.parametrize("method", ["on_quote", "on_trade"])
def test_a_strategy_need_not_hear_bars(write: Write, method: str) -> None:
    cls = load_strategy(write(HEAD + MINE.replace("on_bar", method)))

    assert [each for each in ("on_bar", "on_quote", "on_trade") if cls.hears(each)] == [method]


def test_a_strategy_names_what_a_split_changes(write: Write) -> None:
    text = MINE + '    prices = ("last",)\n    volumes = ("count",)\n'
    mine = load_strategy(write(HEAD + text))({})
    mine.state.last, mine.state.count = 35.0, 2
    mine.on_split(7, 1)

    assert (mine.state.last, mine.state.count) == (5.0, 14)


def test_two_files_of_one_name_are_two_strategies(tmp_path: Path) -> None:
    loaded: list[type[Strategy]] = []
    for folder in ("a", "b"):
        path = tmp_path / folder / "my.py"
        path.parent.mkdir()
        path.write_text(HEAD + MINE.replace("count: int = 0", f"count: int = {len(loaded)}"))
        loaded.append(load_strategy(str(path)))

    assert [cls.State() for cls in loaded] == [loaded[0].State(0), loaded[1].State(1)]
    assert loaded[0].__module__ != loaded[1].__module__


# Text of the file, line that is to be named (0: none), part of the message, part of the hint.
WRONG: dict[str, tuple[str, int, str, str]] = {
    "syntax": ("x = 1\n\nx = = 2\n", 3, "has a syntax error: invalid syntax", ""),
    "indentation": ("def f():\nreturn 1\n", 2, "syntax error: expected an indented block", ""),
    "bracket": ("x = (\n", 1, "has a syntax error: '(' was never closed", ""),
    "raises": ("x = 1\n\nx / 0\n", 3, "fails when loaded: ZeroDivisionError: division by", ""),
    "raises deep": ("def f():\n    raise KeyError(1)\n\nf()\n", 2, "loaded: KeyError: 1", ""),
    "no module": ("\nimport no_such_module\n", 2, "ModuleNotFoundError: No module named", ""),
    "no name": ("from trader.strategies.strategy import No\n", 1, "ImportError: cannot", ""),
    "nothing": ("", 0, "defines no strategy", "derive one class from"),
    "imported": ("from trader.strategies.averages import EmaCross\n", 0, "no strategy", "derive"),
    "other class": ("class Mine:\n    pass\n", 0, "defines no strategy", "derive one class"),
    "two": (HEAD + MINE + MINE.replace("Mine", "Two"), 0, "several strategies: Mine, Two", ""),
    "no params": (HEAD + MINE.replace("Params(", "P("), 0, "Mine declares no Params", "a class P"),
    "no state": (HEAD + MINE.replace("State(", "S("), 0, "Mine declares no State", "an empty one"),
    "plain state": (HEAD + MINE.replace("State(Struct)", "State"), 0, "no State", "State(Struct)"),
    "a number": (HEAD + "class Mine(Strategy):\n    Params = 5\n", 0, "declares no Params", ""),
    "no on_bar": (HEAD + MINE.replace("on_bar", "on_bars"), 0, "Mine has no on_bar", "or on_quote"),
    "a price": (HEAD + MINE + '    prices = "last"\n', 0, "prices must be a tuple of names", ""),
    "volumes": (HEAD + MINE + "    volumes = (5,)\n", 0, "volumes must be a tuple of names", ""),
    "lost price": (HEAD + MINE + '    prices = ("lost",)\n', 0, "its State: lost", "name fields"),
    "lost input": (HEAD + MINE.replace('"last"', '"lost"'), 0, "wrong inputs: count, lost", "of"),
    "five inputs": (HEAD + MINE.replace('"last"', '"last", ' * 4), 0, "wrong inputs", "up to 4"),
}


@pytest.mark.parametrize(("text", "line", "message", "hint"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_explained(
    write: Write, text: str, line: int, message: str, hint: str
) -> None:
    path = write(text)
    error = refused(path)

    assert message in error.message
    assert error.where == (f"{path}:{line}" if line else path)
    assert hint in error.hint
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.py", "cannot be read: No such file"),
        ("folder.py", "cannot be read: Is a directory"),
        ("my.txt", "is not a Python file"),
        ("folder", "is not a Python file"),
    ],
)
def test_what_is_no_readable_python_file_is_refused(
    tmp_path: Path, name: str, message: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "my.txt").write_text(HEAD + MINE)
    path = str(tmp_path / name)
    error = refused(path)

    assert message in error.message
    assert error.where == path


def test_up_to_four_inputs_are_written_down(write: Write) -> None:
    text = MINE.replace("count: int = 0", "count: int = 0\n        a: int = 0\n        b: int = 0")
    text = text.replace('"last")', '"last", "a", "b")')

    assert len(load_strategy(write(HEAD + text)).inputs) == 4


@pytest.mark.parametrize(
    ("params", "made"),
    [
        ({"lots": 5}, {"lots": 5, "half": 0.5}),
        ({"lots": 5, "half": 2}, {"lots": 5, "half": 2.0}),
        ({"lots": "5", "half": "0.25"}, {"lots": 5, "half": 0.25}),  # as they stand in a text
    ],
)
def test_parameters_become_what_the_class_declares(
    write: Write, params: dict[str, Any], made: dict[str, Any]
) -> None:
    cls = load_strategy(write(HEAD + MINE))

    assert make_params(cls, params, "strategies.mine") == cls.Params(**made)


@pytest.mark.parametrize(
    ("params", "message", "hint"),
    [
        ({"lots": 5, "lost": 1}, "unknown parameter 'lost'", "known: lots, half"),
        ({}, "missing required field `lots`", ""),
        ({"lots": "many"}, "Expected `int`, got `str` - at `$.lots`", ""),
        ({"lots": 2.5}, "Expected `int`, got `float` - at `$.lots`", ""),
        ({"lots": None}, "Expected `int`, got `null` - at `$.lots`", ""),
        ({"lots": [1]}, "Expected `int`, got `array` - at `$.lots`", ""),
    ],
)
def test_wrong_parameters_are_named_with_their_place(
    write: Write, params: dict[str, Any], message: str, hint: str
) -> None:
    cls = load_strategy(write(HEAD + MINE))
    with pytest.raises(ConfigError) as raised:
        make_params(cls, params, "config.yaml:7 (strategies.mine)")

    assert message in raised.value.message
    assert raised.value.where == "config.yaml:7 (strategies.mine)"
    assert raised.value.hint == hint


def test_a_strategy_without_parameters_says_so(write: Write) -> None:
    text = HEAD + MINE.replace("        lots: int\n        half: float = 0.5", "        pass")
    cls: type[Strategy] = load_strategy(write(text))
    with pytest.raises(ConfigError) as raised:
        make_params(cls, {"lots": 1}, "")

    assert raised.value.hint == "known: none"
