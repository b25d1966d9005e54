"""Paper trading: a venue's own market data, and the simulated venue in place of the real one.

The daemon is the live one, its journal and its edges too; what fills, and at what price, is decided
by the rules of the section `venue`, as in a simulation. Each event of the market meets the orders
that arrived before it. The simulated venue remembers nothing beyond its process: at a start it
takes the positions that the core knows, and orders of an earlier life are told as canceled.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Final

import anyio
from msgspec.structs import replace

from actors.assembly import Core
from actors.edge.binance import PUBLIC, check_rules
from actors.live import Daemon
from actors.markets import Market, open_market
from actors.runtime.supervisor import Ready
from actors.venue_side import OrderGateway, Ports, VenueSide
from sims.build import venue_of
from trader.config.finest import finest
from trader.config.schema import Config
from trader.errors import ConfigError
from trader.model.account import AccountReported, OrderReport, PositionReport, QueryAccount
from trader.model.control import InstrumentHalted, InstrumentResumed
from trader.model.envelope import Message
from trader.model.market import BookDelta, Quote, Trade
from trader.model.orders import (
    FORGOTTEN,
    CancelOrder,
    OrderApproved,
    OrderCanceled,
    OrderFilled,
    OrderStatus,
    OrderSubmitted,
    QueryOrder,
    ReplaceOrder,
)
from trader.model.units import Lots, Nanoseconds
from trader.venues.binance.budget import Budget
from trader.venues.execution_client import Figures

MODE: Final = "paper"


class PaperDaemon(Daemon):
    """A daemon whose orders never leave this process."""

    def side(self, config: Config, environ: Mapping[str, str]) -> VenueSide:
        """The simulated venue."""
        del environ
        return PaperSide(config)


class PaperSide:
    """The venue of a paper run."""

    mode = MODE

    def __init__(self, config: Config) -> None:
        """Raises ConfigError for data on which nothing can be filled as it happens."""
        assert config.gateway is not None
        if config.gateway.ws_stream is None or config.gateway.rest is None:
            raise ConfigError(
                "paper trading needs the venue's market data",
                where="gateway.ws_stream",
                hint="give the addresses of its streams and of REST",
            )
        for name, best in finest(config).items():
            if best.kind == "bars":
                raise ConfigError(
                    f"a live bar of {name} is known when it is over, too late to be filled in",
                    where="data",
                    hint="hear its quotes, trades or depth as well",
                )
        self._config: Final = config
        self._venue: PaperVenue | None = None
        self._budget: Final = Budget()

    def held(self) -> AbstractContextManager[None]:
        """Paper is nobody's account."""
        return nullcontext()

    async def check(self, core: Core) -> bool:
        """The prices of its streams must lie on our grid."""
        gateway = self._config.gateway
        assert gateway is not None
        assert gateway.rest is not None
        return await check_rules(self._config, core.scale, gateway.rest)

    def gateway(self, core: Core, ports: Ports) -> OrderGateway:
        """The way to the simulated venue."""
        self._venue = PaperVenue(self._config, core, ports)
        return self._venue

    def figures(self, now: Nanoseconds) -> Figures:
        """The simulated venue has our own clock."""
        return Figures(clock_skew_ns=0, headroom={"weight": self._budget.headroom(now)})

    def market(self, core: Core, ports: Ports) -> Market:
        """The venue's own streams, which the simulated venue hears too."""
        assert self._venue is not None
        access = PUBLIC, self._budget
        put = self._venue.heard_by(ports.put)
        return open_market(self._config, core, access, clock=ports.clock, put=put)


