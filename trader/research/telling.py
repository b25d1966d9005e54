"""Messages as parts of a document: instants as ISO 8601, prices and money in account currency.

Ticks and lots stay beside the prices, since that is what the run counted in. A number that a
strategy wrote down is told as it was written; where the strategy says that it is a price, its
amount in currency stands beside it.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import msgspec

from actors.assembly import make_strategy
from trader.config.schema import Config
from trader.errors import ConfigError
from trader.model.money import plain
from trader.model.orders import OrderRole, OrderType
from trader.model.units import Ticks
from trader.research.messages import Message, text
from trader.research.trades import exit_name

Told: TypeAlias = dict[str, Any]
"""A part of a JSON document."""

_INPUT_PLACES: Final = 6
"""A price that is an average has so many decimal places at most."""


class Telling:
    """Tells the messages of one run."""

    def __init__(self, config: Config) -> None:
        self.currency: Final = config.account.currency
        self._ticks = {each.name: each.tick for each in config.instruments}
        self._strategies = {each.name: each for each in config.strategies}
        self._exits = {each.name: [e.kind for e in each.exits] for each in config.strategies}

    def price(self, instrument: str, ticks: Ticks | None) -> str | None:
        """A price in currency."""
        return None if ticks is None else plain(ticks * self._ticks[instrument])

    def message(self, message: Message) -> Told:
        """All that a message says; its own cause is named, not told."""
        head = {
            "kind": message.kind,
            "name": text(message.name),
            "ts": message.when,
            "cause": text(message.cause),
        }
        return {**head, **_TELLERS[message.kind](self, message.row)}

    def decision(self, row: Mapping[str, Any]) -> Told:
        """What a strategy decided, and the numbers that it wrote down with it."""
        inputs: dict[str, float | int | None] = msgspec.json.decode(row["inputs"])
        return {
            **_picked(row, "strategy", "instrument", "target_lots", "reason"),
            "inputs": self.inputs(row["strategy"], inputs),
        }

    def inputs(self, strategy: str, values: Mapping[str, float | int | None]) -> list[Told]:
        """Numbers by their names, in the order in which the strategy declares them."""
        prices = self._priced(strategy)
        tick = self._ticks[self._strategies[strategy].instrument]
        return [
            {
                "name": name,
                "value": value,
                "price": _amount(value, tick) if name in prices else None,
            }
            for name, value in values.items()
        ]

    def _priced(self, strategy: str) -> tuple[str, ...]:
        """Which of its fields a strategy calls prices; none of one that can no longer be read."""
        try:
            return make_strategy(self._strategies[strategy]).prices
        except ConfigError:
            return ()

    def order(self, row: Mapping[str, Any]) -> Told:
        """An order: as it was made, why, and what it is at last."""
        name = row["instrument"]
        return {
            **_picked(row, "client_order_id", "strategy", "instrument"),
            "side": side(row["lots_made"]),
            **_picked(row, "order_type", "time_in_force", "role", "parent"),
            "exit": self.exit_of(row),
            "lots": row["lots_made"],
            "limit": self.price(name, row["limit_ticks_made"]),
            "stop": self.price(name, row["stop_ticks_made"]),
            "limit_ticks": row["limit_ticks_made"],
            "stop_ticks": row["stop_ticks_made"],
            **_picked(row, "status", "lots_filled"),
        }

    def exit_of(self, row: Mapping[str, Any]) -> str | None:
        """Which exit a protective order comes from."""
        if row["role"] != OrderRole.PROTECTION.name:
            return None
        moved = row["stop_ticks"] != row["stop_ticks_made"]
        return exit_name(OrderType[row["order_type"]], self._exits[row["strategy"]], moved=moved)

    def replacement(self, row: Mapping[str, Any], instrument: str | None = None) -> Told:
        """What an order is from then on; null is what stayed."""
        prices = {}
        if instrument is not None:
            prices = {
                "limit": self.price(instrument, row["limit_ticks"]),
                "stop": self.price(instrument, row["stop_ticks"]),
            }
        return {
            **_picked(row, "client_order_id", "lots"),
            **prices,
            **_picked(row, "limit_ticks", "stop_ticks"),
        }

    def fill(self, row: Mapping[str, Any]) -> Told:
        """A fill at its price; lots are signed."""
        return {
            **_picked(row, "client_order_id", "trade_id", "strategy", "instrument", "lots"),
            "price": self.price(row["instrument"], row["ticks"]),
            "ticks": row["ticks"],
            "fee": plain(row["fee"]),
            "liquidity": row["liquidity"],
        }

    def adjustment(self, row: Mapping[str, Any]) -> Told:
        """What a split or a dividend made of a position."""
        return {
            **_picked(row, "strategy", "instrument", "reason", "lots"),
            "income": plain(row["income"]),
        }

    def equity(self, row: Mapping[str, Any]) -> Told:
        """The account at an instant, to what a float of the equity table holds."""
        money = ("equity", "cash", "realized", "unrealized")
        return {name: plain(Decimal(repr(row[name]))) for name in money}


def side(lots: int) -> str:
    """The side of signed lots.

    >>> side(5), side(-5)
    ('BUY', 'SELL')
    """
    return "BUY" if lots > 0 else "SELL"


def _picked(row: Mapping[str, Any], *names: str) -> Told:
    return {name: row[name] for name in names}


def _amount(value: float | None, tick: Decimal) -> str | None:
    """A price that need not lie on the grid, in currency."""
    if value is None:
        return None
    amount = Decimal(value) * tick
    places = Decimal(1).scaleb(-_INPUT_PLACES)
    return plain(amount if isinstance(value, int) else amount.quantize(places))


def _picker(*names: str) -> Callable[[Telling, Mapping[str, Any]], Told]:
    return lambda _, row: _picked(row, *names)


_TELLERS: Final[Mapping[str, Callable[[Telling, Mapping[str, Any]], Told]]] = MappingProxyType(
    {
        "decision": Telling.decision,
        "order": Telling.order,
        "replacement": Telling.replacement,
        "fill": Telling.fill,
        "adjustment": Telling.adjustment,
        "denial": _picker("client_order_id", "strategy", "instrument", "lots", "code"),
        "state": _picker("state", "previous", "reason", "by"),
        "equity": Telling.equity,
        "status": _picker("client_order_id", "status", "lots_filled"),
    }
)
