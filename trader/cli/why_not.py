"""`traderd why-not RUN STRATEGY TIME`: what kept a strategy from trading at a moment."""

from pathlib import Path

import click

from trader.cli.options import Options, json_option
from trader.cli.output import console, document, write


@click.command(name="why-not")
@click.argument("run", metavar="RUN")
@click.argument("strategy", metavar="STRATEGY")
@click.argument("time", metavar="TIME")
@click.option(
    "--base-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where relative paths of the data count from, if they have moved.",
)
@json_option
@click.pass_obj
def command(options: Options, run: str, strategy: str, time: str, *, base_dir: Path | None) -> int:
    """Play RUN again to TIME and show what STRATEGY saw, wanted, and was held back by.

    RUN is a run folder or its id, or the state_dir of a daemon, which may be running.

    TIME is ISO 8601 with offset, a date (00:00 UTC), or nanoseconds since 1970; all that is due at
    it has been told.
    """
    from functools import partial
    from time import perf_counter

    from trader.cli.watching import watching
    from trader.research.folder import find_run, open_run
    from trader.research.ids import runs_root
    from trader.research.live_playing import play_live
    from trader.research.live_run import live_run
    from trader.research.playing import Playing
    from trader.research.reopening import reopen
    from trader.research.why_not import WhyNot
    from trader.ui.why_not import print_why_not

    target = find_run(run, runs_root(options.load().config))
    with watching() as watch:
        if live := live_run(target):
            why_not = WhyNot(live, partial(play_live, live))
        else:
            reopened = reopen(open_run(target), base_dir)
            why_not = WhyNot(reopened, Playing(reopened, watch, perf_counter))
        told = why_not.document(strategy, time)
    if options.as_json:
        document(told)
        return 0
    screen = console()
    with screen.capture() as captured:
        print_why_not(screen, told)
    write(captured.get())
    return 0
