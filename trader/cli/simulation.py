"""`traderd --sim`: a run on recorded data, from the configuration to the summary."""

import shlex
from pathlib import Path
from time import perf_counter
from typing import Final

from trader.cli.options import DEMONSTRATION, PROGRAM, Options
from trader.cli.output import document, note
from trader.cli.pages import program, show_run
from trader.cli.watching import watching
from trader.errors import INTERRUPTED
from trader.research.folder import RunFolder
from trader.research.ids import RUNS
from trader.research.pacing import speed
from trader.research.simulate import Report, Request, simulate

SLIPPAGE: Final = "venue.slippage_bps"


def run_simulation(options: Options) -> int:
    """Runs, shows or prints what came of it, and returns the exit code."""
    pace = speed(options.pace)
    request = Request(
        loaded=options.load(),
        command=shlex.join([PROGRAM, *options.words]),
        out=options.out,
        pace=pace,
    )
    with watching() as watch:
        report = simulate(request, watch, perf_counter, note)
    _tell(report, options)
    return report.exit_code


def _tell(report: Report, options: Options) -> None:
    if options.as_json:
        document({**report.run, "metrics": report.metrics, "out": str(report.folder)})
        for warning in report.run["warnings"]:
            note(f"warning: {warning}")
    else:
        folder = RunFolder(path=report.folder, run=report.run, metrics=report.metrics)
        show_run(folder, _next(report.folder, options))
    if report.exit_code == INTERRUPTED:
        note(f"interrupted: {report.folder} holds the run as far as it came")


def _next(folder: Path, options: Options) -> list[tuple[str, str]]:
    """Three commands worth typing after this run."""
    name, config = program(), options.config
    commands = [
        ([name, "replay", str(folder)], "make it again from its journal, to the bit"),
        ([name, *_worse(options)], "what worse fills would have cost"),
        ([name, "runs", "show", str(folder)], "this page again"),
    ]
    if folder.parent == Path(RUNS):
        commands[-1] = ([name, "runs"], "all runs, beside one another")
    if config in {None, DEMONSTRATION}:
        commands[-1] = ([name, "init", "my-trader"], "a strategy of your own to start from")
    return [(shlex.join(words), does) for words, does in commands]


def _worse(options: Options) -> list[str]:
    """The options that make this run, with worse fills."""
    config = ["--config", str(options.config)] if options.config else []
    kept = [each for each in options.sets if each.partition("=")[0].strip() != SLIPPAGE]
    sets = [word for each in (*kept, f"{SLIPPAGE}=20") for word in ("--set", each)]
    return ["--sim", *config, *sets]
