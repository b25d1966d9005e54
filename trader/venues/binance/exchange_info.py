"""What the venue takes of each symbol, as dated versions of the instrument.

The venue changes its steps and its bounds, so what it says now is a version from now on. A bound
of zero is none. Filters that bound a price against an average of minutes are left to the venue,
for nobody here knows that average; against the last price they can be judged. A bound of worth is
held against the last price all the same.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from msgspec import Struct, field

from trader.errors import VenueFault
from trader.model.instrument import Band, Instrument, InstrumentVersion
from trader.model.money import plain
from trader.model.units import Nanoseconds
from trader.venues.binance.frames import RateLimit
from trader.venues.binance.grid import amount

TRADING: Final = "TRADING"


class Filter(Struct, frozen=True, kw_only=True):
    """One filter; which fields it has depends on its kind."""

    kind: str = field(name="filterType")
    price_min: str = field(name="minPrice", default="0")
    price_max: str = field(name="maxPrice", default="0")
    tick: str = field(name="tickSize", default="0")
    size_min: str = field(name="minQty", default="0")
    size_max: str = field(name="maxQty", default="0")
    step: str = field(name="stepSize", default="0")
    notional_min: str = field(name="minNotional", default="0")
    notional_max: str = field(name="maxNotional", default="0")
    min_to_market: bool | None = field(name="applyMinToMarket", default=None)
    max_to_market: bool = field(name="applyMaxToMarket", default=True)
    to_market: bool = field(name="applyToMarket", default=True)
    minutes: int = field(name="avgPriceMins", default=0)
    up: str = field(name="multiplierUp", default="0")
    down: str = field(name="multiplierDown", default="0")
    bid_up: str = field(name="bidMultiplierUp", default="0")
    bid_down: str = field(name="bidMultiplierDown", default="0")
    ask_up: str = field(name="askMultiplierUp", default="0")
    ask_down: str = field(name="askMultiplierDown", default="0")
    orders_max: int | None = field(name="maxNumOrders", default=None)


_NO_FILTER: Final = Filter(kind="")


class SymbolInfo(Struct, frozen=True, kw_only=True):
    """What the venue says of a symbol."""

    symbol: str
    status: str = TRADING
    base: str = field(name="baseAsset")
    quote: str = field(name="quoteAsset")
    filters: tuple[Filter, ...] = ()
    can_amend: bool = field(name="amendAllowed", default=False)
    has_oco: bool = field(name="ocoAllowed", default=False)
    has_oto: bool = field(name="otoAllowed", default=False)


class ExchangeInfo(Struct, frozen=True, kw_only=True):
    """The venue's rules: what it counts, and its symbols."""

    limits: tuple[RateLimit, ...] = field(name="rateLimits", default=())
    symbols: tuple[SymbolInfo, ...] = ()


def version_of(info: SymbolInfo, since: Nanoseconds) -> InstrumentVersion:
    """What the venue takes of a symbol from this instant on; VenueFault if it has no steps."""
    filters = {each.kind: each for each in info.filters}
    price, lots = filters.get("PRICE_FILTER"), filters.get("LOT_SIZE")
    if price is None or lots is None or not amount(price.tick) or not amount(lots.step):
        raise VenueFault("the venue names no steps of prices and sizes", where=info.symbol)
    market = filters.get("MARKET_LOT_SIZE", _NO_FILTER)
    worth = filters.get("NOTIONAL") or filters.get("MIN_NOTIONAL") or _NO_FILTER
    orders = filters.get("MAX_NUM_ORDERS", _NO_FILTER)
    min_to_market = worth.to_market if worth.min_to_market is None else worth.min_to_market
    return InstrumentVersion(
        since=since,
        tick=_normal(price.tick),
        lot=_normal(lots.step),
        size_min=_bound(lots.size_min),
        size_max=_bound(lots.size_max),
        price_min=_bound(price.price_min),
        price_max=_bound(price.price_max),
        market_size_min=_bound(market.size_min),
        market_size_max=_bound(market.size_max),
        market_lot=_bound(market.step),
        notional_min=_bound(worth.notional_min),
        notional_max=_bound(worth.notional_max),
        notional_min_spares_market=not min_to_market,
        notional_max_spares_market=not worth.max_to_market,
        band=_band(filters),
        orders_max=orders.orders_max,
        is_trading=info.status == TRADING,
        status=info.status,
    )


def _band(filters: Mapping[str, Filter]) -> Band | None:
    """The bounds of a limit where they are multiples of the last price."""
    by_side, plainly = filters.get("PERCENT_PRICE_BY_SIDE"), filters.get("PERCENT_PRICE")
    if by_side is not None and not by_side.minutes:
        texts = by_side.bid_down, by_side.bid_up, by_side.ask_down, by_side.ask_up
    elif plainly is not None and not plainly.minutes:
        texts = plainly.down, plainly.up, plainly.down, plainly.up
    else:
        return None
    least_bid, most_bid, least_ask, most_ask = map(_normal, texts)
    return Band(buy_min=least_bid, buy_max=most_bid, sell_min=least_ask, sell_max=most_ask)


def instrument_of(info: SymbolInfo, venue: str, since: Nanoseconds) -> Instrument:
    """A symbol as an instrument with its first version."""
    return Instrument(
        symbol=info.symbol,
        venue=venue,
        currency=info.quote,
        versions=(version_of(info, since),),
        shortable=False,
    )


def _bound(text: str) -> Decimal | None:
    return _normal(text) if amount(text) else None


def _normal(text: str) -> Decimal:
    """Without trailing zeros, so that the same number is the same version."""
    return Decimal(plain(amount(text)))
