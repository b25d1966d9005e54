"""Methods about the user data stream: who hears what happens to an account."""

from sims.servers.binance.methods.call import Call, Outcome
from sims.servers.binance.refusals import Refusal


def subscribe(call: Call) -> Outcome:
    """Send this connection the events of the account that signed the request."""
    call.params.done()
    number = call.session.subscribe(call.account)
    return number if isinstance(number, Refusal) else {"subscriptionId": number}


def unsubscribe(call: Call) -> Outcome:
    """End one subscription of this connection, or all of them."""
    number = call.params.integer("subscriptionId")
    call.params.done()
    return call.session.unsubscribe(number, call.now) or {}
