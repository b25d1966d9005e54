"""A trader's desk at the loopback venue: signs requests, asks, and keeps what it is told."""

import json
from typing import Any, Final

from sims.servers.binance.accounts import ACCOUNTS, AccountSpec
from sims.servers.binance.engine import Engine
from sims.servers.binance.limits import Limits
from sims.servers.binance.protocol import Protocol
from sims.servers.binance.request import Request, read
from sims.servers.binance.session import Session
from sims.servers.binance.signing import payload, sign

START_MS: Final = 1_781_000_000_000
MAIN: Final = ACCOUNTS[0]
OTHER: Final = AccountSpec(
    name="other", key="k" * 64, secret="t" * 64, balances={"BTC": "2", "USDT": "500"}
)

Document = dict[str, Any]


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.ms = START_MS

    def __call__(self) -> int:
        return self.ms * 1_000_000


def signed(params: Document, ms: int = START_MS, spec: AccountSpec = MAIN) -> Document:
    """Return `params` with key, time and signature."""
    whole = {"timestamp": ms, **params, "apiKey": spec.key}
    return {**whole, "signature": sign(spec.secret, payload(whole))}


def limit(**changes: str) -> Document:
    """Return the parameters of a resting purchase, with `changes`; an empty one is left out."""
    params = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "timeInForce": "GTC",
        "quantity": "0.10000",
        "price": "50000.00",
    }
    return {name: text for name, text in (params | changes).items() if text}


def market(**changes: str) -> Document:
    """Return the parameters of a purchase at the market's price, with `changes`."""
    return limit(type="MARKET", timeInForce="", price="") | changes


def stop(**changes: str) -> Document:
    """Return the parameters of a sale below the market's price, with `changes`."""
    sale = {"side": "SELL", "type": "STOP_LOSS", "stopPrice": "55000.00"}
    return limit(timeInForce="", price="") | sale | changes


class Desk:
    """One connection to the protocol, without a socket."""

    def __init__(self, engine: Engine, clock: Clock, limits: Limits | None = None) -> None:
        self.engine: Final = engine
        self.clock: Final = clock
        self.frames: Final[list[Document]] = []
        self.session: Final = Session(lambda frame: self.frames.append(dict(frame)))
        self.protocol: Final = Protocol(engine, limits)
        engine.listen(self.session.deliver)

    def ask(self, method: str, **params: object) -> Document:
        """Ask without a signature."""
        frame = json.dumps({"id": "a1", "method": method, "params": params})
        request = read(frame)
        assert isinstance(request, Request)
        answer: Document = json.loads(json.dumps(self.protocol.execute(request, self.session)))
        return answer

    def sign(self, method: str, params: Document, spec: AccountSpec = MAIN) -> Document:
        """Ask with the account's signature."""
        return self.ask(method, **signed(params, self.clock.ms, spec))

    def place(self, params: Document, spec: AccountSpec = MAIN) -> Document:
        """Place an order and return the answer."""
        return self.sign("order.place", params, spec)

    def subscribe(self, spec: AccountSpec = MAIN) -> Document:
        """Subscribe to the account's events."""
        return self.sign("userDataStream.subscribe.signature", {}, spec)

    def events(self) -> list[Document]:
        """Return what was told since the last time, without the envelopes."""
        events = [frame["event"] for frame in self.frames]
        self.frames.clear()
        return events

    def executions(self) -> list[tuple[str, str]]:
        """Return execution type and status of what was told about orders."""
        return [(event["x"], event["X"]) for event in self.events() if "x" in event]

    def balance(self, asset: str, spec: AccountSpec = MAIN) -> tuple[str, str]:
        """Return what is free and what is locked."""
        result = self.sign("account.status", {}, spec)["result"]
        [found] = [each for each in result["balances"] if each["asset"] == asset]
        return found["free"], found["locked"]


def outcome(answer: Document) -> tuple[int, int, str]:
    """Return status, code and text of an error."""
    return answer["status"], answer["error"]["code"], answer["error"]["msg"]
