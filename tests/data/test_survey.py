"""Facts about files: what is counted, across batches too."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.data import making
from tests.data.ticking import SECOND, START, STEPS, changed, depth, quotes, trades, write
from trader.data.bars import BATCH_ROWS
from trader.data.depth import open_depth
from trader.data.quotes import open_quotes
from trader.data.survey import survey_bars, survey_depth, survey_quotes, survey_trades
from trader.data.trades import open_trades

MINUTE = making.MINUTE


def test_a_sound_file_has_no_odd_things(tmp_path: Path) -> None:
    columns = making.changed(making.bars(), "volume", {0: 1.0})

    assert survey_bars(making.opened(making.write(tmp_path, columns))) == {}
    assert survey_quotes(open_quotes(write(tmp_path, quotes()), **STEPS)) == {}


def test_odd_bars(tmp_path: Path) -> None:
    """Three holes, one of them a night; a price that doubles and comes back; no trade twice."""
    opens = [START + MINUTE * at for at in (0, 1, 3, 4, 9, 10, 11, 12, 400, 401)]
    columns = making.changed(making.bars(), "volume", {3: 0.0})
    columns["ts_open"] = pl.Series("ts_open", opens)
    for name in ("high", "close"):
        columns = making.changed(columns, name, {5: 250.0})

    found = survey_bars(making.opened(making.write(tmp_path, columns)))

    assert found == {
        "zero_volume": 2,
        "jumps": 2,
        "holes": 3,
        "short_holes": 2,
        "missing_bars": 1 + 4,
    }


def test_a_jump_and_a_hole_on_the_border_of_two_batches(tmp_path: Path) -> None:
    count = np.arange(BATCH_ROWS + 5)
    columns = making.bars(len(count))
    columns["volume"] = columns["volume"] + 1
    columns["ts_open"] = pl.Series("ts_open", START + MINUTE * (count + (count >= BATCH_ROWS)))
    scale = pl.Series(np.where(count >= BATCH_ROWS, 2.0, 1.0))
    for name in ("open", "high", "low", "close"):
        columns[name] = (columns[name] * scale).alias(name)

    found = survey_bars(making.opened(making.write(tmp_path, columns)))

    assert found == {"jumps": 1, "holes": 1, "short_holes": 1, "missing_bars": 1}


def test_odd_quotes(tmp_path: Path) -> None:
    columns = changed(quotes(), "bid", {1: None, 4: 200.0, 5: 99.994})
    columns = changed(columns, "ask", {2: None, 8: 300.0})
    columns = changed(columns, "ask_size", {2: None, 7: None})

    file = open_quotes(write(tmp_path, columns), **{**STEPS, "off_grid": "round"})

    assert survey_quotes(file) == {
        "off_grid": 1,
        "crossed": 1,
        "one_sided": 2,
        "unknown_size": 1,
        "jumps": 2 + 2,
    }


def test_rows_that_repeat_the_one_before(tmp_path: Path) -> None:
    """Quotes that are the same in everything, trades of one id; across batches too."""
    count = BATCH_ROWS + 1
    columns = {name: column.new_from_index(0, count) for name, column in quotes(1).items()}
    ids = changed(trades(), "trade_id", {4: 7_003, 5: 7_003})

    same = survey_quotes(open_quotes(write(tmp_path, columns), **STEPS))
    traded = survey_trades(open_trades(write(tmp_path, ids), **STEPS))

    assert same == {"repeats": count - 1}
    assert traded == {"zero_size": 1, "repeats": 2}


def test_quotes_of_one_side_alone(tmp_path: Path) -> None:
    columns = changed(quotes(2), "bid", {0: None, 1: None})

    assert survey_quotes(open_quotes(write(tmp_path, columns), **STEPS)) == {"one_sided": 2}


def test_odd_trades(tmp_path: Path) -> None:
    columns = changed(changed(trades(), "side", {3: 0}), "price", {6: 200.0})

    file = open_trades(write(tmp_path, columns), **STEPS)

    assert survey_trades(file) == {"zero_size": 1, "unknown_side": 1, "jumps": 2}


def messages(first: list[int | None], last: list[int], prev: list[int | None]) -> pl.DataFrame:
    count = len(last)
    return pl.DataFrame(
        {
            "ts": [START + at * SECOND for at in range(count)],
            "first_id": pl.Series(first, dtype=pl.Int64),
            "last_id": last,
            "prev_id": pl.Series(prev, dtype=pl.Int64),
            "side": [1] * count,
            "price": [1.0] * count,
            "size": [1.0] * count,
            "is_snapshot": [False] * count,
        }
    )


@pytest.mark.parametrize(
    ("first", "last", "prev", "gaps"),
    [
        ([5, 8, 10], [7, 9, 12], [None] * 3, 0),
        ([5, 9, 10], [7, 9, 12], [None] * 3, 1),
        ([5, 6, 10], [7, 9, 12], [None] * 3, 0),
        ([5, 90, 100], [7, 95, 120], [4, 7, 95], 0),
        ([5, 8, 10], [7, 9, 12], [4, 7, 8], 1),
        ([None] * 3, [7, 9, 12], [None] * 3, 0),
    ],
)
@pytest.mark.parametrize("batch_rows", [1, 2, 9])
def test_messages_that_do_not_follow_on_one_another(
    tmp_path: Path,
    first: list[int | None],
    last: list[int],
    prev: list[int | None],
    gaps: int,
    batch_rows: int,
) -> None:
    path = tmp_path / "depth.parquet"
    messages(first, last, prev).write_parquet(path)
    file = open_depth(path, name="A.x", tick=Decimal(1), lot=Decimal(1))

    found = survey_depth(file, batch_rows)

    assert found == {"messages": 3, **({"sequence_gaps": gaps} if gaps else {})}


SNAPSHOT = -1
"""Stands for a snapshot among the kinds of ids below."""


@pytest.mark.parametrize(
    ("told", "gaps"),
    [
        # (first, last, prev), or for a snapshot (SNAPSHOT, last, None).
        ([(5, 7, None), (SNAPSHOT, 20, None), (21, 22, None)], 0),
        ([(5, 7, None), (SNAPSHOT, 20, None), (23, 24, None)], 1),
        ([(5, 7, None), (SNAPSHOT, 6, None), (8, 9, None)], 0),
        ([(5, 7, None), (SNAPSHOT, 6, None), (9, 9, None)], 1),
        ([(5, 7, 4), (SNAPSHOT, 20, None), (19, 22, 18)], 0),
        ([(5, 7, 4), (SNAPSHOT, 20, None), (25, 27, 24)], 1),
        ([(5, 7, None), (SNAPSHOT, None, None), (90, 91, None)], 0),
        ([(5, 7, None), (SNAPSHOT, 20, None), (21, 22, None), (24, 25, None)], 1),
    ],
)
@pytest.mark.parametrize("batch_rows", [1, 2, 9])
def test_a_snapshot_holds_what_came_before_it(
    tmp_path: Path, told: list[tuple[int, int | None, int | None]], gaps: int, batch_rows: int
) -> None:
    firsts, lasts, prevs = (list(each) for each in zip(*told, strict=True))
    is_snapshot = [first == SNAPSHOT for first in firsts]
    path = tmp_path / "depth.parquet"
    made = pl.DataFrame(
        {
            "ts": [START + at * SECOND for at in range(len(told))],
            "first_id": pl.Series(
                [None if first == SNAPSHOT else first for first in firsts], dtype=pl.Int64
            ),
            "last_id": pl.Series(lasts, dtype=pl.Int64),
            "prev_id": pl.Series(prevs, dtype=pl.Int64),
            "side": [1] * len(told),
            "price": [1.0] * len(told),
            "size": [1.0] * len(told),
            "is_snapshot": is_snapshot,
        }
    )
    made.write_parquet(path)
    file = open_depth(path, name="A.x", tick=Decimal(1), lot=Decimal(1))

    assert survey_depth(file, batch_rows).get("sequence_gaps", 0) == gaps


def test_snapshots_and_messages_are_counted(tmp_path: Path) -> None:
    file = open_depth(write(tmp_path, depth()), **STEPS)

    assert survey_depth(file) == {"messages": 3, "snapshots": 1}


def test_messages_without_ids_have_no_sequence(tmp_path: Path) -> None:
    columns = {name: column for name, column in depth().items() if not name.endswith("_id")}

    assert "sequence_gaps" not in survey_depth(open_depth(write(tmp_path, columns), **STEPS))
