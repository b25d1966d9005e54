"""Methods that need no key: ping, time, exchangeInfo."""

from typing import Final

from sims.servers.binance import filters, refusals
from sims.servers.binance.amounts import PLACES
from sims.servers.binance.markets import Market, MarketStatus
from sims.servers.binance.methods.call import Call, Outcome
from sims.servers.binance.orders import OrderType, SelfTrade
from sims.servers.binance.params import Params
from sims.servers.binance.refusals import RefusedError

SPOT: Final = "SPOT"


def ping(call: Call) -> Outcome:
    """Answer that the venue is there."""
    call.params.done()
    return {}


def time(call: Call) -> Outcome:
    """Tell the venue's time."""
    call.params.done()
    return {"serverTime": call.now // call.unit}


def exchange_info(call: Call) -> Outcome:
    """Describe the limits, and the symbols that were asked for or all of them."""
    markets = _asked(call)
    shows_permissions = call.params.flag("showPermissionSets") is not False
    call.params.done()
    return {
        "timezone": "UTC",
        "serverTime": call.now // call.unit,
        "rateLimits": [window.describe() for window in call.limits.windows],
        "exchangeFilters": [],
        "symbols": [_symbol(market, shows_permissions=shows_permissions) for market in markets],
    }


def _asked(call: Call) -> list[Market]:
    one = call.symbol_or_none()
    many = call.params.texts("symbols")
    permissions = _permissions(call.params)
    status = call.params.choice("symbolStatus", MarketStatus, refusals.invalid("symbolStatus"))
    if sum(asked is not None for asked in (one, many, permissions)) > 1:
        raise RefusedError(refusals.BAD_COMBINATION)
    markets = call.engine.markets
    if one is not None:
        return [markets[one]]
    if many is not None:
        return [markets[call.known_symbol(symbol)] for symbol in many]
    if permissions is not None and SPOT not in permissions:
        return []
    return [market for market in markets.values() if status in {None, market.status}]


def _permissions(params: Params) -> list[str] | None:
    """Read a permission by itself, or a list of them."""
    value = params.values.get("permissions")
    if isinstance(value, str) and not value.startswith("["):
        return [params.required("permissions")]
    return params.texts("permissions")


def _symbol(market: Market, *, shows_permissions: bool) -> dict[str, object]:
    rules = market.rules
    described: dict[str, object] = {
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
        "filters": filters.described(rules),
        "permissions": [],
        "defaultSelfTradePreventionMode": SelfTrade.NONE.value,
        "allowedSelfTradePreventionModes": [mode.value for mode in SelfTrade],
    }
    return described | {"permissionSets": [[SPOT]]} if shows_permissions else described
