"""What the venue takes of each symbol, as dated versions of the instrument.

The venue changes its steps and its bounds, so what it says now is a version from now on. A bound
of zero is none. Filters that bound an order against the market, not against a number, are left to
the venue: it refuses such an order before its engine sees it.
"""

from decimal import Decimal
from typing import Final

from msgspec import Struct, field

from trader.errors import VenueFault
from trader.logic.rules.limits import Filters
from trader.model.instrument import Instrument, InstrumentVersion
from trader.model.money import MoneyScale, plain
from trader.model.units import Nanoseconds
from trader.venues.binance.frames import RateLimit
from trader.venues.binance.grid import Grid, amount

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
    orders_max: int | None = field(name="maxNumOrders", default=None)


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
    notional = filters.get("NOTIONAL") or filters.get("MIN_NOTIONAL")
    orders = filters.get("MAX_NUM_ORDERS")
    return InstrumentVersion(
        since=since,
        tick=_normal(price.tick),
        lot=_normal(lots.step),
        size_min=_bound(lots.size_min),
        size_max=_bound(lots.size_max),
        price_min=_bound(price.price_min),
        price_max=_bound(price.price_max),
        notional_min=None if notional is None else _bound(notional.notional_min),
        orders_max=None if orders is None else orders.orders_max,
        is_trading=info.status == TRADING,
    )


def instrument_of(info: SymbolInfo, venue: str, since: Nanoseconds) -> Instrument:
    """A symbol as an instrument with its first version."""
    return Instrument(
        symbol=info.symbol,
        venue=venue,
        currency=info.quote,
        versions=(version_of(info, since),),
        shortable=False,
    )


def misfit(version: InstrumentVersion, grid: Grid) -> str:
    """Why a grid of ours does not fit the venue's; empty if it does.

    Prices must lie on the very steps of the venue. Sizes may be counted in finer lots: orders are
    then held to the venue's steps.
    """
    if grid.tick != version.tick:
        return f"a tick of {plain(grid.tick)}, the venue's is {plain(version.tick)}"
    if version.lot % grid.lot:
        return f"a lot of {plain(grid.lot)}, the venue's is {plain(version.lot)}"
    return ""


def filters_of(version: InstrumentVersion, grid: Grid, scale: MoneyScale) -> Filters:
    """The venue's bounds in ticks, lots and money of a grid that fits them."""
    step = int(version.lot / grid.lot)
    least = version.notional_min
    return Filters(
        lots_min=_count(version.size_min, grid.lot),
        lots_max=_count(version.size_max, grid.lot),
        lots_step=step if step > 1 else None,
        ticks_min=_count(version.price_min, grid.tick),
        ticks_max=_count(version.price_max, grid.tick),
        notional_min=None if least is None else scale.of(least),
    )


def _count(bound: Decimal | None, step: Decimal) -> int | None:
    return None if bound is None else int(bound / step)


def _bound(text: str) -> Decimal | None:
    return _normal(text) if amount(text) else None


def _normal(text: str) -> Decimal:
    """Without trailing zeros, so that the same number is the same version."""
    return Decimal(plain(amount(text)))
