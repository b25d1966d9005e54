"""What a scenario does to requests: the two hooks of the gate."""

from collections.abc import Mapping
from typing import Final

import anyio

from sims.servers.binance.gate import Interference, Verdict
from sims.servers.binance.refusals import Refusal
from sims.servers.binance.scenarios.rules import (
    Answer,
    AnyRule,
    Close,
    Delay,
    Drop,
    Duplicate,
    Lose,
    Reorder,
)
from sims.servers.binance.scenarios.scenario import Scenario

MS_PER_S: Final = 1_000


class Inward:
    """Strikes requests before they are carried out and before they are answered."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario: Final = scenario
        self._waiting: Final[list[anyio.Event]] = []

    @property
    def interference(self) -> Interference:
        """The hooks that the server asks."""
        return Interference(before_execute=self._arrive, before_answer=self._leave)

    async def _arrive(self, method: str, _params: Mapping[str, object]) -> Verdict | Refusal:
        match self._scenario.strike(method, _is_first):
            case Lose():
                return Verdict.LOSE
            case Drop():
                return Verdict.REFUSE_UNSEEN
            case Close():
                return Verdict.CLOSE
            case Duplicate():
                return Verdict.TWICE
            case Answer() as rule:
                return rule.refusal
            case Delay(ms=ms):
                await anyio.sleep(ms / MS_PER_S)
            case Reorder(ms=ms):
                await self._wait(ms)
            case None:
                pass
        return Verdict.PROCEED

    async def _leave(self, method: str, _params: Mapping[str, object]) -> Verdict | Refusal:
        while self._waiting:
            self._waiting.pop().set()
        match self._scenario.strike(method, _is_second):
            case Close():
                return Verdict.CLOSE
            case Answer() as rule:
                return rule.refusal
            case Delay(ms=ms):
                await anyio.sleep(ms / MS_PER_S)
            case _:
                pass
        return Verdict.PROCEED

    async def _wait(self, ms: int) -> None:
        passed = anyio.Event()
        self._waiting.append(passed)
        with anyio.move_on_after(ms / MS_PER_S):
            await passed.wait()


def _is_second(rule: AnyRule) -> bool:
    match rule:
        case Answer(is_executed=is_executed) | Close(is_executed=is_executed):
            return is_executed
        case Delay(is_request=is_request):
            return not is_request
        case _:
            return False


def _is_first(rule: AnyRule) -> bool:
    return not _is_second(rule)
