"""A live run as its journal tells it: its tables, its inputs by their numbers, what was said.

The journal of a daemon holds each step's input, and whole only what touched orders. So every step
is taken again, from the first, by a core that fills tables as a run's does, and each is held
against what was recorded. The daemon may go on meanwhile: the journal is read as it stands, and
changed in nothing.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import polars as pl

from actors.assembly import Core
from actors.edge.journal import JournalContents, Record
from actors.replay import LIVE, STEP, Replayer, header_of
from actors.runtime.reactor import Observer
from actors.runtime.step_record import Step, decode_step
from trader.errors import UsageError, VerificationError
from trader.model.control import SplitEffective
from trader.model.envelope import Envelope
from trader.model.units import BEFORE_ALL, Nanoseconds
from trader.research.folder import JOURNAL, RUN, Query
from trader.research.frames import Frames
from trader.research.messages import Message
from trader.research.records import mode_of, read_contents
from trader.research.stepping import declared_inputs

After = Callable[[Step], bool]


class LiveRun:
    """A live run up to where its journal ended when it was read."""

    def __init__(self, path: Path, contents: JournalContents) -> None:
        """Raises VerificationError if it is no live run's."""
        self.path: Final = path
        self.config: Final = header_of(contents).config
        self.run: Final[dict[str, Any]] = {"id": self.config.run.name}
        self._contents: Final = contents
        self._steps: Final = [each for each in contents.records if each.kind == STEP]

    @property
    def folder(self) -> "LiveRun":
        """Where its tables are: here."""
        return self

    @property
    def total(self) -> int:
        """How many input rows it has taken; they are numbered from 1."""
        return len(self._steps)

    def step(self, seq: int) -> tuple[Record, Step]:
        """The step of an input row, and its record."""
        record = self._steps[seq - 1]
        return record, decode_step(record.payload)

    def heard(self, message: Message) -> Sequence[Envelope]:
        """What touched orders in the step in which the message was said."""
        seq = message.name[0]
        return self.step(seq)[1].kept if seq else ()

    def splits(self, instrument: str) -> list[tuple[int, SplitEffective]]:
        """The splits of an instrument, each with the number of its row."""
        inputs = (decode_step(each.payload).input for each in self._steps)
        return [
            (each.seq, each.body)
            for each in inputs
            if isinstance(each.body, SplitEffective) and each.body.instrument == instrument
        ]

    def rows(self, name: str, query: Query) -> pl.DataFrame:
        """What a query finds in one of its tables."""
        return query(self._frames[name].lazy()).collect()

    def play(self, *, until: Nanoseconds | None = None, hear: Observer | None = None) -> Core:
        """A core that has taken every step again, up to an instant.

        `hear` is told every message. Raises VerificationError for the first step that it takes in
        another way than it was recorded.
        """
        core = Core(self.config, patient=True, live=True)
        replayer = Replayer(core)
        if hear is not None:
            replayer.overhear(hear)
        for record in self._contents.records:
            if until is not None and _ts(record) > until:
                break
            difference = replayer.feed(record)
            if difference is not None:
                raise VerificationError(
                    f"played again, the run is another one: {difference}",
                    where=str(self.path),
                    hint="ask the version of traderd that wrote the journal",
                )
        return core

    @cached_property
    def _frames(self) -> dict[str, pl.DataFrame]:
        core = self.play()
        cash = core.scale.of(self.config.account.cash)
        return Frames(core.tables, core.scale, cash, declared_inputs(self.config)).all()


def _ts(record: Record) -> Nanoseconds:
    """The instant of a step; other records are of the step before them."""
    return decode_step(record.payload).input.ts if record.kind == STEP else BEFORE_ALL


def live_run(target: Path) -> LiveRun | None:
    """The live run that a person means by a `state_dir` or its journal; None for any other run."""
    if (target / RUN).is_file():
        return None
    path = target / JOURNAL if target.is_dir() else target
    if not path.is_file():
        return None
    contents = read_contents(path)
    if mode_of(contents) != LIVE:
        return None
    if not any(each.kind == STEP for each in contents.records):
        raise UsageError("the daemon has not taken a step yet", where=str(path))
    return LiveRun(path, contents)
