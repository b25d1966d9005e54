"""Fills that nobody told us of: the account's trades since the last one that we know.

While there was no connection fills went unheard, also of orders that had ended by all we knew. So
each new stream is followed by a question for the trades since then, symbol by symbol. A trade names
its order by the venue's number; whose it is we remember, or ask. Until the answer is whole, a newer
fill that comes by another road says nothing of those before it.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from msgspec import Raw, Struct

from trader.model.envelope import Message
from trader.model.orders import OrderAccepted, OrderFilled
from trader.model.units import INT64_MAX, Nanoseconds
from trader.venues.binance import reports, requests
from trader.venues.binance.correspondence import Correspondence, Question
from trader.venues.binance.foreign import Foreign, of_trade
from trader.venues.binance.frames import OrderState, OwnTrade, body
from trader.venues.binance.grid import Grid
from trader.venues.binance.names import order_of
from trader.venues.execution_client import Turn

NUMBERS_MAX: Final = 10_000
"""How many of the venue's numbers of orders are remembered."""
PAGE: Final = 1_000
_CANCELED: Final = "CANCELED"


class _Open(Struct):
    """A symbol that is asked about: fills that are still to be told, and whether there are more.

    It has `waited` once for the name of the order that the next fill is of.
    """

    grid: Grid
    again: Nanoseconds = INT64_MAX
    trades: list[OwnTrade] = []
    is_full: bool = False
    waited: bool = False


class History:
    """The last fill known of each symbol, and what came after it."""

    def __init__(
        self,
        line: Correspondence,
        grids: Sequence[Grid],
        again_ns: Nanoseconds,
        tell: Callable[[str, list[Message], Nanoseconds], Turn],
        foreign: Foreign,
        is_asking: Callable[[], bool],
    ) -> None:
        """`tell` passes on the fills of an order, by its id.

        While `is_asking` what became of ours, some of them may not be known by their numbers yet.
        """
        self._line = line
        self._grids = grids
        self._again_ns = again_ns
        self._tell = tell
        self._foreign = foreign
        self._is_asking = is_asking
        self._last: Final[dict[str, int]] = {}
        self._ahead: Final[dict[str, int]] = {}
        self._whole: Final[set[str]] = set()
        self._numbers: Final[dict[int, str]] = {}
        self._open: Final[dict[str, _Open]] = {}

    @property
    def is_open(self) -> bool:
        """Whether there may be fills that nobody has told of yet."""
        return bool(self._open)

    @property
    def due(self) -> Nanoseconds:
        """When to ask again."""
        return min((each.again for each in self._open.values()), default=INT64_MAX)

    def know(self, symbol: str, trade_id: int) -> None:
        """Fills up to this one are known."""
        self._last[symbol] = max(trade_id, self._last.get(symbol, -1))

    def note(self, id_: str, messages: Sequence[Message], grid: Grid) -> None:
        """What was told of an order: its fills, and its number at the venue."""
        for message in messages:
            if isinstance(message, OrderFilled) and message.trade_id.isdecimal():
                self.hear(grid.symbol, int(message.trade_id))
            elif isinstance(message, OrderAccepted) and message.venue_order_id:
                self.number(id_, int(message.venue_order_id))

    def number(self, id_: str, *numbers: int) -> None:
        """An order's numbers at the venue, under each of its names."""
        for number in numbers:
            self._numbers[number] = id_
            if len(self._numbers) > NUMBERS_MAX:
                del self._numbers[next(iter(self._numbers))]

    def hear(self, symbol: str, trade_id: int) -> None:
        """A fill was told: those before it are known where none can be missing."""
        if symbol in self._whole or symbol not in self._last:
            self.know(symbol, trade_id)
        else:
            self._ahead[symbol] = max(trade_id, self._ahead.get(symbol, -1))

    def catch_up(self, now: Nanoseconds) -> Turn:
        """Asks for what came after the last fill of each symbol that has one."""
        turn = Turn()
        self._whole.update(grid.symbol for grid in self._grids if grid.symbol not in self._last)
        for grid in self._grids:
            if grid.symbol in self._last:
                self._open[grid.symbol] = _Open(grid)
                turn += self._ask(self._open[grid.symbol], now)
        return turn

    def tick(self, now: Nanoseconds) -> Turn:
        """Asks again where there was no answer."""
        turn = Turn()
        for each in list(self._open.values()):
            if each.again <= now:
                each.again = INT64_MAX
                turn += self._next(each, now) if each.trades else self._ask(each, now)
        return turn

    def forget(self) -> None:
        """The connection is gone; the next one asks from the same fills on."""
        self._open.clear()
        self._whole.clear()
        self._ahead.clear()

    def _ask(self, each: _Open, now: Nanoseconds) -> Turn:
        each.again, each.trades = INT64_MAX, []
        request = requests.trades_since(self._last[each.grid.symbol] + 1, each.grid)
        return self._put(each, request, partial(self._told, each), now)

    def _put(
        self,
        each: _Open,
        request: requests.Request,
        answered: Callable[[Raw, Nanoseconds], Turn],
        now: Nanoseconds,
    ) -> Turn:
        question = Question(
            request=request,
            answered=answered,
            refused=lambda _, at: self._later(each, at),
            unknown=lambda at: self._later(each, at),
        )
        return self._line.ask(question, now)

    def _later(self, each: _Open, now: Nanoseconds) -> Turn:
        each.again = now + self._again_ns
        return Turn()

    def _told(self, each: _Open, raw: Raw, now: Nanoseconds) -> Turn:
        each.trades = list(body(raw, tuple[OwnTrade, ...]))
        each.is_full = len(each.trades) >= PAGE
        return self._next(each, now)

    def _next(self, each: _Open, now: Nanoseconds) -> Turn:
        """Passes on one fill after the other; asks whose it is where that is not known."""
        turn = Turn()
        while each.trades:
            trade = each.trades[0]
            id_ = self._numbers.get(trade.order_id)
            if id_ is None:
                request = requests.order_by_number(trade.order_id, each.grid)
                return turn + self._put(each, request, partial(self._named, each), now)
            each.trades.pop(0)
            self.know(each.grid.symbol, trade.trade_id)
            if self._foreign.is_foreign(id_):
                turn += Turn(messages=[of_trade(id_, trade, each.grid)])
                continue
            turn += self._tell(id_, [reports.of_own_trade(id_, trade, each.grid)], now)
        if each.is_full:
            return turn + self._ask(each, now)
        symbol = each.grid.symbol
        del self._open[symbol]
        self._whole.add(symbol)
        self.know(symbol, self._ahead.pop(symbol, -1))
        return turn

    def _named(self, each: _Open, raw: Raw, now: Nanoseconds) -> Turn:
        """A cancel has taken the order's name: whether it was ours, only our own questions tell."""
        state = body(raw, OrderState)
        id_ = order_of(state.client_id)[0]
        is_nameless = state.status == _CANCELED and self._foreign.is_foreign(id_)
        if is_nameless and (not each.waited or self._is_asking()):
            each.waited = True
            return self._later(each, now)
        each.waited = False
        self.number(id_, each.trades[0].order_id)
        return self._next(each, now)
