"""`traderd help [VERB]`: the same as `traderd VERB --help`."""

import click

from trader.cli.options import json_option
from trader.cli.output import document, write


@click.command()
@click.argument("verbs", nargs=-1, metavar="[VERB]...")
@json_option
@click.pass_context
def command(context: click.Context, verbs: tuple[str, ...]) -> int:
    """Show the help of a verb, or of the whole program."""
    top = context.find_root()
    text = _help(top.command, verbs, click.Context(top.command, info_name=top.info_name))
    if context.obj.as_json:
        document({"help": text})
    else:
        write(text + "\n")
    return 0


def _help(command: click.Command, verbs: tuple[str, ...], context: click.Context) -> str:
    for verb in verbs:
        if not isinstance(command, click.Group):
            raise click.UsageError(f"{command.name!r} has no verbs of its own", context)
        name, found, _ = command.resolve_command(context, [verb])
        assert found is not None, verb
        command = found
        context = click.Context(command, info_name=name, parent=context)
    return command.get_help(context)
