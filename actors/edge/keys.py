"""The venue's keys, fetched where the configuration says and never shown."""

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from trader.config.schema import Keys
from trader.errors import ConfigError
from trader.venues.binance.signing import KeyPair

_SHARED: Final = stat.S_IRWXG | stat.S_IRWXO
_SHAPE: Final = "write them as KEY:SECRET"


def read_keys(keys: Keys, environ: Mapping[str, str]) -> KeyPair:
    """The key pair; raises ConfigError, which never quotes it, if it is not there or not safe."""
    if keys.env is not None:
        where, text = f"environment {keys.env}", environ.get(keys.env, "")
    else:
        where, text = str(keys.file), _content(Path(keys.file or ""))
    key, colon, secret = text.strip().partition(":")
    if not colon or not key.isalnum() or not secret.isascii() or not secret.isprintable():
        found = "are missing" if not text.strip() else "are not a key and a secret"
        raise ConfigError(f"the account's keys {found}", where=where, hint=_SHAPE)
    return KeyPair(key, secret)


def _content(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigError(
            "the file of the account's keys cannot be read", where=str(path), hint=_SHAPE
        ) from None
    if mode & _SHARED:
        raise ConfigError(
            "others may read the file of the account's keys", where=str(path), hint="chmod 600"
        )
    return text
