"""Carries alerts to people, each channel at its own pace, and never at the core's expense.

Each channel has a bounded queue and a thread. One that hangs or fails delays nobody else: its
oldest alerts are dropped and counted, and its failure is an event like others, but no alert.
"""

from collections import deque
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import anyio
from anyio import to_thread

from actors.runtime.supervisor import Ready
from trader.config.notation import interval_ns
from trader.config.ops_schema import Alert as AlertConfig
from trader.ops.alerts import Alert, Quiet, alert_of
from trader.ops.channels import Channel, NotTold, channel_of

QUEUE_MAX: Final = 100
ATTEMPTS_MAX: Final = 3
PAUSE_S: Final = 0.5
"""After the first failure; then four times as long."""
LAST_S_MAX: Final = 3
"""So long a daemon that stops waits for what is still to be told."""

Say = Callable[..., None]


class Alerts:
    """Tells people of trouble; `say` makes an event of what could not be told."""

    def __init__(
        self,
        title: str,
        configs: Sequence[AlertConfig],
        environ: Mapping[str, str],
        say: Say,
        secrets: Container[str] = (),
    ) -> None:
        """Raises ConfigError for a channel that cannot be. `title` heads every alert.

        Variables of the environment that hold `secrets` are kept from the commands.
        """
        self._posts: Final = [
            _Post(title, config, channel_of(config, environ, secrets), say) for config in configs
        ]

    def hear(self, event: Mapping[str, Any]) -> None:
        """Takes an event; returns at once."""
        if not self._posts:
            return
        alert = alert_of(event)
        if alert is not None:
            for post in self._posts:
                post.put(alert)

    def shout(self, event: Mapping[str, Any]) -> None:
        """Tells of an event from the thread that calls, one channel after the other."""
        alert = alert_of(event)
        assert alert is not None, event
        for post in self._posts:
            post.shout(alert)

    async def run(self, ready: Ready) -> None:
        """Tells until it is cancelled, and then what has waited, if that goes quickly."""
        try:
            async with anyio.create_task_group() as tasks:
                for post in self._posts:
                    tasks.start_soon(post.work)
                ready()
                await anyio.sleep_forever()
        finally:
            with anyio.move_on_after(LAST_S_MAX, shield=True):
                async with anyio.create_task_group() as tasks:
                    for post in self._posts:
                        tasks.start_soon(post.rest)


class _Post:
    """One channel with what waits for it."""

    def __init__(self, title: str, config: AlertConfig, channel: Channel, say: Say) -> None:
        self._title: Final = title
        self._name: Final = config.name
        self._about: Final = frozenset(config.about)
        self._quiet: Final = Quiet(interval_ns(config.quiet))
        self._channel: Final = channel
        self._say: Final = say
        self._waiting: Final[deque[tuple[Alert, int]]] = deque()
        self._dropped = 0
        self._filled = anyio.Event()
        # A thread that hangs is left behind; one at a time hangs.
        self._thread: Final = anyio.CapacityLimiter(1)

    def put(self, alert: Alert) -> None:
        held = self._quiet.passes(alert) if alert.kind in self._about else None
        if held is None:
            return
        if len(self._waiting) >= QUEUE_MAX:
            self._waiting.popleft()
            self._dropped += 1
        self._waiting.append((alert, held))
        self._filled.set()

    def shout(self, alert: Alert) -> None:
        if alert.kind in self._about:
            with suppress(NotTold):
                self._channel.send(alert, f"{self._title}: {alert.kind}")

    async def work(self) -> None:
        while True:
            await self._filled.wait()
            await self.rest()

    async def rest(self) -> None:
        while self._waiting:
            await self._send(*self._waiting[0])
        self._filled = anyio.Event()

    async def _send(self, alert: Alert, held: int) -> None:
        title = f"{self._title}: {alert.kind}"
        if held:
            title += f" ({held} more before it)"
        dropped = self._dropped
        if dropped:
            title += f" ({dropped} dropped)"
        if await self._tell(alert, title):
            self._dropped -= dropped
        if self._waiting and self._waiting[0][0] is alert:
            self._waiting.popleft()

    async def _tell(self, alert: Alert, title: str) -> bool:
        """Tries a few times, more and more patiently; whether somebody was told."""
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                await to_thread.run_sync(
                    self._channel.send, alert, title, limiter=self._thread, abandon_on_cancel=True
                )
            except NotTold as error:
                said = {"channel": self._name, "kind": alert.kind, "error": str(error)}
                self._say("alert_not_sent", **said, attempt=attempt)
            else:
                return True
            if attempt < ATTEMPTS_MAX:
                await anyio.sleep(PAUSE_S * 4 ** (attempt - 1))
        return False
