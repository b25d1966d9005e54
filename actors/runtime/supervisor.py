"""Supervision of the edges: tasks that fail are started again, unless they fail too often.

Children start in order, each when the one before it is ready, and stop in reverse. A child that
fails is restarted alone (one_for_one) after a pause that doubles from one failure to the next and
is jittered, so that clients of one venue do not return in step. More failures within a period than
the intensity allows end all children, and the last failure goes up. A child that returns has
finished its work. An error that is nobody's at the rim is a defect and is not met with a restart.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Literal, TypeAlias

import anyio
from anyio.abc import TaskGroup
from msgspec import Struct

from trader.errors import TraderdError
from trader.model.control import EdgeFailed

Ready: TypeAlias = Callable[[], None]
EXPECTED: Final = (TraderdError, OSError)
ERROR_CHARACTERS_MAX: Final = 500


class Child(Struct, frozen=True):
    """An edge: `run` works until it is cancelled and calls `ready` when others may rely on it."""

    name: str
    run: Callable[[Ready], Awaitable[None]]


class Restarts(Struct, frozen=True, kw_only=True):
    """At most `intensity` failures within `period_s`; the pause goes from the least to the most."""

    intensity: int = 10
    period_s: float = 300.0
    pause_s_min: float = 0.25
    pause_s_max: float = 15.0


EdgeState: TypeAlias = Literal["waiting", "starting", "running", "pausing", "ended"]


class EdgeStanding(Struct, frozen=True, kw_only=True):
    """How a child stands: its failures of late, what the last one said, when it is tried again.

    It waits for those before it, starts, runs once others may rely on it, pauses after a failure.
    """

    name: str
    state: EdgeState
    failures: int = 0
    error: str = ""
    again_in_s: float | None = None


class _Keeper:
    """One child and its restarts."""

    def __init__(self, child: Child, supervisor: "Supervisor") -> None:
        self.child = child
        self.state: EdgeState = "starting"
        self._error = ""
        self._again_at = 0.0
        self.settled = anyio.Event()
        self.ended = anyio.Event()
        self.scope = anyio.CancelScope()
        self._supervisor = supervisor
        self._failures: list[float] = []

    async def keep(self) -> None:
        """Runs the child, again and again, until it returns, is stopped or fails too often."""
        try:
            with self.scope:
                while (error := await self._attempt()) is not None:
                    await self._after(error)
        finally:
            self.state = "ended"
            self.settled.set()
            self.ended.set()

    def standing(self) -> EdgeStanding:
        """How the child stands now."""
        now = self._supervisor.clock()
        is_pausing = self.state == "pausing"
        return EdgeStanding(
            name=self.child.name,
            state=self.state,
            failures=len(self._recent(now)),
            error=self._error,
            again_in_s=max(0.0, self._again_at - now) if is_pausing else None,
        )

    def _recent(self, now: float) -> list[float]:
        return [at for at in self._failures if at > now - self._supervisor.restarts.period_s]

    def _ready(self) -> None:
        self.state = "running"
        self.settled.set()

    async def _attempt(self) -> Exception | None:
        """Lets the child run; what it failed with, or None if it has done its work."""
        self.state = "starting"
        try:
            await self.child.run(self._ready)
        except EXPECTED as error:
            return error
        return None

    async def _after(self, error: Exception) -> None:
        """Tells the failure, and pauses before the next attempt or gives up."""
        restarts, now = self._supervisor.restarts, self._supervisor.clock()
        self._failures = [*self._recent(now), now]
        attempt = len(self._failures)
        self.state, self._error = "pausing", str(error)[:ERROR_CHARACTERS_MAX]
        self._supervisor.failed(
            EdgeFailed(edge=self.child.name, error=self._error, attempt=attempt)
        )
        if attempt > restarts.intensity:
            self._supervisor.give_up(error)
            await anyio.sleep_forever()
        pause = min(restarts.pause_s_max, restarts.pause_s_min * 2 ** (attempt - 1))
        pause *= 0.5 + self._supervisor.jitter() / 2
        self._again_at = now + pause
        await anyio.sleep(pause)


class Supervisor:
    """Starts, keeps and stops children.

    `clock` is monotonic, in seconds; `jitter` draws from [0, 1); `failed` hears of every failure.
    """

    def __init__(
        self,
        children: Sequence[Child],
        restarts: Restarts,
        *,
        clock: Callable[[], float],
        jitter: Callable[[], float],
        failed: Callable[[EdgeFailed], None],
    ) -> None:
        self.restarts: Final = restarts
        self.clock: Final = clock
        self.jitter: Final = jitter
        self.failed: Final = failed
        self._children: Final = children
        self._keepers: Final[dict[str, _Keeper]] = {}
        self._stopping = anyio.Event()
        self._error: Exception | None = None

    async def run(self, ready: Ready = lambda: None) -> None:
        """Returns after `stop`, raises the failure that was one too many; no child runs then."""
        keepers: list[_Keeper] = []
        async with anyio.create_task_group() as tasks:
            try:
                await self._start(keepers, tasks)
                if not self._stopping.is_set():
                    ready()
                await self._stopping.wait()
            finally:
                with anyio.CancelScope(shield=True):
                    for keeper in reversed(keepers):
                        keeper.scope.cancel()
                        await keeper.ended.wait()
        if self._error is not None:
            raise self._error

    def edges(self) -> list[EdgeStanding]:
        """How each child stands, in the order in which they start."""
        return [
            self._keepers[each.name].standing()
            if each.name in self._keepers
            else EdgeStanding(name=each.name, state="waiting")
            for each in self._children
        ]

    def stop(self) -> None:
        """Lets `run` stop the children, the last one first."""
        self._stopping.set()

    def give_up(self, error: Exception) -> None:
        """A child fails too often: all stop, and the error goes up."""
        self._error = self._error or error
        self._stopping.set()

    async def _start(self, keepers: list[_Keeper], tasks: TaskGroup) -> None:
        for child in self._children:
            keeper = _Keeper(child, self)
            keepers.append(keeper)
            self._keepers[child.name] = keeper
            tasks.start_soon(keeper.keep, name=child.name)
            await self._first(keeper.settled, self._stopping)
            if self._stopping.is_set():
                return

    async def _first(self, *events: anyio.Event) -> None:
        """Waits for the first of the events."""
        async with anyio.create_task_group() as tasks:

            async def wait(event: anyio.Event) -> None:
                await event.wait()
                tasks.cancel_scope.cancel()

            for event in events:
                tasks.start_soon(wait, event)
