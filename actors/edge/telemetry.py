"""What a running daemon says: one JSON document a line, for people's eyes and programs alike."""

from collections.abc import Callable
from typing import Final, TextIO

import msgspec

from trader.model.units import Nanoseconds


class Telemetry:
    """Writes lines to a stream; a reader that has gone away disturbs nobody."""

    def __init__(self, stream: TextIO, clock: Callable[[], Nanoseconds]) -> None:
        self._stream: Final = stream
        self._clock: Final = clock

    def say(self, event: str, **fields: object) -> None:
        """One line; `ts` and `event` stand first."""
        line = msgspec.json.encode({"ts": self._clock(), "event": event, **fields})
        try:
            self._stream.write(line.decode() + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            return
