"""Whatever is asked in whatever order: no money is lost, and what is locked is what orders hold."""

from collections import Counter
from typing import Final

import pytest

from sims.seeds import stream
from sims.servers.binance.amounts import ONE, text_of
from sims.servers.binance.engine import Engine
from tests.sims.servers.binance.desk import MAIN, OTHER, Clock, Desk, Document

SPECS: Final = (MAIN, OTHER)
PRICES: Final = tuple(f"{price}.00" for price in range(58_000, 62_001, 250))
TYPES: Final = ("LIMIT", "LIMIT", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT",
                "TAKE_PROFIT_LIMIT", "LIMIT_MAKER")  # fmt: skip
PREVENTION: Final = ("NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT")
NEEDED: Final = {
    "LIMIT": ("price", "timeInForce"),
    "MARKET": (),
    "STOP_LOSS": ("stopPrice",),
    "STOP_LOSS_LIMIT": ("price", "stopPrice", "timeInForce"),
    "TAKE_PROFIT": ("stopPrice",),
    "TAKE_PROFIT_LIMIT": ("price", "stopPrice", "timeInForce"),
    "LIMIT_MAKER": ("price",),
}


class Crowd:
    """Two accounts that do anything at random, and a street that comes and goes."""

    def __init__(self, engine: Engine, clock: Clock, seed: int) -> None:
        self.engine: Final = engine
        self.desk: Final = Desk(engine, clock)
        self.done: Counter[str] = Counter()
        self._chance: Final = stream(seed, "crowd")

    def act(self) -> None:
        """Do one thing, whether the venue lets it be done or not."""
        deeds = (self._place, self._place, self._list, self._end, self._replace, self._move)
        self._chance.choice(deeds)()

    def _ask(self, method: str, params: Document, order_id: int = 0) -> None:
        owner = self.engine.orders.get(order_id)
        spec = self._chance.choice(SPECS)
        if owner is not None:
            [spec] = [spec for spec in SPECS if spec.name == owner.account.name]
        answer = self.desk.sign(method, params, spec)
        self.done[f"{method} {answer['status']}"] += 1

    def _order(self, order_type: str) -> Document:
        drawn = {
            "price": self._chance.choice(PRICES),
            "stopPrice": self._chance.choice(PRICES),
            "timeInForce": self._chance.choice(("GTC", "GTC", "IOC", "FOK")),
        }
        return {name: drawn[name] for name in NEEDED[order_type]} | {"type": order_type}

    def _terms(self) -> Document:
        return {
            "symbol": "BTCUSDT",
            "side": self._chance.choice(("BUY", "SELL")),
            "quantity": self._quantity(),
            "selfTradePreventionMode": self._chance.choice(PREVENTION),
        } | self._order(self._chance.choice(TYPES))

    def _quantity(self) -> str:
        return f"0.{self._chance.randrange(1, 60):02}000"

    def _place(self) -> None:
        self._ask("order.place", self._terms())

    def _list(self) -> None:
        kind = self._chance.choice(("oco", "oto", "otoco"))
        params: Document = {"symbol": "BTCUSDT"}
        if kind == "oco":
            params |= {"quantity": self._quantity(), **self._pair()}
        else:
            for leg in ("working", "pending"):
                params[f"{leg}Side"] = self._chance.choice(("BUY", "SELL"))
                params[f"{leg}Quantity"] = self._quantity()
            params |= self._leg("working", "LIMIT")
            if kind == "oto":
                params |= self._leg("pending", self._chance.choice(TYPES))
            else:
                params |= self._leg("pendingAbove") | self._leg("pendingBelow")
        self._ask(f"orderList.place.{kind}", params)

    def _pair(self) -> Document:
        """Two orders around the market, which may come in."""
        price = self.engine.markets["BTCUSDT"].price // ONE
        above, below = (f"{price + away}.00" for away in (250, -250))
        limit = {"Type": "LIMIT_MAKER"}
        stop = {"Type": self._chance.choice(("STOP_LOSS", "STOP_LOSS_LIMIT"))}
        side = self._chance.choice(("BUY", "SELL"))
        legs = ("above", limit, above), ("below", stop, below)
        if side == "BUY":
            legs = ("above", stop, above), ("below", limit, below)
        params: Document = {"side": side}
        for prefix, leg, at in legs:
            params |= {f"{prefix}Type": leg["Type"]}
            if leg["Type"] != "LIMIT_MAKER":
                params[f"{prefix}StopPrice"] = at
            if leg["Type"] != "STOP_LOSS":
                params[f"{prefix}Price"] = at
            if leg["Type"] == "STOP_LOSS_LIMIT":
                params[f"{prefix}TimeInForce"] = self._chance.choice(("GTC", "IOC", "FOK"))
        return params

    def _leg(self, prefix: str, order_type: str | None = None) -> Document:
        order = self._order(order_type or self._chance.choice(TYPES[3:]))
        return {f"{prefix}{name[0].upper()}{name[1:]}": text for name, text in order.items()}

    def _some_order(self) -> int:
        open_ = [number for number, order in self.engine.orders.items() if order.is_open]
        if open_ and self._chance.randrange(3):
            return self._chance.choice(open_)
        return self._chance.randrange(1, len(self.engine.orders) + 2)

    def _end(self) -> None:
        order_id = self._some_order()
        key = {"symbol": "BTCUSDT", "orderId": order_id}
        if self._chance.randrange(2):
            self._ask("order.cancel", key, order_id)
        else:
            self._ask("order.amend.keepPriority", key | {"newQty": self._quantity()}, order_id)

    def _replace(self) -> None:
        mode = self._chance.choice(("STOP_ON_FAILURE", "ALLOW_FAILURE"))
        order_id = self._some_order()
        cancel = {"cancelReplaceMode": mode, "cancelOrderId": order_id}
        self._ask("order.cancelReplace", self._terms() | cancel, order_id)

    def _move(self) -> None:
        available = self._chance.choice((None, "0.10000", "1.00000"))
        self.engine.mark("BTCUSDT", self._chance.choice(PRICES), available)


