"""Who sent a signed request, and whether it is recent enough to be carried out."""

from collections.abc import Mapping
from typing import Final

from sims.servers.binance import refusals
from sims.servers.binance.accounts import Account
from sims.servers.binance.amounts import ONE
from sims.servers.binance.params import Params
from sims.servers.binance.refusals import RefusedError
from sims.servers.binance.reports import MICROSECONDS_FROM, NS_PER_MS, NS_PER_US
from sims.servers.binance.request import Request
from sims.servers.binance.session import Logon, Session

AHEAD_NS_MAX: Final = 1_000 * NS_PER_MS
WINDOW_MS_DEFAULT: Final = 5_000
WINDOW_MS_MAX: Final = 60_000
KEY_LENGTH: Final = 64
NO_KEY: Final = refusals.missing("apiKey")


def authenticate(
    accounts: Mapping[str, Account], request: Request, session: Session, now: int
) -> Logon:
    """Return the account and the key that signed the request, or raise `RefusedError`.

    A session that has logged on needs neither key nor signature. A key that comes along all the
    same counts for its request alone.
    """
    params = Params(request.params)
    if session.logon is not None and request.key is None:
        _check_time(params, now)
        return session.logon
    if request.key is None:
        raise RefusedError(refusals.BAD_KEY_FORMAT if request.is_rest else NO_KEY)
    params.required("timestamp")
    signature = params.required("signature")
    account = accounts.get(request.key)
    if account is None:
        is_key = len(request.key) == KEY_LENGTH and request.key.isalnum()
        raise RefusedError(refusals.UNKNOWN_KEY if is_key else refusals.BAD_KEY_FORMAT)
    _check_time(params, now)
    key = account.keys[request.key]
    text = request.signed_text
    # REST signs what is percent-encoded; whoever signed other text has not encoded it.
    if (request.is_rest and not text.isascii()) or not key.is_signature(text, signature):
        raise RefusedError(refusals.BAD_SIGNATURE)
    return Logon(account=account, key=key, since_ns=now)


def _check_time(params: Params, now: int) -> None:
    sent_ns = _sent_ns(params.required_integer("timestamp"))
    window_ns = _window_ns(params)
    if sent_ns >= now + AHEAD_NS_MAX:
        raise RefusedError(refusals.EARLY)
    if now - sent_ns > window_ns:
        raise RefusedError(refusals.LATE)


def _sent_ns(timestamp: int) -> int:
    return timestamp * (NS_PER_US if timestamp >= MICROSECONDS_FROM else NS_PER_MS)


def _window_ns(params: Params) -> int:
    window = params.amount("recvWindow")
    if window is None:
        return WINDOW_MS_DEFAULT * NS_PER_MS
    if window > WINDOW_MS_MAX * ONE:
        raise RefusedError(refusals.too_great("recvWindow", WINDOW_MS_MAX))
    return window * NS_PER_MS // ONE
