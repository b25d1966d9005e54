"""`traderd status`, `orders`, `positions`, `fills`, `watch`: what a running daemon shows."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from trader.cli.asking import connect, daemon_option
from trader.cli.options import Options, json_option
from trader.cli.output import console, document, write
from trader.cli.program import VERBS

if TYPE_CHECKING:
    from trader.ops.protocol import Question


def _question(about: "Question") -> click.Command:
    @click.command(name=about, help=VERBS[about])
    @daemon_option
    @json_option
    @click.pass_obj
    def command(options: Options, state_dir: Path | None) -> int:
        from trader.ui.daemon import print_answer

        with connect(options, state_dir) as client:
            answer = client.ask(about)
            daemon = client.daemon
        if options.as_json:
            document({"ts": answer.ts, "run": daemon.run, "mode": daemon.mode, **answer.document})
            return 0
        screen = console()
        with screen.capture() as captured:
            print_answer(screen, about, daemon, answer)
        write(captured.get())
        return 0

    return command


@click.command()
@daemon_option
@json_option
@click.pass_obj
def watch(options: Options, state_dir: Path | None) -> int:
    """Show what a running daemon does, as it happens.

    With --json each event is one document on a line of its own.
    """
    from trader.cli.watching_daemon import follow

    with connect(options, state_dir) as client:
        follow(client, lines=options.as_json)
    return 0


_ABOUT: Final[tuple["Question", ...]] = ("status", "orders", "positions", "fills")
COMMANDS: Final[dict[str, click.Command]] = {
    **{about: _question(about) for about in _ABOUT},
    "watch": watch,
}
