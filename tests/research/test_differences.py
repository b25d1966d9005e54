"""The first row that differs, by the name of its message."""

import polars as pl
import pytest

from trader.errors import DataError
from trader.research.differences import first_difference

ORDERS = {
    "seq": [1, 4],
    "n": [2, 2],
    "lots": [5, -5],
    "status": ["FILLED"] * 2,
    "lots_filled": [5, -5],
}
FILLS = {"seq": [2, 5], "n": [1, 3], "ticks": [100, 101], "cause": ["1.3", "4.3"]}


def frames(**changes: object) -> dict[str, pl.DataFrame]:
    tables = {"orders": pl.DataFrame(ORDERS), "fills": pl.DataFrame(FILLS)}
    for place, value in changes.items():
        table, row, column = place.split("__")
        tables[table][int(row), column] = value
    return tables


def test_equal_tables_have_no_difference() -> None:
    assert first_difference(frames(), frames(), None) is None


def test_both_sides_are_shown() -> None:
    found = first_difference(frames(fills__1__ticks=99), frames(), None)

    assert found is not None
    assert (found.table, found.seq, found.n) == ("fills", 5, 3)
    assert found.recorded == {"seq": 5, "n": 3, "ticks": 99, "cause": "4.3"}
    assert found.replayed == {"seq": 5, "n": 3, "ticks": 101, "cause": "4.3"}


def test_the_earliest_of_all_tables_is_the_first() -> None:
    found = first_difference(frames(fills__0__ticks=99, orders__1__lots=7), frames(), None)

    assert found is not None
    assert (found.table, found.seq, found.n) == ("fills", 2, 1)


def test_a_null_differs_from_a_value() -> None:
    found = first_difference(frames(fills__0__ticks=None), frames(), None)

    assert found is not None
    assert found.recorded is not None
    assert found.recorded["ticks"] is None


@pytest.mark.parametrize("is_missing_before", [True, False])
def test_a_row_on_one_side_only_is_a_difference(is_missing_before: bool) -> None:
    short = frames()
    short["fills"] = short["fills"].head(1)
    sides = (short, frames()) if is_missing_before else (frames(), short)

    found = first_difference(*sides, None)

    assert found is not None
    assert (found.seq, found.n) == (5, 3)
    assert (found.recorded is None) is is_missing_before
    assert (found.replayed is None) is not is_missing_before


def test_how_an_order_ended_is_judged_last() -> None:
    found = first_difference(
        frames(orders__0__status="CANCELED", fills__1__ticks=1), frames(), None
    )

    assert found is not None
    assert found.table == "fills"


def test_how_an_order_ended_is_judged() -> None:
    found = first_difference(frames(orders__1__status="CANCELED"), frames(), None)

    assert found is not None
    assert (found.table, found.seq, found.n) == ("orders", 4, 2)


def test_later_rows_do_not_count_before_their_time() -> None:
    changed = frames(fills__1__ticks=99)

    assert first_difference(changed, frames(), 4) is None
    assert first_difference(changed, frames(), 5) is not None


@pytest.mark.parametrize(
    "broken", [pl.DataFrame({"seq": [1]}), pl.DataFrame({**FILLS, "ticks": ["a", "b"]})]
)
def test_what_is_no_such_table_is_told(broken: pl.DataFrame) -> None:
    with pytest.raises(DataError, match=r"fills\.parquet"):
        first_difference({**frames(), "fills": broken}, frames(), None)
