"""The edge that carries alerts: in order, once, and a channel that is dead delays nobody."""

import sys
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from anyio import to_thread

from actors.edge import alerts as edge
from actors.edge.alerts import Alerts
from tests.ops.sinks import webhook
from trader.config.ops_schema import Alert as AlertConfig
from trader.config.parts import Keys

pytestmark = pytest.mark.anyio

Said = list[dict[str, Any]]


def halted(ts: int, code: str = "x", state: str = "halted") -> dict[str, Any]:
    return {"ts": ts, "event": "trading_state_changed", "state": state, "code": code, "by": "risk"}


def saying(said: Said) -> Callable[..., None]:
    return lambda event, **fields: said.append({"event": event, **fields})


async def test_alerts_arrive_in_order_and_repetitions_are_counted() -> None:
    with webhook() as hook:
        config = AlertConfig(name="hook", channel=Keys(env="HOOK"), quiet="1s")
        made = Alerts("traderd", (config,), {"HOOK": hook.address}, saying([]))
        ready = anyio.Event()
        with anyio.fail_after(30):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(made.run, ready.set)
                await ready.wait()
                for ts in (0, 1, 2):
                    made.hear(halted(ts))
                made.hear(halted(3, state="reducing"))
                made.hear({"ts": 4, "event": "order_filled"})
                made.hear(halted(2_000_000_000))
                titles = [(await to_thread.run_sync(hook.got.get))["title"] for _ in range(3)]
                tasks.cancel_scope.cancel()

    assert titles == ["traderd: halt", "traderd: halt", "traderd: halt (2 more before it)"]


async def test_a_channel_that_hangs_delays_no_other_and_loses_its_oldest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(edge, "QUEUE_MAX", 2)
    with webhook() as dead, webhook() as live:
        dead.open.clear()
        configs = [AlertConfig(name=name, channel=Keys(env=name)) for name in ("DEAD", "LIVE")]
        environ = {"DEAD": dead.address, "LIVE": live.address}
        made = Alerts("t", configs, environ, saying([]))
        ready = anyio.Event()
        with anyio.fail_after(30):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(made.run, ready.set)
                await ready.wait()
                for ts in range(5):
                    made.hear(halted(ts, state=f"s{ts}"))
                    text = (await to_thread.run_sync(live.got.get))["message"]
                    assert f"s{ts}" in text
                dead.open.set()
                titles = [(await to_thread.run_sync(dead.got.get))["title"] for _ in range(2)]
                tasks.cancel_scope.cancel()

    assert titles[0] == "t: halt"
    assert "dropped" in titles[1]


async def test_what_was_not_taken_is_tried_again_and_then_an_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(edge, "PAUSE_S", 0.001)
    said: Said = []
    config = AlertConfig(name="own", command=(sys.executable, "-c", "raise SystemExit(1)"))
    made = Alerts("t", (config,), {}, saying(said))
    ready = anyio.Event()
    with anyio.fail_after(30):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(made.run, ready.set)
            await ready.wait()
            made.hear(halted(1))
            while len(said) < edge.ATTEMPTS_MAX:
                await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()

    assert [(line["event"], line["channel"], line["attempt"]) for line in said] == [
        ("alert_not_sent", "own", attempt) for attempt in (1, 2, 3)
    ]


async def test_what_waits_at_the_end_is_still_told() -> None:
    with webhook() as hook:
        config = AlertConfig(name="hook", channel=Keys(env="HOOK"))
        made = Alerts("t", (config,), {"HOOK": hook.address}, saying([]))
        async with anyio.create_task_group() as tasks:
            await tasks.start(_started, made)
            made.hear({"ts": 1, "event": "failed", "error": "disk full"})
            tasks.cancel_scope.cancel()

        assert hook.got.get(timeout=10)["message"] == "the daemon ends: disk full"


async def _started(made: Alerts, *, task_status: anyio.abc.TaskStatus[None]) -> None:
    await made.run(task_status.started)


def test_a_shout_comes_from_the_thread_that_shouts() -> None:
    with webhook() as hook:
        config = AlertConfig(name="hook", channel=Keys(env="HOOK"), about=("stalled",))
        made = Alerts("t", (config,), {"HOOK": hook.address}, saying([]))
        made.shout({"ts": 1, "event": "stalled", "stalled_s": 3, "at": "f (x.py:1)"})
        made.shout(halted(1))

        assert hook.got.get(timeout=10)["title"] == "t: stalled"
        assert hook.got.empty()
