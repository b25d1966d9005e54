"""A person trades on the account of a real daemon."""

from collections.abc import AsyncIterator
from pathlib import Path
from time import time_ns  # noqa: TID251 - the daemon runs on the real clock, and so does its venue

import anyio
import pytest
from anyio import to_thread

from sims.servers.binance.orders import OrderType, Side
from sims.servers.binance.scenarios.deeds import HumanCancel, HumanOrder
from sims.servers.binance.scenarios.director import Director
from sims.servers.binance.scenarios.wires import Wires
from tests.crash.saying import said, told
from tests.crash.stage import Stage, staged
from trader.cli.main import main

pytestmark = pytest.mark.anyio

BUY = HumanOrder(symbol="EURUSDT", side=Side.BUY, quantity="7")
IGNORE = ("none", 1, "account.foreign=ignore")
ADOPT = ("none", 1, "account.foreign=adopt")


def director(stage: Stage) -> Director:
    def never(*_: object) -> None:
        """No connection is touched here."""

    return Director(stage.engine, Wires({}, time_ns, never), time_ns)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with anyio.fail_after(20):
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


async def test_what_is_adopted_counts_and_the_strategy_goes_on_as_before(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """While the daemon trades, while it is down, and after it was killed: each trade once."""
    person = director(stage)

    async def positions() -> dict[str, str]:
        held = (await said(capsys, stage.journal.parent, "positions"))["positions"]
        return {each["strategy"]: each["size"] for each in held}

    async with stage.daemon(*ADOPT) as daemon:
        await daemon.event("order_filled")
        person.do(BUY)
        adopted = await daemon.event("foreign_adopted", strategy="ext_EURUSDT", last_lots=7)
        assert adopted["trade_id"]
        await daemon.event("order_filled")
        held = await positions()
        assert held["ext_EURUSDT"] == "7"
        assert held.get("flip", "100") == "100"
        daemon.process.kill()
        await daemon.end()
    person.do(BUY)

    async with stage.daemon(*ADOPT) as daemon:
        await daemon.event("foreign_adopted", last_lots=7)
        await daemon.event("trading_state_changed", state="active", code="reconciled")
        await daemon.event("order_filled")
        assert (await positions())["ext_EURUSDT"] == "14"
        assert await daemon.stop() == 0
        assert not any(line["event"] == "difference_found" for line in daemon.lines)

    assert await to_thread.run_sync(main, ["replay", str(stage.journal), "--json"]) == 0


async def test_an_adopted_order_is_part_of_the_worst_case(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """A limit of 200 lots leaves no room beside a person's order for as much."""
    person = director(stage)
    rest = HumanOrder(
        symbol="EURUSDT", side=Side.BUY, quantity="200", type=OrderType.LIMIT, price="0.9"
    )
    async with stage.daemon(*ADOPT) as daemon:
        await daemon.event("order_filled")
        person.do(rest)
        await daemon.event("foreign_adopted", lots_left=200)
        await daemon.event("order_denied", code="position_exceeds_max")
        code, document = await told(capsys, stage.journal.parent, "orders")
        assert code == 0
        assert [each["size"] for each in document["orders"] if each["role"] == "FOREIGN"] == ["200"]
        person.do(HumanCancel(symbol="EURUSDT"))
        await daemon.event("foreign_adopted", strategy="ext_EURUSDT")
        await daemon.event("order_filled")
        assert await daemon.stop() == 0
