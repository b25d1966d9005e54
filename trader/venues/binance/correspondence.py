"""Questions and their answers: ids, signatures, deadlines, pauses.

Answers come in any order and are matched by id alone. A question ends in one of three ways: it is
answered, it is refused, or nobody knows. An error that names no question of ours could belong to
any, so none that acts on orders counts as refused by it: all of them become unknown. While the
venue has told us to keep silent, or has counted too much, questions wait, cancels at their head.

A question takes the socket while there is one. Without one it may take REST, if somebody makes
those calls for us: its answer comes back as a frame like any other.

A socket may stand on which nothing comes any more, though it answers pings. When a question ends
without an answer and nothing at all was heard since it left, the next one is the proof: if that
meets silence as well, the line is given up.
"""

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from trader.errors import VenueFault
from trader.model.control import ClockCompared
from trader.model.envelope import Message
from trader.model.units import INT64_MAX, MILLISECOND_NS, Nanoseconds
from trader.venues.binance import requests, rest
from trader.venues.binance.budget import Budget
from trader.venues.binance.frames import ErrorBody, Frame, Time, body
from trader.venues.binance.methods import METHODS, Access, Need, weight_of
from trader.venues.binance.outcomes import HALVES, TOO_MANY_ORDERS, Outcome, judge
from trader.venues.binance.requests import Request
from trader.venues.binance.server_clock import ServerClock
from trader.venues.binance.signing import Keys, Value, signed
from trader.venues.execution_client import Outgoing, Reply, Turn

_TIME: Final = requests.time()
_TRIES_MAX: Final = 3
"""How often a question is asked that the venue refuses for its time."""
_PAUSE_NS: Final = 500 * MILLISECOND_NS
"""Before a change is asked for again that the venue has put off."""
_PUT_OFF: Final = frozenset({Outcome.LATER, Outcome.SILENCE})


class Question(Struct, frozen=True, kw_only=True):
    """What to ask, and what to do with each way in which that can end.

    `acts`: the request does something to an order; what the venue puts off is asked for again.
    `urgent`: it goes first after a pause. `once`: it is not asked again, though the venue says that
    it refused it for its time alone, or for now. `halved`: it has two halves, of which one may have
    been done without the other.
    """

    request: Request
    answered: Callable[[Raw, Nanoseconds], Turn]
    refused: Callable[[ErrorBody, Nanoseconds], Turn]
    unknown: Callable[[Nanoseconds], Turn]
    halved: Callable[[ErrorBody, Nanoseconds], Turn] | None = None
    acts: bool = False
    urgent: bool = False
    once: bool = False
    tries: int = 1
    sent: tuple[Message, ...] = ()


class _Asked(Struct, frozen=True):
    question: Question
    at: Nanoseconds
    due: Nanoseconds
    by_socket: bool


