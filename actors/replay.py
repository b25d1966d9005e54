"""A live journal fed to the core again: to go on after a stop, or to see that it says the same.

Effects are muted. What the journal recorded wins over what the code of today would do: where both
differ, the first difference is named with both sides, and nobody trades on.
"""

from collections.abc import Sequence
from typing import Final, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from actors.assembly import Core, Snapshot
from actors.edge.journal import END, HEADER, JournalContents, Record
from actors.runtime.reactor import Observer
from actors.runtime.step_record import Step, StepObserver, decode_step
from trader.config.ops_schema import Ops
from trader.config.schema import Config
from trader.errors import VerificationError
from trader.model.control import TimerFired
from trader.model.envelope import Envelope

LIVE: Final = "live"
STEP: Final = "step"
SNAPSHOT: Final = "snapshot"
CRASHED: Final = "crashed"

T = TypeVar("T")


class LiveHeader(Struct, frozen=True, kw_only=True):
    """Whose journal it is: everything that the core was built from."""

    mode: str = LIVE
    run: str
    config: Config
    code_version: str
    money_quantum: str


class Checkpoint(Struct, frozen=True, kw_only=True):
    """The core at the end of a step, and the hash of its state."""

    state_hash: str
    core: Snapshot


class Stop(Struct, frozen=True, kw_only=True):
    """An orderly stop after so many inputs."""

    seq: int
    state_hash: str


class Difference(Struct, frozen=True, kw_only=True):
    """The first place where the journal and the core disagree."""

    record: int
    seq: int
    recorded: str
    replayed: str

    def __str__(self) -> str:
        return (
            f"record {self.record} (seq {self.seq}): recorded {self.recorded}, "
            f"replayed {self.replayed}"
        )


def header_of(contents: JournalContents) -> LiveHeader:
    """The first record; raises VerificationError if it is not a live journal's header."""
    if not contents.records or contents.records[0].kind != HEADER:
        raise VerificationError("the journal has no header", hint="it is of no live run")
    return _decoded(contents.records[0], LiveHeader)


def core_config(config: Config) -> Config:
    """The part of a configuration that the core depends on; the rest may change between lives."""
    data = tuple(replace(source, path=".") for source in config.data)
    return replace(
        config,
        account=replace(config.account, keys=None),
        data=data,
        state_dir=None,
        base_dir=None,
        gateway=None,
        alerts=(),
        ops=Ops(),
    )


class Replayer:
    """Feeds records to a core and holds what it does against them."""

    def __init__(self, core: Core) -> None:
        self.core: Final = core
        self.steps = 0
        self._observer = StepObserver()
        core.reactor.observer = self._observer

    def overhear(self, hear: Observer) -> None:
        """Lets somebody else hear every message of the steps as well."""

        def both(envelope: Envelope) -> None:
            self._observer(envelope)
            hear(envelope)

        self.core.reactor.observer = both

    def feed(self, record: Record) -> Difference | None:
        """Takes one record; what differs, if anything does."""
        if record.kind == STEP:
            return self._step(record)
        if record.kind == SNAPSHOT:
            return self._judge(record, _decoded(record, Checkpoint).state_hash)
        if record.kind == END:
            return self._judge(record, _decoded(record, Stop).state_hash)
        return None

    def _step(self, record: Record) -> Difference | None:
        recorded = _step_of(record)
        sent = recorded.input
        if isinstance(sent.body, TimerFired):
            self.core.timers.due(sent.ts, after_bars=True)
        self.core.reactor.row(sent.body, sent.ts)
        self.steps += 1
        replayed = self._observer.finish()
        if replayed == recorded:
            return None
        ours, theirs = _first_difference(recorded, replayed)
        return Difference(record=record.index, seq=sent.seq, recorded=ours, replayed=theirs)

    def _judge(self, record: Record, state_hash: str) -> Difference | None:
        found = self.core.state_hash()
        if found == state_hash:
            return None
        return Difference(
            record=record.index,
            seq=self.core.reactor.state.seq,
            recorded=f"state {state_hash}",
            replayed=f"state {found}",
        )


def recover(contents: JournalContents, core: Core) -> int:
    """Brings a fresh core to where the journal ends, from its last snapshot; the steps it took.

    Raises VerificationError for the first record that the core does not take as it was recorded.
    """
    start = _last_snapshot(contents.records)
    if start:
        core.restore(_decoded(contents.records[start], Checkpoint).core)
    replayer = Replayer(core)
    for record in contents.records[start:]:
        difference = replayer.feed(record)
        if difference is not None:
            raise VerificationError(
                f"the journal and this program disagree at {difference}",
                hint="go on with the version that wrote the journal, or begin another state_dir",
            )
    return replayer.steps


def replay_live(contents: JournalContents, until: int | None = None) -> tuple[bool, str]:
    """Feeds a live journal to a fresh core: whether it agrees, and a sentence about it.

    It is fed whole, or as far as the input row `until`. The sentence names the state hash, or the
    first difference with both messages.
    """
    core = Core(header_of(contents).config, patient=True, live=True, tables=False)
    replayer = Replayer(core)
    for record in contents.records:
        difference = replayer.feed(record)
        if difference is not None:
            return False, f"the journal and this program disagree at {difference}"
        if core.reactor.state.seq == until:
            text = f"{replayer.steps} steps replayed up to row {until}"
            return True, f"{text}, state hash {core.state_hash()}"
    note = f"; {contents.note}" if contents.note else ""
    return True, f"{replayer.steps} steps replayed, state hash {core.state_hash()}{note}"


def _last_snapshot(records: Sequence[Record]) -> int:
    for index in range(len(records) - 1, 0, -1):
        if records[index].kind == SNAPSHOT:
            return index
    return 0


def _first_difference(recorded: Step, replayed: Step) -> tuple[str, str]:
    """The first output that differs, on both sides."""
    if recorded.input != replayed.input:
        return _shown(recorded.input), _shown(replayed.input)
    for ours, theirs in zip(recorded.kept, replayed.kept, strict=False):
        if ours != theirs:
            return _shown(ours), _shown(theirs)
    shorter = min(len(recorded.kept), len(replayed.kept))
    rest, other = recorded.kept[shorter:], replayed.kept[shorter:]
    if rest or other:
        return _shown(*rest[:1]), _shown(*other[:1])
    return f"outputs {recorded.digest.hex()[:16]}", f"outputs {replayed.digest.hex()[:16]}"


def _shown(*envelopes: Envelope) -> str:
    if not envelopes:
        return "nothing"
    [envelope] = envelopes
    return f"{envelope.source}: {envelope.body}"


def _step_of(record: Record) -> Step:
    try:
        return decode_step(record.payload)
    except msgspec.MsgspecError as error:
        raise _unreadable(record, error) from None


def _decoded(record: Record, kind: type[T]) -> T:
    read = msgspec.json.decode if record.kind in {HEADER, END} else msgspec.msgpack.decode
    try:
        return read(record.payload, type=kind)
    except msgspec.MsgspecError as error:
        raise _unreadable(record, error) from None


def _unreadable(record: Record, error: Exception) -> VerificationError:
    return VerificationError(
        f"record {record.index} of the journal is not what a live run writes: {error}",
        where=record.kind,
        hint="read it with the version that wrote it",
    )
