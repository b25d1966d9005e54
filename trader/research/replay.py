"""A run made again from its journal, and held against what it left behind.

The journal's header names the configuration, the seed and the data, whose bytes must be the same.
The same core runs over them in the step gear. Digest and state hash are compared with the
journal's end, every table of the folder row by row.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Struct

from actors.edge.journal import JournalContents
from sims.build import build, open_sources
from sims.simulation import ENDLESS
from sims.streams import Source
from trader.config.loaded import Loaded
from trader.config.loader import load
from trader.config.schema import Config
from trader.errors import UsageError, VerificationError
from trader.research.code_version import code_version
from trader.research.differences import Difference, first_difference
from trader.research.folder import CONFIG, JOURNAL, RUN, RunFolder, open_run
from trader.research.frames import Frames
from trader.research.inputs import check_same, references, strategy_files
from trader.research.outcome import Outcome
from trader.research.pacing import Clock
from trader.research.records import End, Header, end_of, header_of
from trader.research.stepping import Watch, declared_inputs, moment_of, outcome_of


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
            "there is no journal to replay" if target.exists() else "there is no such run",
            where=str(path if target.exists() else target),
            hint="name a run folder or a journal; `traderd runs` lists the runs",
        )
    return path


def replay(
    contents: JournalContents,
    path: Path,
    *,
    until: int | None,
    watch: Watch,
    clock: Clock,
    base_dir: Path | None = None,
) -> Verdict:
    """Makes the run of the journal at `path` again, to its end or to the input row `until`.

    `base_dir` is where its relative paths count from now, if the data have moved. Raises
    `DataError` if they are not what the run read, `VerificationError` if nothing was recorded to
    compare with.
    """
    header = header_of(contents)
    evidence = _evidence(contents, path)
    config = _loaded(header, base_dir).config
    files = strategy_files(config)
    sources = open_sources(config)
    check_same(header.inputs, references(sources))
    outcome = _run(config, sources, _stop(evidence, until), watch, clock)
    notes = [contents.note] if contents.note else []
    if header.code_version != code_version():
        notes.append(f"other code made the run: {header.code_version}, this is {code_version()}")
    if header.strategy_files != files:
        changed = [name for name in files if header.strategy_files.get(name) != files[name]]
        notes.append(f"strategy files have changed since the run: {', '.join(changed)}")
    return _judge(header, evidence, config, outcome, until, notes)


def _evidence(contents: JournalContents, path: Path) -> Evidence:
    folder = open_run(path.parent) if (path.parent / RUN).is_file() else None
    end = end_of(contents)
    if end is None and folder is None:
        raise VerificationError(
            "neither the journal's end nor a run.json says what the run came to",
            where=str(path),
            hint=contents.note,
        )
    return Evidence(end=end, folder=folder)


def _loaded(header: Header, base_dir: Path | None) -> Loaded:
    sets = (
        []
        if base_dir is None
        else [f"base_dir={msgspec.json.encode(str(base_dir.resolve())).decode()}"]
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / CONFIG
        path.write_text(header.config, encoding="utf-8")
        return load(path, sets=sets, exists=lambda _: True)


def _stop(evidence: Evidence, until: int | None) -> int | None:
    """The row to stop after: with `until` the next one, before which its consequences end."""
    if until is not None:
        return until + 1
    if evidence.end is not None:
        complete, counts = evidence.end.complete, evidence.end.counts
    else:
        assert evidence.folder is not None
        complete, counts = evidence.folder.run["complete"], evidence.folder.run["counts"]
    return None if complete else counts["inputs"]


def _run(
    config: Config, sources: list[Source], stop: int | None, watch: Watch, clock: Clock
) -> Outcome:
    simulation = build(config, sources, clock)
    simulation.until = ENDLESS if stop is None else stop
    simulation.run(lambda each: watch(moment_of(each)))
    return outcome_of(simulation)


def _judge(
    header: Header,
    evidence: Evidence,
    config: Config,
    outcome: Outcome,
    until: int | None,
    notes: list[str],
) -> Verdict:
    digest = Pair(recorded=evidence.recorded("digest"), replayed=outcome.digest)
    state_hash = Pair(recorded=evidence.recorded("state_hash"), replayed=outcome.state_hash)
    if until is not None:
        digest = state_hash = Pair(recorded=None, replayed=None)
    folder = evidence.folder
    same = True
    if folder is not None and evidence.end is not None:
        same = folder.run["digest"] == evidence.end.digest
    if not same:
        notes.append("run.json and the journal tell two digests")
    difference = None if folder is None else _difference(folder, config, outcome, until)
    return Verdict(
        id=header.id,
        agrees=same and digest.agrees and state_hash.agrees and difference is None,
        rows=outcome.rows,
        digest=digest,
        state_hash=state_hash,
        difference=difference,
        notes=notes,
    )


def _difference(
    folder: RunFolder, config: Config, outcome: Outcome, until: int | None
) -> Difference | None:
    cash = outcome.scale.of(config.account.cash)
    replayed = Frames(outcome.tables, outcome.scale, cash, declared_inputs(config)).all()
    return first_difference({name: folder.frame(name) for name in replayed}, replayed, until)
