"""A disk that does not take a run keeps nothing of it."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.research.making import project, run
from trader.errors import UsageError
from trader.research.writing import written_whole


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """The disk is full after so many bytes of a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [100, 2_000, 10_000, 40_000])
def test_what_the_disk_does_not_take_leaves_nothing(tmp_path: Path, size: int) -> None:
    """A table, a document, the journal or the report, whichever comes first."""
    path = project(tmp_path)

    with (
        no_file_above(size),
        pytest.raises(UsageError, match="the run cannot be written") as caught,
    ):
        run(path, tmp_path / "out")

    assert caught.value.where == str(tmp_path / "out")
    assert "make room" in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_whatever_else_ends_it_leaves_nothing_either(tmp_path: Path) -> None:
    def interrupted() -> None:
        with written_whole(tmp_path):
            (tmp_path / "orders.parquet").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [*tmp_path.iterdir()] == []


def test_what_is_whole_stays(tmp_path: Path) -> None:
    with written_whole(tmp_path):
        (tmp_path / "run.json").touch()

    assert (tmp_path / "run.json").exists()
