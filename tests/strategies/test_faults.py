"""What a stranger raised can always be told in one line."""

import json

import pytest

from trader.strategies.faults import blame, told
from trader.strategies.strategy import Strategy


def raised(error: BaseException) -> BaseException:
    """The error as it arrives, with the line that raised it."""
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


class Mute(Exception):
    """Cannot say what is wrong."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("no such price"), "ValueError: no such price"),
        (Mute(), "Mute: (its text cannot be told)"),
        (ValueError("\ud800"), "ValueError: \\ud800"),
        (ValueError("x" * 5_000), "ValueError: " + "x" * 1_000),
        (SystemExit(3), "SystemExit: 3"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
    ],
)
def test_it_says_what_and_where(error: BaseException, text: str) -> None:
    said, _, place = told(raised(error)).rpartition(", ")

    assert said == text
    assert place.startswith("test_faults.py:")
    assert told(raised(error)).encode()


def test_a_line_of_a_library_is_no_place() -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads("{")

    assert told(caught.value).rpartition(", ")[2].startswith("test_faults.py:")


class Bare(Strategy):
    """Hears nothing."""


class Own(Bare):
    """Answers without sense."""

    def on_trade(self, trade: object) -> None:
        """Say nothing."""


def test_what_has_no_line_of_its_own_is_blamed_on_who_answered() -> None:
    line = Own.on_trade.__code__.co_firstlineno
    error = ValueError("x")
    blame(error, Own)

    assert told(error) == f"ValueError: x, answered by Own.on_trade, test_faults.py:{line}"
    assert told(raised(error)).rpartition(", ")[2] != f"test_faults.py:{line}"


def test_nobody_else_is_blamed() -> None:
    error = ValueError("x")
    error.add_note("a note of their own")
    blame(error, Bare)

    assert told(error) == "ValueError: x"


def test_what_was_never_raised_has_no_place() -> None:
    assert told(ValueError("x")) == "ValueError: x"
