"""A venue as a process: ready when it says so, moving by itself, gone when it is told."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from websockets.sync.client import connect

from sims.servers.binance.accounts import ACCOUNTS, AccountSpec
from sims.servers.main import read_accounts
from trader.errors import UsageError

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import sys
from pathlib import Path
from sims.servers.main import World, run_forever

def announce(ready):
    print("ready", flush=True)

run_forever(0, Path(sys.argv[1]), world=World(now=lambda: 10**18), announce=announce)
print("stopped", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_venue_runs_until_it_is_told_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    path = tmp_path / "ready.json"
    path.write_text("from an earlier venue")
    command = [sys.executable, "-c", PROGRAM, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        ready = json.loads(path.read_text())
        with connect(ready["ws_api"]) as socket:
            socket.send('{"id": 1, "method": "time"}')
            answer = json.loads(socket.recv())
        process.send_signal(number)
        rest = process.stdout.read()

    assert answer["result"] == {"serverTime": 10**12}
    assert (process.returncode, rest.splitlines()[-1]) == (0, "stopped")
    assert (ready["venue"], ready["pid"]) == ("binance", process.pid)
    assert ready["rest"] == ready["ws"].replace("ws:", "http:")
    assert ready["ws_api"] == ready["ws"] + "/ws-api/v3"
    assert ready["ws_stream"] == ready["ws"] + "/stream"
    hmac, ed25519 = ACCOUNTS
    assert ready["accounts"] == [
        {"name": "main", "key": hmac.key, "secret": hmac.secret},
        {"name": "main", "key": ed25519.key, "ed25519_public": ed25519.ed25519_public},
    ]


def test_accounts_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    path.write_text('[{"name": "a", "key": "k", "secret": "s", "balances": {"USD": "100.5"}}]')

    assert read_accounts(path) == (
        AccountSpec(name="a", key="k", secret="s", balances={"USD": "100.5"}),
    )


ONE = '{"name": "a", "key": "k", "secret": "s", "balances": {"USD": "1"}}'
EXTRA = '{"name": "a", "key": "k", "secret": "s", "balances": {}, "colour": "red"}'
NEGATIVE = '{"name": "a", "key": "k", "secret": "s", "balances": {"USD": "-1"}}'

SAME_KEY = ONE.replace('"a"', '"b"')
NO_KEY = '{"name": "a", "key": "k", "balances": {}}'
SHORT = '{"name": "a", "key": "k", "ed25519_public": "ff"}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot read the accounts: No such file"),
        ("{", "bad accounts file"),
        ('[{"name": "a"}]', "missing required field `key`"),
        (f"[{EXTRA}]", "unknown field `colour`"),
        (f"[{NEGATIVE}]", "not a decimal number: '-1'"),
        (f"[{ONE}, {ONE}]", "two accounts share a name"),
        (f"[{ONE}, {SAME_KEY}]", "two entries share a key"),
        (f"[{NO_KEY}]", "either a secret or an ed25519_public"),
        (f"[{SHORT}]", "an Ed25519 key has 32 bytes, not 1"),
    ],
)
def test_a_bad_accounts_file_is_a_mistake_with_an_address(
    tmp_path: Path, text: str | None, message: str
) -> None:
    path = tmp_path / "accounts.json"
    if text is not None:
        path.write_text(text)

    with pytest.raises(UsageError, match=message) as caught:
        read_accounts(path)

    assert caught.value.where == str(path)
