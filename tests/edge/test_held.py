"""The account itself is held, wherever its daemons keep their state."""

import tempfile
from pathlib import Path

import pytest

from actors.edge.held import account_held
from trader.errors import AccountHeld, ConfigError


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_key_is_held_at_a_venue_once(temporary: Path) -> None:
    with account_held("wss://a", "key"):
        with pytest.raises(AccountHeld), account_held("wss://a", "key"):
            raise AssertionError
        with account_held("wss://a", "other"), account_held("wss://b", "key"):
            pass
    with account_held("wss://a", "key"):
        locks = list(temporary.rglob("*.lock"))

    assert len(locks) == 3
    assert not any("key" in lock.name for lock in locks)


def test_where_nothing_can_be_written_the_place_is_named(temporary: Path) -> None:
    """As for a service that may write to its own state alone."""
    temporary.joinpath("file").touch()
    tempfile.tempdir = str(temporary / "file")

    with (
        pytest.raises(ConfigError, match="cannot be locked") as refused,
        account_held("wss://a", "key"),
    ):
        raise AssertionError
    assert "ReadWritePaths" in refused.value.hint
