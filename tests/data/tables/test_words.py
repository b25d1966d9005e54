"""Sides, and yes and no, in the words of vendors."""

import polars as pl

from trader.data.tables.words import seller_made_it, side, truth


def test_sides() -> None:
    words = [
        "buy",
        "BID",
        "b",
        "1",
        "+1",
        "Sell",
        "ask",
        "A",
        "-1",
        "0",
        "unknown",
        "both",
        "",
        None,
    ]
    found = pl.DataFrame({"x": words}).select(side("x"))["x"]

    assert found.to_list() == [1] * 5 + [-1] * 4 + [0] * 2 + [None] * 3
    assert found.dtype == pl.Int8


def test_whoever_was_resting_the_other_one_took() -> None:
    words = ["true", "False", "t", "0", "perhaps"]
    found = pl.DataFrame({"x": words}).select(seller_made_it("x"))["x"]

    assert found.to_list() == [-1, 1, -1, 1, None]


def test_yes_and_no() -> None:
    words = ["true", "snap", "1", "yes", "set", "false", "0", "update", "perhaps", ""]
    found = pl.DataFrame({"x": words}).select(truth("x"))["x"]

    assert found.to_list() == [True] * 4 + [False] * 4 + [None] * 2
