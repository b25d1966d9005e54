"""Fetches a secret from where a configuration says that it lies; nothing here ever shows one."""

import resource
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from trader.config.parts import Keys
from trader.config.schema import Config
from trader.errors import ConfigError

_SHARED: Final = stat.S_IRWXG | stat.S_IRWXO


def secret_variables(config: Config) -> frozenset[str]:
    """The variables of the environment that hold a secret of this configuration."""
    places = (config.account.keys, *(each.channel for each in config.alerts))
    return frozenset(each.env for each in places if each is not None and each.env is not None)


def no_core_dumps() -> None:
    """From now on this process leaves no image of its memory behind, whatever ends it."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def place_of(keys: Keys) -> str:
    """Where it lies, in words."""
    return f"environment {keys.env}" if keys.env is not None else str(keys.file)


def read_secret(keys: Keys, environ: Mapping[str, str], what: str, hint: str = "") -> str:
    """The secret without the space around it.

    Raises ConfigError if it is missing, or if others could read it; `what` names it there.
    """
    if keys.env is not None:
        text = environ.get(keys.env, "").strip()
    else:
        text = _content(Path(keys.file or ""), what, hint)
    if not text:
        raise ConfigError(f"{what} are missing", where=place_of(keys), hint=hint)
    return text


def _content(path: Path, what: str, hint: str) -> str:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ConfigError(
            f"the file of {what} cannot be read", where=str(path), hint=hint
        ) from None
    if mode & _SHARED:
        raise ConfigError(f"others may read the file of {what}", where=str(path), hint="chmod 600")
    return text
