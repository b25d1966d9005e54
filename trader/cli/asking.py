"""The way from a verb to the daemon that is meant: the one that holds a folder of state."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from trader.cli.options import PROGRAM, Options
from trader.errors import UsageError

if TYPE_CHECKING:
    from trader.ops.client import Client

F = TypeVar("F", bound=Callable[..., Any])


def daemon_option(command: F) -> F:
    """Lets a verb name the daemon by its folder, where no configuration does."""
    return click.option(
        "--state-dir",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="The daemon's state_dir; without it, that of --config.",
    )(command)


def connect(options: Options, state_dir: Path | None) -> "Client":
    """A connection to the daemon; raises DaemonAbsent, or UsageError if none is named."""
    from trader.ops.client import Client

    folder = state_dir or (options.load().config.state_dir if options.config else None)
    if folder is None:
        raise UsageError(
            "which daemon is meant?",
            where=PROGRAM,
            hint="name its configuration, `--config F` before the verb, or its --state-dir",
        )
    return Client(Path(folder))
