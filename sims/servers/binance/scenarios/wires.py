"""What a scenario does to connections."""

from collections.abc import Callable, Mapping
from typing import Final

from sims.servers.binance.connection import Connection
from sims.servers.binance.line import Line, Mood
from sims.servers.binance.scenarios.deeds import Surface
from sims.servers.binance.scenarios.outward import Later
from sims.servers.binance.streams import StreamSession

Client = Connection | StreamSession


class Wires:
    """Acts on the lines of `clients`, those of the moment."""

    def __init__(
        self, clients: Mapping[Line, Client], now: Callable[[], int], later: Later
    ) -> None:
        self._clients: Final = clients
        self._now: Final = now
        self._later: Final = later

    def silence(self, surface: Surface, for_s: float | None) -> int:
        """Let connections say nothing more; return how many."""
        return self._change(surface, Mood.SILENT, for_s)

    def half_open(self, surface: Surface, for_s: float | None) -> int:
        """Let connections be dead without anybody being told; return how many."""
        return self._change(surface, Mood.DEAD, for_s)

    def disconnect(self, surface: Surface, *, is_announced: bool) -> int:
        """End connections; return how many."""
        lines = self._lines(surface)
        for line in lines:
            if is_announced:
                self._clients[line].say_shutdown(self._now())
                line.close()
            else:
                line.cut()
        return len(lines)

    def _change(self, surface: Surface, mood: Mood, for_s: float | None) -> int:
        lines = self._lines(surface)

        def set_all(mood: Mood) -> None:
            for line in lines:
                line.mood = mood

        set_all(mood)
        if for_s is not None:
            self._later(for_s, lambda: set_all(Mood.LIVELY))
        return len(lines)

    def _lines(self, surface: Surface) -> list[Line]:
        kinds = {
            Surface.ALL: (Connection, StreamSession),
            Surface.WS_API: (Connection,),
            Surface.STREAMS: (StreamSession,),
        }[surface]
        return [line for line, client in self._clients.items() if isinstance(client, kinds)]
