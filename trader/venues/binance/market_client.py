"""The conversation about market data: streams to ask for, books to join, silence to notice.

Streams are asked for in few frames and not too fast, since the venue counts those. A symbol that
falls silent is asked for again; a line on which nothing comes at all is asked whether it lives, and
is given up if it does not say so. Bars come after the first price, which is asked for too.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from trader.calendars.sessions import Sessions
from trader.errors import VenueFault
from trader.model.envelope import Message
from trader.model.units import INT64_MAX, MILLISECOND_NS, SECOND_NS, Nanoseconds
from trader.venues.binance import market, requests
from trader.venues.binance.book_sync import BookSync, Depth, DepthUpdate
from trader.venues.binance.catch_up import CatchUp
from trader.venues.binance.correspondence import Correspondence, Question
from trader.venues.binance.first_price import Awaited, FirstPrices
from trader.venues.binance.frames import body, decoded
from trader.venues.binance.grid import Grid, instant
from trader.venues.binance.requests import Request
from trader.venues.binance.rule_book import RuleBook
from trader.venues.binance.silence import Silence, Watch
from trader.venues.execution_client import Outgoing, Reply, Turn

NAMES_MAX: Final = 200
"""Streams that are asked for in one frame."""
PAUSE_NS: Final = 300 * MILLISECOND_NS
"""Between two frames: the venue takes five a second, pings included."""
ANSWER_WITHIN_NS: Final = 5 * SECOND_NS
SHUTDOWN: Final = "!serverShutdown"


NO_PAST: Final[Mapping[Nanoseconds, Nanoseconds]] = MappingProxyType({})


class Wanted(Struct, frozen=True, kw_only=True):
    """What is to be heard of a symbol; `bars` are lengths, of which the venue has certain ones.

    Of bars of a length the past from `since` on is heard first.
    """

    grid: Grid
    sessions: Sessions
    quotes: bool = False
    trades: bool = False
    aggregates: bool = False
    bars: tuple[Nanoseconds, ...] = ()
    since: Mapping[Nanoseconds, Nanoseconds] = NO_PAST
    depth: bool = False
    silence_ns: Nanoseconds = 60 * SECOND_NS


class Wrapped(Struct, frozen=True):
    """A frame: an event under the name of its stream, or an answer."""

    stream: str = ""
    data: Raw = Raw(b"null")
    id: int | None = None
    result: Any = None
    code: int | None = None
    msg: str = ""
    error: Any = None


Hear = Callable[[Raw, Nanoseconds], Turn]


class BinanceMarket:
    """The streams of any number of symbols on one connection; snapshots go over `line`."""

    def __init__(
        self,
        wanted: Sequence[Wanted],
        line: Correspondence,
        again_ns: Nanoseconds = SECOND_NS,
        *,
        read_rules_every_ns: Nanoseconds | None = None,
    ) -> None:
        """The venue's rules are read too, at each connection and every so often; None is never."""
        self.heard: Final[dict[str, int]] = {}
        """How many frames of each stream have come, and of streams that nobody asked for."""
        self.silences = 0
        self._line: Final = line
        self._again_ns: Final = again_ns
        self._routes: Final[dict[str, tuple[str, Hear]]] = {}
        self._names: Final[dict[str, list[str]]] = {}
        self._syncs: Final[dict[str, BookSync]] = {}
        self._series: Final[dict[str, CatchUp]] = {}
        self._prices: Final = FirstPrices()
        grids = tuple(each.grid for each in wanted)
        self._rules: Final = RuleBook(line, grids, read_rules_every_ns)
        self._asked_at: Final[dict[str, Nanoseconds]] = {}
        self._queue: list[tuple[str, list[str]]] = []
        self._open: dict[int, Nanoseconds] = {}
        self._count = 0
        self._next: Nanoseconds = 0
        self._has_begun = False
        for each in wanted:
            self._add(each)
        watches = {each.grid.instrument: Watch(each.sessions, each.silence_ns) for each in wanted}
        self._silence: Final = Silence(watches)
        self._patience: Final = min((each.silence_ns for each in wanted), default=INT64_MAX)
        self._last: Nanoseconds = 0

    @property
    def ready(self) -> bool:
        """Whether everything that was asked for was confirmed."""
        return self._has_begun and not self._queue and not self._open

    @property
    def due(self) -> Nanoseconds:
        """When `tick` has something to do."""
        if not self._has_begun:
            return self._line.due
        queue = self._next if self._queue else INT64_MAX
        late = [series.again_at for series in self._series.values() if series.again_at is not None]
        asked = (*self._asked_at.values(), *self._prices.asked_at.values())
        again = min(*asked, *late, INT64_MAX, INT64_MAX)
        return min(
            queue,
            again,
            self._line.due,
            self._rules.due,
            self._silence.due,
            min(self._open.values(), default=self._last + self._patience),
        )

    def greet(self, now: Nanoseconds) -> Turn:
        """Asks for all streams."""
        self._has_begun, self._last, self._next = True, now, now
        names = [name for names in self._names.values() for name in names]
        self._queue = [
            ("SUBSCRIBE", names[start : start + NAMES_MAX])
            for start in range(0, len(names), NAMES_MAX)
        ]
        self._silence.begin(now)
        self._rules.forget()
        self._rules.want(now)
        turn = self._send(now) + self._rules.tick(now)
        for instrument in self._prices.begin():
            turn += self._ask_for_price(instrument, now)
        for instrument in self._names:
            turn += self._catch_up_with(instrument, now)
        return turn

    def hear(self, frame: bytes, now: Nanoseconds) -> Turn:
        """A frame arrived."""
        self._last = now
        wrapped = decoded(frame, Wrapped)
        if not wrapped.stream:
            return self._answered(wrapped)
        route = self._routes.get(wrapped.stream)
        name = wrapped.stream if route is not None else "unknown"
        self.heard[name] = self.heard.get(name, 0) + 1
        if route is None:
            if wrapped.stream == SHUTDOWN:
                raise VenueFault("the venue is about to shut down")
            return Turn()
        instrument, hear = route
        self._silence.hear(instrument, now)
        turn = hear(wrapped.data, now)
        return self._begun(instrument, turn, now) if self._prices.lacks(instrument) else turn

    def returned(self, id_: str, reply: Reply | None, now: Nanoseconds) -> Turn:
        """A call for a snapshot has ended."""
        return self._line.returned(id_, reply, now)

    def tick(self, now: Nanoseconds) -> Turn:
        """Sends what waits, looks who is silent, asks again for snapshots."""
        turn = self._line.tick(now)
        if not self._has_begun:
            return turn
        if min(self._open.values(), default=INT64_MAX) <= now:
            raise VenueFault("the market streams do not answer")
        turn += self._rules.tick(now)
        for instrument in self._silence.mute(now):
            self.silences += 1
            names = self._names[instrument]
            self._queue += [("UNSUBSCRIBE", names), ("SUBSCRIBE", names)]
        if now - self._last >= self._patience and not self._open and not self._queue:
            self._queue.append(("LIST_SUBSCRIPTIONS", []))
        turn += self._ask_again(now)
        for name, series in self._series.items():
            if series.again_at is not None and series.again_at <= now:
                turn += self._catch_up(name, now)
        return turn + self._send(now)

    def lose(self, now: Nanoseconds) -> Turn:
        """The connection broke."""
        self._has_begun = False
        self._queue, self._open = [], {}
        self._asked_at.clear()
        self._prices.end()
        self._silence.end()
        for sync in self._syncs.values():
            sync.start_over()
        for series in self._series.values():
            series.end()
        return self._line.forget(now)

    # -- streams ----------------------------------------------------------------------------------

    def _add(self, each: Wanted) -> None:
        grid = each.grid
        symbol = grid.symbol.lower()
        makers: list[tuple[str, market.Make]] = []
        if each.quotes:
            makers.append((f"{symbol}@bookTicker", market.quote))
        if each.trades:
            makers.append((f"{symbol}@trade", market.trade))
        if each.aggregates:
            makers.append((f"{symbol}@aggTrade", market.aggregate))
        for name, make in makers:
            self._routes[name] = grid.instrument, partial(_made, make, grid)
        for length in each.bars:
            name = f"{symbol}@kline_{market.INTERVALS[length]}"
            self._series[name] = CatchUp(grid, length, each.since.get(length))
            self._routes[name] = grid.instrument, partial(self._bar, name, grid)
        if each.bars and (each.quotes or each.depth or each.trades or each.aggregates):
            self._prices.add(Awaited(grid, can_ask=each.quotes or each.depth))
        if each.depth:
            self._syncs[grid.symbol] = BookSync(grid)
            name = f"{symbol}@depth@100ms"
            self._routes[name] = grid.instrument, partial(self._changed, grid.symbol)
        self._names[grid.instrument] = [
            name for name, route in self._routes.items() if route[0] == grid.instrument
        ]

    def _send(self, now: Nanoseconds) -> Turn:
        if not self._queue or now < self._next:
            return Turn()
        method, names = self._queue.pop(0)
        self._count += 1
        self._open[self._count] = now + ANSWER_WITHIN_NS
        self._next = now + PAUSE_NS
        asked: dict[str, Any] = {"id": self._count, "method": method}
        return Turn([Outgoing(msgspec.json.encode(asked | ({"params": names} if names else {})))])

    def _answered(self, wrapped: Wrapped) -> Turn:
        if wrapped.code is not None or wrapped.error is not None:
            text = f"{wrapped.msg or wrapped.error}"[:200]
            raise VenueFault(f"the market streams refuse what was asked: {text}")
        if wrapped.id is not None:
            self._open.pop(wrapped.id, None)
        return Turn()

    def _ask_again(self, now: Nanoseconds) -> Turn:
        """About books and prices of which no answer came."""
        turn = Turn()
        ways = (self._asked_at, self._ask_for_book), (self._prices.asked_at, self._ask_for_price)
        for asked_at, ask in ways:
            for name in [name for name, at in asked_at.items() if at <= now]:
                turn += ask(name, now)
        return turn

    # -- first prices -----------------------------------------------------------------------------

    def _ask_for_price(self, instrument: str, now: Nanoseconds) -> Turn:
        prices = self._prices
        prices.asked_at[instrument] = INT64_MAX

        def later(at: Nanoseconds) -> Turn:
            if prices.lacks(instrument):
                prices.asked_at[instrument] = at + self._again_ns
            return Turn()

        return self._line.ask(
            Question(
                request=requests.book_ticker(prices.grid(instrument)),
                answered=partial(self._priced, instrument),
                refused=lambda _, at: later(at),
                unknown=later,
            ),
            now,
        )

    def _priced(self, instrument: str, raw: Raw, now: Nanoseconds) -> Turn:
        """Best prices that were asked for; what the stream has told meanwhile is newer."""
        if not self._prices.lacks(instrument):
            return Turn()
        told = market.best(raw, self._prices.grid(instrument), now)
        return self._begun(instrument, Turn(messages=told), now)

    def _begun(self, instrument: str, turn: Turn, now: Nanoseconds) -> Turn:
        """After the first price come the bars that waited for it."""
        if not self._prices.found(instrument, turn.messages):
            return turn
        return turn + self._catch_up_with(instrument, now)

    def _catch_up_with(self, instrument: str, now: Nanoseconds) -> Turn:
        turn = Turn()
        for name in self._names[instrument]:
            if name in self._series and not self._prices.lacks(instrument):
                turn += self._catch_up(name, now)
        return turn

    # -- bars -------------------------------------------------------------------------------------

    def _bar(self, name: str, grid: Grid, raw: Raw, now: Nanoseconds) -> Turn:
        series = self._series[name]
        if series.catches_up and self._prices.lacks(grid.instrument):
            return Turn()  # it will be asked for with those before it
        told = [each for bar in market.bar(raw, grid, now) for each in series.live(bar)]
        return Turn(messages=[*told])

    def _catch_up(self, name: str, now: Nanoseconds) -> Turn:
        request = self._series[name].begin()
        return Turn() if request is None else self._ask_for_bars(name, request, now)

    def _ask_for_bars(self, name: str, request: Request, now: Nanoseconds) -> Turn:
        def later(at: Nanoseconds) -> Turn:
            self._series[name].again_at = at + self._again_ns
            return Turn()

        return self._line.ask(
            Question(
                request=request,
                answered=partial(self._page, name),
                refused=lambda _, at: later(at),
                unknown=later,
            ),
            now,
        )

    def _page(self, name: str, raw: Raw, now: Nanoseconds) -> Turn:
        told, request = self._series[name].page(raw, now)
        turn = Turn(messages=[*told])
        return turn if request is None else turn + self._ask_for_bars(name, request, now)

    # -- books ------------------------------------------------------------------------------------

    def _changed(self, symbol: str, raw: Raw, now: Nanoseconds) -> Turn:
        sync = self._syncs[symbol]
        update = body(raw, DepthUpdate)
        messages: list[Message] = [*sync.change(update, instant(update.ts_ms))]
        turn = Turn(messages=messages)
        if sync.wants_snapshot and symbol not in self._asked_at:
            turn += self._ask_for_book(symbol, now)
        return turn

    def _ask_for_book(self, symbol: str, now: Nanoseconds) -> Turn:
        self._asked_at[symbol] = INT64_MAX
        return self._line.ask(
            Question(
                request=requests.depth(symbol),
                answered=partial(self._snapshot, symbol),
                refused=lambda _, at: self._later(symbol, at),
                unknown=lambda at: self._later(symbol, at),
            ),
            now,
        )

    def _snapshot(self, symbol: str, raw: Raw, now: Nanoseconds) -> Turn:
        sync = self._syncs[symbol]
        messages: list[Message] = [*sync.snapshot(body(raw, Depth), now)]
        self._asked_at.pop(symbol, None)
        if not sync.is_joined:
            return self._later(symbol, now)
        return Turn(messages=messages)

    def _later(self, symbol: str, now: Nanoseconds) -> Turn:
        self._asked_at[symbol] = now + self._again_ns
        return Turn()


def _made(make: market.Make, grid: Grid, raw: Raw, now: Nanoseconds) -> Turn:
    return Turn(messages=make(raw, grid, now))
