"""One connection's memory: what it has subscribed to, and how it wants its answers."""

from collections.abc import Callable
from typing import Final

from sims.servers.binance import refusals
from sims.servers.binance.accounts import Account
from sims.servers.binance.refusals import Refusal
from sims.servers.binance.reports import Event, stream_terminated

SUBSCRIPTIONS_MAX: Final = 65_535


class Session:
    """Passes on the events of the subscribed accounts, each in its subscription's envelope."""

    def __init__(self, send: Callable[[Event], None], *, shows_limits: bool = True) -> None:
        self.shows_limits: Final = shows_limits
        self._send: Final = send
        self._subscriptions: Final[dict[int, str]] = {}
        self._count = 0

    def subscribe(self, account: Account) -> int | Refusal:
        """Start to pass on the account's events; return the subscription's number."""
        if account.name in self._subscriptions.values():
            return refusals.ALREADY_SUBSCRIBED
        if self._count == SUBSCRIPTIONS_MAX:
            return refusals.SUBSCRIPTIONS_EXHAUSTED
        number = self._count
        self._subscriptions[number] = account.name
        self._count += 1
        return number

    def unsubscribe(self, number: int | None, now: int) -> Refusal | None:
        """End one subscription, or all of them, and say so in each."""
        numbers = list(self._subscriptions) if number is None else [number]
        for each in numbers:
            if self._subscriptions.pop(each, None) is None:
                return refusals.NOT_SUBSCRIBED
            self._send(_envelope(each, stream_terminated(now)))
        return None

    def deliver(self, account: str, event: Event) -> None:
        """Pass on an event of `account`, if this connection has asked for it."""
        for number, name in self._subscriptions.items():
            if name == account:
                self._send(_envelope(number, event))


def _envelope(number: int, event: Event) -> Event:
    return {"subscriptionId": number, "event": event}
