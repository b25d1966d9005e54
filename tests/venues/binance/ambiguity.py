"""Orders and lists over a wire that loses, delays, doubles and contradicts, in a time of its own.

Between Binance's dialogue and the loopback venue's engine lies a queue in simulated time. Requests
may never arrive, arrive late or twice; their answers may be lost, late, doubled, or say "unknown"
of what was carried out, before or after the true answer; queries may lag behind; the connection
breaks. What the core would do is done here: after each connection it asks about all that has no
end. Then the wire heals, and everything must be known.
"""

import json
from collections import Counter
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final

from sims.seeds import stream
from sims.servers.binance.engine import Engine
from sims.servers.binance.orders import Order
from sims.servers.binance.protocol import Protocol
from sims.servers.binance.reports import Event
from sims.servers.binance.request import Request, read
from sims.servers.binance.session import Session
from tests.sims.servers.binance.desk import Clock
from tests.storm.trial import Verdict
from tests.venues.binance.told import Book
from tests.venues.binance.wire import GRID, KEYS, MS, NAME, refusal
from tests.venues.binance.wishes import Wishes, cancels
from trader.errors import VenueFault
from trader.model.orders import QueryOrder
from trader.venues.binance.dialogue import BinanceDialogue
from trader.venues.binance.inquiry import Patience
from trader.venues.execution_client import Turn

PATIENCE: Final = Patience(
    answer_within_ns=1_000 * MS,
    ask_again_ns=500 * MS,
    absent_after_ns=4_000 * MS,
    valid_ms=1_500,
)
PLACE: Final = "order.place"
QUERY: Final = "order.status"
LATENCY_MS: Final = 3
HEAL_MS: Final = 120_000
LAG_MS: Final = 1_000
UNKNOWNS: Final = (
    refusal(-1007, "Timeout waiting for response from backend server.", 504),
    refusal(-1006, "Execution status unknown.", 500),
    refusal(-1000, "An unknown error occurred.", 500),
)
YOUNG: Final = 50
"""Of so many last orders the venue's lag is made."""
SHARE: Final = "0.004"
"""What the street has at a price, every now and then: less than an order is for."""
BREAK: Final = 120
"""After one of so many submits the connection breaks."""
SUBMITS: Final = 500


_FAULTS: Final = (
    *("request lost", "request late", "request doubled"),
    *("answer lost", "answer late", "answer doubled", "answer unknown"),
    *("unknown, then the answer", "the answer, then unknown", "answer and events lost"),
)
DOUBLED: Final = "request doubled"
KINDS: Final = {
    PLACE: "a submit",
    "orderList.place.oco": "a pair",
    "orderList.place.otoco": "a bracket",
    "order.cancel": "a cancel",
    "orderList.cancel": "a cancel",
    "order.cancelReplace": "a replace",
    "order.amend.keepPriority": "a smaller size",
}
"""What is asked for by a method."""
FAULTS: Final = frozenset(
    {
        *_FAULTS,
        *("connections broken", "query lagged"),
        *(
            f"{fault}, {kind}"
            for fault in _FAULTS
            for kind in KINDS.values()
            if fault != DOUBLED or kind == "a submit"
        ),
    }
)