def check(engine: Engine) -> None:
    """Nothing is owed: what an account has locked is what its open orders hold."""
    for account in set(engine.accounts.values()):
        held: Counter[str] = Counter()
        for order in engine.registry.open_orders(account, None):
            if order.status.value != "PENDING_NEW":
                held[order.spent_asset] += order.hold(order.remaining)
        for asset, balance in account.balances.items():
            assert balance.locked == held[asset], (account.name, asset, text_of(balance.locked))
            assert balance.free >= 0


def traded(engine: Engine) -> Counter[str]:
    """What all fills together have moved into the accounts."""
    moved: Counter[str] = Counter()
    for order in engine.orders.values():
        for trade in order.trades:
            sign = 1 if trade.is_buyer else -1
            moved["BTC"] += sign * trade.quantity
            moved["USDT"] -= sign * trade.quote
    return moved


def owned(engine: Engine) -> Counter[str]:
    total: Counter[str] = Counter()
    for account in set(engine.accounts.values()):
        for asset, balance in account.balances.items():
            total[asset] += balance.free + balance.locked
    return total


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_lost_whatever_is_asked(engine: Engine, clock: Clock, seed: int) -> None:
    crowd = Crowd(engine, clock, seed)
    opening = owned(engine)

    for _ in range(250):
        clock.ms += 300
        crowd.act()
        check(engine)

    change = owned(engine)
    change.subtract(opening)
    assert {asset: units for asset, units in change.items() if units} == {
        asset: units for asset, units in traded(engine).items() if units
    }
    # The chance reaches every method, with success and without.
    assert {name.split()[0] for name in crowd.done if name.endswith("200")} >= {
        "order.place",
        "order.cancel",
        "order.cancelReplace",
    }
