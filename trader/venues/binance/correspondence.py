"""Questions and their answers on one connection: ids, signatures, deadlines, pauses.

Answers come in any order and are matched by id alone. A question ends in one of three ways: it is
answered, it is refused, or nobody knows. An error that names no question of ours could belong to
any, so none that acts on orders counts as refused by it: all of them become unknown. While the
venue has told us to keep silent, questions wait, cancels at their head.
"""

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import Raw, Struct

from trader.model.envelope import Message
from trader.model.units import INT64_MAX, MINUTE_NS, Nanoseconds
from trader.venues.binance.frames import ErrorBody, Frame
from trader.venues.binance.grid import instant
from trader.venues.binance.outcomes import TOO_MANY_REQUESTS, is_refusal
from trader.venues.binance.requests import Request
from trader.venues.binance.signing import KeyPair, signed
from trader.venues.dialogue import Outgoing, Turn

PAUSE_NS: Final = MINUTE_NS
"""How long to keep silent where the venue does not say."""

_OK: Final = 200


class Question(Struct, frozen=True, kw_only=True):
    """What to ask, and what to do with each way in which that can end.

    `acts`: the request does something to an order. `urgent`: it goes first after a pause. `make`
    is called when the question leaves, because the request carries the time.
    """

    make: Callable[[Nanoseconds], Request]
    answered: Callable[[Raw, Nanoseconds], Turn]
    refused: Callable[[ErrorBody, Nanoseconds], Turn]
    unknown: Callable[[Nanoseconds], Turn]
    acts: bool = False
    urgent: bool = False
    sent: Message | None = None


class _Asked(Struct, frozen=True):
    question: Question
    due: Nanoseconds


class Correspondence:
    """All questions that have no end yet."""

    def __init__(self, keys: KeyPair, answer_within_ns: Nanoseconds) -> None:
        self._keys = keys
        self._within = answer_within_ns
        self._count = 0
        self._asked: dict[str, _Asked] = {}
        self._waiting: list[Question] = []
        self._silent_until: Nanoseconds = 0

    @property
    def due(self) -> Nanoseconds:
        """When the next deadline passes or the silence ends."""
        deadlines = [asked.due for asked in self._asked.values()]
        if self._waiting:
            deadlines.append(self._silent_until)
        return min(deadlines, default=INT64_MAX)

    @property
    def acts(self) -> bool:
        """Whether a question that does something to an order has no end yet."""
        return any(asked.question.acts for asked in self._asked.values())

    def is_silent(self, now: Nanoseconds) -> bool:
        """Whether the venue has told us to ask nothing now."""
        return now < self._silent_until

    def ask(self, question: Question, now: Nanoseconds) -> Turn:
        """Asks, or lets the question wait for the end of the silence."""
        if self.is_silent(now):
            at = 0 if question.urgent else len(self._waiting)
            self._waiting.insert(at, question)
            return Turn()
        self._count += 1
        id_ = str(self._count)
        self._asked[id_] = _Asked(question, now + self._within)
        request = question.make(now)
        frame = msgspec.json.encode(
            {"id": id_, "method": request.method, "params": signed(request.params, self._keys)}
        )
        return Turn([Outgoing(frame, question.sent)])

    def hear(self, frame: Frame, now: Nanoseconds) -> Turn:
        """An answer: the end of one question, or of all that act if it does not say of which."""
        asked = self._asked.pop(frame.id, None) if isinstance(frame.id, str) else None
        error = frame.error
        if error is not None and error.code == TOO_MANY_REQUESTS:
            self._fall_silent(error, now)
        if asked is None:
            return Turn() if self._is_late(frame.id) else self._lose_acts(now)
        question = asked.question
        if error is None:
            is_good = frame.status == _OK
            return question.answered(frame.result, now) if is_good else question.unknown(now)
        if is_refusal(frame.status, error):
            return question.refused(error, now)
        return question.unknown(now)

    def tick(self, now: Nanoseconds) -> Turn:
        """Ends what has waited too long for its answer; asks what has waited for silence to end."""
        turn = Turn()
        for id_, asked in list(self._asked.items()):
            if asked.due <= now and self._asked.pop(id_, None) is not None:
                turn += asked.question.unknown(now)
        if self._waiting and not self.is_silent(now):
            waiting, self._waiting = self._waiting, []
            for question in waiting:
                turn += self.ask(question, now)
        return turn

    def forget(self, now: Nanoseconds) -> Turn:
        """The connection is gone: what acted on orders has become unknown, the rest is void."""
        turn = self._lose_acts(now)
        self._waiting, self._asked = [], {}
        return turn

    def _lose_acts(self, now: Nanoseconds) -> Turn:
        turn = Turn()
        for id_, asked in list(self._asked.items()):
            if asked.question.acts:
                del self._asked[id_]
                turn += asked.question.unknown(now)
        return turn

    def _is_late(self, id_: object) -> bool:
        """Whether it names a question of ours that has ended without it."""
        is_number = isinstance(id_, str) and id_.isascii() and id_.isdecimal()
        return is_number and 0 < int(str(id_)[:18]) <= self._count

    def _fall_silent(self, error: ErrorBody, now: Nanoseconds) -> None:
        until = now + PAUSE_NS
        if error.data is not None and error.data.retry_after:
            until = instant(error.data.retry_after)
        self._silent_until = max(self._silent_until, until)
