"""Questions that a test asks through a correspondence, and what became of each."""

import json
from collections.abc import Callable
from typing import Any

from tests.venues.binance.wire import KEYS, MS, START
from trader.venues.binance import requests
from trader.venues.binance.correspondence import Correspondence, Question
from trader.venues.binance.dialogue import BinanceDialogue
from trader.venues.binance.frames import read_frame
from trader.venues.execution_client import Turn

Document = dict[str, Any]


class Asking:
    """A correspondence, and what became of the questions that were asked through it."""

    def __init__(self, *, has_rest: bool = False, is_connected: bool = True) -> None:
        self.line = Correspondence(KEYS, 100 * MS, has_rest=has_rest)
        self.line.is_connected = is_connected
        self.ends: list[str] = []

    def ask(self, request: requests.Request, now: int = START, **changes: Any) -> Turn:
        def end(word: str) -> Callable[..., Turn]:
            def note(*_: object) -> Turn:
                self.ends.append(word)
                return Turn()

            return note

        question = Question(
            request=request,
            answered=end("answered"),
            refused=end("refused"),
            unknown=end("unknown"),
            **changes,
        )
        return self.line.ask(question, now)

    def hear(self, id_: int, now: int = START, **answer: Any) -> Turn:
        frame = {"id": str(id_), "status": 400 if "error" in answer else 200} | answer
        return self.line.hear(read_frame(json.dumps(frame).encode()), now)


def asked(turn: Turn) -> list[Document]:
    return [json.loads(outgoing.frame) for outgoing in turn.frames]


def methods(turn: Turn) -> list[str]:
    return [each["method"] for each in asked(turn)]


def hear(dialogue: BinanceDialogue, id_: int, now: int = START, **result: Any) -> Turn:
    frame = {"id": str(id_), "status": 200, "result": result}
    return dialogue.hear(json.dumps(frame).encode(), now)
