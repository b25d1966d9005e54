"""Methods about the user data stream: who hears what happens to an account."""

from sims.servers.binance import refusals
from sims.servers.binance.accounts import Account
from sims.servers.binance.methods.call import Call, Outcome
from sims.servers.binance.refusals import Refusal


def subscribe(call: Call) -> Outcome:
    """Send this connection the events of the account that has logged on."""
    call.params.done()
    if call.session.logon is None:
        return refusals.NOT_LOGGED_ON
    return _subscribe(call, call.session.logon.account, is_by_logon=True)


def subscribe_signature(call: Call) -> Outcome:
    """Send this connection the events of the account that signed the request."""
    call.params.done()
    return _subscribe(call, call.account, is_by_logon=False)


def unsubscribe(call: Call) -> Outcome:
    """End one subscription of this connection, or all of them."""
    number = call.params.integer("subscriptionId")
    call.params.done()
    return call.session.unsubscribe(number, call.now) or {}


def subscriptions(call: Call) -> Outcome:
    """List the subscriptions of this connection."""
    call.params.done()
    return [{"subscriptionId": number} for number in call.session.subscriptions]


def retired(_call: Call) -> Outcome:
    """Refuse the listen keys of former days."""
    return refusals.RETIRED


def _subscribe(call: Call, account: Account, *, is_by_logon: bool) -> Outcome:
    number = call.session.subscribe(account, is_by_logon=is_by_logon)
    return number if isinstance(number, Refusal) else {"subscriptionId": number}
