"""Run a loopback venue as a process of its own, until somebody tells it to stop."""

import os
import signal
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import anyio
import msgspec
from msgspec import Struct

from sims.servers.binance.accounts import ACCOUNTS, AccountSpec
from sims.servers.binance.engine import Engine
from sims.servers.binance.feeds.opening import Plan, open_players
from sims.servers.binance.feeds.player import Player
from sims.servers.binance.markets import EUROS, SYMBOLS, SymbolRules
from sims.servers.binance.paying import Fees
from sims.servers.binance.scenarios.admin import ROOT as ADMIN
from sims.servers.binance.scenarios.clock import SkewedClock
from sims.servers.binance.scenarios.reading import Script
from sims.servers.binance.server import Venue, serve
from sims.servers.binance.store import Store
from sims.servers.ready import Ready, write_ready
from trader.errors import UsageError, VenueFault

HOST: Final = "127.0.0.1"
STDIN: Final = 0
STDIN_BYTES: Final = 4_096
TICK_S: Final = 0.01


DEFAULT_SYMBOLS: Final = (*SYMBOLS, EUROS)


class World(Struct, frozen=True, kw_only=True):
    """What a venue cannot make for itself.

    `now` is the clock, in nanoseconds since the epoch; `plan` says where its prices come from,
    `script` what goes wrong, and `state` where it remembers what has happened. With `until_eof` it
    ends with its standard input, and so with whoever started it. A trade costs `fees`.
    """

    now: Callable[[], int]
    plan: Plan = Plan()
    script: Script = Script()
    state: Path | None = None
    until_eof: bool = False
    fees: Fees = Fees()
    symbols: tuple[SymbolRules, ...] = DEFAULT_SYMBOLS


def read_accounts(path: Path) -> tuple[AccountSpec, ...]:
    """Read a JSON list of `{"name", "key", "secret" or "ed25519_public", "balances"}`.

    Balances are texts by asset; a second entry of a name, without them, is one more key to it.
    """
    try:
        accounts = msgspec.json.decode(path.read_bytes(), type=tuple[AccountSpec, ...])
    except OSError as error:
        raise UsageError(f"cannot read the accounts: {error.strerror}", where=str(path)) from error
    except msgspec.MsgspecError as error:
        raise UsageError(f"bad accounts file: {error}", where=str(path)) from error
    names: set[str] = set()
    for spec in accounts:
        if spec.name in names and spec.balances:
            raise UsageError("two accounts share a name", where=str(path))
        names.add(spec.name)
    if len({spec.key for spec in accounts}) < len(accounts):
        raise UsageError("two entries share a key", where=str(path))
    return accounts


def run_forever(
    port: int,
    ready_file: Path | None,
    accounts: Iterable[AccountSpec] = ACCOUNTS,
    *,
    world: World,
    announce: Callable[[Ready], None] = lambda _: None,
) -> None:
    """Serve a Binance venue on this machine until SIGTERM or SIGINT.

    When connections are accepted, `ready_file` is written, and `announce` is called; an older file
    is removed at the start. Raises `VenueFault` if the port cannot be had.
    """
    if ready_file is not None:
        ready_file.unlink(missing_ok=True)
    served = tuple(accounts)

    def accept(venue: Venue) -> None:
        ready = _ready(venue, served)
        if ready_file is not None:
            write_ready(ready_file, ready)
        announce(ready)

    anyio.run(_run, port, served, world, accept)


async def _run(
    port: int,
    accounts: tuple[AccountSpec, ...],
    world: World,
    accept: Callable[[Venue], None],
) -> None:
    clock = SkewedClock(world.now)
    engine = Engine(now=clock, symbols=world.symbols, accounts=accounts, fees=world.fees)
    async with AsyncExitStack() as stack:
        if world.state is not None:
            stack.enter_context(Store(world.state, engine))
        players = open_players(engine, world.plan)
        try:
            venue = await stack.enter_async_context(
                serve(engine, host=HOST, port=port, script=world.script)
            )
        except OSError as error:
            raise VenueFault(
                f"the venue cannot listen: {os.strerror(error.errno or 0).lower()}",
                where=f"{HOST}:{port}",
                hint="name another port, or 0 for a free one",
            ) from error
        tasks = await stack.enter_async_context(anyio.create_task_group())
        tasks.start_soon(_play, players, world.now)
        if world.until_eof:
            tasks.start_soon(_end_with_input, tasks.cancel_scope)
        with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
            accept(venue)
            async for _ in signals:
                break
        tasks.cancel_scope.cancel()


async def _end_with_input(scope: anyio.CancelScope) -> None:
    while True:
        await anyio.wait_readable(STDIN)
        if not os.read(STDIN, STDIN_BYTES):
            scope.cancel()


async def _play(players: Sequence[Player], now: Callable[[], int]) -> None:
    while True:
        for player in players:
            player.advance(now())
        await anyio.sleep(TICK_S)


def _ready(venue: Venue, accounts: tuple[AccountSpec, ...]) -> Ready:
    return Ready(
        venue="binance",
        pid=os.getpid(),
        rest=venue.http,
        ws=venue.ws,
        ws_api=venue.url,
        ws_stream=f"{venue.ws}/stream",
        admin=f"{venue.http}{ADMIN}",
        accounts=[_described(spec) for spec in accounts],
    )


def _described(spec: AccountSpec) -> dict[str, str]:
    whole = {"secret": spec.secret, "ed25519_public": spec.ed25519_public}
    return {"name": spec.name, "key": spec.key} | {
        kind: text for kind, text in whole.items() if text
    }
