"""Where the rows of a configured source come from."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.data.cataloguing import config, keep, minutes, source, written
from tests.data.ticking import quotes, trades
from trader.config.schema import DataSource
from trader.data.opening import ordered_by_reception, recording_for
from trader.data.sources import open_source
from trader.errors import ConfigError, DataError

TEXT = "time,open,high,low,close,volume\n2020-01-01 {},1.5,2.5,0.5,1.25,10\n"


def test_a_parquet_file_a_text_and_the_catalog_are_the_same_to_a_run(tmp_path: Path) -> None:
    frame = minutes(0, 9)
    keep(tmp_path, frame)
    frame.write_csv(tmp_path / "in.csv")
    sources = (
        source(),
        source(path=str(tmp_path / "in.csv")),
        source(path=str(written(tmp_path, frame))),
    )

    seen = []
    for each in sources:
        file = open_source(config(tmp_path, each), each)
        [batch] = file.batches(0, file.rows)
        seen.append([batch.ts_open.tolist(), batch.close.tolist(), batch.lots.tolist()])

    assert seen[0] == seen[1] == seen[2]


def test_ticks_are_opened_on_the_clock_that_is_wanted(tmp_path: Path) -> None:
    frame = pl.DataFrame(list(quotes().values())).with_columns(ts_recv=pl.col("ts") + 1)
    keep(tmp_path, frame)
    data = source("quotes")

    by_venue = open_source(config(tmp_path, data), data)
    by_reception = open_source(config(tmp_path, data), data, use_received=True)

    assert by_reception.ts_first - by_venue.ts_first == 1
    assert by_venue.source.kind == "quotes"


def test_a_text_is_read_as_the_source_says(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(TEXT.format("09:31"))
    data = source(path=str(path), time_zone="Asia/Tokyo", label="close")

    file = open_source(config(tmp_path, data), data)

    [batch] = file.batches(0, 1)
    assert batch.ts_close.tolist() == [1_577_838_660_000_000_000]  # 00:31 UTC
    assert "zone Asia/Tokyo (given)" in file.source.notes[0]
    assert "label close (given)" in file.source.notes[0]


def test_what_a_text_does_not_tell_is_asked_for_by_its_key(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(TEXT.format("09:31"))
    data = source(path=str(path))

    with pytest.raises(DataError, match="name no zone") as caught:
        recording_for(config(tmp_path, data), data)

    assert caught.value.hint.startswith("give time_zone: UTC")


@pytest.mark.parametrize("more", [{"time_zone": "UTC"}, {"label": "close"}])
def test_what_a_parquet_file_does_not_need_is_not_ignored(
    tmp_path: Path, more: dict[str, Any]
) -> None:
    data = source(path=str(written(tmp_path, minutes(0, 3))), **more)

    with pytest.raises(ConfigError, match="is for the times of a CSV") as caught:
        recording_for(config(tmp_path, data), data)

    assert caught.value.where == "data of A.x"


def test_a_large_text_is_kept_beside_the_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trader.data.opening.MEMORY_BYTES", 0)
    path = tmp_path / "in.csv"
    path.write_text(TEXT.format("00:31Z"))
    data = source(path=str(path))

    recording_for(config(tmp_path, data), data)

    assert len(list((tmp_path / "conversions").glob("*.parquet"))) == 1


def ticks(kind: Any, path: Path) -> DataSource:
    return source(kind, path=str(path))


def test_reception_orders_a_run_if_all_of_it_was_received(tmp_path: Path) -> None:
    frames = {
        kind: pl.DataFrame(list(columns.values())).with_columns(ts_recv=pl.col("ts") + 1)
        for kind, columns in (("quotes", quotes()), ("trades", trades()))
    }
    files = {kind: written(tmp_path, frame, f"{kind}.parquet") for kind, frame in frames.items()}
    text = tmp_path / "trades.csv"
    frames["trades"].write_csv(text)
    bare = written(tmp_path, frames["trades"].drop("ts_recv"), "bare.parquet")
    keep(tmp_path, frames["quotes"])
    received = ticks("quotes", files["quotes"])

    def ordered(*data: DataSource) -> bool:
        return ordered_by_reception(config(tmp_path, *data))

    assert ordered(received)
    assert ordered(received, ticks("trades", files["trades"]), source("quotes"))
    assert ordered(received, ticks("trades", text))
    assert not ordered(received, ticks("trades", bare))
    assert not ordered(received, source(path=str(files["quotes"])))
    assert ordered(received, source("actions", path="splits.csv"))
    assert not ordered(source("actions", path="splits.csv"))
