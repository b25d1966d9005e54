"""`traderd venue NAME`: a loopback venue, for trying out a live daemon without a market."""

import shlex
from decimal import Decimal
from pathlib import Path
from time import time_ns  # noqa: TID251 - the process has one clock, and this is where it comes in
from typing import TYPE_CHECKING, Final

import click

from trader.cli.options import Options, json_option
from trader.cli.output import note, write
from trader.errors import UsageError

if TYPE_CHECKING:
    from sims.servers.ready import Ready

SEED: Final = 1


@click.group(name="venue")
@json_option
def command() -> None:
    """Run a loopback venue that speaks a real wire protocol."""


@command.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="0 takes a free one.")
@click.option(
    "--ready-file",
    type=click.Path(path_type=Path),
    metavar="F",
    help="Written when connections are accepted: addresses and keys, as JSON.",
)
@click.option(
    "--accounts", type=click.Path(path_type=Path), metavar="F", help="Accounts to open, as JSON."
)
@click.option("--seed", type=click.IntRange(min=0), default=SEED, help="Seed of its prices.")
@click.option(
    "--market",
    "markets",
    multiple=True,
    metavar="SYMBOL=FILE",
    help="Recorded bars, trades or quotes of a symbol, looped; without one they are made up.",
)
@click.option(
    "--pace",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    help="How many times as fast as recorded.",
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True, max=10_000),
    default=4.0,
    help="Quotes a second of a market that is made up.",
)
@click.option(
    "--fee-ppm",
    type=click.IntRange(0, 100_000),
    default=0,
    help="Commission of a trade, in millionths of what it brings.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    metavar="F",
    help="Remembers orders, fills and balances across a restart.",
)
@click.option(
    "--scenario",
    type=click.Path(path_type=Path),
    metavar="F",
    help="What goes wrong, as YAML or JSON.",
)
@click.option(
    "--symbols",
    type=click.Path(path_type=Path),
    metavar="F",
    help="Symbols to trade besides, as JSON.",
)
@click.option("--until-eof", is_flag=True, help="Ends when its standard input does.")
@json_option
@click.pass_obj
def binance(  # noqa: PLR0913 - each option of the command is a parameter
    options: Options,
    *,
    port: int,
    ready_file: Path | None,
    accounts: Path | None,
    seed: int,
    markets: tuple[str, ...],
    pace: float,
    rate: float,
    fee_ppm: int,
    state: Path | None,
    scenario: Path | None,
    symbols: Path | None,
    until_eof: bool,
) -> int:
    """Serve Binance's API on this machine until it is told to stop.

    With --json the one document says where it is, as soon as it accepts connections.
    """
    from sims.servers.binance.accounts import ACCOUNTS
    from sims.servers.binance.feeds.opening import Plan
    from sims.servers.binance.listing import read_symbols
    from sims.servers.binance.paying import Fees
    from sims.servers.binance.scenarios.reading import Script, read_script
    from sims.servers.main import DEFAULT_SYMBOLS, World, read_accounts, run_forever

    opened = ACCOUNTS if accounts is None else read_accounts(accounts)
    if ready_file is not None:
        note(f"binance on loopback: {ready_file} tells where, once it accepts connections")
    plan = Plan(seed=seed, files=_files(markets), pace=pace, rows_per_s=Decimal(str(rate)))
    script = Script() if scenario is None else read_script(scenario)
    fees = Fees(maker_ppm=fee_ppm, taker_ppm=fee_ppm)
    traded = DEFAULT_SYMBOLS if symbols is None else read_symbols(symbols, DEFAULT_SYMBOLS)
    world = World(
        now=time_ns,
        plan=plan,
        symbols=traded,
        fees=fees,
        script=script,
        state=state,
        until_eof=until_eof,
    )
    announce = _tell if ready_file is None else _keep_quiet
    if options.as_json:
        announce = _tell_programs
    run_forever(port, ready_file, opened, world=world, announce=announce)
    return 0


def _files(markets: tuple[str, ...]) -> dict[str, Path]:
    files = {}
    for text in markets:
        symbol, separator, name = text.partition("=")
        if not separator:
            raise UsageError(f"not SYMBOL=FILE: {text}", where="--market")
        files[symbol] = Path(name)
    return files


def _tell(ready: "Ready") -> None:
    """Says on stderr where it is, and the line that gives a daemon its keys."""
    note(f"binance on loopback accepts connections at {ready.ws_api}; Ctrl-C stops it")
    for account in ready.accounts:
        if "secret" not in account:
            continue  # whoever has the private half of an Ed25519 key knows where it is
        pair = shlex.quote(f"{account['key']}:{account['secret']}")
        note(f"keys of account {account['name']}, for the daemon's terminal:")
        note(f"export LOOPBACK_KEYS={pair}")


def _tell_programs(ready: "Ready") -> None:
    """One line for a program that reads it."""
    import msgspec

    write(msgspec.json.encode(ready).decode() + "\n")


def _keep_quiet(ready: "Ready") -> None:
    """The ready file says it all."""
    del ready
