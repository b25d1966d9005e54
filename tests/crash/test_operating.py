"""A person at a real daemon's control socket, by the program's own verbs."""

import os
import socket
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import anyio
import pytest
from anyio import to_thread

from actors.edge.control import user_name
from tests.crash.saying import told
from tests.crash.stage import Stage, staged
from tests.ops.sinks import webhook
from trader.cli.main import main

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with anyio.fail_after(60):
        async with staged(tmp_path) as stage:
            yield stage


async def test_a_person_asks_tells_and_watches(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    say = partial(told, capsys, stage.journal.parent)

    async with stage.daemon() as daemon:
        for _ in range(3):
            await daemon.event("order_filled")
        code, status = await say("status")
        assert (code, status["trading"], status["mode"]) == (0, "ACTIVE", "loopback")
        edges = {each["edge"]: each["state"] for each in status["edges"]}
        assert (edges["gateway"], edges["market_data"]) == ("running", "running")
        assert status["reconciliation"]["differences"] == []
        assert 0 <= status["reconciliation"]["agreed_age_s"] < 60
        assert status["doubts"] == []
        limits = {each["limit"]: each for each in status["limits"]}
        assert limits["orders_10s"]["max"] > limits["orders_10s"]["used"] >= 0
        assert 0 < limits["weight"]["headroom"] < 1
        # A fill is told as it happens, and answered once it is durable.
        while len((await say("fills"))[1]["fills"]) < 3:
            pass

        _, paused = await say("pause", "flip", "--reason", "a look")
        assert (await say("close", "EURUSDT.binance"))[0] == 0
        while (await say("positions"))[1]["positions"]:
            pass
        _, status = await say("status")
        assert status["strategies"][0]["state"] == "paused"
        assert paused["seq"] > 0

        _, halted = await say("halt", "--reason", "lunch")
        assert [e["code"] for e in halted["events"] if e["event"] == "trading_state_changed"] == [
            "lunch"
        ]
        _, status = await say("status")
        assert (status["trading"], status["code"]) == ("HALTED", "lunch")
        assert "traderd resume" in status["lifts"]
        code, refused = await say("resume", "flop")
        assert (code, refused["error"]["hint"]) == (2, "did you mean flip?")
        await say("resume")
        await say("resume", "flip")
        code, limited = await say("set-limit", "lots_max", "90")
        assert limited["events"][0]["event"] == "limit_changed"
        code, refused = await say("set-limit", "lots_max", "many", "--reason", "why not")
        assert (code, "whole number" in refused["error"]["message"]) == (2, True)
        assert await daemon.stop() == 0

    code, absent = await say("status")
    assert (code, absent["error"]["code"]) == (6, "not_running")


async def test_trouble_is_told_and_shown(stage: Stage, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = tmp_path / "address"
    address.touch(mode=0o600)
    where = ("--state-dir", str(stage.journal.parent))
    with webhook() as hook:
        address.write_text(hook.address)
        channel = f"alerts=[{{name: hook, channel: {{file: '{address}'}}}}]"
        async with stage.daemon("none", 1, channel, f"ops.metrics_port={port}") as daemon:
            await daemon.event("order_filled")
            await to_thread.run_sync(main, ["halt", *where, "--reason", "lunch"])
            alert = await to_thread.run_sync(hook.got.get)
            figures = await to_thread.run_sync(_read, f"http://127.0.0.1:{port}/metrics")
            await daemon.stop()

    assert alert["message"] == "trading is halted: lunch, " + user_name(os.getuid())
    assert b"traderd_commit_seconds_count" in figures
    assert b"traderd_reconciliation_age_seconds" in figures


def _read(address: str) -> bytes:
    with urlopen(address) as answer:
        content: bytes = answer.read()
        return content
