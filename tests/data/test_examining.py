"""A recording looked through, on the grid it shows."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.data.cataloguing import MINUTE, minutes
from tests.data.ticking import START, depth, quotes
from trader.data.examining import Examined, examine
from trader.data.recording import MemoryRows, Recording
from trader.data.tables.roles import Kind
from trader.errors import DataError


def examined(
    frame: pl.DataFrame,
    kind: Kind = "bars",
    tick: Decimal | None = None,
    lot: Decimal | None = None,
) -> Examined:
    recording = Recording(path=Path("x"), file=MemoryRows(frame=frame), digest="d")
    return examine(recording, kind, "A.x", interval_ns=MINUTE, tick=tick, lot=lot)


def told(found: Examined) -> list[str]:
    return [str(finding) for finding in found.findings]


def test_bars_on_the_grid_they_show() -> None:
    found = examined(minutes(0, 10))

    assert (found.rows, found.grid.tick, found.grid.off_grid) == (10, Decimal("0.01"), "refuse")
    assert found.ts_last - found.ts_first == 9 * MINUTE
    assert told(found) == ["tick 0.01", "lot 0.1"]
    assert found.facts == {"zero_volume": 1}


def test_prices_without_a_grid_are_rounded() -> None:
    frame = minutes(0, 10).with_columns(pl.col("open", "high", "low", "close") / 3)

    found = examined(frame.with_columns(volume=pl.col("volume") / 3))

    assert found.grid.off_grid == "round"
    assert found.facts["off_grid"] == 10
    assert told(found)[0].startswith("tick 0.00000001 (default: prices show none")
    assert told(found)[1] == "lot 0.00000001 (default: sizes show none)"


def test_one_absurd_size_makes_no_lot_coarser() -> None:
    frame = minutes(0, 10)
    odd = frame.with_row_index().select(
        pl.when(pl.col("index") == 4).then(9e16).otherwise("volume").alias("volume")
    )

    with pytest.raises(DataError, match="more than a million times the usual") as caught:
        examined(frame.with_columns(odd))

    assert "row 4, column volume" in caught.value.where
    assert "--lot" in caught.value.hint
    assert examined(frame.with_columns(odd), lot=Decimal(1000)).grid.lot == 1000


def test_one_absurd_price_makes_no_tick_coarser() -> None:
    frame = minutes(0, 10)
    frame[4, "high"] = 9e15

    with pytest.raises(DataError, match="make the tick of all rows coarser") as caught:
        examined(frame)

    assert "row 4, column high" in caught.value.where
    assert "give the tick of all rows" in caught.value.hint


def test_bars_without_volume_have_no_odd_volume() -> None:
    assert examined(minutes(0, 10).drop("volume")).facts == {}


def test_lots_of_which_sizes_would_have_too_many() -> None:
    """Prices of a hundred in cents, and sizes of which tenths would be too many."""
    frame = minutes(0, 10).with_columns(volume=pl.col("volume") + 2.0**46)

    found = examined(frame)

    assert found.grid.lot == 1
    assert "sizes times prices overflow" in told(found)[1]


def test_a_grid_that_is_given() -> None:
    found = examined(minutes(0, 10), tick=Decimal("0.005"), lot=Decimal(5))

    assert told(found) == ["tick 0.005 (given)", "lot 5 (given)"]
    with pytest.raises(DataError, match="off the grid of tick 1"):
        examined(minutes(0, 10), tick=Decimal(1))


def test_reception_orders_what_only_it_puts_in_order() -> None:
    frame = pl.DataFrame(list(depth().values()))
    back = frame.with_columns(ts=pl.col("ts") - pl.when(pl.col("is_snapshot")).then(9).otherwise(0))

    found = examined(back, "depth")

    assert "clock ts_recv (found: ts goes back)" in told(found)
    assert found.ts_first == START + 5
    assert not any("clock" in each for each in told(examined(frame, "depth")))


def test_what_nothing_puts_in_order_is_refused() -> None:
    frame = pl.DataFrame(list(quotes().values())).reverse()

    with pytest.raises(DataError, match="back in time"):
        examined(frame, "quotes")
