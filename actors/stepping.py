"""Takes inputs through the core, and holds what they made until it is settled.

Between two steps the core is at rest, and whoever has an input for it may take it then: the loop,
batch by batch, and while a commit takes its time what people have told.
"""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec
from msgspec import Struct

from actors.assembly import Core
from actors.edge.telemetry import Telemetry
from actors.replay import CRASHED, SNAPSHOT, STEP, Checkpoint
from actors.runtime.step_record import Step, StepObserver, encode_step
from trader.errors import TraderdError
from trader.model.control import RunStarted
from trader.model.envelope import Message, encode
from trader.model.units import Nanoseconds


class CoreCrashed(TraderdError):
    """A core actor broke its own rules; the input that did it is the journal's last record."""

    code = "crashed"
    exit_code = 1


class Made(Struct):
    """What steps made: records for the journal, effects that wait for them, the steps themselves.

    `crash`: what the last input met with; the core takes no other.
    """

    records: list[tuple[str, bytes]] = []
    effects: list[Message] = []
    steps: list[Step] = []
    crash: CoreCrashed | None = None


class Stepping:
    """One daemon's steps; `began` when the core has heard that a run has."""

    def __init__(
        self, core: Core, log: Telemetry, now: Callable[[], Nanoseconds], snapshot_inputs: int
    ) -> None:
        """A snapshot is made after so many inputs."""
        self.began = False
        self.made = Made()
        self._core: Final = core
        self._log: Final = log
        self._now: Final = now
        self._snapshot_inputs: Final = snapshot_inputs
        self._snapshot_at = 0
        self._observer: Final = StepObserver()

    def start(self) -> None:
        """The core stands where its journal ends; from here on its steps are new."""
        self._snapshot_at = self._core.reactor.state.seq
        self._core.reactor.observer = self._observer

    def take(self, messages: Iterable[Message]) -> None:
        """Takes inputs until one crashes the core; after that, none."""
        for message in messages:
            if self.made.crash is not None:
                return
            self._take_one(message)

    def take_timers(self) -> None:
        """Takes the timers that have become due."""
        timers = self._core.timers
        while self.made.crash is None:
            fired = timers.due(self._now(), after_bars=True)
            if fired is None:
                return
            self._take_one(fired)

    def hand_over(self) -> Made:
        """What was made since the last time, which is the caller's to settle."""
        made, self.made = self.made, Made()
        return made

    def snapshot(self) -> tuple[str, bytes]:
        """The record of the core as it stands."""
        core = self._core
        self._snapshot_at = core.reactor.state.seq
        checkpoint = Checkpoint(state_hash=core.state_hash(), core=core.snapshot())
        return SNAPSHOT, msgspec.msgpack.encode(checkpoint)

    def _take_one(self, message: Message) -> None:
        try:
            self._step(message)
        except CoreCrashed as error:
            self.made.crash = error

    def _step(self, message: Message) -> None:
        reactor, made = self._core.reactor, self.made
        try:
            effects = reactor.row(message, self._now())
        except Exception as error:  # whatever it is, the core can no longer be trusted
            broken = self._observer.broken()
            made.records.append((CRASHED, encode(broken)))
            text = f"the core crashed on {type(message).__name__} (seq {broken.seq}): {error!r}"
            raise CoreCrashed(text) from error
        step = self._observer.finish()
        made.records.append((STEP, encode_step(step)))
        made.steps.append(step)
        made.effects += effects
        self.began = self.began or isinstance(message, RunStarted)
        self._log.tell(step)
        if reactor.state.seq - self._snapshot_at >= self._snapshot_inputs:
            made.records.append(self.snapshot())
