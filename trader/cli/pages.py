"""What several verbs show: the page of a run, and the name by which to call us again."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from trader.cli.options import DEMONSTRATION, PROGRAM
from trader.cli.output import console, write
from trader.research.folder import REPORT, RunFolder
from trader.ui.summary import Page, print_summary

TRADES_SHOWN: Final = 3


def program() -> str:
    """How a person calls this program from where they stand."""
    script = DEMONSTRATION.parent.parent / "scripts" / PROGRAM
    if shutil.which(PROGRAM) or not script.is_file():
        return PROGRAM
    here = Path.cwd()
    return str(script.relative_to(here) if script.is_relative_to(here) else script)


def show_run(folder: RunFolder, commands: Sequence[tuple[str, str]] = ()) -> None:
    """Writes the page of a run; `commands` are what to type next, and what it does."""
    equity, drawdown = folder.curves()
    report = folder.path / REPORT
    page = Page(
        run=folder.run,
        metrics=folder.metrics,
        equity=equity,
        drawdown=drawdown,
        folder=str(folder.path),
        report=str(report) if report.is_file() else "",
        trades=folder.trades(TRADES_SHOWN),
        commands=commands,
    )
    screen = console()
    with screen.capture() as captured:
        print_summary(screen, page)
    write(captured.get())
