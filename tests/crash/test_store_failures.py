"""A store that is broken, or takes its time: no order leaves, cancels do, and somebody is told."""

import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import anyio
import pytest
from anyio import to_thread

from tests.crash.daemon import STORE_FAULTS
from tests.crash.judge import holding, judge_end, placed
from tests.crash.stage import Running, Stage, plain, staged
from tests.ops.sinks import Webhook, webhook
from trader.cli.main import main

pytestmark = pytest.mark.anyio

THIRD = 3
SAID = {
    "full": "the journal could not be written: disk I/O error",
    "readonly": "the journal could not be written: disk I/O error",
    "removed": "the journal could not be written: journal.db is gone",
    "replaced": "the journal could not be written: journal.db is another file than it was",
    "moved": "the journal could not be written: journal.db is gone",
}
STOPPED = "params: {lots: 100}, exits: [{kind: atr_stop, n: 2, k: 40}]"


class Watched(Stage):
    """A stage on which somebody is told of what is the matter."""

    hook: Webhook
    channel: str

    async def told(self) -> str:
        """What the next alert says."""
        alert = await to_thread.run_sync(self.hook.got.get)
        return str(alert["message"])

    def open_orders(self) -> list[str]:
        """What works at the venue."""
        orders = self.engine.orders.values()
        return [str(each.client_order_id) for each in orders if each.is_open]


@asynccontextmanager
async def watched(folder: Path, strategy: str, about: str) -> AsyncIterator[Watched]:
    address = folder / "address"
    address.touch(mode=0o600)
    with anyio.fail_after(60), webhook() as hook:
        address.write_text(hook.address)
        async with staged(folder, strategy=strategy) as stage:
            seen = Watched(stage.venue, stage.engine, folder, plain(strategy))
            seen.hook = hook
            seen.channel = (
                f"alerts=[{{name: hook, channel: {{file: '{address}'}}, about: [{about}]}}]"
            )
            yield seen


def failed(daemon: Running) -> list[str]:
    """What it says that it ends for."""
    return [line["error"] for line in daemon.lines if line["event"] == "failed"]


@pytest.mark.parametrize("fault", STORE_FAULTS)
async def test_a_store_that_breaks_stops_orders_and_no_cancels(fault: str, tmp_path: Path) -> None:
    """Two orders rest; the third finds a broken store, is not sent, and both are taken back."""
    async with watched(tmp_path, "ladder", "failed") as stage:
        async with stage.daemon(fault, THIRD, stage.channel) as daemon:
            third = (await daemon.event("broken"))["client_order_id"]
            assert await daemon.end() == 5
        assert third == "main-ladder-1-3"
        assert placed(stage) == ["main-ladder-1-1", "main-ladder-1-2"]
        assert len(stage.engine.orders) == THIRD - 1
        assert stage.open_orders() == []
        [error] = failed(daemon)
        assert error.startswith(SAID[fault])
        assert daemon.lines[-1]["event"].startswith(f"error: {error}")
        assert await stage.told() == f"the daemon ends: {error}"


async def test_what_protects_a_position_stays_when_the_store_breaks(tmp_path: Path) -> None:
    """The position outlives the daemon, and so does its stop; what would add to it comes back."""
    async with watched(tmp_path, "stair", "failed") as stage:
        text = stage.config.read_text()
        stage.config.write_text(text.replace("params: {lots: 100}", STOPPED))
        async with stage.daemon("full", 4, stage.channel) as daemon:
            await daemon.event("broken", client_order_id="main-stair-1-4")
            assert await daemon.end() == 5
        assert placed(stage) == [f"main-stair-1-{count}" for count in (1, 2, 3)]
        assert stage.open_orders() == ["main-stair-1-2"]
        assert holding(stage) == {"EURUSDT": 100}
        async with stage.daemon() as daemon:
            await daemon.event("trading_state_changed", state="active")
            assert await daemon.stop() == 0
        assert "main-stair-1-2" in stage.open_orders()
        await judge_end(stage)


def overwrite(path: Path) -> None:
    """Other bytes, in the same file."""
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))


