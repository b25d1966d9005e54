"""A configuration together with the knowledge of who said what."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from trader.config.reader import DEFAULT, place
from trader.config.schema import Config
from trader.errors import ConfigError


class Loaded(Struct, frozen=True, kw_only=True):
    """`origins` and `written` go by dotted key, list elements by their names.

    An origin reads `default`, `traderd.yaml:12`, `environment TRADERD_RUN__SEED` or `--set`.
    `written` holds each path as it was written; in `config` paths are absolute.
    """

    config: Config
    origins: Mapping[str, str]
    written: Mapping[str, str]
    path: Path | None

    def where(self, key: str) -> str:
        """The place to name in an error about the key: who gave it, or what holds it."""
        near = key
        while near and self.origins.get(near, DEFAULT) == DEFAULT:
            near = near.rpartition(".")[0]
        source = self.origins[near] if near else str(self.path or DEFAULT)
        return place(source, key)

    def error(self, key: str, message: str, hint: str = "") -> ConfigError:
        """An error at the key's place."""
        return ConfigError(message, where=self.where(key), hint=hint)
