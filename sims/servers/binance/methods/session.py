"""Methods about a connection's session: log on once, and sign nothing from then on."""

from sims.servers.binance import refusals
from sims.servers.binance.methods.call import Call, Outcome


def log_on(call: Call) -> Outcome:
    """Remember the key that signed this request, which must be an Ed25519 one."""
    call.params.done()
    assert call.signer is not None
    if not call.signer.key.may_log_on:
        return refusals.LOGON_UNSUPPORTED
    if call.session.logon is not None and call.session.logon.account is not call.account:
        call.session.log_out(call.now)
    call.session.logon = call.signer
    return _describe(call)


def status(call: Call) -> Outcome:
    """Tell who has logged on, and since when."""
    call.params.done()
    return _describe(call)


def log_out(call: Call) -> Outcome:
    """Forget the key; what was subscribed to by it ends."""
    call.params.done()
    call.session.log_out(call.now)
    return _describe(call)


def _describe(call: Call) -> Outcome:
    session, logon = call.session, call.session.logon
    return {
        "apiKey": None if logon is None else logon.key.key,
        "authorizedSince": None if logon is None else logon.since_ns // call.unit,
        "connectedSince": session.since_ns // call.unit,
        "returnRateLimits": session.shows_limits,
        "serverTime": call.now // call.unit,
        "userDataStream": None if logon is None else session.hears_logon,
    }