async def test_what_was_written_and_cannot_be_read_back_ends_the_daemon(tmp_path: Path) -> None:
    """Nothing fails when it writes: another program has written there as well."""
    async with watched(tmp_path, "rest", "failed") as stage:
        async with stage.daemon("none", 1, stage.channel) as daemon:
            await daemon.event("order_accepted")
            overwrite(stage.journal.with_name("journal.db-wal"))
            assert await daemon.end() == 5
        assert stage.open_orders() == []
        [error] = failed(daemon)
        assert "the journal" in error
        assert await stage.told() == f"the daemon ends: {error}"


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (lambda journal: journal.chmod(0o400), 5, "the journal could not be opened"),
        (lambda journal: journal.parent.chmod(0o500), 5, "the journal could not be opened"),
        (overwrite, 4, "the journal's file is cut short"),
    ],
    ids=["file", "folder", "damage"],
)
async def test_a_store_that_is_broken_at_the_start_is_told_of(
    fault: Callable[[Path], None], code: int, said: str, tmp_path: Path
) -> None:
    """An earlier life's order goes on resting: nobody knows any more what else is at the venue."""
    async with watched(tmp_path, "rest", "failed") as stage:
        async with stage.daemon() as daemon:
            await daemon.event("order_accepted")
            assert await daemon.stop() == 0
        fault(stage.journal)
        try:
            async with stage.daemon("powerless", 1, stage.channel) as daemon:
                assert await daemon.end() == code
        finally:
            stage.journal.parent.chmod(0o700)
        [error] = failed(daemon)
        assert said in error
        assert await stage.told() == f"the daemon ends: {error}"
        assert placed(stage) == ["main-rest-1-1"]


async def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        async with stage.daemon("powerless", 1, "ops.log=/proc/daemon.jsonl") as daemon:
            assert "/proc/daemon.jsonl" in (await daemon.event("log_not_kept"))["error"]
            await daemon.event("order_filled")
            assert await daemon.stop() == 0
        await judge_end(stage)


async def test_while_a_commit_takes_its_time_cancels_leave_and_orders_do_not(
    tmp_path: Path,
) -> None:
    """Another program holds the journal's lock; a person cancels, and then it lets go."""
    async with watched(tmp_path, "ladder", "commit_slow") as stage:
        async with stage.daemon("none", 1, stage.channel) as daemon:
            await daemon.event("order_accepted", client_order_id="main-ladder-1-2")
            with closing(sqlite3.connect(stage.journal, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                await daemon.event("commit_slow")
                before = placed(stage)  # by now all that was durable has left
                assert "only cancels leave" in await stage.told()
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(_cancel, stage, before[0])
                    await _until(lambda: before[0] not in stage.open_orders())
                    assert placed(stage) == before
                    other.execute("ROLLBACK")
            assert (await daemon.event("commit_done"))["took_s"] >= 1
            await daemon.event("order_canceled", client_order_id=before[0])
            await daemon.event("order_accepted")
            assert await daemon.stop() == 0
        assert placed(stage)[: len(before)] == before
        assert len(placed(stage)) > len(before)
        await judge_end(stage)


async def _cancel(stage: Stage, order: str) -> None:
    words = ["cancel", order, "--state-dir", str(stage.journal.parent)]
    assert await to_thread.run_sync(main, words) == 0


async def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        await anyio.lowlevel.checkpoint()


async def test_an_order_that_a_slow_commit_made_old_is_not_carried_out(tmp_path: Path) -> None:
    """It is refused as too old, and trading goes on."""
    with anyio.fail_after(60):
        async with staged(tmp_path) as stage:
            async with stage.daemon("slow", 3) as daemon:
                late = (await daemon.event("slow"))["client_order_id"]
                before = placed(stage)
                await daemon.event("order_rejected", client_order_id=late)
                await daemon.event("order_filled")
                assert await daemon.stop() == 0
            assert late not in before
            names = [each.terms.client_order_id for each in stage.engine.orders.values()]
            assert late not in names
            await judge_end(stage)
