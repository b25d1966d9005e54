"""Market streams: what a connection to `/ws` or `/stream` hears.

The server hands each such connection to `Streams.open` with its path and query, passes on the
client's frames, writes what the session sends, and says often that time has passed. Nothing here
knows a socket.
"""

import json
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final
from urllib.parse import parse_qs, unquote

from sims.servers.binance.engine import Engine
from sims.servers.binance.publishing import control
from sims.servers.binance.publishing.channels import Channel, channel
from sims.servers.binance.publishing.control import Command, Method
from sims.servers.binance.publishing.publisher import Publisher
from sims.servers.binance.reports import NS_PER_MS, server_shutdown
from sims.servers.binance.scenarios.outward import Courier

NAMES_MAX: Final = 1_024
FRAMES_PER_S_MAX: Final = 5
NS_PER_S: Final = 1_000_000_000
NS_PER_US: Final = 1_000
MICROSECOND: Final = "MICROSECOND"
SHUTDOWN: Final = "!serverShutdown"

Send = Callable[[str], object]
Cut = Callable[[], object]


class StreamSession:
    """One connection's subscriptions; frames to its client leave through `send`.

    A client that asks too often is told nothing: its line is `cut`.
    """

    def __init__(self, streams: "Streams", send: Send, cut: Cut, courier: Courier) -> None:
        self.is_combined = False
        self.unit = NS_PER_MS
        self._streams: Final = streams
        self._send: Final = send
        self._cut: Final = cut
        self._courier: Final = courier
        self._channels: Final[dict[str, Channel | None]] = {}
        self._heard_ns: Final[deque[int]] = deque(maxlen=FRAMES_PER_S_MAX)

    def subscribe(self, names: list[str]) -> None:
        """Listen to streams; a name that means nothing is kept, and nothing comes of it."""
        for name in names:
            if name not in self._channels:
                found = channel(name, self._streams.engine.markets)
                self._channels[name] = found
                if found is not None:
                    self._streams.publisher.join(found, self, name, self.unit)

    def deliver(self, name: str, text: str) -> None:
        """Send an event of a stream."""
        framed = f'{{"stream":{json.dumps(name)},"data":{text}}}' if self.is_combined else text
        self._courier.carry(name, partial(self._send, framed))

    def receive(self, frame: str | bytes) -> None:
        """Take one frame of the client."""
        now = self._streams.engine.now()
        if len(self._heard_ns) == FRAMES_PER_S_MAX and now - self._heard_ns[0] < NS_PER_S:
            self._cut()
            return
        self._heard_ns.append(now)
        command = control.read(frame)
        answer = self._carry_out(command) if isinstance(command, Command) else command
        self._send(_text(answer))

    def say_shutdown(self, now: int) -> None:
        """Announce that the server is about to end the connection."""
        self.deliver(SHUTDOWN, _text(server_shutdown(now).at(self.unit)))

    def close(self) -> None:
        """Forget the client, which has left."""
        self._unsubscribe(list(self._channels))

    def _carry_out(self, command: Command) -> Mapping[str, object]:
        result: object = None
        match command.method:
            case Method.SUBSCRIBE:
                if len({*self._channels, *command.names}) > NAMES_MAX:
                    return control.wrong(f"more than {NAMES_MAX} streams")
                self.subscribe(command.names)
            case Method.UNSUBSCRIBE:
                self._unsubscribe(command.names)
            case Method.LIST_SUBSCRIPTIONS:
                result = list(self._channels)
            case Method.SET_PROPERTY:
                self.is_combined = command.value is True
            case Method.GET_PROPERTY:
                result = self.is_combined
        return {"result": result, "id": command.id}

    def _unsubscribe(self, names: list[str]) -> None:
        for name in names:
            found = self._channels.pop(name, None)
            if found is not None and found not in self._channels.values():
                self._streams.publisher.leave(found, self)


class Streams:
    """Opens sessions on one engine's markets."""

    def __init__(self, engine: Engine) -> None:
        self.engine: Final = engine
        self.publisher: Final = Publisher(engine)

    def open(self, path_qs: str, send: Send, cut: Cut, courier: Courier) -> StreamSession:
        """Begin a session for a connection to `path_qs`, say `/stream?streams=btcusdt@trade`."""
        path, _, query_text = path_qs.partition("?")
        query = parse_qs(query_text)
        session = StreamSession(self, send, cut, courier)
        if query.get("timeUnit", [""])[0].upper() == MICROSECOND:
            session.unit = NS_PER_US
        session.is_combined = path.startswith("/stream")
        if session.is_combined:
            names = query.get("streams", [""])[0].split("/")
        else:
            names = unquote(path).split("/")[2:]
        # A path may also just tell connections apart, such as /ws/0.
        session.subscribe([name for name in names if "@" in name][:NAMES_MAX])
        return session


def _text(document: Mapping[str, object]) -> str:
    return json.dumps(document, separators=(",", ":"))
