"""What a strategy prints in a real daemon: records of its log, and nothing between them."""

from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.crash.chatty import LOUD
from tests.crash.stage import Running, staged

pytestmark = pytest.mark.anyio


def printed(daemon: Running) -> list[dict[str, Any]]:
    return [line for line in daemon.lines if line["event"] == "printed"]


async def test_each_line_is_a_record_that_names_its_strategy(tmp_path: Path) -> None:
    with anyio.fail_after(60):
        async with staged(tmp_path, strategy="chatty") as stage:
            async with stage.daemon() as first:
                await first.event("printed", text="bar 3")
                await first.event("order_filled")
                first.process.kill()
                await first.end()
            async with stage.daemon() as second:
                await second.event("recovered")
                again = await second.event("printed", text="and more")
                assert await second.stop() == 0

    assert all("ts" in line for line in (*first.lines, *second.lines))
    said = printed(first)
    expected = {"loaded", "bar 1", "and more", "raw 1 in utf-8", "logged 1"}
    assert expected <= {line["text"] for line in said}
    assert {"stdout", "stderr"} == {line["stream"] for line in said}
    assert all(line["strategy"] == "chatty" for line in said if line["text"] != LOUD)
    assert any(line["text"] == LOUD for line in said)
    assert not any(line["event"].startswith("forged") for line in first.lines)
    # What the journal says is taken again is not said again.
    assert again["strategy"] == "chatty"
    assert not any(line["text"] == "bar 1" for line in printed(second))
