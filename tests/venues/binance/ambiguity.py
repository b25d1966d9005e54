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
from tests.venues.binance.wire import GRID, KEYS, MS, NAME, order, refusal
from trader.errors import VenueFault
from trader.model.envelope import Message
from trader.model.orders import (
    CancelOrder,
    OrderApproved,
    OrderType,
    QueryOrder,
    ReplaceOrder,
)
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
LOTS: Final = 1_000
MID: Final = 6_000_000
AWAY: Final = 100
CHANGE: Final = 2
"""Of six wishes for older orders one is a change, two are cancels and three are none."""
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
        self.engine: Final = Engine(now=self.clock)
        self.dialogue: Final = BinanceDialogue(KEYS, [GRID], PATIENCE)
        self.met: Final[Counter[str]] = Counter()
        self.book: Final = Book()
        self.is_healed = False
        self._protocol: Final = Protocol(self.engine)
        self._session = Session(self._say)
        self._epoch = 0
        self._line = 0
        self._was_ready = False
        self._dropped: list[object] = []
        self._waiting: Final[list[tuple[int, int, Callable[[], None]]]] = []
        self._order: Final = count()
        self._ids: Final = count(1)
        self._groups: Final = count(1)
        self.alone: Final[set[str]] = set()
        """Orders of no list that were not changed yet."""
        self.sides: Final[dict[str, tuple[int, bool]]] = {}
        self.engine.listen(self._hear)

    # -- the trader's side ------------------------------------------------------------------------

    def submit(self) -> None:
        """An order or a list near the market; sometimes an older one is canceled or changed."""
        made = (self._pair, self._bracket, *[self._single] * 6)[self.chance(8)]()
        self.take(lambda now: self.dialogue.perform(made, now))
        wish = self.chance(6)
        # What is not known to work the core leaves alone.
        working = [id_ for id_ in self.book.open if id_ in self.book.working]
        if wish > CHANGE or not working:
            return
        id_ = working[self.chance(len(working))]
        command: Message = CancelOrder(
            client_order_id=id_, instrument=NAME, request_id="", reason=""
        )
        if wish == CHANGE and id_ in self.alone:
            # Once: the stand-in counts sizes as they are told, whatever has overtaken them.
            self.alone.remove(id_)
            command = self._change(id_)
        self.take(lambda now: self.dialogue.perform([command], now))

    def _single(self) -> list[Message]:
        """At the market, or at rest near it."""
        lots = LOTS if self.chance(2) else -LOTS
        return [self._approved(lots, limit=MID - lots // 10 if self.chance(2) else None)]

    def _pair(self, parent: str = "") -> list[Message]:
        """A stop and a limit of which one ends the other."""
        family = {"group": f"pair-{next(self._groups)}", "parent": parent, "reduce_only": True}
        stop = {"order_type": OrderType.STOP, "stop_ticks": MID - AWAY}
        return [
            self._approved(-LOTS, **family, **stop),
            self._approved(-LOTS, limit=MID + AWAY, **family),
        ]

    def _bracket(self) -> list[Message]:
        """An entry that rests, and the pair that waits for it."""
        entry = self._approved(LOTS, limit=MID - AWAY)
        assert isinstance(entry, OrderApproved)
        return [entry, *self._pair(entry.order.client_order_id)]

    def _approved(self, lots: int, **terms: Any) -> Message:
        id_ = f"main-x-{self._epoch}-{next(self._ids)}"
        self.book.open[id_] = True
        self.book.lots[id_] = abs(lots)
        if not terms.keys() & {"group", "parent"}:
            self.alone.add(id_)
        self.sides[id_] = (1 if lots > 0 else -1, "stop_ticks" in terms)
        return order(client_order_id=id_, lots=lots, ts_decided=self.clock(), **terms)

    def _change(self, id_: str) -> Message:
        """Half of it, or all of it at another price."""
        side, is_stop = self.sides[id_]
        halved = side * LOTS // 2 if self.chance(2) else None
        aside = self.chance(50)
        limit = None if halved or is_stop else MID - side * (AWAY + aside)
        stop = None if halved or not is_stop else MID - AWAY - aside
        return ReplaceOrder(
            client_order_id=id_,
            instrument=NAME,
            request_id="",
            lots=halved,
            limit_ticks=limit,
            stop_ticks=stop,
        )

    def connect(self) -> None:
        """A new connection, and a new epoch."""
        self._line += 1
        self._epoch += 1
        self._was_ready = False
        self._session = Session(self._say)
        self.take(lambda now: self.dialogue.greet(self._epoch, now))

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
        run.engine.mark("BTCUSDT", f"{60_000 + run.chance(3) - 1}.00")
        run.submit()
        run.run(200 + run.chance(200))
        if run.chance(BREAK) == 0:
            run.lose()
            run.run(300)
    run.is_healed = True
    run.run(HEAL_MS)
    run.met["submits"] += submits
    run.met["doubts"] += len(run.book.doubted)
    found = run.book.faults(run.engine)
    if run.dialogue.busy:
        found.append("something is still in doubt")
    return found, run.met


def ambiguous(seed: int) -> Verdict:
    """The verdict on a seed of the storm."""
    found, met = tried(seed, SUBMITS)
    return Verdict(tuple(found), met)
