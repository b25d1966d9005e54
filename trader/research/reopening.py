"""A run's configuration and data, opened once more from its folder and held against the run.

Nothing is run here. Who only looks at a row needs the same bytes under the same path; who runs
again needs the same strategies and the same code as well, which shows in what comes out.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from sims.build import open_sources
from sims.streams import Source
from trader.config.describe import config_digest
from trader.config.loaded import Loaded
from trader.config.loader import load
from trader.config.schema import Config
from trader.errors import DataError, VerificationError
from trader.research.code_version import code_version
from trader.research.folder import CONFIG, RUN, RunFolder
from trader.research.inputs import InputReference, check_same, references


class Reopened(Struct, frozen=True, kw_only=True):
    """A run's folder, what it was configured as, and the rows that it read."""

    folder: RunFolder
    config: Config
    sources: Sequence[Source]

    @property
    def made_by_this_code(self) -> bool:
        """Whether the code that made the run is the code of now."""
        return made_by_this_code(self.folder)


def made_by_this_code(folder: RunFolder) -> bool:
    """Whether the code that made the run is the code of now."""
    return bool(folder.run.get("code_version") == code_version())


def reopen(folder: RunFolder, base_dir: Path | None = None) -> Reopened:
    """Opens the data of a run; `base_dir` is where relative paths count from, if they have moved.

    Raises `DataError` if they are not what the run read, `VerificationError` if the configuration
    was changed, and `ConfigError` if it can no longer be read.
    """
    config = configuration(folder, base_dir).config
    sources = open_sources(config)
    recorded, found = _recorded(folder), references(sources)
    for before, now in zip(recorded, found, strict=False):
        if before.digest == now.digest and before.rows != now.rows:
            raise _differs(f"the run read {before.rows} rows and would now read {now.rows}", now)
    if len(recorded) != len(found):
        raise _differs(f"the run read {len(recorded)} sources and would now read {len(found)}")
    check_same(recorded, found)
    return Reopened(folder=folder, config=config, sources=sources)


def configuration(folder: RunFolder, base_dir: Path | None = None) -> Loaded:
    """The run's own configuration, of which no file needs to be there."""
    sets = []
    if base_dir is not None:
        sets.append(f"base_dir={msgspec.json.encode(str(base_dir.resolve())).decode()}")
    loaded = load(folder.path / CONFIG, sets=sets, exists=lambda _: True)
    # Another version of the code may have other keys, and so another digest of the same text.
    if config_digest(loaded) != folder.run["config_digest"] and made_by_this_code(folder):
        raise VerificationError(
            "the configuration was changed since the run",
            where=str(folder.path / CONFIG),
            hint="restore it, or run anew",
        )
    return loaded


def _recorded(folder: RunFolder) -> list[InputReference]:
    try:
        return msgspec.convert(folder.run["inputs"], list[InputReference])
    except (KeyError, msgspec.ValidationError) as error:
        raise DataError(
            f"the run does not say what it read: {error}", where=str(folder.path / RUN)
        ) from None


def _differs(problem: str, now: InputReference | None = None) -> VerificationError:
    return VerificationError(
        problem,
        where=now.path if now else "",
        hint="a strategy's file or the code has changed since the run",
    )
