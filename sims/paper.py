"""Paper trading: a venue's own market data, and the simulated venue in place of the real one.

The daemon is the live one, its journal and its edges too; what fills, and at what price, is decided
by the rules of the section `venue`, as in a simulation. Each event of the market meets the orders
that arrived before it. What the simulated venue remembers of an earlier life is what the journal
does: positions, and the orders that it had taken. An order that it had not answered is absent.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Final

import anyio

from actors.assembly import Core
from actors.edge.binance import PUBLIC, check_rules
from actors.live import Daemon
from actors.markets import Market, open_market
from actors.runtime.supervisor import Ready
from actors.venue_side import OrderGateway, Ports, VenueSide
from sims.build import venue_of
from sims.paper_memory import kept
from trader.config.finest import finest
from trader.config.schema import Config
from trader.errors import ConfigError
from trader.model.account import AccountReported, OrderReport, PositionReport, QueryAccount
from trader.model.control import InstrumentHalted, InstrumentReported, InstrumentResumed
from trader.model.envelope import Message
from trader.model.market import BookDelta, Quote, Trade
from trader.model.orders import (
    CancelOrder,
    OrderAccepted,
    OrderApproved,
    OrderFilled,
    OrderRejected,
    OrderStatus,
    OrderSubmitted,
    QueryOrder,
    ReplaceOrder,
    SubmitOrder,
)
from trader.model.units import Lots, Nanoseconds
from trader.venues.binance.budget import Budget
from trader.venues.execution_client import Figures

MODE: Final = "paper"
ABSENT: Final = "absent"


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
        del core
        gateway = self._config.gateway
        assert gateway is not None
        assert gateway.rest is not None
        return await check_rules(self._config, gateway.rest)

    def gateway(self, core: Core, ports: Ports) -> OrderGateway:
        """The way to the simulated venue."""
        self._venue = PaperVenue(self._config, core, ports)
        return self._venue

    def figures(self, now: Nanoseconds) -> Figures:
        """The simulated venue has our own clock."""
        budget = self._budget
        return Figures(clock_skew_ns=0, headroom=budget.headroom(now), used=budget.used(now))

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
        orders = [each for each in kept(core) if each[0] in self._venue.books]
        # Every fill was an input, so no trade of an earlier life has a number above the last one's.
        self._venue.take_over(orders, core.reactor.state.seq)
        self._traded: Final = {order.client_order_id: name for name, order in orders}
        """The instruments of orders that work."""

    async def run(self, ready: Ready) -> None:
        """Begins an epoch; orders for the day are taken back by the core, as at any live venue."""
        self._ports.begun(self._ports.begin())
        ready()
        await anyio.sleep_forever()

    def perform(self, effects: Iterable[Message]) -> None:
        """Commands arrive as soon as they leave."""
        now = self._ports.clock()
        for effect in with_families(effects):
            match effect:
                case list():
                    self._submit(effect, now)
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

    def _submit(self, orders: list[SubmitOrder], now: Nanoseconds) -> None:
        """A venue that takes an order with what protects it fills it when it has them all."""
        for order in orders:
            id_ = order.client_order_id
            self._ports.put(OrderSubmitted(client_order_id=id_, ts_event=now))
            self._traded[id_] = order.instrument
        self._venue.submit_together(orders, now)

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
            case InstrumentReported():
                is_trading = message.listed.versions[-1].is_trading
                if is_trading is venue.books[message.instrument].halted:
                    (venue.resumed if is_trading else venue.halted)(message.instrument)
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
            self._ports.put(report)
        for id_ in [id_ for id_, name in self._traded.items() if not self._works(name, id_)]:
            del self._traded[id_]

    def _look_up(self, query: QueryOrder) -> None:
        """An order works, or it never arrived: whatever else became of it was told."""
        id_, now = query.client_order_id, self._ports.clock()
        if self._works(query.instrument, id_):
            self._ports.put(OrderAccepted(client_order_id=id_, ts_event=now))
        else:
            self._ports.put(OrderRejected(client_order_id=id_, code=ABSENT, ts_event=now))

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


def with_families(effects: Iterable[Message]) -> Iterator[Message | list[SubmitOrder]]:
    """The effects, an order and the children that leave right behind it in one list."""
    family: list[SubmitOrder] = []
    for effect in effects:
        order = effect.order if isinstance(effect, OrderApproved) else None
        if family and (order is None or order.parent != family[0].client_order_id):
            yield family
            family = []
        if order is None:
            yield effect
        else:
            family.append(order)
    if family:
        yield family
