"""Breakers for generated runs: what may be lost, near what the strategies lose."""

from dataclasses import replace
from fractions import Fraction
from typing import Final

from sims.seeds import stream
from tests.oracle.breakers import REMEDIES, Breakers
from tests.oracle.run import OracleRun
from tests.semantics.markets import Chance, sessions_of, within

LOSSES: Final = (1, 12, 40, 120, 400)
"""Losses in ticks times lots: of one lot in a bar, up to that of a position in a jump."""


def with_breakers(seed: int, run: OracleRun) -> OracleRun:
    """Now and then the run of a seed with breakers, drawn for themselves: all else stays.

    What is to be closed is tried again when any session begins, so all of them must be known.
    """
    rng = stream(seed, "breakers")
    if rng.random() >= 0.3:
        return run
    bars = [bar for source in run.sources for bar in source.bars]
    first, last = min(bar.ts_open for bar in bars), max(bar.ts_close for bar in bars)
    calendars = {name: within(sessions_of(name), first, last) for name in run.calendars}
    return replace(run, breakers=breakers(rng, run), calendars=calendars)


def breakers(rng: Chance, run: OracleRun) -> Breakers:
    """One bound or both, and what comes of it."""
    drawdown, daily = rng.choice(((True, False), (False, True), (True, True)))
    return Breakers(
        drawdown_max=_share(rng, run) if drawdown else None,
        daily_loss_max=_share(rng, run) if daily else None,
        on_breach=rng.choice(tuple(REMEDIES)),
    )


def _share(rng: Chance, run: OracleRun) -> Fraction:
    """A share of the cash in billionths, as a configuration would have it."""
    unit = rng.choice(run.instruments).unit
    exact = rng.choice(LOSSES) * unit / run.cash
    return min(max(Fraction(round(exact * 10**9)), Fraction(1)) / 10**9, Fraction(1))
