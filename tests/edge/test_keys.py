"""Keys: found where they are said to be, and never shown."""

from pathlib import Path

import pytest

from actors.edge.keys import read_keys
from trader.config.parts import Keys
from trader.errors import ConfigError
from trader.venues.binance.signing import KeyPair, SigningKey

PAIR = KeyPair("abc123", "s3:cr-et")
ED25519 = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
"""
X25519 = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VuBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
"""


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


@pytest.mark.parametrize("between", ["\n", ":", ":\n", "\n\n"])
def test_a_private_key_stands_below_its_key(tmp_path: Path, between: str) -> None:
    found = read_keys(write(tmp_path / "keys", f"abc123{between}{ED25519}"), {})

    assert isinstance(found, SigningKey)
    assert (found.key, repr(found)) == ("abc123", "SigningKey(***)")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (ED25519, "no key stands before the private key"),
        (f"abc123\n{X25519}", "not of the kind Ed25519"),
        (f"abc123\n{ED25519[:60]}", "no private key that can be read"),
        (f"abc123\n{ED25519.replace('PRIVATE', 'PUBLIC')}", "the public key is no private key"),
        (f"abc123\n{ED25519.replace('PRIVATE', 'ENCRYPTED PRIVATE')}", "is encrypted"),
    ],
)
def test_what_is_no_private_key_is_refused_without_being_quoted(text: str, what: str) -> None:
    with pytest.raises(ConfigError, match=what) as caught:
        read_keys(Keys(env="K"), {"K": text})

    assert "MC4" not in str(caught.value)
