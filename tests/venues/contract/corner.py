"""The Corner, an exchange that fits on a page, and the client that the page about it shows."""

import json
import re
import types
from pathlib import Path
from typing import Any, Final

from tests.venues.binance.wire import EPOCH, NAME, START
from trader.model.envelope import Message
from trader.model.units import MILLISECOND_NS, Ticks
from trader.venues.execution_client import ExecutionClient, Turn

PAGE: Final = Path(__file__).resolve().parents[3] / "docs" / "venue-of-your-own.md"
Document = dict[str, Any]


def client_of_the_page() -> ExecutionClient:
    """The client, from the text that a reader sees."""
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    module = types.ModuleType("corner_client")
    exec(compile(code, str(PAGE), "exec"), module.__dict__)
    client: ExecutionClient = module.CornerClient(NAME)
    return client


class Corner:
    """Orders, trades, and what is said of them."""

    def __init__(self) -> None:
        self.price = 6_000_000
        self.orders: Final[dict[str, Document]] = {}
        self.said: Final[list[Document]] = []
        self._told: Final[dict[str, list[Document]]] = {}
        self._trades = 0

    def hear(self, asked: Document) -> None:
        id_ = asked.get("id", "")
        match asked["do"]:
            case "hello":
                self.said.append({"is": "welcome"})
            case "order":
                self.orders[id_] = {"lots": asked["lots"], "ticks": asked["ticks"], "filled": 0}
                self._say(id_, "taken")
                self.trade()
            case "cancel" if self._works(id_):
                self.orders[id_]["lots"] = self.orders[id_]["filled"]
                self._say(id_, "gone")
            case "cancel":
                self.said.append({"is": "kept", "id": id_})
            case "ask":
                self.said.extend(self._told.get(id_, [{"is": "unknown", "id": id_}]))
            case "account":
                self.said.append(self._account())
            case _:
                raise AssertionError(asked)

    def trade(self) -> None:
        """Fills what the price reaches."""
        for id_, order in self.orders.items():
            lots, limit = order["lots"], order["ticks"]
            reached = limit is None or (self.price <= limit if lots > 0 else self.price >= limit)
            if self._works(id_) and reached:
                order["filled"] = lots
                self._trades += 1
                self._say(id_, "filled", trade=self._trades, lots=lots, ticks=self.price)

    def _works(self, id_: str) -> bool:
        return id_ in self.orders and self.orders[id_]["filled"] != self.orders[id_]["lots"]

    def _account(self) -> Document:
        open_ = [{"id": id_} | each for id_, each in self.orders.items() if self._works(id_)]
        return {
            "is": "account",
            "orders": open_,
            "held": sum(each["filled"] for each in self.orders.values()),
        }

    def _say(self, id_: str, word: str, **words: int) -> None:
        said = {"is": word, "id": id_} | words
        self._told.setdefault(id_, []).append(said)
        self.said.append(said)


class CornerBench:
    """The client of the page, and the Corner behind it."""

    def __init__(self) -> None:
        self.client: Final = client_of_the_page()
        self.received: Final[list[str]] = []
        self._corner: Final = Corner()
        self._now = START
        self._is_deaf = False
        self._told: list[Message] = []

    def connect(self, epoch: int = EPOCH) -> list[Message]:
        return self._take(self.client.greet(epoch, self._now))

    def perform(self, *messages: Message) -> list[Message]:
        return self._take(self.client.perform(messages, self._now))

    def move(self, ticks: Ticks) -> list[Message]:
        self._corner.price = ticks
        self._corner.trade()
        return self._take(Turn())

    def cut(self) -> list[Message]:
        self._corner.said.clear()
        return self._take(self.client.lose(self._now))

    def deafen(self, *, is_deaf: bool) -> None:
        self._is_deaf = is_deaf

    def wait(self, ms: int) -> list[Message]:
        end = self._now + ms * MILLISECOND_NS
        told: list[Message] = []
        while self.client.due <= end:
            self._now = max(self._now, self.client.due)
            told += self._take(self.client.tick(self._now))
        self._now = end
        return told

    def _take(self, turn: Turn) -> list[Message]:
        told = list(turn.messages)
        for outgoing in turn.frames:
            told += outgoing.sent
            asked = json.loads(outgoing.frame)
            if asked["do"] == "order":
                self.received.append(asked["id"])
            self._corner.hear(asked)
        while self._corner.said:
            said = self._corner.said.pop(0)
            if (self.client.ready and not self._is_deaf) or said["is"] == "welcome":
                told += self._take(self.client.hear(json.dumps(said).encode(), self._now))
        return told
