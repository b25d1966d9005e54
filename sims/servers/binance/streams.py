"""Market streams: what a connection to `/ws` or `/stream` hears.

The server hands each such connection to `Streams.open` with its path and query, passes on the
client's frames, and writes what the session sends. Nothing here knows a socket.
"""

import json
from collections.abc import Callable
from typing import Final

from sims.servers.binance.engine import Engine
from sims.servers.binance.reports import server_shutdown

Send = Callable[[str], object]

UNKNOWN_METHOD: Final = {"code": 2, "msg": "Invalid request: unknown method"}


class StreamSession:
    """One connection's subscriptions; frames to its client leave through `send`."""

    def __init__(self, send: Send, *, is_combined: bool) -> None:
        self._send: Final = send
        self._is_combined: Final = is_combined

    def receive(self, text: str | bytes) -> None:
        """Take one frame of the client."""
        del text
        self._send(json.dumps(UNKNOWN_METHOD))

    def say_shutdown(self, now: int) -> None:
        """Announce that the server is about to end the connection."""
        event = server_shutdown(now)
        framed = {"stream": "!serverShutdown", "data": event} if self._is_combined else event
        self._send(json.dumps(framed, separators=(",", ":")))

    def close(self) -> None:
        """Forget the client, which has left."""


class Streams:
    """Opens sessions on one engine's markets."""

    def __init__(self, engine: Engine) -> None:
        self._engine: Final = engine

    def open(self, path_qs: str, send: Send) -> StreamSession:
        """Begin a session for a connection to `path_qs`, say `/stream?streams=btcusdt@trade`."""
        return StreamSession(send, is_combined=path_qs.startswith("/stream"))
