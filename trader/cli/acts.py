"""`traderd halt`, `resume`, `cancel` and the like: what a running daemon can be told."""

from pathlib import Path
from typing import Final

import click

from trader.cli.asking import connect, daemon_option
from trader.cli.options import Options, json_option
from trader.cli.output import console, document, write
from trader.cli.program import VERBS

_ARGUMENTS: Final[dict[str, tuple[str, ...]]] = {
    "halt": (),
    "reduce": (),
    "flatten": (),
    "kill": (),
    "resume": ("[STRATEGY]",),
    "pause": ("STRATEGY",),
    "close": ("INSTRUMENT",),
    "cancel": ("ID",),
    "set-limit": ("LIMIT", "VALUE"),
}
"""What each is about; in brackets what may be left out."""
_ACCEPT: Final = (
    "Where the venue and we differ, take its word: what it holds beyond our trades is the owner's,"
    " its foreign orders are let be. Needs a reason."
)


def _act(verb: str, arguments: tuple[str, ...]) -> click.Command:
    @click.command(name=verb, help=VERBS[verb])
    @click.option("--reason", default="", metavar="TEXT", help="Why; it stands in the journal.")
    @daemon_option
    @json_option
    @click.pass_obj
    def command(
        options: Options,
        /,
        state_dir: Path | None,
        reason: str,
        *,
        accept: bool = False,
        **words: str | None,
    ) -> int:
        from trader.ops.protocol import Act
        from trader.ui.daemon import print_acted

        target, value = [*(word or "" for word in words.values()), "", ""][:2]
        value = "accept" if accept else value
        with connect(options, state_dir) as client:
            acted = client.act(Act(verb=verb, target=target, value=value, reason=reason))
        if options.as_json:
            document({"done": verb, "seq": acted.seq, "events": acted.events})
            return 0
        screen = console()
        with screen.capture() as captured:
            print_acted(screen, verb, acted)
        write(captured.get())
        return 0

    for name in arguments:
        is_optional = name.startswith("[")
        argument = click.Argument(
            [name.strip("[]").lower()], required=not is_optional, metavar=name
        )
        command.params.append(argument)
    if verb == "resume":
        command.params.append(click.Option(["--accept"], is_flag=True, help=_ACCEPT))
    return command


COMMANDS: Final[dict[str, click.Command]] = {
    verb: _act(verb, arguments) for verb, arguments in _ARGUMENTS.items()
}
