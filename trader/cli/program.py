"""The table of verbs, and the options before them.

A verb's file is imported when the verb is called. So help comes at once, however much the verbs
themselves need.
"""

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Final

import click

from trader.cli.options import PROGRAM, Options, json_option
from trader.errors import UsageError

VERBS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cancel": "Take an order of a running daemon back.",
        "close": "Let a running daemon close the positions in an instrument.",
        "config": "Check, show and describe configurations.",
        "data": "Keep recorded market data in a catalog, and check them.",
        "fills": "List the last fills of a running daemon.",
        "flatten": "Let a running daemon close every position, and halt it.",
        "halt": "Halt a running daemon; stops at the venue stay.",
        "help": "Show the help of a verb.",
        "init": "Write a configuration and a strategy of one's own to start from.",
        "kill": "The same as flatten, in a hurry.",
        "orders": "List the orders of a running daemon that have not ended.",
        "pause": "Let a strategy of a running daemon decide nothing more.",
        "positions": "List what a running daemon holds.",
        "reduce": "Let a running daemon only make its positions smaller.",
        "replay": "Make a run again from its journal and compare.",
        "resume": "Let a running daemon, or one of its strategies, trade again.",
        "runs": "List runs and show them again.",
        "set-limit": "Change a limit of a running daemon.",
        "status": "Say how a running daemon stands, and why it is halted.",
        "submit": "Let a running daemon place an order by hand.",
        "venue": "Run a loopback venue that speaks a real wire protocol.",
        "watch": "Show what a running daemon does, as it happens.",
        "why": "Walk from an order, a fill or a halt back to its cause.",
        "why-not": "Show what held a strategy back at a moment of a run.",
    }
)
"""Each verb and what it does; it is the `command` in the file of its name, or among `_SHARED`."""

_SHARED: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("fills", "orders", "positions", "status", "watch"), "questions"),
        **dict.fromkeys(
            (
                "cancel",
                "close",
                "flatten",
                "halt",
                "kill",
                "pause",
                "reduce",
                "resume",
                "set-limit",
                "submit",
            ),
            "acts",
        ),
    }
)
"""The file in whose `COMMANDS` a verb stands with others of its sort."""

SIM_ONLY: Final = "only with --sim"


class Verbs(click.Group):
    """A group whose commands are looked up in the table and imported one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in alphabetical order."""
        del ctx
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command, from its file."""
        del ctx
        if cmd_name not in VERBS:
            return None
        file = _SHARED.get(cmd_name)
        if file is not None:
            command = import_module(f"trader.cli.{file}").COMMANDS[cmd_name]
        else:
            command = import_module(f"trader.cli.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command), cmd_name
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, but a misspelled verb is told its neighbour."""
        word = args[0]
        if word not in VERBS and not word.startswith("-"):
            from trader.config.spelling import nearest, shown

            raise UsageError(
                f"unknown verb {shown(word)}", where=PROGRAM, hint=nearest(word, VERBS)
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the table, without importing anything."""
        del ctx
        with formatter.section("Verbs"):
            formatter.write_dl(sorted(VERBS.items()))


EXAMPLES: Final = """\b
Examples:
  traderd --sim                                the bundled demonstration
  traderd --sim --config F --set run.seed=9    a configuration, one value changed
  traderd init my-trader                       something of one's own to start from
"""


@click.group(cls=Verbs, invoke_without_command=True, subcommand_metavar="[VERB]", epilog=EXAMPLES)
@click.option("--sim", is_flag=True, help="Run on a simulated clock over recorded data, and exit.")
@click.option("--config", type=click.Path(path_type=Path), metavar="F", help="The configuration.")
@click.option("--set", "sets", multiple=True, metavar="a.b=v", help="Change one value of it.")
@click.option(
    "--seed", type=click.IntRange(min=0), metavar="N", help="The same as --set run.seed=N."
)
@click.option(
    "--gear", type=click.Choice(["step", "fused", "auto"]), help="How to run; with --sim."
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the run; with --sim."
)
@click.option("--pace", metavar="max|real|Nx", help="How fast simulated time passes; with --sim.")
@click.option("--version", is_flag=True, help="Show the version and exit.")
@json_option
@click.pass_context
def traderd(  # noqa: PLR0913 - one argument for each option
    context: click.Context,
    *,
    sim: bool,
    config: Path | None,
    sets: tuple[str, ...],
    seed: int | None,
    gear: str | None,
    out: Path | None,
    pace: str | None,
    version: bool,
) -> int:
    """One deterministic core that trades by rules.

    Without --sim and without a verb: the daemon, which trades live as the configuration says.
    """
    more = tuple(
        f"run.{key}={value}" for key, value in (("seed", seed), ("gear", gear)) if value is not None
    )
    context.obj = options = replace(
        context.obj, config=config, sets=(*sets, *more), out=out, pace=pace or "max"
    )
    if version:
        return _version(options)
    for name, value in (("--gear", gear), ("--out", out), ("--pace", pace)):
        if value is not None and not sim:
            raise UsageError(f"{name} is {SIM_ONLY}", where=PROGRAM, hint="add --sim")
    if context.invoked_subcommand is not None:
        if sim:
            raise UsageError(
                f"--sim takes no verb, got {context.invoked_subcommand!r}",
                where=PROGRAM,
                hint="leave one of them out",
            )
        return 0
    return _run(options, sim=sim)


def _run(options: Options, *, sim: bool) -> int:
    if sim:
        from trader.cli.simulation import run_simulation

        return run_simulation(options)
    from trader.cli.daemon import run_live

    return run_live(options)


def _version(options: Options) -> int:
    from trader.cli.output import document, write
    from trader.research.code_version import code_version

    if options.as_json:
        document({"version": code_version()})
    else:
        write(f"{PROGRAM} {code_version()}\n")
    return 0
