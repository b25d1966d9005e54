"""A venue as anybody starts it: a client reads the ready file and trades in a market that moves."""

import json
import subprocess
import sys
from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Any, Final

import anyio
import pytest

from tests.sims.servers.binance.clients.keys import ED25519, PEM
from tests.sims.servers.binance.strangers import stranger

ROOT: Final = Path(__file__).resolve().parents[5]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the venue says of itself once it accepts connections."""
    path = tmp_path_factory.mktemp("venue") / "ready.json"
    options = ["--ready-file", str(path), "--fee-ppm", "1000"]
    command = [sys.executable, "-m", "trader", "venue", "binance", *options]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        anyio.run(_until_there, path)
        yield json.loads(path.read_text())
        process.terminate()
        assert process.wait(timeout=10) == 0


@pytest.fixture(autouse=True)
def cleared() -> None:
    """No other venue is needed here."""


async def _until_there(path: Path) -> None:
    with anyio.fail_after(30):
        while not await anyio.Path(path).exists():  # noqa: ASYNC110 - another process writes it
            await anyio.sleep(0.05)


def test_both_keys_of_the_account_trade(ready: dict[str, Any]) -> None:
    spot = stranger("binance.spot").Spot
    hmac, ed25519 = ready["accounts"]
    assert (ed25519["key"], ed25519["ed25519_public"]) == (ED25519.key, ED25519.ed25519_public)
    first = spot(base_url=ready["rest"], api_key=hmac["key"], api_secret=hmac["secret"])
    second = spot(base_url=ready["rest"], api_key=ed25519["key"], private_key=PEM)

    bought = first.new_order("BTCUSDT", "BUY", "MARKET", quoteOrderQty="100")
    [trade, *_] = second.my_trades("BTCUSDT", orderId=bought["orderId"])
    best = first.book_ticker("BTCUSDT")
    for client in (first, second):
        client.session.close()

    assert bought["status"] == "FILLED"
    assert trade["price"] == bought["fills"][0]["price"]
    assert Decimal(trade["commission"]) == (Decimal(trade["qty"]) / 1000).quantize(
        Decimal("1e-8"), ROUND_DOWN
    )
    assert float(best["bidPrice"]) < float(best["askPrice"])


@pytest.mark.anyio
async def test_its_market_moves(ready: dict[str, Any]) -> None:
    aiohttp = stranger("aiohttp")
    with anyio.fail_after(20):
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(f"{ready['ws_stream']}?streams=btcusdt@trade") as socket,
        ):
            first, second = [(await socket.receive_json())["data"] for _ in range(2)]

    assert second["t"] == first["t"] + 1
