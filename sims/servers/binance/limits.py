"""Rate limits: how much an address asks and how many unfilled orders an account piles up.

Windows are aligned to the clock and do not slide. Requests have weights, shared by everyone at
the server's one address. Orders count by account; the first fill of an order gives some of its
account's count back, more for an order that waited than for one that took.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from sims.servers.binance.engine import Engine
from sims.servers.binance.refusals import Refusal, too_many_orders, too_much_weight
from sims.servers.binance.reports import NS_PER_MS, Event

NS_PER_S: Final = 1_000_000_000
SECONDS: Final = {"SECOND": 1, "MINUTE": 60, "DAY": 86_400}
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


class Limits:
    """All meters of one venue; they hear of fills from the engine itself."""

    def __init__(
        self, engine: Engine, weight: Window = WEIGHT, orders: Iterable[Window] = ORDERS
    ) -> None:
        self.windows: Final = (weight, *orders)
        self._now: Final = engine.now
        self._weight: Final = Meter(weight)
        self._orders: Final = {
            account.name: tuple(Meter(window) for window in self.windows[1:])
            for account in engine.accounts.values()
        }
        engine.listen(self._on_event)

    def charge(self, weight: int, now: int) -> Refusal | None:
        """Count a request's weight; refuse it if the address has used up its own."""
        self._weight.add(weight, now)
        window = self._weight.window
        if self._weight.count(now) <= window.limit:
            return None
        return too_much_weight(window.limit, _period(window), self._weight.retry(now))

    def refund(self, weight: int, now: int) -> None:
        """Give back the weight of a request that turned out to cost nothing."""
        self._weight.add(-weight, now)

    def admit(self, account: str, now: int) -> Refusal | None:
        """Count one more order of `account`, or refuse it."""
        for meter in self._orders[account]:
            window = meter.window
            if meter.count(now) >= window.limit:
                return too_many_orders(window.limit, _period(window), meter.retry(now))
        for meter in self._orders[account]:
            meter.add(1, now)
        return None

    def describe(self, account: str | None, now: int) -> list[dict[str, object]]:
        """Describe the meters; those of `account` are among them if it is named."""
        orders = () if account is None else self._orders[account]
        return [
            meter.window.describe() | {"count": meter.count(now)}
            for meter in (*orders, self._weight)
        ]

    def _on_event(self, account: str, event: Event) -> None:
        if event.get("x") != "TRADE" or event["z"] != event["l"]:
            return
        units = GIVEN_BACK_BY_MAKER if event["m"] else GIVEN_BACK_BY_TAKER
        for meter in self._orders[account]:
            meter.add(-units, self._now())


def _period(window: Window) -> str:
    return f"{window.number} {window.interval}"
