"""A commit that takes long: what leaves meanwhile, what does not, and what is said."""

import io
from collections.abc import Sequence

from actors.assembly import Core
from actors.committing import Committing
from actors.edge.telemetry import Telemetry
from actors.runtime.inbox import Inbox, InboxLimits
from actors.stepping import Stepping
from tests.core.making import A, awake, bar
from tests.test_acting import ORDER, told, trading, whole
from trader.model.envelope import Message
from trader.model.orders import CancelOrder, OrderApproved
from trader.model.units import MINUTE_NS
from trader.ops.logs import Sink
from trader.ops.metrics import Metrics

RESTS = "main-one-1-2"
NOW = 4 * MINUTE_NS


class Scene:
    """A core whose disk takes as long as `clock` says."""

    def __init__(self, core: Core) -> None:
        self.clock = 0.0
        self.left: list[Message] = []
        self.said: list[str] = []
        self.protecting: set[str] = set()
        self.inbox = Inbox(InboxLimits())
        log = Telemetry(Sink(io.StringIO(), None), lambda: NOW)
        log.listeners.append(lambda event: self.said.append(event["event"]))
        self.stepping = Stepping(core, log, lambda: NOW, 1_000)
        self.stepping.start()
        self.committing = Committing(
            1.0,
            self.inbox,
            self.stepping,
            clock=lambda: self.clock,
            log=log,
            metrics=Metrics(),
            perform=self.left.extend,
            protects=self.protecting.__contains__,
        )

    def commit(self, effects: Sequence[Message], *looks_at: float) -> list[Message]:
        """A commit at which somebody looks at these times; the effects that waited for it."""
        with self.committing.commit(effects) as waiting:
            for self.clock in looks_at:
                self.committing.look()
        return waiting.effects


def cancel(id_: str) -> CancelOrder:
    return CancelOrder(client_order_id=id_, instrument=A, request_id="r", reason="asked")


def approval() -> OrderApproved:
    """Of the order of the first bar, as the core gave it."""
    core, _ = awake(whole(), patient=True)
    [effect] = core.reactor.row(bar(100), 2 * MINUTE_NS)
    assert isinstance(effect, OrderApproved)
    return effect


def test_a_commit_within_the_bound_holds_everything_and_says_nothing() -> None:
    scene = Scene(trading())
    effects: list[Message] = [approval(), cancel(RESTS)]

    scene.committing.look()
    assert scene.commit(effects, 0.9) == effects
    assert (scene.left, scene.said) == ([], [])


def test_from_the_bound_on_cancels_leave_once_and_the_rest_waits() -> None:
    scene = Scene(trading())
    approved, freed = approval(), cancel(RESTS)

    assert scene.commit([approved, freed], 1.0, 3.0, 5.0) == [approved]
    assert scene.left == [freed]
    assert scene.said == ["commit_slow", "commit_done"]


def test_a_cancel_does_not_overtake_its_own_order() -> None:
    scene = Scene(trading())
    effects: list[Message] = [approval(), cancel(ORDER)]

    assert scene.commit(effects, 2.0) == effects
    assert scene.left == []


def test_what_protects_a_position_is_not_taken_back_while_nothing_could_close_it() -> None:
    scene = Scene(trading())
    scene.protecting.add(RESTS)

    assert scene.commit([cancel(RESTS)], 2.0) == [cancel(RESTS)]
    assert scene.left == []


def test_what_people_say_is_heard_and_their_cancels_leave() -> None:
    """Ahead of the market; what else comes of it waits for the next commit."""
    core = trading()
    scene = Scene(core)
    scene.inbox.put(bar(120, row=3))
    scene.inbox.put(told(core, "flatten", reason="enough"))

    scene.commit([], 2.0)

    assert [type(each) for each in scene.left] == [CancelOrder]
    made = scene.stepping.hand_over()
    assert len(made.records) == len(made.steps) == 1
    assert not any(isinstance(each, CancelOrder) for each in made.effects)
    assert list(scene.inbox.take(9)) == [bar(120, row=3)]


def test_a_core_that_crashes_meanwhile_hears_nothing_more() -> None:
    core = trading()
    scene = Scene(core)
    poison = bar(1, instrument="NOBODY.knows")
    scene.stepping.take([poison, bar(120, row=3)])

    scene.inbox.put(told(core, "halt"))
    scene.commit([], 2.0)

    made = scene.stepping.hand_over()
    assert made.crash is not None
    assert [kind for kind, _ in made.records] == ["crashed"]
