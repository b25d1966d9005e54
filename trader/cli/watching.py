"""Joins a run to the display of its progress."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from trader.config.notation import instant_text
from trader.research.stepping import Moment, Watch
from trader.ui.progress import Ticker
from trader.ui.wording import day


@contextmanager
def watching() -> Iterator[Watch]:
    """While the block runs, what is told to the yielded function is shown on stderr."""
    with Ticker(sys.stderr, perf_counter) as ticker:

        def watch(moment: Moment) -> None:
            date = day(instant_text(moment.now)) if moment.rows else "starting"
            at = f"{moment.stage} {date}" if moment.stage else date
            ticker.tick(moment.rows, moment.rows_total, at, moment.equity)

        yield watch
