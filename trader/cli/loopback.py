"""Starts a loopback venue beside a daemon that asks for one, and ends it with the daemon."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import msgspec
from msgspec.structs import replace

from actors.recovering import state_folder
from sims.servers.ready import Ready
from trader.config.loaded import Loaded
from trader.config.parts import Keys
from trader.errors import VenueFault

KEYS: Final = "TRADERD_LOOPBACK_KEYS"


@contextmanager
def loopback(loaded: Loaded) -> Iterator[Loaded]:
    """The configuration with the addresses of a venue that lives as long as the block.

    Raises VenueFault if it does not come to life. What it knows of orders and balances is kept in
    `state_dir`, so that the next one goes on where it ended.
    """
    config = loaded.config
    assert config.gateway is not None
    folder = state_folder(config)
    words = ["venue", "binance", "--json", "--until-eof", "--state", str(folder / "venue.db")]
    with subprocess.Popen(  # noqa: S603 - this very program
        [sys.executable, "-m", "trader", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            try:
                ready = msgspec.json.decode(line, type=Ready)
            except msgspec.DecodeError:
                raise _stillborn(line + process.stdout.read()) from None
            yield _at(loaded, ready)
        finally:
            process.terminate()


def _stillborn(said: bytes) -> VenueFault:
    """Why it did not start, if it could say so."""
    try:
        error = msgspec.json.decode(said, type=dict[str, dict[str, str]])["error"]
        why = f": {error['message']}, {error['where']}"
    except (msgspec.DecodeError, KeyError):
        why = ""
    return VenueFault(f"the loopback venue did not start{why}", where="gateway.loopback")


def _at(loaded: Loaded, ready: Ready) -> Loaded:
    """The configuration with a venue's addresses, and the keys of its first account."""
    config = loaded.config
    assert config.gateway is not None
    gateway = replace(
        config.gateway, rest=ready.rest, ws_api=ready.ws_api, ws_stream=ready.ws_stream
    )
    account = config.account
    if account.keys is None:
        first = ready.accounts[0]
        os.environ[KEYS] = f"{first['key']}:{first['secret']}"
        account = replace(account, keys=Keys(env=KEYS))
    return replace(loaded, config=replace(config, gateway=gateway, account=account))
