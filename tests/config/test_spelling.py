"""Near names, masked names and texts that stay on their line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.config.spelling import is_secret, nearest, shown


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("sede", "did you mean seed?"),
        ("SEED", "did you mean seed?"),
        ("naem", "did you mean name?"),
        ("qqqq", "known: name, seed"),
        ("", "known: name, seed"),
        ("x" * 1_000_000, "known: name, seed"),
    ],
)
def test_the_nearest_name_else_all(word: str, hint: str) -> None:
    assert nearest(word, ["name", "seed"]) == hint


def test_no_names_no_hint() -> None:
    assert nearest("x", []) == ""


@pytest.mark.parametrize(
    "key", ["api_key", "a.b.API-KEY", "secret", "my_secret", "password", "auth_token", "apikey"]
)
def test_names_of_secrets(key: str) -> None:
    assert is_secret(key)


@pytest.mark.parametrize("key", ["keys", "key_level", "tokens_max", "secret.name", "keyboard"])
def test_names_of_no_secrets(key: str) -> None:
    assert not is_secret(key)


@given(st.text())
def test_whatever_is_shown_fits_one_line(text: str) -> None:
    assert shown(text).isprintable()
    assert len(shown(text)) <= 10 * 41 + 2
