"""A run made again from its journal, and held against what it left behind.

The journal's header names the configuration, the seed and the data, whose bytes must be the same.
The same core runs over them in the step gear. Digest and state hash are compared with the
journal's end, every table of the folder row by row.
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from msgspec import Struct

from actors.edge.journal import JournalContents
from sims.build import build, open_sources
from trader.config.loaded import Loaded
from trader.config.loader import load
from trader.config.schema import Config
from trader.errors import UsageError
from trader.research.code_version import code_version
from trader.research.differences import Difference, first_difference
from trader.research.folder import CONFIG, JOURNAL, RUN, RunFolder, open_run
from trader.research.frames import Frames
from trader.research.inputs import check_same, references
from trader.research.outcome import Outcome
from trader.research.pacing import Clock
from trader.research.records import END, End, Header, end_of, header_of
from trader.research.simulate import strategy_files
from trader.research.stepping import declared_inputs, outcome_of

NOTHING_TO_COMPARE: Final = "neither the journal's end nor a run.json says what the run came to"


class Pair(Struct, frozen=True, kw_only=True):
    """A hash as it was recorded (None where it was not) and as it is now."""

    recorded: str | None
    replayed: str | None

    @property
    def agrees(self) -> bool:
        """Whether they are the same, or one is not there to differ."""
        return self.recorded is None or self.replayed is None or self.recorded == self.replayed


class Verdict(Struct, frozen=True, kw_only=True):
    """What a replay found. `rows` were delivered; `notes` is what a person should know of it."""

    id: str
    agrees: bool
    rows: int
    digest: Pair
    state_hash: Pair
    difference: Difference | None
    notes: list[str]


class Evidence(Struct, frozen=True, kw_only=True):
    """What there is to hold a replay against: the journal's end and the folder's tables."""

    end: End | None
    folder: RunFolder | None

    def recorded(self, name: str) -> str | None:
        """The digest or state hash of the run."""
        if self.end is not None:
            value: str | None = getattr(self.end, name)
            return value
        return None if self.folder is None else self.folder.run[name]


def journal_of(target: Path) -> Path:
    """The journal that a person means by a run folder or by the journal itself."""
    path = target / JOURNAL if target.is_dir() else target
    if not path.is_file():
        raise UsageError(
            "there is no journal to replay",
            where=str(path),
            hint="name a run folder or a journal; `traderd runs` lists the runs",
        )
    return path
