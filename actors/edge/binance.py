"""The way to Binance that a configuration describes: what it must say, and the dialogue it gets."""

from typing import Final

from trader.config.schema import Config
from trader.errors import ConfigError
from trader.model.money import MoneyScale
from trader.venues.binance.dialogue import BinanceDialogue
from trader.venues.binance.grid import Grid, grid_of
from trader.venues.binance.inquiry import Patience
from trader.venues.binance.signing import Keys

VENUE: Final = "binance"


_LOOPBACK: Final = ("ws://127.0.0.1:", "ws://localhost:", "ws://[::1]:")


def check_way(config: Config) -> str:
    """The address of the venue's WebSocket API; a ConfigError for what cannot reach it yet."""
    gateway = config.gateway
    assert gateway is not None
    if gateway.venue != VENUE:
        raise ConfigError(
            f"no live gateway speaks to {gateway.venue} yet",
            where="gateway.venue",
            hint=f"there is {VENUE}",
        )
    for each in config.instruments:
        if each.venue != gateway.venue:
            where = f"instruments.{each.name}"
            raise ConfigError(f"{each.name} is not traded at {gateway.venue}", where=where)
    for strategy in config.strategies:
        if strategy.exits:
            where = f"strategies.{strategy.name}.exits"
            raise ConfigError("protective exits do not reach a live venue yet", where=where)
    if gateway.ws_api is None:
        raise ConfigError(
            "a live run needs the address of the venue's WebSocket API", where="gateway.ws_api"
        )
    if not gateway.ws_api.startswith(_LOOPBACK):
        # A live run is fed by recorded bars so far: no order that follows them may reach a market.
        raise ConfigError(
            "a live run trades on a loopback venue alone so far",
            where="gateway.ws_api",
            hint=f"an address that begins with {_LOOPBACK[0]}",
        )
    return gateway.ws_api


def dialogue_of(
    config: Config, scale: MoneyScale, keys: Keys, patience: Patience
) -> BinanceDialogue:
    """The dialogue about the configured instruments; raises ConfigError for one it cannot have."""
    grids: list[Grid] = []
    for each in config.instruments:
        try:
            grid = grid_of(
                symbol=each.symbol,
                venue=each.venue,
                quote=each.currency,
                steps=(each.tick, each.lot),
                scale=scale,
            )
        except ValueError as error:
            where = f"instruments.{each.name}.currency"
            raise ConfigError(f"the venue's symbol {error}", where=where) from None
        grids.append(grid)
    return BinanceDialogue(keys, grids, patience)
