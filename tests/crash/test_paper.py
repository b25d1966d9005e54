"""Paper trading as the README has it: one command, which brings its market along."""

import signal
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import anyio
import pytest

from actors.edge.journal import read_journal
from actors.replay import replay_live
from tests.crash.running import ROOT, Running, running
from tests.crash.saying import said
from trader.cli.main import main

pytestmark = pytest.mark.anyio

QUICK = (
    "strategies.cross.params.fast=1",
    "strategies.cross.params.slow=2",
    "risk.orders_max=1000",
)


def paper(state: Path) -> AbstractAsyncContextManager[Running]:
    """The daemon of the bundled configuration, with a strategy that trades at every turn."""
    sets = [word for each in (*QUICK, f"state_dir={state}") for word in ("--set", each)]
    return running("-m", "trader", "--config", "config/paper.yaml", *sets)


async def test_it_trades_at_once_lives_through_a_kill_and_replays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say = partial(said, capsys, tmp_path)

    with anyio.fail_after(90):
        async with paper(tmp_path) as first:
            await first.event("order_filled")
            await first.event("order_filled", role="target")
            status = await say("status")
            assert (status["mode"], status["trading"]) == ("paper", "ACTIVE")
            first.process.kill()
            await first.end()
        async with paper(tmp_path) as second:
            await second.event("trading_state_changed", state="active")
            await second.event("order_filled")
            second.process.send_signal(signal.SIGTERM)
            assert await second.end() == 0

    agrees, text = replay_live(await read_journal(tmp_path / "journal.db"))
    assert agrees, text
    fills = [line for line in (*first.lines, *second.lines) if line["event"] == "order_filled"]
    assert all(fill["last_ticks"] > 0 and fill.get("fee", 0) > 0 for fill in fills)
    assert not any(line["event"] == "difference_found" for line in second.lines)
    # What the venue would take holds on paper too.
    [listed] = [line for line in first.lines if line["event"] == "instrument_changed"]
    assert "notional_min 5" in listed["changes"]


def test_bars_alone_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = (ROOT / "config" / "paper.yaml").read_text()
    config = config.replace("  - {kind: quotes, instrument: BTCUSDT.binance}\n", "")
    config = config.replace(
        "loopback: true", "rest: http://127.0.0.1:1\n  ws_stream: ws://127.0.0.1:1"
    )
    path = tmp_path / "bars.yaml"
    path.write_text(config)

    assert main(["--config", str(path)]) == 2
    assert "too late to be filled in" in capsys.readouterr().err
