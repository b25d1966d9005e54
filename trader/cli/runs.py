"""`traderd runs`: what was run, and its summary again."""

from pathlib import Path

import click

from trader.cli.options import Options, json_option
from trader.cli.output import console, document, note, write


@click.group(name="runs", invoke_without_command=True)
@json_option
@click.pass_context
def command(context: click.Context) -> int | None:
    """List runs and show them again."""
    return _list(context.obj) if context.invoked_subcommand is None else None


@command.command(name="list")
@json_option
@click.pass_obj
def list_(options: Options) -> int:
    """List the runs of the folder `runs` (in `state_dir`, if there is one), the latest last."""
    return _list(options)


@command.command()
@click.argument("run", metavar="RUN")
@json_option
@click.pass_obj
def show(options: Options, run: str) -> int:
    """Show the summary of RUN, a run folder or its id, again."""
    from trader.cli.pages import show_run
    from trader.research.folder import find_run, open_run

    folder = open_run(find_run(run, _root(options)))
    if options.as_json:
        document({**folder.run, "metrics": folder.metrics, "out": str(folder.path)})
    else:
        show_run(folder)
    return 0


@command.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--exit-code", is_flag=True, help="End with 4 if the two are not the same run.")
@click.option(
    "--tables",
    is_flag=True,
    help="Ask the tables alone; where a strategy stood that decided nothing is left out.",
)
@json_option
@click.pass_obj
def compare(options: Options, a: str, b: str, *, exit_code: bool, tables: bool) -> int:
    """Show where the runs A and B part first, and in what they differ."""
    from trader.cli.comparing import asking
    from trader.errors import VerificationError
    from trader.research.compare import Comparison
    from trader.research.folder import find_run, open_run
    from trader.ui.compare import print_comparison

    first, second = (open_run(find_run(each, _root(options))) for each in (a, b))
    with asking(again=not tables) as ask:
        told = Comparison(first, second, ask).document()
    if options.as_json:
        document(told)
    else:
        screen = console()
        with screen.capture() as captured:
            print_comparison(screen, told)
        write(captured.get())
    return VerificationError.exit_code if exit_code and not told["same"] else 0


def _list(options: Options) -> int:
    from trader.cli.pages import program
    from trader.research.folder import runs_in
    from trader.ui.runs import print_runs

    root = _root(options)
    runs, problems = runs_in(root)
    for problem in problems:
        note(f"warning: {problem}")
    if options.as_json:
        document({"runs": [{**each.run, "out": str(each.path)} for each in runs]})
    elif not runs:
        note(f"there are no runs in the folder {root}; `{program()} --sim` makes one")
    else:
        screen = console()
        with screen.capture() as captured:
            print_runs(screen, [(each.run, each.metrics) for each in runs])
        write(captured.get())
    return 0


def _root(options: Options) -> Path:
    from trader.research.ids import runs_root

    return runs_root(options.load().config)
