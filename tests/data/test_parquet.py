"""Files that are no files, no Parquet, or no longer whole."""

import hashlib
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.making import bars, opened, write
from trader.data.parquet import CHUNK_BYTES, digest_of, open_parquet
from trader.errors import DataError


def test_missing_file(tmp_path: Path) -> None:
    """The path is what to correct."""
    path = tmp_path / "nowhere.parquet"

    with pytest.raises(DataError) as caught:
        open_parquet(path)

    assert (caught.value.message, caught.value.where) == ("no such file", str(path))
    with pytest.raises(DataError, match="no such file"):
        digest_of(path)


def test_folder_in_place_of_a_file(tmp_path: Path) -> None:
    """It exists, but cannot be read."""
    with pytest.raises(DataError, match="cannot read the file: Is a directory"):
        open_parquet(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"ts_open,open,high,low,close\n1,2,3,4,5\n", "not a Parquet file: it begins with b'ts_o'"),
        (b"x", "not a Parquet file"),
        (b"PAR1", "truncated Parquet file: it ends after 4 bytes"),
        (b"PAR1 and then the line broke", "truncated Parquet file"),
        (b"PAR1nonsensePAR1", "damaged Parquet file"),
    ],
)
def test_content_that_is_not_parquet(tmp_path: Path, content: bytes, words: str) -> None:
    """Each mistake has its own name."""
    path = tmp_path / "bars.parquet"
    path.write_bytes(content)

    with pytest.raises(DataError) as caught:
        open_parquet(path)

    assert words in caught.value.message
    assert str(path) in caught.value.where


@given(share=st.floats(0.0, 0.999))
def test_truncation_anywhere_is_seen_at_once(
    tmp_path_factory: pytest.TempPathFactory, share: float
) -> None:
    """Before a single row is read."""
    path = write(tmp_path_factory.mktemp("cut"), bars(100))
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])

    with pytest.raises(DataError, match=r"truncated|the file is empty|not a Parquet file"):
        open_parquet(path)


@given(place=st.floats(0.0, 0.999), byte=st.integers(0, 255))
def test_flipped_byte_among_the_pages_is_a_data_error_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, place: float, byte: int
) -> None:
    """Never another exception; the digest tells the two files apart in any case."""
    path = write(tmp_path_factory.mktemp("flip"), bars(100))
    content = bytearray(path.read_bytes())
    pages = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    content[int(place * pages)] = byte
    path.write_bytes(content)

    with suppress(DataError):
        file = opened(path)
        assert sum(len(batch) for batch in file.batches(0, file.rows)) == 100


def test_file_replaced_while_it_is_read(tmp_path: Path) -> None:
    """The digest was of the other one."""
    file = opened(write(tmp_path, bars(100)))
    batches = file.batches(0, 100, 10)
    next(batches)
    write(tmp_path, bars(90))

    with pytest.raises(DataError, match="changed while it was read"):
        next(batches)


def test_name_with_signs_of_a_pattern_is_a_plain_name(tmp_path: Path) -> None:
    """Only the very file is read."""
    path = tmp_path / "bars[1]*.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(path)
    pl.DataFrame({"a": [1, 2]}).write_parquet(tmp_path / "bars1x.parquet")

    assert open_parquet(path).rows == 1


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1])
def test_digest_is_of_all_bytes(tmp_path: Path, size: int) -> None:
    """Whatever the number of pieces."""
    path = tmp_path / "file"
    path.write_bytes(bytes(size))

    assert digest_of(path) == hashlib.blake2b(bytes(size), digest_size=32).hexdigest()


def test_fewer_rows_than_the_footer_promises(tmp_path: Path) -> None:
    """A footer that counts rows which are not there is damaged."""
    path = write(tmp_path, bars(100))

    with pytest.raises(DataError, match="5 rows instead of 10") as caught:
        open_parquet(path).read(("ts_open",), 95, 10)

    assert caught.value.where == f"{path}, rows 95 to 104"
