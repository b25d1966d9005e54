"""Methods that need no key: ping, time, exchangeInfo."""

from sims.servers.binance import refusals
from sims.servers.binance.amounts import PLACES
from sims.servers.binance.filters import described
from sims.servers.binance.markets import Market
from sims.servers.binance.methods.call import Call, Outcome
from sims.servers.binance.orders import OrderType, SelfTrade
from sims.servers.binance.refusals import RefusedError
from sims.servers.binance.reports import NS_PER_MS


def ping(call: Call) -> Outcome:
    """Answer that the venue is there."""
    call.params.done()
    return {}


def time(call: Call) -> Outcome:
    """Tell the venue's time in milliseconds."""
    call.params.done()
    return {"serverTime": call.now // NS_PER_MS}


def exchange_info(call: Call) -> Outcome:
    """Describe the limits, and the symbols that were asked for or all of them."""
    symbols = _asked(call)
    call.params.done()
    return {
        "timezone": "UTC",
        "serverTime": call.now // NS_PER_MS,
        "rateLimits": [window.describe() for window in call.limits.windows],
        "exchangeFilters": [],
        "symbols": [_symbol(call.engine.markets[symbol]) for symbol in symbols],
    }


def _asked(call: Call) -> list[str]:
    one = call.symbol_or_none()
    many = call.params.texts("symbols")
    if one is not None and many is not None:
        raise RefusedError(refusals.BAD_COMBINATION)
    if one is not None:
        return [one]
    if many is not None:
        return [call.known_symbol(symbol) for symbol in many]
    return list(call.engine.markets)


def _symbol(market: Market) -> dict[str, object]:
    rules = market.rules
    return {
        "symbol": rules.symbol,
        "status": market.status.value,
        "baseAsset": rules.base,
        "baseAssetPrecision": PLACES,
        "quoteAsset": rules.quote,
        "quotePrecision": PLACES,
        "quoteAssetPrecision": PLACES,
        "baseCommissionPrecision": PLACES,
        "quoteCommissionPrecision": PLACES,
        "orderTypes": [kind.value for kind in OrderType],
        "icebergAllowed": False,
        "ocoAllowed": True,
        "otoAllowed": True,
        "opoAllowed": False,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": False,
        "cancelReplaceAllowed": True,
        "amendAllowed": True,
        "pegInstructionsAllowed": False,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": described(rules),
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": SelfTrade.NONE.value,
        "allowedSelfTradePreventionModes": [mode.value for mode in SelfTrade],
    }
