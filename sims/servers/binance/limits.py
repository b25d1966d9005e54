"""Rate limits: how much an address asks and how many unfilled orders an account piles up.

Windows are aligned to the clock and do not slide. Requests have weights, shared by everyone at
the server's one address; whoever goes on asking beyond the limit is shut out for a while. Orders
count by account; the first fill of an order gives some of its account's count back, more for an
order that waited than for one that took.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from sims.servers.binance.engine import Engine
from sims.servers.binance.refusals import (
    Refusal,
    banned,
    too_many_orders,
    too_many_requests,
    too_much_weight,
)
from sims.servers.binance.reports import NS_PER_MS, Event

NS_PER_S: Final = 1_000_000_000
SECONDS: Final = {"SECOND": 1, "MINUTE": 60, "DAY": 86_400}
WARNINGS_MAX: Final = 20
BAN_NS_MIN: Final = 120 * NS_PER_S
BAN_NS_MAX: Final = 3 * 86_400 * NS_PER_S
GIVEN_BACK_BY_TAKER: Final = 1
GIVEN_BACK_BY_MAKER: Final = 5


class Window(Struct, frozen=True, kw_only=True):
    """At most `limit` in each period of `number` intervals."""

    kind: str
    interval: str
    number: int
    limit: int

    @property
    def length_ns(self) -> int:
        """How long the window is."""
        return SECONDS[self.interval] * self.number * NS_PER_S

    def describe(self) -> dict[str, object]:
        """Describe the window as the wire does."""
        return {
            "rateLimitType": self.kind,
            "interval": self.interval,
            "intervalNum": self.number,
            "limit": self.limit,
        }


WEIGHT: Final = Window(kind="REQUEST_WEIGHT", interval="MINUTE", number=1, limit=6_000)
ORDERS: Final = (
    Window(kind="ORDERS", interval="SECOND", number=10, limit=100),
    Window(kind="ORDERS", interval="DAY", number=1, limit=200_000),
)
RAW: Final = Window(kind="RAW_REQUESTS", interval="MINUTE", number=5, limit=300_000)


class Meter:
    """Counts in one window; the count starts anew when the clock enters the next one."""

    def __init__(self, window: Window) -> None:
        self.window: Final = window
        self._period = 0
        self._count = 0

    def count(self, now: int) -> int:
        """Return what the current period has counted so far."""
        period = now // self.window.length_ns
        if period != self._period:
            self._period, self._count = period, 0
        return self._count

    def add(self, units: int, now: int) -> None:
        """Count `units` more, or fewer; never below zero."""
        self._count = max(0, self.count(now) + units)

    def retry(self, now: int) -> dict[str, int]:
        """Return the time and when the current period ends, in milliseconds."""
        length = self.window.length_ns
        end = (now // length + 1) * length
        return {"serverTime": now // NS_PER_MS, "retryAfter": end // NS_PER_MS}


class Reading(Struct, frozen=True, kw_only=True):
    """What one meter shows."""

    window: Window
    count: int

    def describe(self) -> dict[str, object]:
        """Describe the reading as the wire does."""
        return self.window.describe() | {"count": self.count}


class Ban:
    """Shuts out an address that goes on asking when it was told to wait, each time for longer."""

    def __init__(self) -> None:
        self._until_ns = 0
        self._length_ns = BAN_NS_MIN
        self._warnings = 0

    def refuse(self, now: int) -> Refusal | None:
        """Refuse whoever is still shut out."""
        if now >= self._until_ns:
            return None
        data = {"serverTime": now // NS_PER_MS, "retryAfter": self._until_ns // NS_PER_MS}
        return banned(data["retryAfter"], data)

    def warn(self, now: int) -> None:
        """Count a request beyond the limit."""
        self._warnings += 1
        if self._warnings == WARNINGS_MAX:
            self._warnings = 0
            self._until_ns = now + self._length_ns
            self._length_ns = min(2 * self._length_ns, BAN_NS_MAX)

    def forgive(self) -> None:
        """Forget the warnings of somebody who keeps to the limit."""
        self._warnings = 0


class Limits:
    """All meters of one venue; they hear of fills from the engine itself."""

    def __init__(
        self,
        engine: Engine,
        weight: Window = WEIGHT,
        orders: Iterable[Window] = ORDERS,
        raw: Window = RAW,
    ) -> None:
        self.windows: Final = (weight, *orders, raw)
        self._now: Final = engine.now
        self._weight: Final = Meter(weight)
        self._raw: Final = Meter(raw)
        self._ban: Final = Ban()
        self._orders: Final = {
            account.name: tuple(Meter(window) for window in self.windows[1:-1])
            for account in engine.accounts.values()
        }
        engine.listen(self._on_event)

    def charge(self, weight: int, now: int) -> Refusal | None:
        """Count a request's weight; refuse it if the address has used up its own."""
        if refusal := self._ban.refuse(now):
            return refusal
        self._weight.add(weight, now)
        self._raw.add(1, now)
        for meter, refuse in ((self._weight, too_much_weight), (self._raw, too_many_requests)):
            window = meter.window
            if meter.count(now) > window.limit:
                self._ban.warn(now)
                return refuse(window.limit, _period(window), meter.retry(now))
        self._ban.forgive()
        return None

    def refund(self, weight: int, now: int) -> None:
        """Give back the weight of a request that turned out to cost nothing."""
        self._weight.add(-weight, now)

    def admit(self, account: str, now: int, count: int = 1) -> Refusal | None:
        """Count so many more orders of `account`, or refuse them."""
        for meter in self._orders[account]:
            window = meter.window
            if meter.count(now) + count > window.limit:
                return too_many_orders(window.limit, _period(window), meter.retry(now))
        for meter in self._orders[account]:
            meter.add(count, now)
        return None

    def orders(self, account: str, now: int) -> list[Reading]:
        """Return the counts of the account's unfilled orders."""
        return [
            Reading(window=meter.window, count=meter.count(now)) for meter in self._orders[account]
        ]

    def readings(self, account: str | None, now: int) -> list[Reading]:
        """Return what an answer shows; the orders of `account` are in it if it is named."""
        orders = [] if account is None else self.orders(account, now)
        return [*orders, Reading(window=self._weight.window, count=self._weight.count(now))]

    def _on_event(self, account: str, event: Event) -> None:
        if event.get("x") != "TRADE" or event["z"] != event["l"]:
            return
        units = GIVEN_BACK_BY_MAKER if event["m"] else GIVEN_BACK_BY_TAKER
        for meter in self._orders[account]:
            meter.add(-units, self._now())


def _period(window: Window) -> str:
    return f"{window.number} {window.interval}"
