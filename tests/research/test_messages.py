"""Rows of tables as messages with names."""

from pathlib import Path

import polars as pl
import pytest

from tests.research import stories
from tests.research.stories import FLAT, script, target
from trader.errors import DataError
from trader.research.folder import RunFolder
from trader.research.messages import Messages, parsed, text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    own = stories.strategy(script(at_1=[target(3)], at_2=[target(5)], at_3=[target(-1)]))
    return stories.ran(tmp_path_factory.mktemp("run"), stories.config(own), [FLAT] * 6)


def test_names_are_written_as_the_tables_write_them() -> None:
    assert text((12, 3)) == "12.3"
    assert parsed("12.3") == (12, 3)


def test_a_message_of_two_tables_is_told_by_that_of_its_own(folder: RunFolder) -> None:
    messages = Messages(folder)
    [fill, *_] = messages.of("fills", pl.col("trade_id") == "1")
    [status] = messages.of(
        "statuses", (pl.col("seq") == fill.name[0]) & (pl.col("n") == fill.name[1])
    )
    found = messages.named(fill.name)

    assert found is not None
    assert (fill.kind, status.kind, found.kind) == ("fill", "status", "fill")


def test_a_name_that_is_in_no_table_is_nobodys(folder: RunFolder) -> None:
    assert Messages(folder).named((2, 99)) is None
    assert Messages(folder).named((99, 1)) is None


def test_what_a_message_caused(folder: RunFolder) -> None:
    caused = Messages(folder).caused_by([(2, 1)], ["orders", "decisions"])

    assert [(each.kind, each.name) for each in caused] == [("order", (2, 2))]


def test_trades_with_a_fill_are_those_it_stands_in(folder: RunFolder) -> None:
    """3 and 2 more are bought, then 6 are sold: the last closes a trade and opens another."""
    messages = Messages(folder)
    fills = messages.of("fills", pl.col("strategy") == "s")

    trades = [[row["trade"] for row in messages.trades_with([fill])] for fill in fills]

    assert trades == [[1], [1], [1, 2]]
    assert messages.trades_with([]) == []


def test_a_run_without_a_trade_table_has_no_trades(folder: RunFolder, tmp_path: Path) -> None:
    for path in folder.path.glob("*.parquet"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "trades.parquet").unlink()
    messages = Messages(RunFolder(path=tmp_path, run={}, metrics={}))

    assert messages.trades_with(messages.of("fills", pl.col("seq") > 0)) == []


def test_a_damaged_table_is_told(tmp_path: Path) -> None:
    (tmp_path / "fills.parquet").write_bytes(b"PAR1 is not enough PAR1")

    with pytest.raises(DataError, match="a table of the run cannot be read") as error:
        Messages(RunFolder(path=tmp_path, run={}, metrics={})).rows("fills")

    assert error.value.where.endswith("fills.parquet")
