"""Breakers for generated runs: what may be lost, slip, or stand without a stop, near what does."""

from dataclasses import replace
from fractions import Fraction
from typing import Final, TypeVar

from sims.seeds import stream
from tests.oracle.breakers import REMEDIES, Breakers
from tests.oracle.market import Sessions
from tests.oracle.run import OracleRun
from tests.oracle.tape.rows import TapeRun
from tests.semantics.markets import Chance, sessions_of, within

LOSSES: Final = (1, 12, 40, 120, 400)
"""Losses in ticks times lots: of one lot in a bar, up to that of a position in a jump."""
SLIPS: Final = (0, 5, 40, 200, 1_000)
"""Basis points: of a tick of slippage, up to those of a jump between decision and fill."""
NAKED: Final = (0, 1, 10**5, 10**6, 10**7)
"""Ticks times lots times seconds: of an instant, up to those of a position in several bars."""

Run = TypeVar("Run", bound=OracleRun)


def with_breakers(seed: int, run: Run) -> Run:
    """Now and then the run of a seed with breakers, drawn for themselves: all else stays.

    What is to be closed is tried again when any session begins, so all of them must be known.
    """
    losses, others = stream(seed, "breakers"), stream(seed, "slips")
    found = Breakers()
    if losses.random() < 0.3:
        found = breakers(losses, run)
    if others.random() < 0.15:
        found = with_others(others, run, found)
    return run if found == Breakers() else replace(run, breakers=found, calendars=_all(run))


def _all(run: OracleRun) -> dict[str, Sessions]:
    times = [
        ts for source in run.sources for bar in source.bars for ts in (bar.ts_open, bar.ts_close)
    ]
    if isinstance(run, TapeRun):
        times += [tick.ts for tape in run.tapes for tick in tape.ticks]
    first, last = min(times), max(times)
    return {name: within(sessions_of(name), first, last) for name in run.calendars}


def breakers(rng: Chance, run: OracleRun) -> Breakers:
    """A bound on losses or both, and what comes of it."""
    drawdown, daily = rng.choice(((True, False), (False, True), (True, True)))
    return Breakers(
        drawdown_max=_share(rng, run) if drawdown else None,
        daily_loss_max=_share(rng, run) if daily else None,
        on_breach=rng.choice(tuple(REMEDIES)),
    )


def with_others(rng: Chance, run: OracleRun, found: Breakers) -> Breakers:
    """The same with a bound on slippage, on what stands without a stop, or on both."""
    slips, naked = rng.choice(((True, False), (False, True), (True, True)))
    unit = rng.choice(run.instruments).unit
    return replace(
        found,
        slippage_bps_max=Fraction(rng.choice(SLIPS)) if slips else None,
        slippage_window=rng.choice((1, 1, 2, 3, 6)),
        unprotected_max=rng.choice(NAKED) * unit if naked else None,
        on_breach=rng.choice(tuple(REMEDIES)),
    )


def _share(rng: Chance, run: OracleRun) -> Fraction:
    """A share of the cash in billionths, as a configuration would have it."""
    unit = rng.choice(run.instruments).unit
    exact = rng.choice(LOSSES) * unit / run.cash
    return min(max(Fraction(round(exact * 10**9)), Fraction(1)) / 10**9, Fraction(1))
