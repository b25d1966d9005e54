"""Keys: found where they are said to be, and never shown."""

from pathlib import Path

import pytest

from actors.edge.keys import read_keys
from trader.config.schema import Keys
from trader.errors import ConfigError
from trader.venues.binance.signing import KeyPair

PAIR = KeyPair("abc123", "s3:cr-et")


def write(path: Path, text: str, mode: int = 0o600) -> Keys:
    path.write_text(text)
    path.chmod(mode)
    return Keys(file=str(path))


def test_keys_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    assert read_keys(Keys(env="K"), {"K": "abc123:s3:cr-et"}) == PAIR
    assert read_keys(write(tmp_path / "keys", "abc123:s3:cr-et\n"), {}) == PAIR


@pytest.mark.parametrize("text", ["", "abc123", "ab c:secret", ":secret", "abc:s\ncret", "abc:é"])
def test_what_is_no_key_pair_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_keys(Keys(env="K"), {"K": text})

    assert caught.value.where == "environment K"
    assert not text or text not in str(caught.value)


def test_a_missing_variable_or_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="are missing, environment K"):
        read_keys(Keys(env="K"), {})
    with pytest.raises(ConfigError, match="cannot be read"):
        read_keys(Keys(file=str(tmp_path / "none")), {})


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="others may read"):
        read_keys(write(tmp_path / "keys", "abc123:secret", 0o640), {})
