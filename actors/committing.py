"""Minds the commit under way: one that takes its time is told of, and does not keep cancels back.

A disk that hangs must not hold what frees exposure. From a bound on, somebody is told; what people
say is heard between two steps, ahead of all that waits; and every cancel leaves, of the steps that
wait for the disk too, unless what it is about waits there itself, or protects a position, which
nothing could close meanwhile. To cancel what the journal does not know to be canceled does no harm.
Whatever else was decided leaves when it is durable.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from msgspec import Struct

from actors.edge.telemetry import Telemetry
from actors.runtime.inbox import Inbox
from actors.stepping import Stepping
from trader.model.envelope import Message
from trader.model.orders import CancelOrder, OrderApproved, ReplaceOrder
from trader.ops.metrics import Metrics

Perform = Callable[[Sequence[Message]], None]


class Commit(Struct):
    """A commit under way: since when, and the effects that wait for it."""

    began_s: float
    effects: list[Message]
    is_told: bool = False


class Committing:
    """Minds the commits of one daemon; `look` at them often.

    `clock` is in seconds and never goes back; `perform` lets effects leave; `protects` tells of an
    order's id whether it does.
    """

    def __init__(  # noqa: PLR0913 - the daemon names each; no two belong together
        self,
        slow_after_s: float,
        inbox: Inbox,
        stepping: Stepping,
        *,
        clock: Callable[[], float],
        log: Telemetry,
        metrics: Metrics,
        perform: Perform,
        protects: Callable[[str], bool],
    ) -> None:
        self._slow_after_s: Final = slow_after_s
        self._inbox: Final = inbox
        self._stepping: Final = stepping
        self._clock: Final = clock
        self._log: Final = log
        self._metrics: Final = metrics
        self._perform: Final = perform
        self._protects: Final = protects
        self._commit: Commit | None = None

    @contextmanager
    def commit(self, effects: Sequence[Message]) -> Iterator[Commit]:
        """Stands around a commit; what still waits when it is done are its effects."""
        commit = self._commit = Commit(self._clock(), list(effects))
        try:
            yield commit
        finally:
            self._commit = None
        took_s = self._clock() - commit.began_s
        self._metrics.took("commit", took_s)
        if commit.is_told:
            self._log.say("commit_done", took_s=round(took_s, 1))

    def look(self) -> None:
        """Does what is to be done if the commit under way takes long."""
        commit = self._commit
        if commit is None:
            return
        age_s = self._clock() - commit.began_s
        if age_s < self._slow_after_s:
            return
        if not commit.is_told:
            commit.is_told = True
            self._log.say("commit_slow", age_s=round(age_s, 1))
        self._stepping.take(self._inbox.take_told())
        made = self._stepping.made
        waiting = {id_ for each in (*commit.effects, *made.effects) for id_ in _placed(each)}
        self._free(commit.effects, waiting)
        self._free(made.effects, waiting)
        if made.records:
            self._inbox.wake()

    def _free(self, effects: list[Message], waiting: set[str]) -> None:
        """Lets cancels leave, but not before the order that they are about."""
        free = [
            effect
            for effect in effects
            if isinstance(effect, CancelOrder)
            and effect.client_order_id not in waiting
            and not self._protects(effect.client_order_id)
        ]
        if free:
            effects[:] = [effect for effect in effects if effect not in free]
            self._perform(free)


def _placed(effect: Message) -> tuple[str, ...]:
    """The order that an effect brings to the venue or changes there, if it does."""
    if isinstance(effect, OrderApproved):
        return (effect.order.client_order_id,)
    return (effect.client_order_id,) if isinstance(effect, ReplaceOrder) else ()
