"""Who sent a signed request, and whether it is recent enough to be carried out."""

from typing import Final

from sims.servers.binance import refusals
from sims.servers.binance.accounts import Account
from sims.servers.binance.amounts import ONE
from sims.servers.binance.engine import Engine
from sims.servers.binance.params import Params
from sims.servers.binance.refusals import RefusedError
from sims.servers.binance.reports import NS_PER_MS
from sims.servers.binance.signing import is_signed

NS_PER_US: Final = 1_000
AHEAD_NS_MAX: Final = 1_000 * NS_PER_MS
WINDOW_MS_DEFAULT: Final = 5_000
WINDOW_MS_MAX: Final = 60_000
KEY_LENGTH: Final = 64

# A timestamp of 15 digits or more is in microseconds: in milliseconds it would be far off.
MICROSECONDS_FROM: Final = 10**14


def authenticate(engine: Engine, params: Params, now: int) -> Account:
    """Return the account whose key signed the request, or raise `RefusedError`."""
    key = params.required("apiKey")
    sent_ns = _sent_ns(params.required_integer("timestamp"))
    window_ns = _window_ns(params)
    params.required("signature")
    account = engine.accounts.get(key)
    if account is None:
        is_key = len(key) == KEY_LENGTH and key.isalnum()
        raise RefusedError(refusals.UNKNOWN_KEY if is_key else refusals.BAD_KEY_FORMAT)
    if sent_ns >= now + AHEAD_NS_MAX:
        raise RefusedError(refusals.EARLY)
    if now - sent_ns > window_ns:
        raise RefusedError(refusals.LATE)
    if not is_signed(account.secret, params.values):
        raise RefusedError(refusals.BAD_SIGNATURE)
    return account


def _sent_ns(timestamp: int) -> int:
    return timestamp * (NS_PER_US if timestamp >= MICROSECONDS_FROM else NS_PER_MS)


def _window_ns(params: Params) -> int:
    window = params.amount("recvWindow")
    if window is None:
        return WINDOW_MS_DEFAULT * NS_PER_MS
    if window > WINDOW_MS_MAX * ONE:
        raise RefusedError(refusals.too_great("recvWindow", WINDOW_MS_MAX))
    return window * NS_PER_MS // ONE
