"""`traderd why RUN ID`: the chain of causes of an order, a fill, a denial, a halt, any row."""

from pathlib import Path

import click

from trader.cli.options import Options, json_option
from trader.cli.output import console, document, write

IDS = """\b
ID is one of:
  main-cross-1-7    a client_order_id, of a denied order too
  trade:12          a fill by its trade_id
  halt              the last change of the trading state
  1565.2            any row by its name: its input row and a count, as in the column cause
  1565.0            an input row, and what it led to
"""


@click.command(name="why", epilog=IDS)
@click.argument("run", metavar="RUN")
@click.argument("id_", metavar="ID")
@click.option(
    "--tables",
    is_flag=True,
    help="Ask the tables alone; what they do not hold is left out and not played again.",
)
@click.option(
    "--base-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where relative paths of the data count from, if they have moved.",
)
@json_option
@click.pass_obj
def command(options: Options, run: str, id_: str, *, tables: bool, base_dir: Path | None) -> int:
    """Walk from ID in RUN back to what was read, and on to its end.

    RUN is a run folder or its id, or the state_dir of a daemon, which may be running.
    """
    from time import perf_counter

    from trader.cli.watching import watching
    from trader.research.folder import find_run, open_run
    from trader.research.heard import Hearing
    from trader.research.ids import runs_root
    from trader.research.input_rows import InputRows
    from trader.research.live_rows import LiveRows
    from trader.research.live_run import live_run
    from trader.research.reopening import reopen
    from trader.research.why import Why
    from trader.ui.why import print_why

    target = find_run(run, runs_root(options.load().config))
    with watching() as watch:
        if live := live_run(target):
            why = Why(live, LiveRows(live), None if tables else live.heard)
        else:
            reopened = reopen(open_run(target), base_dir)
            hearing = None if tables else Hearing(reopened, watch, perf_counter)
            why = Why(reopened, InputRows(reopened), hearing)
        told = why.document(id_)
    if options.as_json:
        document(told)
        return 0
    screen = console()
    with screen.capture() as captured:
        print_why(screen, told)
    write(captured.get())
    return 0
