"""A live run: what starts when, what waits for what, and how it stops.

The journal comes first, and with it the lock of the account. It is replayed until the core stands
where it stood. Then the gateway connects, which begins an epoch; when the venue and we agree, the
market data begin. From there on it is one loop: take what the inbox holds, let the core run, make
inputs and outputs durable together, and only then let the effects leave. It stops in reverse.

When the disk or the core fails, nothing leaves any more but the way out: the cancels, which free
exposure and need no journal.
"""

import os
import random
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar, Final

import anyio
import msgspec

from actors.assembly import Core
from actors.edge.gateway import Gateway
from actors.edge.journal import END, JournalFailed, open_journal
from actors.edge.lease import Epochs
from actors.edge.voices import Voices
from actors.markets import Market, with_beginning
from actors.observing import Observers
from actors.recovering import recover_core
from actors.replay import (
    CRASHED,
    SNAPSHOT,
    STEP,
    Checkpoint,
    LiveHeader,
    Stop,
)
from actors.runtime.inbox import Inbox, InboxLimits
from actors.runtime.step_record import Step, StepObserver, encode_step
from actors.runtime.supervisor import Child, Ready, Restarts, Supervisor
from actors.venue_side import BinanceSide, Ports, VenueSide
from trader.config.check import check_live, check_sessions
from trader.config.loaded import Loaded
from trader.config.schema import Config
from trader.errors import (
    ENDED_HALTED,
    INTERRUPTED,
    ConfigError,
    TraderdError,
)
from trader.model.control import EdgeFailed, RunStarted, TradingState
from trader.model.envelope import Message, encode
from trader.model.orders import CancelOrder
from trader.model.units import SECOND_NS, Nanoseconds
from trader.venues.binance.inquiry import Patience

BATCH: Final = 256
"""Inputs that are committed together at most."""
REST_S_MAX: Final = 5
WAY_OUT_S_MAX: Final = 2
SLEEP_S_MAX: Final = 3_600


class CoreCrashed(TraderdError):
    """A core actor broke its own rules; the input that did it is the journal's last record."""

    code = "crashed"
    exit_code = 1


