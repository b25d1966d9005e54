"""Joins a run to the display of its progress."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from trader.cli.output import strangers_on_stderr
from trader.config.notation import instant_text
from trader.research.stepping import Moment, Watch
from trader.ui.progress import Ticker
from trader.ui.wording import day


@contextmanager
def watching() -> Iterator[Watch]:
    """While the block runs, what is told to the yielded function is shown on stderr.

    So is what a strategy prints.
    """
    with Ticker(sys.stderr, perf_counter) as ticker, strangers_on_stderr():

        def watch(moment: Moment) -> None:
            date = day(instant_text(moment.now)) if moment.rows else ""
            at = f"{moment.stage} {date}".strip() or "starting"
            ticker.tick(moment.rows, moment.rows_total, at, moment.equity)

        yield watch
