"""What a scenario does to events on their way to one client."""

from collections.abc import Callable
from typing import Final

from sims.servers.binance.scenarios.rules import AnyRule, Delay, Drop, Duplicate, Lose, Reorder
from sims.servers.binance.scenarios.scenario import Scenario

MS_PER_S: Final = 1_000

Send = Callable[[], object]
Later = Callable[[float, Send], object]


class Courier:
    """Sends one client's events, or does not; `later` calls something in so many seconds."""

    def __init__(self, scenario: Scenario, later: Later) -> None:
        self._scenario: Final = scenario
        self._later: Final = later
        self._held: list[Send] = []

    def carry(self, subject: str, send: Send) -> None:
        """Send an event, unless a rule strikes it."""
        match self._scenario.strike(subject, _applies):
            case Lose() | Drop():
                return
            case Delay(ms=ms):
                self._later(ms / MS_PER_S, send)
                return
            case Reorder(ms=ms):
                self._held.append(send)
                self._later(ms / MS_PER_S, self._release)
                return
            case Duplicate():
                send()
                send()
            case _:
                send()
        if self._held:
            self._release()

    def _release(self) -> None:
        held, self._held = self._held, []
        for send in held:
            send()


def _applies(rule: AnyRule) -> bool:
    return isinstance(rule, Lose | Drop | Delay | Duplicate | Reorder)
