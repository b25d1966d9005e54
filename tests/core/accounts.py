"""Portfolios for tests, and what happens to them."""

from actors.core.portfolio import Portfolio, Watched
from tests.core.making import A, B
from trader.model.account import EquityMarked
from trader.model.control import DividendPaid, RunStarted, SplitEffective
from trader.model.market import Quote, Trade

CASH = 1_000_000
HALF = {A: 1, B: 5}
SAMPLE_NS = 100
STARTED = RunStarted(run="trial", epoch=1)


WATCHED = Watched(always=True)


UNWATCHED = Watched()


def portfolio(watched: Watched = UNWATCHED, *, sample_from: int = 0) -> Portfolio:
    """Two strategies; half a tick x lot is worth 1 in A and 5 in B."""
    return Portfolio(
        HALF,
        ["one", "two"],
        CASH,
        watched=watched,
        next_sample=lambda ts: (ts // SAMPLE_NS + 1) * SAMPLE_NS,
        sample_from=sample_from,
    )


def marked(equity: int, peak: int, cash: int = CASH, session: int = CASH) -> EquityMarked:
    return EquityMarked(equity=equity, peak=peak, cash=cash, session=session)


def quote(bid: int, ask: int, *, instrument: str = A) -> Quote:
    return Quote(instrument, bid, ask, 1, 1, 0)


def trade(ticks: int) -> Trade:
    return Trade(A, ticks, 1, 1, 1, 0)


def split(numerator: int, denominator: int = 1) -> SplitEffective:
    return SplitEffective(instrument=A, numerator=numerator, denominator=denominator, ts_event=0)


def dividend(amount: int) -> DividendPaid:
    return DividendPaid(instrument=A, amount=amount, ts_event=0)


def row(made: Portfolio) -> tuple[int, int, int, int, int]:
    sampled = made.sample()
    return sampled.equity, sampled.cash, sampled.realized, sampled.unrealized, sampled.peak
