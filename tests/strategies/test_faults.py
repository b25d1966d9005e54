"""What a stranger raised can always be told in one line."""

import pytest

from trader.strategies.faults import told


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
    ],
)
def test_it_says_what_and_where(error: BaseException, text: str) -> None:
    said, _, place = told(raised(error)).rpartition(", ")

    assert said == text
    assert place.startswith("test_faults.py:")
    assert told(raised(error)).encode()


def test_what_was_never_raised_has_no_place() -> None:
    assert told(ValueError("x")) == "ValueError: x"
