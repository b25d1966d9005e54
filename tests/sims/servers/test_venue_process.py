"""The command as people start it: with a state that survives a kill, files and a scenario."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time_ns  # noqa: TID251 - the venue runs on the real clock
from typing import Any

import pytest
from websockets.sync.client import connect

from tests.sims.servers.binance.desk import Document, limit, market, signed
from trader.data.samples import sample

ROOT = Path(__file__).resolve().parents[3]
BARS = sample("bars/fx/EURUSD/1h/20170101-20171229.parquet")


@contextmanager
def venue(folder: Path, *options: str) -> Iterator[tuple[Document, subprocess.Popen[str]]]:
    ready = folder / "ready.json"
    command = [sys.executable, "-m", "trader", "venue", "binance", "--ready-file", str(ready)]
    with subprocess.Popen([*command, *options], cwd=ROOT, stderr=subprocess.PIPE, text=True) as run:
        try:
            # What is said first is said before the file is there.
            assert run.stderr is not None
            run.stderr.readline()
            while run.poll() is None and not ready.exists():
                pass
            yield json.loads(ready.read_text()), run
        finally:
            run.kill()
            run.communicate()


def ask(ready: Document, method: str, params: Document, *, is_signed: bool = True) -> Any:
    whole = signed(params, time_ns() // 1_000_000) if is_signed else params
    with connect(ready["ws_api"]) as socket:
        socket.send(json.dumps({"id": 1, "method": method, "params": whole}))
        return json.loads(socket.recv())


def test_a_killed_venue_knows_what_it_has_told(tmp_path: Path) -> None:
    state = str(tmp_path / "state")
    with venue(tmp_path, "--state", state) as (ready, run):
        bought = ask(ready, "order.place", market(quantity="0.01"))["result"]
        waits = ask(ready, "order.place", limit())["result"]
        account = ask(ready, "account.status", {})["result"]
        run.send_signal(signal.SIGKILL)
        run.wait()
    (tmp_path / "ready.json").unlink()
    with venue(tmp_path, "--state", state) as (ready, _):
        trades = ask(ready, "myTrades", {"symbol": "BTCUSDT"})["result"]
        orders = ask(ready, "openOrders.status", {})["result"]
        again = ask(ready, "account.status", {})["result"]

    assert [each["id"] for each in trades] == [each["tradeId"] for each in bought["fills"]]
    assert [each["orderId"] for each in orders] == [waits["orderId"]]
    assert again["balances"] == account["balances"]


def test_a_recorded_market_and_a_scenario_are_played(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text("deeds:\n  - {do: halt, symbol: ETHUSDT}\n")
    options = ("--scenario", str(scenario), "--market", f"EURUSDT={BARS}", "--pace", "36000")
    with venue(tmp_path, *options) as (ready, _):
        with connect(f"{ready['ws']}/ws/eurusdt@trade") as socket:
            trades = [json.loads(socket.recv()) for _ in range(4)]
        asked = {"symbol": "ETHUSDT"}
        info = ask(ready, "exchangeInfo", asked, is_signed=False)["result"]

    assert {each["s"] for each in trades} == {"EURUSDT"}
    assert all(1.0 < float(each["p"]) < 1.3 for each in trades)
    assert info["symbols"][0]["status"] == "HALT"
    assert ready["admin"] == f"{ready['rest']}/admin"


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--market", "EURUSDT"), 2, "not SYMBOL=FILE: EURUSDT"),
        (("--market", "DOGEUSDT=x"), 2, "does not trade DOGEUSDT"),
        (("--market", "EURUSDT=nothing.parquet"), 3, "nothing.parquet"),
        (("--scenario", "nothing.yaml"), 2, "cannot read the scenario"),
    ],
)
def test_what_cannot_be_served_is_refused(
    options: tuple[str, ...], code: int, message: str
) -> None:
    command = [sys.executable, "-m", "trader", "venue", "binance", *options]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == code
    assert message in run.stderr
