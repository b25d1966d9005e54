"""Does the deeds of a scenario, each at its time, and those of an administrator at once."""

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from heapq import heappop, heappush
from itertools import count
from typing import Final

import msgspec

from sims.servers.binance.accounts import Account
from sims.servers.binance.amounts import ONE, amount
from sims.servers.binance.engine import Engine
from sims.servers.binance.markets import Market, MarketStatus
from sims.servers.binance.orders import NewOrder, Order
from sims.servers.binance.refusals import Refusal
from sims.servers.binance.registry import OrderKey
from sims.servers.binance.scenarios.clock import SkewedClock
from sims.servers.binance.scenarios.correcting import bust, transfer
from sims.servers.binance.scenarios.deeds import (
    AnyDeed,
    Bust,
    ChangeFilter,
    Disconnect,
    HalfOpen,
    Halt,
    HumanCancel,
    HumanOrder,
    Resume,
    Silence,
    Skew,
    Transfer,
)
from sims.servers.binance.scenarios.wires import Wires

NS_PER_S: Final = 1_000_000_000
NS_PER_MS: Final = 1_000_000
HAND: Final = "web"
DONE_KEPT: Final = 1_000

Outcome = dict[str, object]


class CannotError(Exception):
    """A deed cannot be done; says why not."""


class Director:
    """Acts on one engine and on the connections to it; `done` tells its last deeds."""

    def __init__(
        self, engine: Engine, wires: Wires, now: Callable[[], int], deeds: Iterable[AnyDeed] = ()
    ) -> None:
        self.done: Final[deque[Outcome]] = deque(maxlen=DONE_KEPT)
        self._engine: Final = engine
        self._wires: Final = wires
        self._now: Final = now
        self._began_ns: Final = now()
        self._hands: Final = count(1)
        self._order: Final = count()
        self._waiting: Final[list[tuple[float, int, AnyDeed]]] = []
        for deed in deeds:
            heappush(self._waiting, (deed.at_s, next(self._order), deed))

    def tick(self) -> None:
        """Do what is due."""
        age_s = (self._now() - self._began_ns) / NS_PER_S
        while self._waiting and self._waiting[0][0] <= age_s:
            _, _, deed = heappop(self._waiting)
            # Nobody waits for what comes of it; it can be read afterwards.
            with suppress(CannotError):
                self.do(deed)

    def do(self, deed: AnyDeed) -> Outcome:
        """Do a deed now and tell what came of it; raises `CannotError`."""
        try:
            outcome = self._do(deed)
        except (CannotError, ValueError) as error:
            self.done.append({"deed": deed, "error": str(error)})
            raise CannotError(str(error)) from error
        self.done.append({"deed": deed, "outcome": outcome})
        return outcome

    def _do(self, deed: AnyDeed) -> Outcome:
        match deed:
            case Halt(symbol=symbol, status=status):
                self._market(symbol).status = status
            case Resume(symbol=symbol):
                self._market(symbol).status = MarketStatus.TRADING
            case ChangeFilter():
                self._change_rules(self._market(deed.symbol), deed)
            case Skew(ms=ms):
                self._skew(ms)
            case Silence() | HalfOpen() | Disconnect():
                return {"connections": self._cut(deed)}
            case Bust() | Transfer() | HumanOrder() | HumanCancel():
                return self._touch_account(deed)
        return {}

    def _change_rules(self, market: Market, deed: ChangeFilter) -> None:
        before = market.rules
        after = msgspec.structs.replace(before, **deed.changes)
        # What waits in the book still has its prices and quantities of before.
        if min(before.tick, after.tick) * min(before.step, after.step) % ONE:
            raise CannotError("prices of before times quantities of now would be no money")
        market.rules = after

    def _cut(self, deed: Silence | HalfOpen | Disconnect) -> int:
        match deed:
            case Silence(surface=surface, for_s=for_s):
                return self._wires.silence(surface, for_s)
            case HalfOpen(surface=surface, for_s=for_s):
                return self._wires.half_open(surface, for_s)
            case Disconnect(surface=surface, how=how):
                return self._wires.disconnect(surface, is_announced=how == "announced")

    def _touch_account(self, deed: Bust | Transfer | HumanOrder | HumanCancel) -> Outcome:
        account = self._account(deed.account)
        match deed:
            case Bust(symbol=symbol, trade_id=trade_id):
                trade = bust(self._engine, account, self._market(symbol), trade_id)
                if trade is None:
                    raise CannotError("there is no such trade, or its money is gone")
                return {"trade_id": trade.trade_id, "order_id": trade.order_id}
            case Transfer(asset=asset):
                sign, digits = (-1, deed.amount[1:]) if deed.amount[:1] == "-" else (1, deed.amount)
                if not transfer(self._engine, account, asset, sign * amount(digits)):
                    raise CannotError(f"the account has less {asset}")
                return {}
            case HumanOrder():
                return self._place(account, deed)
            case HumanCancel():
                return {"order_ids": self._cancel(account, deed)}

    def _place(self, account: Account, deed: HumanOrder) -> Outcome:
        terms = NewOrder(
            symbol=deed.symbol,
            side=deed.side,
            order_type=deed.type,
            time_in_force=deed.time_in_force,
            quantity=amount(deed.quantity),
            price=amount(deed.price or "0"),
            client_order_id=self._name(),
        )
        order = self._engine.place(account, terms)
        if isinstance(order, Refusal):
            raise CannotError(order.text)
        return {"order_id": order.order_id, "status": order.status.value}

    def _cancel(self, account: Account, deed: HumanCancel) -> list[int]:
        wanted = [
            order for order in self._engine.orders.values() if _is_meant(order, account, deed)
        ]
        for order in wanted:
            # A list's orders end together: the first may have taken this one with it.
            if order.is_open:
                key = OrderKey(symbol=deed.symbol, order_id=order.order_id)
                self._engine.cancel(account, key, self._name(), None)
        return [order.order_id for order in wanted]

    def _name(self) -> str:
        return f"{HAND}_{self._began_ns // NS_PER_MS}_{next(self._hands)}"

    def _skew(self, ms: int) -> None:
        clock = self._engine.now
        if not isinstance(clock, SkewedClock):
            raise CannotError("the clock of this venue cannot be put forward or back")
        clock.skew_ns = ms * NS_PER_MS

    def _market(self, symbol: str) -> Market:
        market = self._engine.markets.get(symbol)
        if market is None:
            raise CannotError(f"there is no {symbol}")
        return market

    def _account(self, name: str) -> Account:
        for account in self._engine.accounts.values():
            if account.name == name:
                return account
        raise CannotError(f"there is no account {name}")


def _is_meant(order: Order, account: Account, deed: HumanCancel) -> bool:
    return (
        order.is_open
        and order.account is account
        and order.terms.symbol == deed.symbol
        and deed.order_id in {None, order.order_id}
    )
