"""A live run: what starts when, what waits for what, and how it stops.

The journal comes first, and with it the lock of the account. It is replayed until the core stands
where it stood. Then the gateway connects, which begins an epoch; when the venue and we agree, the
market data begin. From there on it is one loop: take what the inbox holds, let the core run, make
inputs and outputs durable together, and only then let the effects leave. It stops in reverse.

When the disk or the core fails, nothing leaves any more but the way out: the cancels of what could
build up a position, which need no journal.
"""

import os
import random
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from importlib.util import find_spec
from typing import ClassVar, Final

import anyio
import msgspec

from actors.assembly import Core
from actors.committing import Committing
from actors.edge.epochs import Epochs
from actors.edge.gateway import Gateway
from actors.edge.journal import END, JournalFailed, open_journal
from actors.edge.voices import Voices
from actors.markets import Market, with_beginning
from actors.observing import Observers
from actors.recovering import later_life, recover_core, state_folder
from actors.replay import SNAPSHOT, LiveHeader, Stop
from actors.runtime.inbox import Inbox, InboxLimits
from actors.runtime.supervisor import Child, Ready, Restarts, Supervisor
from actors.stepping import CoreCrashed, Stepping
from actors.venue_side import BinanceSide, Ports, VenueSide
from trader.config.check import check_live, check_sessions
from trader.config.loaded import Loaded
from trader.config.notation import interval_ns
from trader.config.schema import Config
from trader.errors import (
    ENDED_HALTED,
    INTERRUPTED,
    AccountHeld,
    ConfigError,
    TraderdError,
    UsageError,
)
from trader.model.control import EdgeFailed, RunStarted, TradingState
from trader.model.envelope import Message
from trader.model.orders import CancelOrder
from trader.model.units import SECOND_NS, Nanoseconds
from trader.venues.binance.inquiry import Patience

BATCH: Final = 256
"""Inputs that are committed together at most."""
REST_S_MAX: Final = 5
WAY_OUT_S_MAX: Final = 2
SLEEP_S_MAX: Final = 3_600
MISTAKES: Final = (AccountHeld, ConfigError, UsageError)
"""Of whoever started it, who reads of them; nobody else is told."""


class Daemon:
    """One account's live run, from the first replay to the last record."""

    restarts: ClassVar[Restarts] = Restarts()
    patience: ClassVar[Patience] = Patience()
    snapshot_inputs: ClassVar[int] = 10_000
    audit_s: ClassVar[float] = 10
    gateway_kind: ClassVar[type[Gateway]] = Gateway

    def __init__(self, config: Config, environ: Mapping[str, str], code_version: str) -> None:
        """Raises ConfigError or DataError for what could not run."""
        self._folder: Final = state_folder(config)
        config = with_beginning(config, time.time_ns())
        self.config: Final = config
        self._side: Final = self.side(config, environ)
        self._voices: Final = Voices(config)
        with self._voices.caught():
            self.core: Final = Core(config, patient=True, live=True, tables=False)
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
        self._stepping: Final = Stepping(self.core, self.log, self.now, self.snapshot_inputs)
        self._agreed: Final = anyio.Event()
        self._resting: Final = anyio.CancelScope(shield=True)
        self._idle = anyio.Event()
        self._idle.set()
        self._last: Nanoseconds = 0
        self._interrupted = False
        self._edges_ended = False
        self._failure: Exception | None = None
        self._told: Exception | None = None

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
        except (TraderdError, OSError) as error:
            if error is not self._told and not isinstance(error, MISTAKES):
                await self._observers.last_word(error)
            raise
        finally:
            self._observers.close()

    async def _run(self) -> int:
        async with AsyncExitStack() as stack:
            opened = open_journal(self._folder / "journal.db", since=SNAPSHOT)
            journal = await stack.enter_async_context(opened)
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
            self._mind_commits()
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
        with self._committing.commit(effects) as waiting:
            await self.journal.commit(records)
        self.release(waiting.effects)

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
        self._stepping.start()
        return self.core.order_manager.state.epoch if self.core.reactor.state.seq else 0

    def _make_supervisor(self, market: Market) -> Supervisor:
        return Supervisor(
            [
                *self._observers.children(),
                Child("audit", self._audit),
                Child("gateway", self.gateway.run),
                Child("agreement", self._agree),
                Child("market_data", market.run),
            ],
            self.restarts,
            clock=time.monotonic,
            jitter=random.SystemRandom().random,
            failed=self._on_failed,
        )

    def _mind_commits(self) -> None:
        self._committing = Committing(
            interval_ns(self.config.ops.commit_slow_after) / SECOND_NS,
            self.inbox,
            self._stepping,
            clock=time.perf_counter,
            log=self.log,
            metrics=self._observers.metrics,
            perform=self.gateway.perform,
            protects=self._protects,
        )
        self._observers.beats.append(self._committing.look)

    def _protects(self, client_order_id: str) -> bool:
        order = self.core.order_manager.state.orders.get(client_order_id)
        return order is not None and order.protects

    async def _audit(self, ready: Ready) -> None:
        """Reads back what the journal was given; a failure is an input, and finds it closed."""
        ready()
        while True:
            await anyio.sleep(self.audit_s)
            await self.journal.audit()

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
            while not self._edges_ended or len(self.inbox) or self._stepping.made.records:
                await self._wait()
                await self._turn()
        except (JournalFailed, CoreCrashed) as error:
            self._told = error
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
        if self._idle.is_set():
            self._idle = anyio.Event()
        stepping = self._stepping
        stepping.take(self.inbox.take(BATCH))
        stepping.take_timers()
        made = stepping.hand_over()
        if made.records:
            await self.settle(made.records, made.effects)
        for step in made.steps:
            self._observers.settle(step)
            outlived = later_life(step, self._epochs)
            if outlived is not None:
                self._failure = outlived
                self._supervisor.stop()
        if made.crash is not None:
            raise made.crash
        switch = self.core.kill_switch.state
        if stepping.began and (switch.trading is TradingState.ACTIVE or switch.latched):
            self._agreed.set()
        if not stepping.made.records:
            self._idle.set()

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
        """Takes back what could build up a position; needs neither the journal nor the core.

        What protects one stays: nobody is there any more who could close it.
        """
        state = self.core.order_manager.state
        self.gateway.perform(
            CancelOrder(
                client_order_id=id_, instrument=desk.instrument, request_id="", reason="failed"
            )
            for desk in state.desks.values()
            for id_ in desk.working
            if not state.orders[id_].protects
        )
        with anyio.move_on_after(WAY_OUT_S_MAX):
            await self.gateway.flush()

    async def _finish(self) -> None:
        stop = Stop(seq=self.core.reactor.state.seq, state_hash=self.core.state_hash())
        records = [self._stepping.snapshot(), (END, msgspec.json.encode(stop))]
        await self.journal.commit(records)
        fields = {"seq": stop.seq, "state_hash": stop.state_hash}
        self.log.say("stopped", **fields, bars_conflated=self.inbox.conflated)

    def _exit_code(self) -> int:
        if self._interrupted:
            return INTERRUPTED
        is_bad = self.core.kill_switch.state.latched or self.core.reactor.state.quarantined
        return ENDED_HALTED if is_bad else 0


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