class Ambiguity:
    """One seed's wire, venue and book of what became of each order."""

    def __init__(self, seed: int) -> None:
        self.chance: Final = stream(seed, "ambiguity").randrange
        self.clock: Final = Clock()
        self.wishes: Final = Wishes(self.chance, self.clock)
        self.engine: Final = Engine(now=self.clock)
        self.dialogue: Final = BinanceDialogue(KEYS, [GRID], PATIENCE)
        self.met: Final[Counter[str]] = Counter()
        self.book: Final = Book()
        self.is_healed = False
        self._protocol: Final = Protocol(self.engine)
        self._session = Session(self._say)
        self._line = 0
        self._was_ready = False
        self._dropped: list[object] = []
        self._waiting: Final[list[tuple[int, int, Callable[[], None]]]] = []
        self._order: Final = count()
        self.engine.listen(self._hear)

    # -- the trader's side ------------------------------------------------------------------------

    def submit(self) -> None:
        """An order or a list near the market; sometimes older ones are canceled or changed."""
        made = self.wishes.orders()
        self.book.open_all(made)
        self.take(lambda now: self.dialogue.perform(made, now))
        # What is not known to work the core leaves alone.
        working = [id_ for id_ in self.book.open if id_ in self.book.working]
        commands = self.wishes.later(working)
        self.take(lambda now: self.dialogue.perform(commands, now))

    def cancel_all(self) -> None:
        """Takes back whatever has no end."""
        commands = cancels(self.book.open)
        self.take(lambda now: self.dialogue.perform(commands, now))

    def connect(self) -> None:
        """A new connection, and a new epoch."""
        self._line += 1
        self.wishes.epoch += 1
        self._was_ready = False
        self._session = Session(self._say)
        self.take(lambda now: self.dialogue.greet(self.wishes.epoch, now))

    def lose(self) -> None:
        """The connection breaks; a new one comes a while later."""
        self._line += 1
        self.met["connections broken"] += 1
        turn = self.dialogue.lose(self.clock())
        self.book.note(turn.messages)
        self._later(200, self.connect)

    def take(self, act: Callable[[int], Turn]) -> None:
        """Does what the dialogue says; what it cannot bear breaks the connection."""
        try:
            turn = act(self.clock())
        except VenueFault:
            self.lose()
            return
        self.book.note(turn.messages)
        for outgoing in turn.frames:
            self._send(outgoing.frame)
        if self.dialogue.ready and not self._was_ready:
            self._was_ready = True
            asked = [QueryOrder(client_order_id=id_, instrument=NAME) for id_ in self.book.open]
            self.take(lambda now: self.dialogue.perform(asked, now))

    def faults(self) -> list[str]:
        """What is not as the venue has it, or not known."""
        doubt = ["something is still in doubt"] if self.dialogue.busy else []
        return self.book.faults(self.engine) + doubt

    # -- the wire ---------------------------------------------------------------------------------

    def run(self, ms: int) -> None:
        """Lets time pass."""
        end = self.clock.ms + ms
        while True:
            due_ms = max(self.clock.ms, -(-self.dialogue.due // MS))
            if self._waiting and self._waiting[0][0] <= min(due_ms, end):
                at, _, act = heappop(self._waiting)
                self.clock.ms = max(self.clock.ms, at)
                act()
            elif due_ms <= end:
                self.clock.ms = due_ms
                self.take(self.dialogue.tick)
                self.clock.ms += 1
            else:
                self.clock.ms = end
                return

    def _later(self, ms: int, act: Callable[[], None]) -> None:
        heappush(self._waiting, (self.clock.ms + ms, next(self._order), act))

    def _send(self, frame: bytes) -> None:
        line = self._line
        request = read(frame)
        assert isinstance(request, Request)
        kind = KINDS.get(request.method, "")
        fault = self._fault(kind) if kind else ""
        if fault == "request lost":
            return
        delay = LATENCY_MS + (self.chance(3_000) if fault == "request late" else 0)
        self._later(delay, lambda: self._arrive(request, fault, line))
        if fault == DOUBLED:
            again = read(frame)
            assert isinstance(again, Request)
            self._later(delay + self.chance(50), lambda: self._arrive_again(again, line))

    def _fault(self, kind: str) -> str:
        """Only a single order can be judged that arrives twice: the venue takes names anew."""
        drawn = self.chance(2 * len(_FAULTS))
        if self.is_healed or drawn >= len(_FAULTS):
            return ""
        fault = _FAULTS[drawn]
        if fault == DOUBLED and kind != "a submit":
            return ""
        self.met[fault] += 1
        self.met[f"{fault}, {kind}"] += 1
        return fault

    def _arrive(self, request: Request, fault: str, line: int) -> None:
        if self._lags(request):
            self._answer(LATENCY_MS, line, {"id": request.id, **refusal(-2013, "no such order")})
            return
        own = [value for key, value in request.params.items() if key.endswith("ClientOrderId")]
        self._dropped = own if fault == "answer and events lost" else []
        answer = dict(self._protocol.execute(request, self._session))
        self._dropped = []
        unknown = {"id": request.id, **UNKNOWNS[self.chance(len(UNKNOWNS))]}
        match fault:
            case "answer lost" | "answer and events lost":
                return
            case "answer late":
                self._answer(self.chance(5_000), line, answer)
            case "answer doubled":
                self._answer(LATENCY_MS, line, answer)
                self._answer(self.chance(100), line, answer)
            case "answer unknown":
                self._answer(LATENCY_MS, line, unknown)
            case "unknown, then the answer":
                self._answer(LATENCY_MS, line, unknown)
                self._answer(self.chance(100), line, answer)
            case "the answer, then unknown":
                self._answer(LATENCY_MS, line, answer)
                self._answer(LATENCY_MS + 1, line, unknown)
            case _:
                self._answer(LATENCY_MS, line, answer)

    def _arrive_again(self, request: Request, line: int) -> None:
        """Only while the order works: the venue takes a name anew once its order has ended."""
        if any(order.is_open for order in self._named(request.params["newClientOrderId"])):
            self._arrive(request, "", line)

    def _named(self, name: object) -> list[Order]:
        young = list(self.engine.orders.values())[-YOUNG:]
        return [each for each in young if each.client_order_id == name]

    def _lags(self, request: Request) -> bool:
        if self.is_healed or request.method != QUERY or self.chance(4):
            return False
        name = request.params.get("origClientOrderId")
        known = self._named(name)
        is_young = any(self.clock() - each.created_ns < LAG_MS * MS for each in known)
        self.met["query lagged"] += is_young
        return is_young

    def _answer(self, ms: int, line: int, answer: dict[str, Any]) -> None:
        text = json.dumps(answer).encode()
        self._later(ms, lambda: self._deliver(text, line))

    def _say(self, event: Event) -> None:
        line, text = self._line, json.dumps(dict(event)).encode()
        late = self.chance(300) if not self.is_healed and self.chance(8) == 0 else 0
        self._later(LATENCY_MS + late, lambda: self._deliver(text, line))
        if late and self.chance(2):
            self._later(LATENCY_MS + 2 * late, lambda: self._deliver(text, line))

    def _hear(self, account: str, event: Event) -> None:
        """What is lost with an answer is about the orders that were asked for, and no others."""
        if event.get("c") not in self._dropped:
            self._session.deliver(account, event)

    def _deliver(self, frame: bytes, line: int) -> None:
        if line == self._line:
            self.take(lambda now: self.dialogue.hear(frame, now))


def tried(seed: int, submits: int) -> tuple[list[str], Counter[str]]:
    """What is wrong at the end of a seed's run, and what it has met."""
    run = Ambiguity(seed)
    run.connect()
    run.run(100)
    for _ in range(submits):
        share = None if run.chance(3) else SHARE
        run.engine.mark("BTCUSDT", f"{60_000 + run.chance(3) - 1}.00", share)
        run.submit()
        run.run(200 + run.chance(200))
        if run.chance(BREAK) == 0:
            run.lose()
            run.run(300)
    run.is_healed = True
    run.run(HEAL_MS)
    run.met["submits"] += submits
    run.met["doubts"] += len(run.book.doubted)
    found = run.faults()
    if not found:
        run.cancel_all()
        run.run(HEAL_MS)
        found = run.faults() + [f"{id_} cannot be canceled" for id_ in run.book.open]
    return found, run.met


def ambiguous(seed: int) -> Verdict:
    """The verdict on a seed of the storm."""
    found, met = tried(seed, SUBMITS)
    return Verdict(tuple(found), met)
