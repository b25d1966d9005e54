"""The way to Binance that a configuration describes: what it must say, and the dialogue it gets."""

from collections.abc import Callable
from typing import Final, TypeAlias

from actors.runtime.calls import calling
from trader.calendars.table import calendar
from trader.config.schema import Config, InstrumentConfig
from trader.errors import ConfigError
from trader.logic.rules.limits import Steps
from trader.logic.rules.listing import misfit
from trader.model.money import MoneyScale
from trader.model.units import HOUR_NS, SECOND_NS, Nanoseconds
from trader.venues.binance.budget import Budget
from trader.venues.binance.correspondence import Correspondence
from trader.venues.binance.dialogue import BinanceDialogue
from trader.venues.binance.exchange_info import ExchangeInfo, version_of
from trader.venues.binance.frames import decoded
from trader.venues.binance.grid import Grid, grid_of
from trader.venues.binance.inquiry import Patience
from trader.venues.binance.market import INTERVALS
from trader.venues.binance.market_client import BinanceMarket, Wanted
from trader.venues.binance.requests import exchange_info
from trader.venues.binance.rest import OK, call_of
from trader.venues.binance.signing import KeyPair, Keys

VENUE: Final = "binance"
PUBLIC: Final = KeyPair("", "")
"""What everybody may ask is not signed."""
ANSWER_WITHIN_NS: Final = 10 * SECOND_NS

Since: TypeAlias = Callable[[str, Nanoseconds], Nanoseconds | None]
"""From an instrument and a length of bars to the end of the last one that the core has heard."""

_LOOPBACK: Final = ("ws://127.0.0.1:", "ws://localhost:", "ws://[::1]:")


def check_way(config: Config) -> str:
    """The address of the venue's WebSocket API; a ConfigError for what cannot reach it."""
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
    if gateway.ws_api is None:
        raise ConfigError(
            "a live run needs the address of the venue's WebSocket API", where="gateway.ws_api"
        )
    if gateway.ws_stream is None and not is_loopback(gateway.ws_api):
        # What plays recorded bars must not send the orders that follow from them to a market.
        raise ConfigError(
            "without market data of the venue's own a run trades on a loopback venue alone",
            where="gateway.ws_stream",
            hint=f"give it, or a ws_api that begins with {_LOOPBACK[0]}",
        )
    if gateway.ws_stream is not None and gateway.rest is None:
        raise ConfigError(
            "bars that were missed and snapshots of books are asked for over REST",
            where="gateway.rest",
            hint="give its address",
        )
    return gateway.ws_api


def is_loopback(address: str) -> bool:
    """Whether it is on this machine, where no money is real."""
    return address.startswith(_LOOPBACK)


def mode_of(config: Config) -> str:
    """`loopback` where no money is real, else `live`."""
    gateway = config.gateway
    assert gateway is not None
    return "loopback" if is_loopback(gateway.ws_api or "") else "live"


def dialogue_of(
    config: Config, scale: MoneyScale, keys: Keys, patience: Patience, budget: Budget
) -> BinanceDialogue:
    """The dialogue about the configured instruments; raises ConfigError for one it cannot have."""
    gateway = config.gateway
    assert gateway is not None
    has_rest = gateway.rest is not None
    grids = [_grid(each, scale) for each in config.instruments]
    return BinanceDialogue(
        keys,
        grids,
        patience,
        account=config.account.id,
        has_rest=has_rest,
        budget=budget,
        reads_rules=True,
    )


def market_of(
    config: Config, scale: MoneyScale, access: tuple[Keys, Budget], since: Since
) -> BinanceMarket:
    """The conversation about all data of the configuration, bars of the past from `since` on.

    Raises ConfigError for what the venue does not stream.
    """
    keys, budget = access
    line = Correspondence(keys, ANSWER_WITHIN_NS, has_rest=True, budget=budget)
    wanted = [_wanted(each, config, scale, since) for each in config.instruments]
    # On paper nobody else asks what the venue takes; and where a price off our grid has broken the
    # connection, the next one finds out why.
    return BinanceMarket(wanted, line, read_rules_every_ns=HOUR_NS)


def _wanted(
    instrument: InstrumentConfig, config: Config, scale: MoneyScale, since: Since
) -> Wanted:
    own = [each for each in config.data if each.instrument == instrument.name]
    kinds = {each.kind for each in own}
    lengths = tuple(sorted({each.interval_ns for each in own if each.kind == "bars"}))
    for length in lengths:
        if length not in INTERVALS:
            raise ConfigError(
                f"the venue has no bars of {length // SECOND_NS} s",
                where=f"data of {instrument.name}",
                hint=f"it has {', '.join(INTERVALS.values())}",
            )
    begins = {length: since(instrument.name, length) for length in lengths}
    return Wanted(
        grid=_grid(instrument, scale),
        sessions=calendar(instrument.calendar or "UTC"),
        quotes="quotes" in kinds,
        trades="trades" in kinds,
        bars=lengths,
        since={length: ts for length, ts in begins.items() if ts is not None},
        depth="depth" in kinds,
    )


def _grid(instrument: InstrumentConfig, scale: MoneyScale) -> Grid:
    try:
        return grid_of(
            symbol=instrument.symbol,
            venue=instrument.venue,
            quote=instrument.currency,
            steps=(instrument.tick, instrument.lot),
            scale=scale,
        )
    except ValueError as error:
        where = f"instruments.{instrument.name}.currency"
        raise ConfigError(f"the venue's symbol {error}", where=where) from None


async def check_rules(config: Config, rest: str) -> bool:
    """Holds the configured instruments against the venue's own rules; whether it told them.

    Raises ConfigError for a symbol that it has not, and for a grid that is not its own.
    """
    symbols = [each.symbol for each in config.instruments]
    async with calling(rest) as calls:
        reply = await calls.make(call_of(exchange_info(symbols), PUBLIC, 0))
    if reply is None or reply.status != OK:
        if reply is not None and b"-1121" in reply.body:
            raise ConfigError(
                f"the venue does not know all of {', '.join(symbols)}", where="instruments"
            )
        return False
    known = {each.symbol: each for each in decoded(reply.body, ExchangeInfo).symbols}
    for each in config.instruments:
        info = known.get(each.symbol)
        reason = "the venue does not know it" if info is None else ""
        if info is not None:
            reason = misfit(version_of(info, 0), Steps(tick=each.tick, lot=each.lot))
        if reason:
            raise ConfigError(
                f"{each.name}: {reason}",
                where=f"instruments.{each.name}",
                hint="take tick and lot from the venue's exchangeInfo",
            )
    return True
