"""Lets a comparison ask where a strategy of a run stood, with the display of its progress."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from trader.cli.watching import watching
from trader.research.compare import Ask
from trader.research.folder import RunFolder
from trader.research.playing import Playing
from trader.research.reopening import reopen
from trader.research.telling import Told
from trader.research.why_not import WhyNot


@contextmanager
def asking(*, again: bool) -> Iterator[Ask | None]:
    """While the block runs, the yielded function plays runs again; None where none may be."""
    with watching() as watch:

        def ask(folder: RunFolder, strategy: str, time: str) -> Told:
            reopened = reopen(folder)
            playing = Playing(reopened, watch, perf_counter)
            return WhyNot(reopened, playing).document(strategy, time)

        yield ask if again else None
