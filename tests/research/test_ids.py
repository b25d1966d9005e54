"""Two runs never share a folder."""

from pathlib import Path

import pytest

from trader.errors import UsageError
from trader.research.ids import CLAIM, claim, claim_given, release


def test_numbers_go_up_from_the_highest_there_is(tmp_path: Path) -> None:
    (tmp_path / "demo-7").mkdir()
    (tmp_path / "demo-9-extra").mkdir()
    (tmp_path / "other-12").mkdir()

    assert [claim(tmp_path, "demo").name for _ in range(2)] == ["demo-8", "demo-9"]


def test_the_first_run_makes_the_folder_of_all(tmp_path: Path) -> None:
    assert claim(tmp_path / "state" / "runs", "a.b").name == "a.b-1"


def test_an_empty_folder_is_taken_once(tmp_path: Path) -> None:
    assert claim_given(tmp_path) == tmp_path

    with pytest.raises(UsageError, match="not empty"):
        claim_given(tmp_path)


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()

    with pytest.raises(UsageError, match="not empty") as caught:
        claim_given(tmp_path)

    assert caught.value.where == str(tmp_path)


@pytest.mark.parametrize("inside", ["", "runs"])
def test_a_file_in_the_way_is_told(tmp_path: Path, inside: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UsageError, match="is a file"):
        claim_given(tmp_path / "file" / inside)


def test_a_root_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs").touch()

    with pytest.raises(UsageError, match="is a file"):
        claim(tmp_path / "runs", "demo")


def test_what_came_to_nothing_leaves_nothing(tmp_path: Path) -> None:
    folder = claim(tmp_path, "demo")

    release(folder)

    assert list(tmp_path.iterdir()) == []


def test_what_was_written_stays(tmp_path: Path) -> None:
    folder = claim(tmp_path, "demo")
    (folder / "run.json").touch()

    release(folder)

    assert [path.name for path in folder.iterdir()] == ["run.json"]
    assert not (folder / CLAIM).exists()
