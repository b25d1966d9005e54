"""A person trades on the account of a real daemon."""

from collections.abc import AsyncIterator
from pathlib import Path
from time import time_ns  # noqa: TID251 - the daemon runs on the real clock, and so does its venue

import anyio
import pytest

from sims.servers.binance.orders import Side
from sims.servers.binance.scenarios.deeds import HumanOrder
from sims.servers.binance.scenarios.director import Director
from sims.servers.binance.scenarios.wires import Wires
from tests.crash.stage import Stage, staged

pytestmark = pytest.mark.anyio

BUY = HumanOrder(symbol="EURUSDT", side=Side.BUY, quantity="7")
IGNORE = ("none", 1, "account.foreign=ignore")


def director(stage: Stage) -> Director:
    def never(*_: object) -> None:
        """No connection is touched here."""

    return Director(stage.engine, Wires({}, time_ns, never), time_ns)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with anyio.fail_after(60):
        async with staged(tmp_path) as stage:
            yield stage


async def test_it_is_named_and_halts_for_good(stage: Stage) -> None:
    person = director(stage)
    async with stage.daemon() as daemon:
        await daemon.event("order_filled")
        person.do(BUY)
        found = await daemon.event("foreign_found")
        assert (found["instrument"], found["size"], found["policy"]) == (
            "EURUSDT.binance", "7.00000000", "halt",
        )  # fmt: skip
        await daemon.event("trading_state_changed", state="halted", code="difference_foreign_order")
        assert await daemon.stop() == 5


async def test_what_it_moved_is_the_owner_s_where_it_is_ignored(stage: Stage) -> None:
    """While the daemon trades, and while it is down."""
    person = director(stage)
    async with stage.daemon(*IGNORE) as daemon:
        await daemon.event("order_filled")
        person.do(BUY)
        trade = await daemon.event("foreign_found", policy="ignore", size="7.00000000")
        while "trade_id" not in trade:
            trade = await daemon.event("foreign_found")
        await daemon.event("order_filled")
        assert await daemon.stop() == 0
    person.do(BUY)

    async with stage.daemon(*IGNORE) as daemon:
        missed = await daemon.event("foreign_found")
        assert int(missed["trade_id"]) > int(trade["trade_id"])
        await daemon.event("trading_state_changed", state="active", code="reconciled")
        await daemon.event("order_filled")
        assert await daemon.stop() == 0


async def test_money_that_no_trade_explains_halts_all_the_same(stage: Stage) -> None:
    async with stage.daemon(*IGNORE) as daemon:
        await daemon.event("order_filled")
        assert await daemon.stop() == 0
    [account] = stage.engine.accounts.values()
    account.balance("EUR").free += 10**8

    async with stage.daemon(*IGNORE) as daemon:
        found = await daemon.event("difference_found")
        assert int(found["theirs"]) - int(found["ours"]) == 1
        assert await daemon.stop() == 5
