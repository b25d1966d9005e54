"""Builds a simulation from a configuration: its data, the venue's rules, the wired core."""

from decimal import Decimal
from fractions import Fraction
from typing import Final

from actors.assembly import Core, fraction, warmup_bars
from sims.history import Source
from sims.simulation import Clock, Simulation
from sims.venue import BarVenue, VenueRules
from trader.config.schema import Config
from trader.data.sources import open_source
from trader.model.money import FEE_PLACES, MoneyScale

BPS: Final = 10_000
"""Basis points in the whole."""


def open_sources(config: Config) -> list[Source]:
    """The run's part of every data file, warm-up included; raises DataError for a broken one."""
    sources = []
    for data in config.data:
        file = open_source(config, data)
        warmup = max(
            (warmup_bars(s) for s in config.strategies if s.instrument == data.instrument),
            default=0,
        )
        start, stop = file.window(config.run.from_, config.run.to, warmup)
        sources.append(
            Source(
                instrument=data.instrument,
                interval_ns=data.interval_ns,
                file=file,
                start=start,
                stop=stop,
            )
        )
    return sources


def venue_rules(config: Config, scale: MoneyScale) -> VenueRules:
    """The venue section as exact fractions, fees in money."""
    venue = config.venue
    per_lot = Fraction(venue.per_lot) * 10**scale.places
    return VenueRules(
        slippage=_bps(venue.slippage_bps).as_integer_ratio(),
        slippage_ticks=venue.slippage_ticks,
        participation=None if venue.participation is None else fraction(venue.participation),
        touch=int(venue.touch_fills),
        maker=_bps(venue.maker_bps),
        taker=_bps(venue.taker_bps),
        per_lot=per_lot,
        fee_quanta=10 ** max(0, scale.places - FEE_PLACES),
    )


def build(config: Config, sources: list[Source], clock: Clock) -> Simulation:
    """A simulation at its very start."""
    core = Core(config, patient=False)
    halves = {source.instrument: core.scale.half[source.instrument] for source in sources}
    venue = BarVenue(halves, venue_rules(config, core.scale))
    return Simulation(core, venue, sources, config.run.name, clock)


def _bps(amount: Decimal) -> Fraction:
    return Fraction(amount) / BPS
