"""A journal that is read while it is written: what is read was whole at one instant."""

from pathlib import Path

import anyio
import pytest

from actors.edge.journal import open_journal, read_journal

pytestmark = pytest.mark.anyio

READINGS = 150


async def test_a_reader_sees_head_and_records_of_one_instant(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    done = anyio.Event()

    async with open_journal(path) as journal, anyio.create_task_group() as tasks:
        await journal.commit([("step", b"first")])

        async def write() -> None:
            while not done.is_set():
                await journal.commit([("step", bytes(1_000))])

        tasks.start_soon(write)
        try:
            counts = [len((await read_journal(path)).records) for _ in range(READINGS)]
        finally:
            done.set()

    assert counts == sorted(counts)
    assert counts[-1] > counts[0]