class PaperVenue:
    """Takes the core's commands and meets them with the market as it comes."""

    def __init__(self, config: Config, core: Core, ports: Ports) -> None:
        self._ports: Final = ports
        self._venue: Final = venue_of(config, core.scale, finest(config))
        self._lots: Final[dict[str, Lots]] = {
            name: core.portfolio.state.holdings[name].lots for name in self._venue.books
        }
        self._traded: Final[dict[str, str]] = {}
        """The instruments of orders that work."""
        self._epoch = 0

    async def run(self, ready: Ready) -> None:
        """Begins an epoch; orders for the day are taken back by the core, as at any live venue."""
        self._epoch = self._ports.begin()
        self._ports.begun(self._epoch)
        ready()
        await anyio.sleep_forever()

    def perform(self, effects: Iterable[Message]) -> None:
        """Commands arrive as soon as they leave."""
        now = self._ports.clock()
        for effect in effects:
            match effect:
                case OrderApproved():
                    id_ = effect.order.client_order_id
                    self._ports.put(OrderSubmitted(client_order_id=id_, ts_event=now))
                    self._traded[id_] = effect.order.instrument
                    self._venue.submit(effect.order, now)
                case CancelOrder():
                    self._venue.cancel(effect, now)
                case ReplaceOrder():
                    self._venue.replace(effect, now)
                case QueryOrder():
                    self._look_up(effect)
                case QueryAccount():
                    self._tell_account(effect)
                case _:
                    continue
            self._report()

    async def rest(self) -> None:
        """Nothing is ever under way."""

    async def flush(self) -> None:
        """Nothing ever waits."""

    def heard_by(self, put: Callable[[Message], None]) -> Callable[[Message], None]:
        """A way into the inbox on which the venue hears what passes, after it has."""

        def hear(message: Message) -> None:
            put(message)
            self._meet(message)

        return hear

    def _meet(self, message: Message) -> None:
        """The market moved: the row is in the core's inbox before what it fills is."""
        venue, now = self._venue, self._ports.clock()
        match message:
            case Quote():
                book = venue.books[message.instrument]
                book.quote, book.ts_quote = message, now
                if book.kind == "quotes" and book.orders:
                    venue.quoted(book, now)
            case Trade():
                book = venue.books[message.instrument]
                book.trade = message
                if book.orders:
                    venue.traded(book, now)
            case BookDelta():
                venue.changed(venue.books[message.instrument], message, now)
            case InstrumentHalted():
                venue.halted(message.instrument)
            case InstrumentResumed():
                venue.resumed(message.instrument)
            case _:
                return
        self._report()

    def _report(self) -> None:
        reports = self._venue.reports
        if not reports:
            return
        while reports:
            report = reports.popleft()
            if isinstance(report, OrderFilled):
                self._lots[self._traded[report.client_order_id]] += report.last_lots
                # The simulated venue counts anew in each life, and a trade's id is there for good.
                report = replace(report, trade_id=f"{self._epoch}-{report.trade_id}")
            self._ports.put(report)
        for id_ in [id_ for id_, name in self._traded.items() if not self._works(name, id_)]:
            del self._traded[id_]

    def _look_up(self, query: QueryOrder) -> None:
        """An order that still works has nothing new to tell; any other is of an earlier life."""
        id_ = query.client_order_id
        if not self._works(query.instrument, id_):
            now = self._ports.clock()
            self._ports.put(OrderCanceled(client_order_id=id_, reason=FORGOTTEN, ts_event=now))

    def _works(self, instrument: str, id_: str) -> bool:
        return id_ in self._venue.books[instrument].orders

    def _tell_account(self, query: QueryAccount) -> None:
        now, count = self._ports.clock(), 0
        for name, book in self._venue.books.items():
            for id_, order in book.orders.items():
                report = OrderReport(
                    client_order_id=id_,
                    instrument=name,
                    status=OrderStatus.ACCEPTED,
                    lots=order.lots,
                    lots_filled=order.filled,
                    ts_event=now,
                )
                self._ports.put(report)
                count += 1
            self._ports.put(PositionReport(instrument=name, lots=self._lots[name], ts_event=now))
            count += 1
        done = AccountReported(request_id=query.request_id, count=count, ts_event=now)
        self._ports.put(done)
