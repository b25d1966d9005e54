"""A dialogue and the loopback venue on a wire without sockets, in a time that a test moves."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from sims.servers.binance.engine import Engine
from sims.servers.binance.protocol import Protocol
from sims.servers.binance.reports import Event
from sims.servers.binance.request import Request, read
from sims.servers.binance.session import Session
from tests.sims.servers.binance.desk import MAIN, START_MS, Clock
from trader.model.envelope import Message
from trader.model.money import money_scale
from trader.model.orders import (
    OrderApproved,
    OrderFilled,
    OrderRole,
    OrderType,
    QueryOrder,
    SubmitOrder,
    TimeInForce,
)
from trader.venues.binance.dialogue import BinanceDialogue
from trader.venues.binance.grid import grid_of
from trader.venues.binance.inquiry import Patience
from trader.venues.binance.signing import KeyPair
from trader.venues.execution_client import Turn

Document = dict[str, Any]

NAME: Final = "BTCUSDT.binance"
MS: Final = 1_000_000
START: Final = START_MS * MS
EPOCH: Final = 3
KEYS: Final = KeyPair(MAIN.key, MAIN.secret)
PATIENCE: Final = Patience(
    answer_within_ns=100 * MS, ask_again_ns=50 * MS, absent_after_ns=400 * MS, valid_ms=300
)
STEPS: Final = (Decimal("0.01"), Decimal("0.00001"))
SCALE: Final = money_scale([(NAME, *STEPS)], Decimal(1), fees=True)
GRID: Final = grid_of(symbol="BTCUSDT", venue="binance", quote="USDT", steps=STEPS, scale=SCALE)


def order(
    count: int = 1, *, lots: int = 1_000, limit: int | None = None, **changes: Any
) -> Message:
    """An approved order of the present epoch, to buy 0.01 BTC unless told otherwise."""
    whole: Document = {
        "client_order_id": f"main-x-{EPOCH}-{count}",
        "strategy": "x",
        "instrument": NAME,
        "lots": lots,
        "order_type": OrderType.MARKET if limit is None else OrderType.LIMIT,
        "limit_ticks": limit,
        "stop_ticks": None,
        "time_in_force": TimeInForce.GTC,
        "role": OrderRole.TARGET,
        "parent": "",
        "ref_ticks": 6_000_000,
        "ts_decided": START,
    }
    return OrderApproved(order=SubmitOrder(**(whole | changes)), limits_version=1)


def query(count: int = 1) -> Message:
    return QueryOrder(client_order_id=f"main-x-{EPOCH}-{count}", instrument=NAME)


def proceed(_request: Request, answer: Document | None) -> list[Document]:
    """Nothing unusual happens to this answer."""
    assert answer is not None
    return [answer]


class Wire:
    """Carries frames between a dialogue and a venue; `gate` decides what becomes of an answer.

    The gate is called with the request and its answer and returns the answers that arrive; for a
    request in `unseen`, the venue never sees it and the answer is None. Events get lost while
    `is_deaf`, and answers while it `loses_answers`.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        patience: Patience = PATIENCE,
        account: str = "",
        *,
        reads_rules: bool = False,
    ) -> None:
        self.engine: Final = engine
        self.clock: Final = clock
        self.dialogue: Final = BinanceDialogue(
            KEYS, [GRID], patience, account=account, reads_rules=reads_rules
        )
        self.told: Final[list[Message]] = []
        self.asked: Final[list[Request]] = []
        self.gate: Callable[[Request, Document | None], list[Document]] = proceed
        self.unseen: set[str] = set()
        self.is_deaf = self.loses_answers = False
        self._protocol: Final = Protocol(engine)
        self._frames: Final[list[Document]] = []
        self._session = Session(lambda frame: self._frames.append(dict(frame)))
        engine.listen(self._hear_event)

    @property
    def now(self) -> int:
        return self.clock()

    def connect(self, epoch: int = EPOCH) -> None:
        self._session = Session(lambda frame: self._frames.append(dict(frame)))
        self.take(self.dialogue.greet(epoch, self.now))

    def perform(self, *messages: Message) -> list[Message]:
        """What the core is told until all is quiet."""
        self.take(self.dialogue.perform(messages, self.now))
        return self.news()

    def lose(self) -> list[Message]:
        """What the core is told when the connection breaks; what was on its way is gone."""
        self._frames.clear()
        self.take(self.dialogue.lose(self.now))
        return self.news()

    def wait(self, ms: int) -> list[Message]:
        """What the core is told while time passes."""
        end = self.clock.ms + ms
        while self.clock.ms < end:
            next_ms = -(-self.dialogue.due // MS)
            self.clock.ms = min(end, max(next_ms, self.clock.ms + 1))
            if self.dialogue.due <= self.now:
                self.take(self.dialogue.tick(self.now))
        return self.news()

    def hear(self, frame: Document) -> list[Message]:
        self.take(self.dialogue.hear(json.dumps(frame).encode(), self.now))
        return self.news()

    def news(self) -> list[Message]:
        self._deliver()
        news = self.told[:]
        self.told.clear()
        return news

    def take(self, turn: Turn) -> None:
        self.told.extend(turn.messages)
        for outgoing in turn.frames:
            self.told.extend(outgoing.sent)
            self._serve(outgoing.frame)
        self._deliver()

    def methods(self) -> list[str]:
        """What was asked since the last time."""
        methods = [request.method for request in self.asked]
        self.asked.clear()
        return methods

    def _serve(self, frame: bytes) -> None:
        request = read(frame)
        assert isinstance(request, Request)
        self.asked.append(request)
        answer: Document | None = None
        if request.method not in self.unseen:
            answer = dict(self._protocol.execute(request, self._session))
        if not self.loses_answers:
            self._frames.extend(self.gate(request, answer))

    def _hear_event(self, account: str, event: Event) -> None:
        if not self.is_deaf:
            self._session.deliver(account, event)

    def _deliver(self) -> None:
        while self._frames:
            frame = self._frames.pop(0)
            self.take(self.dialogue.hear(json.dumps(frame).encode(), self.now))


def kinds(messages: list[Message]) -> list[object]:
    return [type(message) for message in messages]


def fills(messages: list[Message]) -> set[tuple[str, int, int]]:
    found = [message for message in messages if isinstance(message, OrderFilled)]
    return {(fill.trade_id, fill.last_lots, fill.last_ticks) for fill in found}


def instead(method: str, *answers: Document) -> Callable[..., list[Document]]:
    """A gate that answers the first request of a method with something else."""
    left = [answers]

    def gate(request: Request, answer: Document | None) -> list[Document]:
        if request.method == method and left:
            return [{"id": request.id} | each for each in left.pop()]
        return proceed(request, answer)

    return gate


def refusal(code: int, text: str = "", status: int = 400) -> Document:
    return {"status": status, "error": {"code": code, "msg": text}}
