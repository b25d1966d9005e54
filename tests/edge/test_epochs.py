"""Epochs: each is used once, whatever becomes of the journal."""

from pathlib import Path

import pytest

from actors.edge.epochs import EpochFailed, Epochs
from trader.errors import VerificationError


def test_epochs_go_up_and_survive(tmp_path: Path) -> None:
    first = Epochs(tmp_path, 0)
    assert [first.advance(), first.advance()] == [1, 2]
    assert Epochs(tmp_path, 0).advance() == 3
    assert [path.name for path in tmp_path.iterdir()] == ["epoch"]


def test_the_greater_of_file_and_journal_counts(tmp_path: Path) -> None:
    assert Epochs(tmp_path, 7).advance() == 8
    assert Epochs(tmp_path, 5).latest == 8


@pytest.mark.parametrize("content", [b"", b"-1", b"x", b"\xff", b"1.5"])
def test_a_damaged_file_stops_everything(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "epoch").write_bytes(content)
    with pytest.raises(VerificationError, match="epochs is damaged"):
        Epochs(tmp_path, 1)


def test_what_was_used_elsewhere_is_passed_over(tmp_path: Path) -> None:
    epochs = Epochs(tmp_path, 2)
    epochs.skip(7)

    assert Epochs(tmp_path, 2).advance() == 8


def test_an_epoch_that_is_not_durable_is_none(tmp_path: Path) -> None:
    epochs = Epochs(tmp_path, 3)
    (tmp_path / "epoch.new").mkdir()
    with pytest.raises(EpochFailed, match="the epoch could not be written: Is a directory"):
        epochs.advance()
    assert epochs.latest == 3
