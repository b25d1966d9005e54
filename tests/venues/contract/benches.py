"""Venues to hold against the contract: the simulated one, and codecs with a venue behind them.

A bench carries commands to a venue and tells what the core is told. Whoever writes a codec writes a
bench for it, of some thirty lines, and adds it to the lists at the end of `test_contract`.
"""

from collections.abc import Iterable
from typing import Final, Protocol

from sims.servers.binance.engine import Engine
from sims.venue import Venue, VenueRules
from tests.sims.servers.binance.desk import Clock
from tests.venues.binance.wire import EPOCH, NAME, START, Wire
from trader.model.envelope import Message
from trader.model.market import Quote
from trader.model.orders import CancelOrder, OrderApproved, ReplaceOrder
from trader.model.units import SECOND_NS, Ticks
from trader.venues.execution_client import ExecutionClient

HALF_SPREAD: Final = 100
SIZE: Final = 100_000_000


class Bench(Protocol):
    """A venue with one instrument, `NAME`, whose market a test moves. It begins at 60 000."""

    def perform(self, *messages: Message) -> list[Message]:
        """Commands of one decision leave; what the core is told until all is quiet."""

    def move(self, ticks: Ticks) -> list[Message]:
        """The market trades at this price, as much of it as anybody wants."""


class Line(Bench, Protocol):
    """A codec with a venue behind it, and a line between them that can fail."""

    @property
    def client(self) -> ExecutionClient:
        """The codec."""

    @property
    def received(self) -> list[str]:
        """The client order ids of all orders that reached the venue, once for each time."""

    def connect(self, epoch: int) -> list[Message]:
        """A new connection."""

    def cut(self) -> list[Message]:
        """The connection breaks."""

    def deafen(self, *, is_deaf: bool) -> None:
        """What the venue says gets lost, or does so no longer; it hears us all the same."""

    def wait(self, ms: int) -> list[Message]:
        """Time passes."""


class SimulatedBench:
    """The simulated venue, on quotes."""

    def __init__(self) -> None:
        self._venue: Final = Venue({NAME: 1}, VenueRules(), {NAME: "quotes"})
        self._now = START
        self.move(6_000_000)

    def perform(self, *messages: Message) -> list[Message]:
        for message in messages:
            if isinstance(message, OrderApproved):
                self._venue.submit(message.order, self._now)
            elif isinstance(message, CancelOrder):
                self._venue.cancel(message, self._now)
            elif isinstance(message, ReplaceOrder):
                self._venue.replace(message, self._now)
        return self._told()

    def move(self, ticks: Ticks) -> list[Message]:
        self._now += SECOND_NS
        book = self._venue.books[NAME]
        bid, ask = ticks - HALF_SPREAD, ticks + HALF_SPREAD
        book.quote = Quote(NAME, bid, ask, SIZE, SIZE, self._now)
        book.ts_quote = self._now
        self._venue.quoted(book, self._now)
        return self._told()

    def _told(self) -> list[Message]:
        told = list(self._venue.reports)
        self._venue.reports.clear()
        return told


class BinanceBench:
    """Binance's codec, and the loopback venue without its sockets."""

    def __init__(self) -> None:
        clock = Clock()
        self._wire: Final = Wire(Engine(now=clock), clock)
        self.received: Final[list[str]] = []
        self.client: Final[ExecutionClient] = self._wire.dialogue
        self.move(6_000_000)

    def connect(self, epoch: int = EPOCH) -> list[Message]:
        self._wire.connect(epoch)
        return self._heard(self._wire.news())

    def perform(self, *messages: Message) -> list[Message]:
        return self._heard(self._wire.perform(*messages))

    def move(self, ticks: Ticks) -> list[Message]:
        self._wire.engine.mark("BTCUSDT", f"{ticks // 100}.{ticks % 100:02}")
        return self._heard(self._wire.news())

    def cut(self) -> list[Message]:
        return self._heard(self._wire.lose())

    def deafen(self, *, is_deaf: bool) -> None:
        self._wire.is_deaf = self._wire.loses_answers = is_deaf

    def wait(self, ms: int) -> list[Message]:
        return self._heard(self._wire.wait(ms))

    def _heard(self, told: list[Message]) -> list[Message]:
        self.received.extend(_placed(self._wire))
        return told


def _placed(wire: Wire) -> Iterable[str]:
    for request in wire.asked:
        for name, value in request.params.items():
            if name == "newClientOrderId" and request.method == "order.cancel":
                continue
            if name.lower().endswith("clientorderid") and not name.lower().startswith("orig"):
                yield str(value)
    wire.asked.clear()
