"""All that looks at a running daemon from outside: log, figures, alerts, control, stall detector.

Nothing here is asked by the core, and nothing here can delay it.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

import anyio
from anyio import to_thread

from actors.assembly import Core
from actors.edge.alerts import LAST_S_MAX, Alerts
from actors.edge.control import ControlSocket
from actors.edge.telemetry import Telemetry
from actors.minding import Minder, Pulse
from actors.operating import Operator
from actors.runtime.inbox import Inbox
from actors.runtime.step_record import Step
from actors.runtime.supervisor import Child, EdgeStanding, Supervisor
from actors.timing import Timing
from actors.unsure import Doubts, Unsure
from trader.config.notation import interval_ns
from trader.config.schema import Config
from trader.model.units import SECOND_NS, Nanoseconds
from trader.ops.logs import Sink, rotated
from trader.ops.metrics import Metrics
from trader.ops.secrets import secret_variables
from trader.ops.stall import StallDetector
from trader.venues.execution_client import Figures


class Observers:
    """The observers of one daemon; `log` is where everybody else says what happens.

    `beats` are called a few times a second.
    """

    def __init__(  # noqa: PLR0913 - the daemon names each; no two belong together
        self,
        config: Config,
        core: Core,
        inbox: Inbox,
        *,
        mode: str,
        now: Callable[[], Nanoseconds],
        environ: Mapping[str, str],
        figures: Callable[[Nanoseconds], Figures],
    ) -> None:
        """Raises ConfigError for a channel or a path that cannot be."""
        assert config.state_dir is not None
        folder = Path(config.state_dir)
        self._port: Final = config.ops.metrics_port
        file, self._lost = _file(config, folder)
        self._sink: Final = Sink(sys.stderr, file)
        self.log: Final = Telemetry(self._sink, now)
        self.metrics: Final = Metrics()
        self._supervisor: Supervisor | None = None
        self._doubts: Final = Doubts(core)
        unsure = Unsure(core, self._doubts, figures=figures, edges=self._edges)
        self._operator: Final = Operator(
            config, core, mode=mode, now=now, put=inbox.put, unsure=unsure
        )
        self._control: Final = ControlSocket(folder, self._operator)
        title = f"traderd {config.run.name} ({mode})"
        self._alerts: Final = Alerts(
            title, config.alerts, environ, self.log.say, secret_variables(config)
        )
        self._stall: Final = StallDetector(
            interval_ns(config.ops.stalled_after) / SECOND_NS, self._on_stalled
        )
        self._minder: Final = Minder(
            config,
            core,
            inbox,
            self.metrics,
            now=now,
            say=self.log.say,
            figures=figures,
            doubts=self._doubts,
        )
        self.beats: Final[list[Callable[[], None]]] = [self._stall.beat]
        self._pulse: Final = Pulse(self.metrics, self._beat)
        self._timing: Final = Timing(self.metrics)
        self.metrics.follow("log_lines_lost", lambda: self._sink.lost)
        self.log.bind(run=config.run.name, mode=mode)
        self.log.listeners.extend(
            (
                self._control.tell,
                self._alerts.hear,
                lambda event: self.metrics.happened(event["event"]),
            )
        )

    def children(self) -> Sequence[Child]:
        """The edges among them: they start before and end after those that trade.

        The pulse ends last: while the alerts still leave, the loop is not stuck.
        """
        return (
            Child("pulse", self._pulse.run),
            Child("alerts", self._alerts.run),
            Child("control", self._control.run),
            Child("minder", self._minder.run),
        )

    def follow(self, supervisor: Supervisor) -> None:
        """Whoever asks is told how these edges stand."""
        self._supervisor = supervisor

    def _edges(self) -> Sequence[EdgeStanding]:
        return () if self._supervisor is None else self._supervisor.edges()

    def start(self) -> None:
        """Lets the figures be read, and watches for a stall; raises UsageError for a taken port."""
        if self._lost:
            self.log.say("log_not_kept", error=self._lost)
        if self._port is not None:
            self.metrics.serve(self._port)
        self._stall.start()

    def stop(self) -> None:
        """Watches no more."""
        self._stall.stop()
        self.metrics.stop()

    async def last_word(self, error: Exception) -> None:
        """Tells what ended the daemon when nothing else works any more that could."""
        event = self.log.shout("failed", error=str(error))
        with anyio.move_on_after(LAST_S_MAX, shield=True):
            await to_thread.run_sync(self._alerts.shout, event, abandon_on_cancel=True)

    def close(self) -> None:
        """Nothing is said any more."""
        self._sink.close()

    def settle(self, step: Step) -> None:
        """A step has become durable."""
        self._doubts.settle(step)
        self._operator.settle(step)
        self._timing.settle(step)

    def _beat(self) -> None:
        for beat in self.beats:
            beat()

    def _on_stalled(self, silent_s: float, at: str) -> None:
        # From another thread, while the loop is stuck: nothing of the loop can be used. The log
        # comes last, for a disk that hangs may be what it is about.
        event = self.log.make("stalled", stalled_s=round(silent_s, 1), at=at)
        self._alerts.shout(event)
        self.log.write(event)


def _file(config: Config, folder: Path) -> tuple[RotatingFileHandler | None, str]:
    """The file of the log; or none, and why not."""
    try:
        return rotated(config.ops, folder), ""
    except OSError as error:
        return None, f"{error.strerror}: {error.filename}"
