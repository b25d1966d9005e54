"""REST without its socket: an HTTP request becomes a request, its reply a body with headers.

A signature is made over the query exactly as it was sent, directly followed by the form in the
body, both without the signature itself. So raw text is kept, and nothing is ever encoded anew.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote_plus

import msgspec
from msgspec import Struct

from sims.servers.binance import refusals
from sims.servers.binance.limits import NS_PER_S, WEIGHT
from sims.servers.binance.protocol import Reply
from sims.servers.binance.refusals import Refusal
from sims.servers.binance.reports import MILLISECOND, NS_PER_MS, UNITS
from sims.servers.binance.request import Request

ROOT: Final = "/api/v3/"
ROUTES: Final[Mapping[tuple[str, str], str]] = {
    ("GET", "ping"): "ping",
    ("GET", "time"): "time",
    ("GET", "exchangeInfo"): "exchangeInfo",
    ("GET", "depth"): "depth",
    ("GET", "trades"): "trades.recent",
    ("GET", "historicalTrades"): "trades.historical",
    ("GET", "aggTrades"): "trades.aggregate",
    ("GET", "klines"): "klines",
    ("GET", "uiKlines"): "uiKlines",
    ("GET", "avgPrice"): "avgPrice",
    ("GET", "ticker"): "ticker",
    ("GET", "ticker/tradingDay"): "ticker.tradingDay",
    ("GET", "ticker/24hr"): "ticker.24hr",
    ("GET", "ticker/price"): "ticker.price",
    ("GET", "ticker/bookTicker"): "ticker.book",
    ("GET", "order"): "order.status",
    ("POST", "order"): "order.place",
    ("DELETE", "order"): "order.cancel",
    ("POST", "order/test"): "order.test",
    ("POST", "order/cancelReplace"): "order.cancelReplace",
    ("PUT", "order/amend/keepPriority"): "order.amend.keepPriority",
    ("GET", "order/amendments"): "order.amendments",
    ("GET", "myPreventedMatches"): "myPreventedMatches",
    ("POST", "orderList/oco"): "orderList.place.oco",
    ("POST", "orderList/oto"): "orderList.place.oto",
    ("POST", "orderList/otoco"): "orderList.place.otoco",
    ("DELETE", "orderList"): "orderList.cancel",
    ("GET", "orderList"): "orderList.status",
    ("GET", "openOrderList"): "openOrderLists.status",
    ("GET", "allOrderList"): "allOrderLists",
    ("DELETE", "openOrders"): "openOrders.cancelAll",
    ("GET", "allOrders"): "allOrders",
    ("GET", "account/commission"): "account.commission",
    ("GET", "rateLimit/order"): "account.rateLimits.orders",
    ("GET", "openOrders"): "openOrders.status",
    ("GET", "account"): "account.status",
    ("GET", "myTrades"): "myTrades",
    ("POST", "userDataStream"): "userDataStream.start",
    ("PUT", "userDataStream"): "userDataStream.ping",
    ("DELETE", "userDataStream"): "userDataStream.stop",
}
KEY_HEADER: Final = "X-MBX-APIKEY"
UNIT_HEADER: Final = "X-MBX-TIME-UNIT"
RETRY_STATUSES: Final = frozenset({418, 429})
MS_PER_S: Final = NS_PER_S // NS_PER_MS
CONTENT_TYPE: Final = "application/json;charset=UTF-8"
FORM_TYPE: Final = "application/x-www-form-urlencoded"


class Response(Struct, frozen=True, kw_only=True):
    """What is sent back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def read(
    verb: str, path_qs: str, form: str, headers: Mapping[str, str]
) -> Request | Refusal | None:
    """Read an HTTP request; None says that there is no such path, or not for this verb."""
    path, _, query = path_qs.partition("?")
    method = ROUTES.get((verb, path.removeprefix(ROOT))) if path.startswith(ROOT) else None
    if method is None:
        return None
    unit = UNITS.get(headers.get(UNIT_HEADER, MILLISECOND).upper())
    if unit is None:
        return refusals.BAD_TIME_UNIT
    body = "" if verb == "GET" else form
    params: dict[str, object] = {}
    signed: list[str] = []
    for part in (query, body):
        pairs = [pair for pair in part.split("&") if pair]
        found = [_decoded(pair) for pair in pairs]
        if len({name for name, _ in found}) < len(found):
            return refusals.DUPLICATE_PARAMETER
        # What the query says counts, whatever the body says.
        params = dict(found) | params
        signed.append("&".join(pair for pair in pairs if not pair.startswith("signature=")))
    return Request(
        method=method,
        params=params,
        key=headers.get(KEY_HEADER) or None,
        raw="".join(signed),
        unit=unit,
    )


def respond(reply: Reply) -> Response:
    """Return the HTTP response that tells `reply`."""
    headers = {"Content-Type": CONTENT_TYPE, **_meters(reply)}
    outcome = reply.outcome
    if not isinstance(outcome, Refusal):
        return Response(status=reply.status, headers=headers, body=msgspec.json.encode(outcome))
    body: dict[str, object] = {"code": outcome.code, "msg": outcome.text}
    if outcome.data is not None:
        if outcome.status in RETRY_STATUSES:
            headers["Retry-After"] = _retry_after(outcome.data)
        else:
            body["data"] = outcome.data
    return Response(status=reply.status, headers=headers, body=msgspec.json.encode(body))


def _decoded(pair: str) -> tuple[str, str]:
    name, _, value = pair.partition("=")
    return unquote_plus(name), unquote_plus(value)


def _meters(reply: Reply) -> dict[str, str]:
    headers = {}
    for reading in reply.readings:
        window = reading.window
        name = "USED-WEIGHT" if window.kind == WEIGHT.kind else "ORDER-COUNT"
        headers[f"X-MBX-{name}-{window.number}{window.interval[0]}"] = str(reading.count)
        if window.kind == WEIGHT.kind:
            headers["X-MBX-USED-WEIGHT"] = str(reading.count)
    return headers


def _retry_after(data: Mapping[str, object]) -> str:
    now, then = data["serverTime"], data["retryAfter"]
    assert isinstance(now, int), data
    assert isinstance(then, int), data
    return str(-(-(then - now) // MS_PER_S))
