"""`traderd halt`, `resume`, `cancel` and the like: what a running daemon can be told."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from trader.cli.asking import connect, daemon_option
from trader.cli.options import Options, json_option
from trader.cli.output import console, document, write
from trader.cli.program import VERBS

if TYPE_CHECKING:
    from trader.ops.protocol import Act

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
_SUBMIT: Final = (
    "SIDE is buy or sell, LOTS are whole lots of the instrument as configured. The order is judged"
    " like a strategy's; what it trades belongs to a ledger of its own, `ext_SYMBOL`. `cancel` with"
    " its id takes it back."
)


def _tell(options: Options, state_dir: Path | None, act: "Act") -> int:
    """Tells the daemon, and shows what came of it; UsageError if it refuses."""
    from trader.ui.daemon import print_acted

    with connect(options, state_dir) as client:
        acted = client.act(act)
    if options.as_json:
        document({"done": act.verb, "seq": acted.seq, "events": acted.events})
        return 0
    screen = console()
    with screen.capture() as captured:
        print_acted(screen, act.verb, acted)
    write(captured.get())
    return 0


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

        target, value = [*(word or "" for word in words.values()), "", ""][:2]
        value = "accept" if accept else value
        act = Act(verb=verb, target=target, value=value, reason=reason)
        return _tell(options, state_dir, act)

    for name in arguments:
        is_optional = name.startswith("[")
        argument = click.Argument(
            [name.strip("[]").lower()], required=not is_optional, metavar=name
        )
        command.params.append(argument)
    if verb == "resume":
        command.params.append(click.Option(["--accept"], is_flag=True, help=_ACCEPT))
    return command


@click.command(help=f"{VERBS['submit']}\n\n{_SUBMIT}")
@click.argument("instrument", metavar="INSTRUMENT")
@click.argument("side", metavar="SIDE", type=click.Choice(["buy", "sell"], case_sensitive=False))
@click.argument("lots", metavar="LOTS", type=click.IntRange(min=1))
@click.option("--limit", default="", metavar="P", help="A limit; without one at the market.")
@click.option("--reason", default="", metavar="TEXT", help="Why; it stands in the journal.")
@daemon_option
@json_option
@click.pass_obj
def submit(  # noqa: PLR0913 - one argument for each option
    options: Options,
    /,
    *,
    instrument: str,
    side: str,
    lots: int,
    limit: str,
    reason: str,
    state_dir: Path | None,
) -> int:
    """Tells the daemon of an order."""
    from trader.ops.protocol import Act

    act = Act(verb="submit", target=instrument, side=side, lots=lots, limit=limit, reason=reason)
    return _tell(options, state_dir, act)


COMMANDS: Final[dict[str, click.Command]] = {
    **{verb: _act(verb, arguments) for verb, arguments in _ARGUMENTS.items()},
    "submit": submit,
}
