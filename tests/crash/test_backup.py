"""A state that is copied while its daemon runs, and brought back somewhere else."""

import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import anyio
import pytest

from actors.edge.epochs import EPOCH
from actors.edge.journal import read_journal
from actors.replay import replay_live
from tests.crash.judge import placed
from tests.crash.saying import said
from tests.crash.stage import Stage, staged

pytestmark = pytest.mark.anyio

Say: TypeAlias = Callable[..., Awaitable[Any]]
HERE = "EURUSDT.binance"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with anyio.fail_after(90):
        async with staged(tmp_path) as stage:
            yield stage


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    return partial(said, capsys)


def copied(state: Path, folder: Path) -> Path:
    """What the handbook says: the journal by SQLite, then the small files beside it."""
    folder.mkdir(mode=0o700)
    with (
        closing(sqlite3.connect(f"file:{state}/journal.db?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(folder / "journal.db")) as target,
    ):
        source.backup(target)
    shutil.copy(state / EPOCH, folder / EPOCH)
    return folder


async def flattened(say: Say, state: Path) -> None:
    """Its strategy rests, and it holds nothing."""
    await say(state, "pause", "flip", "--reason", "copy")
    await say(state, "close", HERE, "--reason", "copy")
    while (await say(state, "positions"))["positions"]:
        pass


async def test_a_copy_that_has_missed_nothing_goes_on(
    stage: Stage, tmp_path: Path, say: Say
) -> None:
    state = stage.journal.parent
    async with stage.daemon() as first:
        await first.event("order_filled")
        await flattened(say, state)
        copy = copied(state, tmp_path / "copy")
        first.process.kill()
        await first.end()
    async with stage.daemon("none", 1, f"state_dir={copy}") as second:
        await second.event("trading_state_changed", state="active")
        await say(copy, "resume", "flip", "--reason", "restored")
        filled = await second.event("order_filled")
        assert await second.stop() == 0

    assert filled["client_order_id"].startswith("main-flip-2-")
    assert len(placed(stage)) == len(set(placed(stage)))
    agrees, text = replay_live(await read_journal(copy / "journal.db"))
    assert agrees, text


async def test_a_copy_that_lacks_orders_halts_and_shows_what_it_lacks(
    stage: Stage, tmp_path: Path, say: Say
) -> None:
    state = stage.journal.parent
    async with stage.daemon() as first:
        await first.event("order_filled")
        await say(state, "pause", "flip")
        while not (await say(state, "positions"))["positions"]:
            await say(state, "resume", "flip")
            await say(state, "pause", "flip")
        copy = copied(state, tmp_path / "copy")
        await flattened(say, state)
        await first.stop()
    before = placed(stage)
    async with stage.daemon("none", 1, f"state_dir={copy}") as second:
        found = await second.event("difference_found", kind="unknown_order")
        assert (found["ours"], found["theirs"]) == ("nothing", "OrderFilled")
        while "--accept" not in (await say(copy, "status"))["lifts"]:
            pass
        await say(copy, "resume", "--reason", "a look")
        position = await second.event("difference_found", kind="position")
        assert (position["key"], position["ours"], position["theirs"]) == (HERE, "150", "50")
        assert (await say(copy, "status"))["trading"] == "HALTED"
        assert await second.stop() == 5

    assert placed(stage) == before


async def test_a_copy_from_before_another_life_does_not_use_its_ids_again(
    stage: Stage, tmp_path: Path, say: Say
) -> None:
    """It ends before it trades; the next start takes ids beyond those that it has seen."""
    state = stage.journal.parent
    async with stage.daemon() as first:
        await first.event("order_filled")
        await flattened(say, state)
        copy = copied(state, tmp_path / "copy")
        await first.stop()
    async with stage.daemon() as second:
        await second.event("trading_state_changed", state="active")
        await say(state, "resume", "flip", "--reason", "on")
        await second.event("order_filled")
        await flattened(say, state)
        await second.stop()
    before = placed(stage)
    async with stage.daemon("none", 1, f"state_dir={copy}") as third:
        assert await third.end() == 4
    assert any("orders of a later life" in line["event"] for line in third.lines)
    assert placed(stage) == before

    async with stage.daemon("none", 1, f"state_dir={copy}") as fourth:
        await fourth.event("connected", epoch=3)
        await fourth.event("difference_found")
        while "--accept" not in (await say(copy, "status"))["lifts"]:
            pass
        await say(copy, "resume", "--accept", "--reason", "restored")
        await fourth.event("trading_state_changed", state="active")
        await say(copy, "resume", "flip", "--reason", "restored")
        filled = await fourth.event("order_filled")
        await fourth.stop()
    assert filled["client_order_id"].startswith("main-flip-3-")
    assert len(placed(stage)) == len(set(placed(stage)))
