"""Supervision: who starts when, who comes back, and when it is enough."""

from collections.abc import Callable

import anyio
import pytest

from actors.runtime.supervisor import Child, Ready, Restarts, Supervisor
from trader.errors import VenueFault
from trader.model.control import EdgeFailed

pytestmark = pytest.mark.anyio

AT_ONCE = Restarts(intensity=3, period_s=10, pause_s_min=0, pause_s_max=0)


class Stage:
    """Children that write down what happens to them; a script tells how each attempt goes."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.failures: list[EdgeFailed] = []
        self.now = 0.0
        self.draws: list[float] = []

    def child(self, name: str, *script: Exception | str) -> Child:
        """Each attempt takes the next line: an error is raised, "end" returns; then it stays."""
        lines = list(script)

        async def run(ready: Ready) -> None:
            self.log.append(f"{name} starts")
            line = lines.pop(0) if lines else "stay"
            try:
                await anyio.lowlevel.checkpoint()
                if isinstance(line, Exception):
                    raise line
                ready()
                self.log.append(f"{name} ready")
                if line == "stay":
                    await anyio.sleep_forever()
            finally:
                self.log.append(f"{name} ends")

        return Child(name, run)

    def supervisor(self, *children: Child, restarts: Restarts = AT_ONCE) -> Supervisor:
        return Supervisor(
            children,
            restarts,
            clock=lambda: self.now,
            jitter=self.draw,
            failed=self.failures.append,
        )

    def draw(self) -> float:
        self.draws.append(0.0)
        return 0.0


async def run_until_quiet(supervisor: Supervisor, then: Callable[[], None]) -> None:
    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            ready = anyio.Event()
            tasks.start_soon(supervisor.run, ready.set)
            await ready.wait()
            then()


async def test_children_start_in_order_and_stop_in_reverse() -> None:
    stage = Stage()
    supervisor = stage.supervisor(stage.child("a"), stage.child("b"), stage.child("c"))

    await run_until_quiet(supervisor, supervisor.stop)

    assert stage.log == [
        *("a starts", "a ready", "b starts", "b ready", "c starts", "c ready"),
        *("c ends", "b ends", "a ends"),
    ]
    assert stage.failures == []


async def test_a_child_that_fails_comes_back_alone() -> None:
    stage = Stage()
    supervisor = stage.supervisor(
        stage.child("a"), stage.child("b", VenueFault("gone"), OSError("still gone"))
    )

    await run_until_quiet(supervisor, supervisor.stop)

    assert stage.log.count("a starts") == 1
    assert stage.log.count("b starts") == 3
    assert [(f.edge, f.error, f.attempt) for f in stage.failures] == [
        ("b", "gone", 1),
        ("b", "still gone", 2),
    ]
    assert len(stage.draws) == 2


async def test_the_next_child_waits_until_the_one_before_is_ready_at_last() -> None:
    stage = Stage()
    supervisor = stage.supervisor(stage.child("a", VenueFault("x")), stage.child("b"))

    await run_until_quiet(supervisor, supervisor.stop)

    assert stage.log[:5] == ["a starts", "a ends", "a starts", "a ready", "b starts"]


async def test_one_failure_too_many_ends_all_and_goes_up() -> None:
    stage = Stage()
    faults = [VenueFault(f"fault {number}") for number in range(9)]
    supervisor = stage.supervisor(stage.child("a"), stage.child("b", *faults), stage.child("c"))

    with anyio.fail_after(5), pytest.raises(VenueFault, match="fault 3"):
        await supervisor.run()

    assert len(stage.failures) == AT_ONCE.intensity + 1
    assert stage.log[-1] == "a ends"
    assert "c starts" not in stage.log


async def test_failures_far_apart_are_forgiven() -> None:
    stage = Stage()
    faults = [VenueFault(f"fault {number}") for number in range(9)]

    def later(failed: EdgeFailed) -> None:
        stage.failures.append(failed)
        stage.now += 5

    supervisor = Supervisor(
        [stage.child("a", *faults)],
        AT_ONCE,
        clock=lambda: stage.now,
        jitter=stage.draw,
        failed=later,
    )

    await run_until_quiet(supervisor, supervisor.stop)

    assert [failed.attempt for failed in stage.failures] == [1, 2, 2, 2, 2, 2, 2, 2, 2]


async def test_a_child_that_returns_is_not_started_again() -> None:
    stage = Stage()
    supervisor = stage.supervisor(stage.child("a", "end"), stage.child("b"))

    await run_until_quiet(supervisor, supervisor.stop)

    assert stage.log.count("a starts") == 1


async def test_a_stop_while_children_are_starting_ends_those_that_have() -> None:
    stage = Stage()
    stuck = Restarts(intensity=3, period_s=10, pause_s_min=3_600, pause_s_max=3_600)
    supervisor = stage.supervisor(
        stage.child("a"), stage.child("b", VenueFault("x")), stage.child("c"), restarts=stuck
    )
    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(supervisor.run)
            await anyio.wait_all_tasks_blocked()
            supervisor.stop()

    assert stage.log == ["a starts", "a ready", "b starts", "b ends", "a ends"]


async def test_a_defect_is_not_met_with_a_restart() -> None:
    stage = Stage()
    supervisor = stage.supervisor(stage.child("a", KeyError("defect")))

    with anyio.fail_after(5), pytest.raises(ExceptionGroup) as caught:
        await supervisor.run()

    assert caught.group_contains(KeyError)
    assert stage.failures == []


async def test_how_each_child_stands_can_be_asked_at_any_time() -> None:
    """One that has failed tells why, and when it is tried again."""
    stage = Stage()
    slow = Restarts(intensity=3, period_s=10, pause_s_min=8, pause_s_max=8)
    children = (
        stage.child("works"),
        stage.child("done", "end"),
        stage.child("broken", VenueFault("gone")),
        stage.child("late"),
    )
    supervisor = stage.supervisor(*children, restarts=slow)
    assert [each.state for each in supervisor.edges()] == ["waiting"] * 4

    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(supervisor.run)
            while not stage.failures:
                await anyio.lowlevel.checkpoint()
            stage.now = 1.0
            standing = supervisor.edges()
            supervisor.stop()

    assert [(each.name, each.state, each.failures) for each in standing] == [
        ("works", "running", 0),
        ("done", "ended", 0),
        ("broken", "pausing", 1),
        ("late", "waiting", 0),
    ]
    broken = standing[2]
    assert (broken.error, broken.again_in_s) == ("gone", 3.0)
    assert [each.again_in_s for each in standing if each is not broken] == [None] * 3
    assert [each.state for each in supervisor.edges()] == ["ended", "ended", "ended", "waiting"]


async def test_failures_of_long_ago_are_not_counted_any_more() -> None:
    stage = Stage()
    supervisor = stage.supervisor(stage.child("a", VenueFault("gone")))
    counted = []

    def look() -> None:
        counted.append(supervisor.edges()[0])
        stage.now = 10.0
        counted.append(supervisor.edges()[0])
        supervisor.stop()

    await run_until_quiet(supervisor, look)

    assert [(each.state, each.failures, each.error) for each in counted] == [
        ("running", 1, "gone"),
        ("running", 0, "gone"),
    ]
