"""A person places orders of his own through a real daemon."""

import getpass
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import anyio
import pytest
from anyio import to_thread

from actors.edge.journal import read_journal
from actors.replay import STEP
from actors.runtime.step_record import decode_step
from tests.crash.saying import told
from tests.crash.stage import Stage, staged
from trader.cli.main import main
from trader.model.control import SubmitByHand

pytestmark = pytest.mark.anyio

NAME = "EURUSDT.binance"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    with anyio.fail_after(20):
        async with staged(tmp_path) as stage:
            yield stage


async def test_it_passes_risk_belongs_to_its_own_ledger_and_can_be_taken_back(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    say = partial(told, capsys, stage.journal.parent)

    async with stage.daemon() as daemon:
        await daemon.event("order_filled")
        # At the market: filled, and held beside what the strategy holds.
        code, done = await say("submit", NAME, "BUY", "30", "--reason", "a hedge")
        [approved] = [e for e in done["events"] if e["event"] == "order_approved"]
        assert (code, approved["strategy"], approved["lots"]) == (0, "ext_EURUSDT", 30)
        assert approved["reason"].endswith(": a hedge")
        await daemon.event("order_filled", client_order_id=approved["client_order_id"])
        _, held = await say("positions")
        assert [e["size"] for e in held["positions"] if e["strategy"] == "ext_EURUSDT"] == ["30"]

        # With a limit: it rests until it is taken back.
        _, done = await say("submit", NAME, "buy", "10", "--limit", "0.9")
        id_ = done["events"][0]["client_order_id"]
        await daemon.event("order_accepted", client_order_id=id_)
        assert (await say("cancel", id_))[0] == 0
        await daemon.event("order_canceled", client_order_id=id_)

        # Risk says no to a person as to everybody else.
        code, refused = await say("submit", NAME, "buy", "101")
        assert (code, refused["error"]["message"]) == (2, "lots_exceed_max: 101 lots, allowed 100")
        code, refused = await say("submit", NAME, "buy", "1", "--limit", "0.900005")
        assert (code, "between two ticks" in refused["error"]["message"]) == (2, True)
        await daemon.event("order_filled")
        assert await daemon.stop() == 0

    steps = [
        decode_step(r.payload)
        for r in (await read_journal(stage.journal)).records
        if r.kind == STEP
    ]
    said = [s.input.body for s in steps if isinstance(s.input.body, SubmitByHand)]
    assert [(each.lots, each.limit_ticks is None, each.reason) for each in said] == [
        (30, True, "a hedge"),
        (10, False, "asked by an operator"),
        (101, True, "asked by an operator"),
    ]
    assert {each.by for each in said} == {getpass.getuser()}
    assert await to_thread.run_sync(main, ["replay", str(stage.journal), "--json"]) == 0
    capsys.readouterr()

    async with stage.daemon() as daemon:
        await daemon.event("trading_state_changed", state="active", code="reconciled")
        _, held = await say("positions")
        assert [e["size"] for e in held["positions"] if e["strategy"] == "ext_EURUSDT"] == ["30"]
        # What closes an instrument closes what people hold of it, too.
        await say("close", NAME)
        while (await say("positions"))[1]["positions"]:
            pass
        assert await daemon.stop() == 0
