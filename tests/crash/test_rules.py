"""The venue changes its rules while a real daemon trades there."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from sims.servers.binance.markets import MarketStatus
from sims.servers.binance.scenarios.deeds import ChangeFilter, Halt, Resume
from tests.crash.stage import Line, Running, Stage, staged
from tests.crash.test_foreign import director

pytestmark = pytest.mark.anyio

SYMBOL = "EURUSDT"
NAME = "EURUSDT.binance"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with anyio.fail_after(60):
        async with staged(tmp_path) as stage:
            yield stage


def events(daemon: Running, name: str) -> list[Line]:
    return [line for line in daemon.lines if line["event"] == name]


async def test_a_rule_that_bites_is_read_once_and_then_kept(stage: Stage) -> None:
    """What the venue would refuse is denied from then on, until the venue takes it again."""
    venue = director(stage)
    async with stage.daemon() as daemon:
        first = await daemon.event("instrument_changed")
        assert "tick 0.00001, lot 1" in first["changes"]
        await daemon.event("order_filled")

        venue.do(ChangeFilter(symbol=SYMBOL, quantity_max="50"))
        changed = await daemon.event("instrument_changed")
        denied = await daemon.event("order_denied", code="filter_violated")
        venue.do(ChangeFilter(symbol=SYMBOL, quantity_max="9000"))
        back = await daemon.event("instrument_changed")
        await daemon.event("order_filled")
        assert await daemon.stop() == 0

    assert changed["changes"] == "size_max 9000 -> 50"
    assert denied["detail"] == "100 lots, at most 50"
    assert back["changes"] == "size_max 50 -> 9000"
    refused = [line["client_order_id"] for line in events(daemon, "order_rejected")]
    assert len(refused) == len(set(refused))
    sent = [line["client_order_id"] for line in events(daemon, "order_approved")]
    # No decision is sent again: each order that leaves is one of a bar of its own.
    causes = [line["cause"] for line in events(daemon, "order_approved")]
    assert len(set(causes)) == len(sent)


async def test_a_journal_with_changing_rules_is_taken_again_to_the_same_state(
    stage: Stage,
) -> None:
    venue = director(stage)
    async with stage.daemon() as daemon:
        await daemon.event("order_filled")
        venue.do(ChangeFilter(symbol=SYMBOL, quantity_max="50"))
        await daemon.event("order_denied", code="filter_violated")
        assert await daemon.stop() == 0
        stopped = daemon.lines[-1]

    async with stage.daemon() as daemon:
        recovered = await daemon.event("recovered")
        assert recovered["seq"] == stopped["seq"]
        await daemon.event("trading_state_changed", state="active")
        # It is the last version that the journal knows, so nothing has changed.
        await daemon.event("order_denied", code="filter_violated")
        assert events(daemon, "instrument_changed") == []
        assert await daemon.stop() == 0


async def test_a_suspended_symbol_is_not_traded_until_it_is_again(stage: Stage) -> None:
    venue = director(stage)
    async with stage.daemon() as daemon:
        await daemon.event("order_filled")
        venue.do(Halt(symbol=SYMBOL, status=MarketStatus.HALT))
        await daemon.event("instrument_halted", instrument=NAME, reason="halt")
        await daemon.event("order_denied", code="instrument_halted", detail="halt")
        venue.do(Resume(symbol=SYMBOL))
        await daemon.event("instrument_resumed", instrument=NAME)
        await daemon.event("order_filled")
        assert await daemon.stop() == 0


async def test_a_grid_that_is_not_ours_halts_by_name_with_both(stage: Stage) -> None:
    venue = director(stage)
    async with stage.daemon() as daemon:
        await daemon.event("order_filled")
        venue.do(ChangeFilter(symbol=SYMBOL, tick="0.00002"))
        found = await daemon.event("difference_found", kind="grid")
        await daemon.event("trading_state_changed", state="halted", code="difference_grid")
        assert await daemon.stop() == 5

    assert (found["key"], found["ours"], found["theirs"]) == (
        NAME, "a tick of 0.00001 and a lot of 1", "a tick of 0.00002 and a lot of 1",
    )  # fmt: skip
