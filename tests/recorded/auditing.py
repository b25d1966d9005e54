"""A played run held against its file: its rows, its gaps, the prices of its fills, its books.

Somebody listens while it plays, and then every message goes the long way: whoever plays the run
once more without a listener can see that the short way says the same.
"""

from collections.abc import Callable
from dataclasses import dataclass

from actors.core.feed import Feed, SymbolState
from sims.simulation import Simulation
from sims.streams import ACTIONS, Source
from tests.recorded.books import check_books
from tests.recorded.hearing import Heard
from tests.recorded.market import dropped_of, holes_of, marks_of
from tests.recorded.prices import check_prices
from trader.config.schema import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What a run came to: rows of prices and what became of them, fills, gaps, the digest."""

    rows: int
    heard: int
    dropped: int
    gaps: int
    fills: int
    digest: str


def audited(config: Config, make: Callable[[], Simulation]) -> Audited:
    """Plays a run on one file with somebody listening, and asserts that all of it adds up."""
    whole, heard = make(), Heard()
    whole.core.reactor.observer = heard.hear
    whole.run()
    assert whole.core.reactor.state.quarantined == {}
    [source] = [each for each in whole.sources if each.kind != ACTIONS]
    feed = _feed(whole, source)
    dropped = feed.dropped + sum(each.dropped for each in feed.bars)
    _check_rows(whole, source, heard, dropped)
    check_books(config, whole, marks_of(source, heard.tops), heard.splits)
    check_prices(config, whole, source, heard)
    return Audited(
        rows=source.stop - source.start,
        heard=_rows_heard(whole),
        dropped=dropped,
        gaps=heard.gaps + feed.book.gaps,
        fills=len(whole.core.tables.tables["fills"]),
        digest=whole.core.tables.digest(),
    )


def _feed(whole: Simulation, source: Source) -> SymbolState:
    [feed] = [each for each in whole.core.reactor.actors if isinstance(each, Feed)]
    return feed.state.symbols[source.instrument]


def _rows_heard(whole: Simulation) -> int:
    [sundry] = [each for each in whole.core.strategies if each.name == "strategy:sundry"]
    heard: int = sundry.strategy.state.heard
    return heard


def _check_rows(whole: Simulation, source: Source, heard: Heard, dropped: int) -> None:
    """Every row counts once, and all but the crossed quotes are heard by who trades on them."""
    count = source.stop - source.start
    assert whole.rows == whole.rows_total == whole.core.reactor.state.seq
    if source.kind == "depth":
        assert _rows_heard(whole) == len(heard.tops)
    else:
        assert dropped == dropped_of(source)
        assert _rows_heard(whole) == count - dropped
        assert heard.gaps == holes_of(source)
