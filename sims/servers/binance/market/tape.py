"""The tape of one market: every trade in turn, gathered into aggregates and candles.

The last trades are kept and the older ones forgotten, so that a venue may run for weeks.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from sims.servers.binance.market.candles import SECOND_NS, Candle, Candles

KEPT: Final = 10_000


class Print(Struct, frozen=True):
    """A trade as everyone sees it; `taker` is the id of the taking order, 0 for the street's."""

    trade_id: int
    price: int
    quantity: int
    quote: int
    ts_ns: int
    is_buyer_maker: bool
    taker: int


class Aggregate(Struct):
    """What one taker got at one price at one time: the trades `first_id` to `last_id`."""

    aggregate_id: int
    price: int
    quantity: int
    first_id: int
    last_id: int
    ts_ns: int
    is_buyer_maker: bool


class Tape:
    """What has traded; `price` is that of the last trade, or where the market was put since."""

    def __init__(self, price: int, now: int) -> None:
        self.price = price
        self.quantity = 0
        self.last_id = 0
        self.last_aggregate_id = 0
        self.prints: Final[deque[Print]] = deque(maxlen=KEPT)
        self.aggregates: Final[deque[Aggregate]] = deque(maxlen=KEPT)
        self.candles: Final = Candles(price, now)
        self._fresh: list[Print] = []
        self._gathered: list[Aggregate] = []

    def add(self, print_: Print) -> None:
        """Take in a trade; its id follows the one before."""
        assert print_.trade_id == self.last_id + 1, (print_, self.last_id)
        self.last_id = print_.trade_id
        self.price, self.quantity = print_.price, print_.quantity
        self.prints.append(print_)
        self._fresh.append(print_)
        self._gather(print_)
        self.candles.add(_candle(print_))

    def recall(self, minutes: Sequence[Candle]) -> None:
        """Know minutes that were before the first one; their trades had the ids that follow."""
        self.candles.recall(minutes)
        self.last_id = minutes[-1].last_id

    def collect(self) -> tuple[list[Print], list[Aggregate]]:
        """Return what has traded since the last time; whoever takes next begins anew."""
        fresh, self._fresh = self._fresh, []
        gathered, self._gathered = self._gathered, []
        return fresh, gathered

    def _gather(self, print_: Print) -> None:
        if self._gathered:
            last = self._gathered[-1]
            if (last.price, last.is_buyer_maker) == (print_.price, print_.is_buyer_maker):
                last.quantity += print_.quantity
                last.last_id = print_.trade_id
                return
        self.last_aggregate_id += 1
        aggregate = Aggregate(
            self.last_aggregate_id,
            print_.price,
            print_.quantity,
            print_.trade_id,
            print_.trade_id,
            print_.ts_ns,
            print_.is_buyer_maker,
        )
        self._gathered.append(aggregate)
        self.aggregates.append(aggregate)


def _candle(print_: Print) -> Candle:
    second = print_.ts_ns // SECOND_NS
    is_taker_buyer = not print_.is_buyer_maker
    price = print_.price
    return Candle(
        start_s=second,
        end_s=second + 1,
        open=price,
        high=price,
        low=price,
        close=price,
        volume=print_.quantity,
        quote=print_.quote,
        count=1,
        taker_volume=print_.quantity * is_taker_buyer,
        taker_quote=print_.quote * is_taker_buyer,
        first_id=print_.trade_id,
        last_id=print_.trade_id,
    )