class Correspondence:
    """All questions that have no end yet."""

    def __init__(
        self,
        keys: Keys,
        answer_within_ns: Nanoseconds,
        *,
        has_rest: bool = False,
        budget: Budget | None = None,
    ) -> None:
        """All who ask from one address share one `budget`."""
        self.clock: Final = ServerClock()
        self.budget: Final = budget or Budget()
        self.is_connected = False
        self.has_logged_on = False
        self.barred = ""
        """What the venue said when it refused our keys; nothing is placed from then on."""
        self.core_trusts_clock = True
        """What the core takes our clock for; it is told where that is wrong."""
        self._keys: Final = keys
        self._within: Final = answer_within_ns
        self._has_rest: Final = has_rest
        self._count = 0
        self._asked: dict[str, _Asked] = {}
        self._waiting: list[Question] = []
        self._reopens: Nanoseconds = 0
        self._is_comparing = False
        self._heard_at: Nanoseconds = 0
        self._doubted_at: Nanoseconds = INT64_MAX

    @property
    def due(self) -> Nanoseconds:
        """When the next deadline passes or what waits may be asked."""
        deadlines = [asked.due for asked in self._asked.values()]
        if self._waiting and not self._is_comparing:
            deadlines.append(self._reopens)
        return min(deadlines, default=INT64_MAX)

    @property
    def acts(self) -> bool:
        """Whether a question that does something to an order has no end yet."""
        open_ = (*(asked.question for asked in self._asked.values()), *self._waiting)
        return any(question.acts for question in open_)

    @property
    def can_ask(self) -> bool:
        """Whether there is any way to the venue."""
        return self.is_connected or self._has_rest

    def may_place(self, now: Nanoseconds) -> bool:
        """Whether an order could leave at once; one that cannot does not leave later."""
        return not self.barred and self.budget.allows(1, Need.PLACE, now)

    def compare_clocks(self, now: Nanoseconds, then: Callable[[Nanoseconds], Turn]) -> Turn:
        """Asks the venue for its time, and goes on with `then` when it has told it, or has not."""
        self._is_comparing = True

        def told(raw: Raw, at: Nanoseconds) -> Turn:
            self.clock.learn(now, body(raw, Time).ms, at)
            return self._judged() + done(at)

        def done(at: Nanoseconds) -> Turn:
            self._is_comparing = False
            return then(at) + self._flush(at)

        return self._send(
            Question(request=_TIME, answered=told, refused=lambda _, at: done(at), unknown=done),
            now,
        )

    def _judged(self) -> Turn:
        """Tells whether our clock is trusted, if that is new."""
        is_trusted = self.clock.is_trusted
        if is_trusted is self.core_trusts_clock:
            return Turn()
        self.core_trusts_clock = is_trusted
        told = ClockCompared(skew=-self.clock.offset_ns, is_trusted=is_trusted)
        return Turn(messages=[told])

    def ask(self, question: Question, now: Nanoseconds) -> Turn:
        """Asks, or lets the question wait for the end of a silence or of a window."""
        request = question.request
        weight = weight_of(request.method, request.params)
        if not self.budget.allows(weight, METHODS[request.method].need, now):
            self._wait(question, self.budget.opens(now))
            return Turn()
        return self._send(question, now)

    def note_life(self, now: Nanoseconds) -> None:
        """Something came on the socket."""
        self._heard_at, self._doubted_at = now, INT64_MAX

    def hear(self, frame: Frame, now: Nanoseconds) -> Turn:
        """An answer: the end of one question, or of all that act if it does not say of which."""
        self.budget.learn(frame.limits, now)
        asked = self._asked.pop(frame.id, None) if isinstance(frame.id, str) else None
        error = frame.error
        outcome = None if error is None else judge(frame.status, error)
        if error is not None and outcome is Outcome.SILENCE:
            self.budget.fall_silent(error, now)
        if error is not None and error.code == TOO_MANY_ORDERS:
            self.budget.stop_placing(error, now)
        if asked is None:
            return Turn() if self._is_late(frame.id) else self._lose_acts(now)
        question = asked.question
        if error is None:
            is_good = frame.status == rest.OK
            return question.answered(frame.result, now) if is_good else question.unknown(now)
        if question.halved is not None and error.code in HALVES:
            return question.halved(error, now)
        if outcome is Outcome.UNKNOWN:
            return question.unknown(now)
        if outcome is Outcome.CREDENTIALS:
            self.barred = error.text or str(error.code)
        return self._refused(question, outcome, error, now)

    def _refused(
        self, question: Question, outcome: Outcome | None, error: ErrorBody, now: Nanoseconds
    ) -> Turn:
        """It was not carried out; what can be asked again is."""
        if outcome is Outcome.CLOCK and not question.once:
            return self._again(question, error, now)
        if outcome in _PUT_OFF and question.acts and not question.once:
            self._wait(question, now + _PAUSE_NS)
            return Turn()
        return question.refused(error, now)

    def returned(self, id_: str, reply: Reply | None, now: Nanoseconds) -> Turn:
        """A call has ended: with a reply, or without one."""
        if reply is None:
            asked = self._asked.pop(id_, None)
            return Turn() if asked is None else asked.question.unknown(now)
        frame = rest.frame_of(reply, now, id_)
        self.budget.learn_headers(reply.headers, now)
        if rest.must_pause(reply) and frame.error is not None:
            self.budget.fall_silent(frame.error, now)
        return self.hear(frame, now)

    def tick(self, now: Nanoseconds) -> Turn:
        """Ends what has waited too long for its answer; asks what has waited to be asked.

        Raises VenueFault if the line has fallen silent; then nothing has been ended yet.
        """
        self._judge_life(now)
        turn = Turn()
        for id_, asked in list(self._asked.items()):
            if asked.due <= now and self._asked.pop(id_, None) is not None:
                turn += asked.question.unknown(now)
        if self._waiting and not self._is_comparing and now >= self._reopens:
            turn += self._flush(now)
        return turn

    def _judge_life(self, now: Nanoseconds) -> None:
        unheard = [
            asked.at
            for asked in self._asked.values()
            if asked.due <= now and asked.by_socket and asked.at >= self._heard_at
        ]
        if unheard and max(unheard) >= self._doubted_at:
            raise VenueFault("the venue has fallen silent")
        if unheard:
            self._doubted_at = min(self._doubted_at, now)

    def forget(self, now: Nanoseconds) -> Turn:
        """The connection is gone: what acted on orders has become unknown, the rest is void."""
        self.is_connected = self.has_logged_on = self._is_comparing = False
        self._doubted_at = INT64_MAX
        turn = self._lose_acts(now)
        self._waiting, self._asked = [], {}
        return turn

    def _send(self, question: Question, now: Nanoseconds) -> Turn:
        request = question.request
        need = METHODS[request.method].need
        self.budget.spend(weight_of(request.method, request.params), need, now)
        self._count += 1
        id_ = str(self._count)
        self._asked[id_] = _Asked(question, now, now + self._within, self.is_connected)
        stamp_ms = self.clock.stamp(now if request.at is None else request.at)
        if not self.is_connected:
            call = rest.call_of(request, self._keys, stamp_ms, id_)
            return Turn(calls=[replace(call, places=question.once)])
        params = self._signed(request, stamp_ms)
        frame = msgspec.json.encode({"id": id_, "method": request.method, "params": params})
        return Turn([Outgoing(frame, question.sent, question.once)])

    def _signed(self, request: Request, stamp_ms: int) -> dict[str, Value]:
        access = METHODS[request.method].access
        if access is not Access.SIGNED:
            return request.params
        timed = {**request.params, "timestamp": stamp_ms}
        return timed if self.has_logged_on else signed(timed, self._keys)

    def _again(self, question: Question, error: ErrorBody, now: Nanoseconds) -> Turn:
        """The clocks differ more than we thought: compares them and asks again, a few times."""
        if question.tries >= _TRIES_MAX:
            return question.refused(error, now)
        self._wait(replace(question, tries=question.tries + 1), now)
        return Turn() if self._is_comparing else self.compare_clocks(now, lambda _: Turn())

    def _wait(self, question: Question, until: Nanoseconds) -> None:
        self._reopens = min(self._reopens, until) if self._waiting else until
        self._waiting.insert(0 if question.urgent else len(self._waiting), question)

    def _flush(self, now: Nanoseconds) -> Turn:
        waiting, self._waiting = self._waiting, []
        turn = Turn()
        for question in waiting:
            turn += self.ask(question, now)
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
