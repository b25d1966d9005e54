"""Clients of the market streams without sockets, and a market that moves as a test says."""

import json
from typing import Any

from sims.servers.binance.amounts import amount
from sims.servers.binance.engine import Engine
from sims.servers.binance.orders import Side
from sims.servers.binance.scenarios.outward import Courier
from sims.servers.binance.scenarios.scenario import Scenario
from sims.servers.binance.streams import Streams, StreamSession
from tests.sims.servers.binance.desk import Clock, Document


class Client:
    """One connection, without a socket."""

    def __init__(self, streams: Streams, path: str) -> None:
        self.frames: list[Any] = []
        self.cuts: list[bool] = []
        self.session: StreamSession = streams.open(
            path,
            lambda text: self.frames.append(json.loads(text)),
            lambda: self.cuts.append(True),
            Courier(Scenario(lambda: 0), lambda _seconds, _send: None),
        )

    def ask(self, method: str, *params: object, name: object = 1) -> Document:
        self.say(json.dumps({"method": method, "params": params, "id": name}))
        answer: Document = self.frames.pop()
        return answer

    def say(self, text: str) -> None:
        self.session.receive(text)

    def heard(self) -> list[Any]:
        frames, self.frames = self.frames, []
        return frames


class World:
    """An engine, its streams, and a clock that ticks a tenth of a second at a time."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock
        self.streams = Streams(engine)

    def client(self, path: str = "/ws") -> Client:
        return Client(self.streams, path)

    def wait(self, ms: int) -> None:
        for _ in range(ms // 100):
            self.clock.ms += 100
            self.streams.publisher.tick()

    def quote(self, bids: dict[str, str], asks: dict[str, str]) -> None:
        sides = [{amount(p): amount(q) for p, q in side.items()} for side in (bids, asks)]
        self.engine.quote("BTCUSDT", *sides)

    def take(self, quantity: str, limit: str = "1000000") -> None:
        self.engine.flow("BTCUSDT", Side.BUY, amount(quantity), amount(limit))
