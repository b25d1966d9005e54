"""One connection's memory: who has logged on, what it has subscribed to, how it is answered.

Times in what it is told count in units of so many nanoseconds.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from sims.servers.binance import refusals
from sims.servers.binance.accounts import Account, ApiKey
from sims.servers.binance.refusals import Refusal
from sims.servers.binance.reports import NS_PER_MS, Event, Timed, stream_terminated

SUBSCRIPTIONS_MAX: Final = 65_535


class Logon(Struct, frozen=True, kw_only=True):
    """A key with which a request was signed, or with which a session was opened."""

    account: Account
    key: ApiKey
    since_ns: int


class Subscription(Struct, frozen=True, kw_only=True):
    """An account whose events are passed on; one that came by logon ends with it."""

    account: str
    is_by_logon: bool


class Session:
    """Passes on the events of the subscribed accounts, each in its subscription's envelope."""

    def __init__(
        self,
        send: Callable[[Event], None],
        *,
        since_ns: int = 0,
        shows_limits: bool = True,
        unit: int = NS_PER_MS,
    ) -> None:
        self.since_ns: Final = since_ns
        self.shows_limits: Final = shows_limits
        self.unit: Final = unit
        self.logon: Logon | None = None
        self._send: Final = send
        self._subscriptions: Final[dict[int, Subscription]] = {}
        self._count = 0

    @property
    def subscriptions(self) -> list[int]:
        """The numbers of the subscriptions that last."""
        return list(self._subscriptions)

    @property
    def hears_logon(self) -> bool:
        """Say whether the events of whoever has logged on are passed on."""
        return any(each.is_by_logon for each in self._subscriptions.values())

    def subscribe(self, account: Account, *, is_by_logon: bool = False) -> int | Refusal:
        """Start to pass on the account's events; return the subscription's number."""
        if any(each.account == account.name for each in self._subscriptions.values()):
            return refusals.ALREADY_SUBSCRIBED
        if self._count == SUBSCRIPTIONS_MAX:
            return refusals.SUBSCRIPTIONS_EXHAUSTED
        number = self._count
        self._subscriptions[number] = Subscription(account=account.name, is_by_logon=is_by_logon)
        self._count += 1
        return number

    def unsubscribe(self, number: int | None, now: int) -> Refusal | None:
        """End one subscription, or all of them, and say so in each."""
        numbers = self.subscriptions if number is None else [number]
        for each in numbers:
            if self._subscriptions.pop(each, None) is None:
                return refusals.NOT_SUBSCRIBED
            self._tell(each, stream_terminated(now))
        return None

    def log_out(self, now: int) -> None:
        """Forget who has logged on, and end what was subscribed to by that."""
        self.logon = None
        for number, each in list(self._subscriptions.items()):
            if each.is_by_logon:
                self.unsubscribe(number, now)

    def deliver(self, account: str, event: Event) -> None:
        """Pass on an event of `account`, if this connection has asked for it."""
        for number, each in self._subscriptions.items():
            if each.account == account:
                self._tell(number, event)

    def _tell(self, number: int, event: Event) -> None:
        if self.unit != NS_PER_MS and isinstance(event, Timed):
            event = event.at(self.unit)
        self._send({"subscriptionId": number, "event": event})