class Daemon:
    """One account's live run, from the first replay to the last record."""

    restarts: ClassVar[Restarts] = Restarts()
    patience: ClassVar[Patience] = Patience()
    snapshot_inputs: ClassVar[int] = 10_000
    gateway_kind: ClassVar[type[Gateway]] = Gateway

    def __init__(self, config: Config, environ: Mapping[str, str], code_version: str) -> None:
        """Raises ConfigError or DataError for what could not run."""
        self._folder: Final = _folder_of(config)
        config = with_beginning(config, time.time_ns())
        self.config: Final = config
        self._side: Final = self.side(config, environ)
        self._voices: Final = Voices(config)
        with self._voices.caught():
            self.core: Final = Core(config, patient=True, live=True)
        self.inbox: Final = Inbox(InboxLimits())
        self._observers: Final = Observers(
            config,
            self.core,
            self.inbox,
            mode=self._side.mode,
            now=self.now,
            environ=environ,
            figures=self._side.figures,
        )
        self.log: Final = self._observers.log
        self._code_version: Final = code_version
        self._observer: Final = StepObserver()
        self._agreed: Final = anyio.Event()
        self._resting: Final = anyio.CancelScope(shield=True)
        self._idle = anyio.Event()
        self._idle.set()
        self._last: Nanoseconds = 0
        self._snapshot_at = 0
        self._records: list[tuple[str, bytes]] = []
        self._effects: list[Message] = []
        self._steps: list[Step] = []
        self._began = False
        self._interrupted = False
        self._edges_ended = False
        self._failure: Exception | None = None

    def side(self, config: Config, environ: Mapping[str, str]) -> VenueSide:
        """The venue that it trades at."""
        return BinanceSide(config, environ, self.patience, self.gateway_kind)

    def now(self) -> Nanoseconds:
        """The wall clock, which never goes back."""
        self._last = max(self._last, time.time_ns())
        return self._last

    async def run(self) -> int:
        """Runs until somebody stops it; the exit code. A failure that ends it is raised."""
        try:
            self._voices.tell(self.log.say, self.log.shout)
            with self._voices.caught():
                return await self._run()
        finally:
            self._observers.close()

    async def _run(self) -> int:
        async with AsyncExitStack() as stack:
            journal = await stack.enter_async_context(open_journal(self._folder / "journal.db"))
            stack.enter_context(self._side.held())
            self.journal = journal
            self._epochs = Epochs(self._folder, await self._recover())
            if not await self._side.check(self.core):
                self.log.say("rules_unchecked")
            ports = Ports(
                clock=self.now,
                put=self.inbox.put,
                begin=self._epochs.advance,
                begun=self._on_connected,
            )
            self.gateway = self._side.gateway(self.core, ports)
            self._supervisor = self._make_supervisor(self._side.market(self.core, ports))
            self._observers.follow(self._supervisor)
            self._observers.start()
            try:
                await self._live()
            finally:
                self._observers.stop()
            await self._finish()
        if self._failure is not None:
            raise self._failure
        return self._exit_code()

    async def settle(
        self, records: Sequence[tuple[str, bytes]], effects: Sequence[Message]
    ) -> None:
        """Makes the records durable, and then lets the effects leave."""
        began = time.perf_counter()
        await self.journal.commit(records)
        self._observers.metrics.took("commit", time.perf_counter() - began)
        self.release(effects)

    def release(self, effects: Sequence[Message]) -> None:
        """Hands the effects of what is durable to the gateway."""
        self.gateway.perform(effects)

    # -- before trading ---------------------------------------------------------------------------

    async def _recover(self) -> int:
        """Brings the core to where the journal ends; the last epoch that it knows."""
        header = LiveHeader(
            run=self.config.run.name,
            config=self.config,
            code_version=self._code_version,
            money_quantum=self.core.scale.quantum,
        )
        with self._voices.quiet():
            await recover_core(self.journal, self.core, header, self._folder, self.log)
        reactor = self.core.reactor
        self._snapshot_at = reactor.state.seq
        reactor.observer = self._observer
        return self.core.order_manager.state.epoch if reactor.state.seq else 0

    def _make_supervisor(self, market: Market) -> Supervisor:
        return Supervisor(
            [
                *self._observers.children(),
                Child("gateway", self.gateway.run),
                Child("agreement", self._agree),
                Child("market_data", market.run),
            ],
            self.restarts,
            clock=time.monotonic,
            jitter=random.SystemRandom().random,
            failed=self._on_failed,
        )

    async def _agree(self, ready: Ready) -> None:
        """Stands between the gateway and the market data, at the start and at the end.

        Market data wait until the venue and we agree, or until it is clear that we do not. When
        they have ended, the gateway waits until what they caused is done and answered.
        """
        try:
            await self._agreed.wait()
            ready()
            await anyio.sleep_forever()
        finally:
            self._resting.deadline = anyio.current_time() + REST_S_MAX
            with self._resting:
                await self._rest()

    async def _rest(self) -> None:
        while True:
            await self.gateway.rest()
            if self._idle.is_set() and not len(self.inbox):
                return
            await self._idle.wait()

    def _on_connected(self, epoch: int) -> None:
        self.log.bind(session=epoch)
        self.log.say("connected", epoch=epoch)
        self.inbox.put(RunStarted(run=self.config.run.name, epoch=epoch))

    def _on_failed(self, failed: EdgeFailed) -> None:
        self.log.say("edge_failed", edge=failed.edge, error=failed.error, attempt=failed.attempt)
        self.inbox.put(failed)

    # -- the loop ---------------------------------------------------------------------------------

    async def _live(self) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._listen)
            tasks.start_soon(self._keep_edges)
            failure = await self._work()
            self._resting.cancel()
            tasks.cancel_scope.cancel()
        if failure is not None:
            raise failure

    async def _work(self) -> TraderdError | None:
        """The loop, until the edges have ended and all they brought is done."""
        try:
            while not self._edges_ended or len(self.inbox):
                await self._wait()
                await self._turn()
        except (JournalFailed, CoreCrashed) as error:
            self.log.say("failed", error=str(error))
            await self._way_out()
            return error
        return None

    async def _wait(self) -> None:
        """Until something is in the inbox, a timer is due, or the edges have ended."""
        until_timer = (self.core.timers.next_due - self.now()) / SECOND_NS
        with anyio.move_on_after(max(0, min(SLEEP_S_MAX, until_timer))):
            await self.inbox.wait()

    async def _turn(self) -> None:
        """Takes a batch of inputs and the timers that have become due, and settles them."""
        self._idle = anyio.Event()
        timers = self.core.timers
        crash: CoreCrashed | None = None
        try:
            for message in self.inbox.take(BATCH):
                self._step(message)
            while (fired := timers.due(self.now(), after_bars=True)) is not None:
                self._step(fired)
        except CoreCrashed as error:
            crash = error
        records, self._records = self._records, []
        effects, self._effects = self._effects, []
        steps, self._steps = self._steps, []
        if records:
            await self.settle(records, effects)
        for step in steps:
            self._observers.settle(step)
        if crash is not None:
            raise crash
        switch = self.core.kill_switch.state
        if self._began and (switch.trading is TradingState.ACTIVE or switch.latched):
            self._agreed.set()
        self._idle.set()

    def _step(self, message: Message) -> None:
        reactor = self.core.reactor
        try:
            effects = reactor.row(message, self.now())
        except Exception as error:  # whatever it is, the core can no longer be trusted
            broken = self._observer.broken()
            self._records.append((CRASHED, encode(broken)))
            text = f"the core crashed on {type(message).__name__} (seq {broken.seq}): {error!r}"
            raise CoreCrashed(text) from error
        step = self._observer.finish()
        self._records.append((STEP, encode_step(step)))
        self._steps.append(step)
        self._effects += effects
        self._began = self._began or isinstance(message, RunStarted)
        self.log.tell(step)
        if reactor.state.seq - self._snapshot_at >= self.snapshot_inputs:
            self._records.append(self._snapshot())

    def _snapshot(self) -> tuple[str, bytes]:
        core = self.core
        self._snapshot_at = core.reactor.state.seq
        checkpoint = Checkpoint(state_hash=core.state_hash(), core=core.snapshot())
        return SNAPSHOT, msgspec.msgpack.encode(checkpoint)

    # -- the end ----------------------------------------------------------------------------------

    async def _listen(self) -> None:
        """The first signal stops in order, the second without waiting for the edges."""
        with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
            is_second = False
            async for number in signals:
                self._interrupted = self._interrupted or number == signal.SIGINT
                self.log.say("stopping", signal=signal.Signals(number).name)
                self._supervisor.stop()
                if is_second:
                    self._end_edges()
                is_second = True

    async def _keep_edges(self) -> None:
        try:
            await self._supervisor.run()
        except (TraderdError, OSError) as error:
            self._failure = error
        finally:
            self._end_edges()

    def _end_edges(self) -> None:
        self._edges_ended = True
        self._resting.cancel()
        self.inbox.wake()

    async def _way_out(self) -> None:
        """Takes back what works at the venue; needs neither the journal nor the core's consent."""
        desks = self.core.order_manager.state.desks.values()
        self.gateway.perform(
            CancelOrder(
                client_order_id=id_, instrument=desk.instrument, request_id="", reason="failed"
            )
            for desk in desks
            for id_ in desk.working
        )
        with anyio.move_on_after(WAY_OUT_S_MAX):
            await self.gateway.flush()

    async def _finish(self) -> None:
        stop = Stop(seq=self.core.reactor.state.seq, state_hash=self.core.state_hash())
        await self.journal.commit([self._snapshot(), (END, msgspec.json.encode(stop))])
        fields = {"seq": stop.seq, "state_hash": stop.state_hash}
        self.log.say("stopped", **fields, bars_conflated=self.inbox.conflated)

    def _exit_code(self) -> int:
        if self._interrupted:
            return INTERRUPTED
        is_bad = self.core.kill_switch.state.latched or self.core.reactor.state.quarantined
        return ENDED_HALTED if is_bad else 0


def _folder_of(config: Config) -> Path:
    """The folder of the run's state, for its owner alone if it is new; ConfigError without one."""
    if config.state_dir is None:
        raise ConfigError("a live run needs a folder for its journal", where="state_dir")
    folder = Path(config.state_dir)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"state_dir is no folder and cannot be made one: {error.strerror}",
            where=str(folder),
            hint="name another one",
        ) from None
    return folder


def run_daemon(loaded: Loaded, *, kind: type[Daemon] = Daemon, code_version: str = "") -> int:
    """Trades as configured until SIGTERM or SIGINT; the exit code.

    Raises ConfigError for what cannot run live, AccountHeld if another instance writes there,
    VerificationError if the journal and this program disagree, VenueFault without a venue.
    """
    check_live(loaded.config)
    check_sessions(loaded.config, time.time_ns())

    async def run() -> int:
        return await kind(loaded.config, os.environ, code_version).run()

    has_uvloop = find_spec("uvloop") is not None
    return anyio.run(run, backend_options={"use_uvloop": has_uvloop})
