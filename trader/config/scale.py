"""The money of a run, from its configuration: how small its quantum has to be."""

from trader.config.schema import Config
from trader.model.money import MoneyScale, money_scale


def scale_of(config: Config) -> MoneyScale:
    """The money quantum of a run with this configuration.

    Fees and dividends are counted in eight places; without either, half a tick x lot and the
    opening cash say how many there are.
    """
    venue = config.venue
    fees = any((venue.maker_bps, venue.taker_bps, venue.per_lot))
    dividends = any(source.kind == "actions" for source in config.data)
    grids = [(each.name, each.tick, each.lot) for each in config.instruments]
    return money_scale(grids, config.account.cash, fees=fees or dividends)
