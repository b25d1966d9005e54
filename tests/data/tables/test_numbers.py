"""Numbers in the signs of all countries."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.data.tables.numbers import Evidence, evidence, number, plainly, style, text, unplain


def read(cells: list[str | None], sign: Any) -> list[float | None]:
    frame = pl.DataFrame({"x": cells}, schema={"x": pl.String})
    return frame.select(number("x", sign))["x"].to_list()


def seen(*columns: list[str]) -> Evidence:
    frame = pl.DataFrame({str(at): cells for at, cells in enumerate(columns)})
    return Evidence(**frame.select(evidence(frame.columns)).row(0, named=True))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1.5", 1.5),
        (" 1.5 ", 1.5),
        ("+.5", 0.5),
        ("-2.", -2.0),
        ("1,234.5", 1234.5),
        ("1,234,567", 1234567.0),
        ("1'234.5", 1234.5),
        ("1 234.5", 1234.5),
        ("1\u00a0234", 1234.0),
        ("1_234", 1234.0),
        ("1.5e-3", 0.0015),
        ("12.5M", 12_500_000.0),
        ("3k", 3_000.0),
        ("2B", 2e9),
        ("0.1", 0.1),
        ("12,34", None),
        ("1,2345", None),
        ("1.2.3", None),
        ("$1", None),
        ("1e", None),
        (".", None),
        ("inf", None),
        ("", None),
        ("n/a", None),
        (None, None),
    ],
)
def test_a_number_with_a_point(cell: str | None, value: float | None) -> None:
    assert read([cell], "point") == [value]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1,5", 1.5),
        ("1.234,5", 1234.5),
        ("1.234.567", 1234567.0),
        ("1 234,5", 1234.5),
        ("12", 12.0),
        ("1.5", None),
        ("1,234.5", None),
    ],
)
def test_a_number_with_a_comma(cell: str, value: float | None) -> None:
    assert read([cell], "comma") == [value]


@given(value=st.floats(0, 1e12).map(lambda value: float(f"{value:.9f}")))
def test_a_text_becomes_the_nearest_float(value: float) -> None:
    """At once, however it is grouped."""
    written = f"{value:,.9f}"
    german = written.translate(str.maketrans(",.", ".,"))

    assert read([written], "point") == [value]
    assert read([german], "comma") == [value]


@pytest.mark.parametrize(
    ("columns", "sign"),
    [
        ([["1.5"], ["1,234"]], "point"),
        ([["1,5"], ["1.234"]], "comma"),
        ([["1.234"], ["2.345"]], "point"),
        ([["1"], ["2"]], "point"),
        ([["1,234,567"], ["8"]], "point"),
        ([["1.234.567"], ["8"]], "comma"),
        ([["0,123"], ["8"]], "comma"),
        ([["1,234.5"], ["8"]], "point"),
        ([["1.234,5"], ["8"]], "comma"),
        ([["1'234,50"], ["8"]], "comma"),
    ],
)
def test_the_decimal_sign_is_the_one_that_is_certain(columns: list[list[str]], sign: str) -> None:
    made = style(seen(*columns), None)

    assert not isinstance(made, str)
    assert made[0] == sign


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ([["1.5"], ["1,5"]], "some a decimal comma"),
        ([["1,234"], ["8"]], "may have a decimal comma, or mean thousands"),
    ],
)
def test_what_is_not_certain_is_said(columns: list[list[str]], words: str) -> None:
    made = style(seen(*columns), None)

    assert isinstance(made, str)
    assert words in made


def test_what_is_given_needs_no_evidence() -> None:
    made = style(seen(["1,234"]), "comma")

    assert not isinstance(made, str)
    assert (made[0], str(made[1])) == ("comma", "decimal comma (given)")


def test_plain_numbers_are_known_as_such() -> None:
    """And read the same, only faster."""
    frame = pl.DataFrame({"x": ["1.5", " 2 ", "", None, "1e5"], "y": ["1,5", "nan", "-", "1", "x"]})

    assert frame.select(unplain(["x"])).item() == 0
    assert frame.select(unplain(["x", "y"])).item() == 4
    assert frame.select(plainly("x"))["x"].to_list() == [1.5, 2.0, None, None, 100_000.0]


def test_no_value_has_many_names() -> None:
    frame = pl.DataFrame({"x": ["", " ", "-", "NULL", "None", "NaN", "N/A", "#N/A", "0"]})

    assert frame.select(text("x"))["x"].to_list() == [None] * 8 + ["0"]
