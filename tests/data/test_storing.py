"""All of an import is written, or none of it."""

from pathlib import Path

import polars as pl
import pytest

from tests.data.cataloguing import arrived, keep, minutes
from tests.data.ticking import depth, trades
from trader.data.importing import new_pieces
from trader.data.storing import held, write_pieces
from trader.errors import DataError


def everything(folder: Path) -> list[str]:
    root = folder / "catalog"
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))


def test_rows_are_written_as_they_were_read(tmp_path: Path) -> None:
    frame = minutes(0, 10)
    [path] = keep(tmp_path, frame)

    assert path == tmp_path / "catalog/bars/x/A/1m/20200101T000000-20200101T000900.parquet"
    assert pl.read_parquet(path).equals(frame)
    assert everything(tmp_path)[-1].endswith(path.name)


def test_columns_are_those_of_the_kind(tmp_path: Path) -> None:
    """What the recorder did not have is null, what the kind does not know stays out."""
    frame = pl.DataFrame(list(trades().values())).with_columns(note=pl.lit("x"))
    [path] = keep(tmp_path, frame.drop("side"))

    kept = pl.read_parquet(path)
    assert kept.columns == ["ts", "price", "size", "side", "trade_id", "ts_recv"]
    assert kept["side"].null_count() == kept["ts_recv"].null_count() == 10
    assert kept["trade_id"].to_list() == frame["trade_id"].to_list()


def test_datetimes_become_nanoseconds(tmp_path: Path) -> None:
    frame = minutes(0, 10)
    moment = pl.col("ts_open").cast(pl.Datetime("ns", "UTC")).dt.cast_time_unit("ms")
    [path] = keep(tmp_path, frame.with_columns(moment))

    assert pl.read_parquet(path).equals(frame)


def test_depth_that_is_received_in_order_is_kept_in_that_order(tmp_path: Path) -> None:
    """Named by when it was received, too."""
    frame = pl.DataFrame(list(depth().values()))
    back = frame.with_columns(ts=pl.col("ts") - pl.when(pl.col("is_snapshot")).then(9).otherwise(0))
    [path] = keep(tmp_path, back)

    assert path.name == "20200913T122640.000000005-20200913T122641.000000005.parquet"
    assert pl.read_parquet(path).equals(back.select(pl.read_parquet(path).columns))


def test_what_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even if the disk is full after the first file."""
    first = arrived(tmp_path, minutes(0, 3), "a.parquet", interval_ns=60_000_000_000)
    second = arrived(tmp_path, minutes(5, 8), "b.parquet", interval_ns=60_000_000_000)
    pieces = new_pieces(tmp_path / "catalog", [first, second])
    moved: list[Path] = []

    def replace(self: Path, target: Path) -> Path:
        if moved:
            raise OSError(28, "No space left on device")
        moved.append(target)
        return self.rename(target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(DataError, match="No space left on device") as caught:
        write_pieces(tmp_path / "catalog", pieces)

    assert caught.value.hint.startswith("nothing was imported; make room")
    assert moved
    assert everything(tmp_path) == []


def test_what_was_there_before_stays(tmp_path: Path) -> None:
    [kept] = keep(tmp_path, minutes(0, 3))
    pieces = new_pieces(tmp_path / "catalog", [arrived(tmp_path, minutes(5, 9))])
    # A folder in the place of the file: it cannot be moved there.
    (kept.parent / "20200101T000500-20200101T000800.parquet" / "x").mkdir(parents=True)

    with pytest.raises(DataError, match="the catalog cannot be written"):
        write_pieces(tmp_path / "catalog", pieces)

    assert kept.is_file()
    assert [path for path in everything(tmp_path) if path.endswith(".part")] == []


def test_a_catalog_that_is_no_folder(tmp_path: Path) -> None:
    pieces = new_pieces(tmp_path / "catalog", [arrived(tmp_path, minutes(0, 3))])
    (tmp_path / "catalog").write_text("no folder")

    with pytest.raises(DataError, match="the catalog cannot be written"):
        write_pieces(tmp_path / "catalog", pieces)


def test_an_interruption_leaves_nothing_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = new_pieces(tmp_path / "catalog", [arrived(tmp_path, minutes(0, 3))])

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pl.LazyFrame, "sink_parquet", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_pieces(tmp_path / "catalog", pieces)

    assert everything(tmp_path) == []


def test_one_import_at_a_time(tmp_path: Path) -> None:
    root = tmp_path / "catalog"
    with held(root), pytest.raises(DataError, match="another import writes") as told, held(root):
        pass

    assert told.value.where == str(root)
    with held(root):
        pass
    assert not root.exists()


def test_a_catalog_that_is_no_folder_cannot_be_held(tmp_path: Path) -> None:
    root = tmp_path / "catalog"
    root.write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match="cannot be written"), held(root):
        pass

    assert root.read_text(encoding="utf-8") == "mine"
