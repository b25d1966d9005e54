"""Submits through the daemon's own gateway, over sockets, to a venue at which things go wrong.

Each kind of fault has its turn while orders go out: some take what there is, some rest and are
canceled later. What the core would do after each connection is done here: it asks about all that
has no end. Then the venue heals, and everything must be known.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time_ns  # noqa: TID251 - real sockets have real time
from typing import Final

import anyio

from actors.edge.gateway import Gateway
from actors.runtime.line import Way
from actors.runtime.supervisor import Child, Restarts, Supervisor
from sims.seeds import stream
from tests.faults.site import Document, Site, shipped
from tests.venues.binance.told import Book
from tests.venues.binance.wire import GRID, KEYS, MS, NAME, order
from trader.model.control import EdgeFailed
from trader.model.envelope import Message
from trader.model.orders import CancelOrder, OrderSubmitted, QueryOrder
from trader.venues.binance.dialogue import BinanceDialogue
from trader.venues.binance.inquiry import Patience
from trader.venues.binance.outcomes import DUPLICATE

PATIENCE: Final = Patience(
    answer_within_ns=400 * MS, ask_again_ns=100 * MS, absent_after_ns=1_200 * MS, valid_ms=1_000
)
PLACE: Final = "order.place"
QUERY: Final = "order.status"
REPORT: Final = "executionReport*"
WAIT: Final = "Way too many requests; wait until {}."
WAIT_MS: Final = 400
TIMES: Final = 10
"""How many of the orders of a turn are struck."""
ORDERS: Final = 16
"""How many leave while one kind of fault holds."""
LOTS: Final = 100
PACE_S: Final = 0.01
LOW: Final = 4_000_000
"""A price so far below the market that what waits there is never filled."""


@dataclass(frozen=True)
class Trouble:
    """One kind of fault: rules that hold, or a deed in the midst, while some orders go out.

    The first rule is the one that must strike. A fault that `lasts` has to be overcome before the
    next one comes.
    """

    name: str
    rules: tuple[Document, ...] = ()
    deed: Document | None = None
    rests: bool = False
    lasts: bool = False


def _rule(name: str, do: str, what: str = PLACE, times: int = TIMES, **more: object) -> Trouble:
    return Trouble(name, rules=({"do": do, "what": what, "times": times, **more},))


def _answer(name: str, code: int, *, is_executed: bool, **more: object) -> Trouble:
    rule = {"do": "answer", "what": PLACE, "code": code, "is_executed": is_executed, "times": TIMES}
    return Trouble(name, rules=(rule | more,))


def _in_doubt(name: str, do: str, what: str, **more: object) -> Trouble:
    """Orders in doubt, and questions about them that are struck as well."""
    unknown = {"do": "answer", "what": PLACE, "code": -1007, "is_executed": True, "times": TIMES}
    return Trouble(name, rules=({"do": do, "what": what, "times": TIMES, **more}, unknown))


def _deed(name: str, do: str, *, lasts: bool = False, **more: object) -> Trouble:
    return Trouble(name, deed={"do": do, "surface": "ws_api", **more}, lasts=lasts)


TROUBLES: Final = (
    _rule("request dropped", "drop"),
    _rule("answer lost", "lose"),
    _rule("answer late", "delay", ms=200),
    _rule("answer after its deadline", "delay", ms=600),
    _rule("request late", "delay", ms=300, is_request=True),
    _rule("request too late to be valid", "delay", ms=1_100, is_request=True),
    Trouble("request doubled", ({"do": "duplicate", "what": PLACE, "times": TIMES},), rests=True),
    _rule("requests reordered", "reorder", ms=100),
    _answer("unknown yet executed", -1007, is_executed=True),
    _answer("unknown and not executed", -1006, is_executed=False),
    _answer("server fault yet executed", -1000, is_executed=True),
    _answer("a code that nobody knows, yet executed", -7, is_executed=True),
    _answer("refused as a duplicate, yet executed", -2010, is_executed=True, text=DUPLICATE),
    _answer("overloaded", -1008, is_executed=False),
    _answer("told to wait", -1003, is_executed=False, status=429, text=WAIT, times=1),
    _in_doubt("query lags behind", "answer", QUERY, code=-2013),
    _in_doubt("query unanswered", "lose", QUERY),
    _in_doubt("trades unanswered", "lose", "myTrades"),
    _rule("reports and answers lost", "lose", "*"),
    _rule("reports lost", "lose", REPORT),
    _rule("reports late", "delay", REPORT, ms=300),
    _rule("reports doubled", "duplicate", REPORT),
    _rule("reports reordered", "reorder", REPORT, ms=100),
    _rule("cut before the deed", "close", times=2),
    _rule("cut after the deed", "close", is_executed=True, times=2),
    _deed("cut", "disconnect"),
    _deed("end announced", "disconnect", how="announced"),
    _deed("silent for good", "silence", lasts=True),
    _deed("half-open for good", "half_open", lasts=True),
    _deed("silent for a while", "silence", for_s=0.5),
    _deed("half-open for a while", "half_open", for_s=0.5),
    Trouble("clock ahead", deed={"do": "skew", "ms": 300}),
    Trouble("clock behind", deed={"do": "skew", "ms": -300}),
)


class Desk:
    """Stands for a core behind the gateway; `met` counts what has happened."""

    def __init__(self, site: Site, seed: int) -> None:
        self.book: Final = Book()
        self.met: Final[Counter[str]] = Counter()
        self._site: Final = site
        self._chance: Final = stream(seed, "ambiguous").randrange
        self._epoch = 0
        self._count = 0
        self._ready = anyio.Event()
        self._dialogue: Final = BinanceDialogue(KEYS, [GRID], PATIENCE, has_rest=True)
        self._gateway: Final = Gateway(
            Way(site.ready["ws_api"], site.ready["rest"]),
            self._dialogue,
            clock=time_ns,
            put=self._put,
            begin=self._begin,
            begun=self._begun,
        )

    async def keep(self) -> None:
        """The gateway under its supervisor, until it is cancelled."""
        await Supervisor(
            [Child("gateway", self._gateway.run)],
            Restarts(intensity=1_000, pause_s_min=0.01, pause_s_max=0.05),
            clock=monotonic,
            jitter=lambda: 1.0,
            failed=self._failed,
        ).run()

    async def meet(self, trouble: Trouble) -> None:
        """Sends orders while one kind of fault holds."""
        await self._site.rule(*map(_dated, trouble.rules))
        for number in range(ORDERS):
            if trouble.deed is not None and number == ORDERS // 2:
                [told] = await self._site.do(trouble.deed)
                self.met[trouble.name] += int(told.get("connections", 1))
            await self._place(rests=trouble.rests or self._chance(4) == 0)
            await anyio.sleep(PACE_S)
        for struck in (await self._site.heal())[:1]:
            self.met[trouble.name] += int(struck["struck"])

    async def settle(self) -> None:
        """Returns when there is a connection and no order is asked about any more."""
        while True:
            ready = self._ready
            await ready.wait()
            await self._gateway.rest()
            if ready is self._ready:
                return

    async def _place(self, *, rests: bool) -> None:
        """An order that leaves; where it cannot, one that does so later."""
        while True:
            await self._ready.wait()
            self._count += 1
            id_ = f"main-x-{self._epoch}-{self._count}"
            lots = LOTS if rests or self._count % 2 else -LOTS
            self.book.open[id_] = True
            limit = LOW if rests else None
            self._perform(order(client_order_id=id_, lots=lots, limit=limit, ts_decided=time_ns()))
            if id_ in self.book.open:
                break
            await anyio.sleep(PACE_S)
        standing = [each for each in self.book.open if each != id_]
        if standing and self._chance(3) == 0:
            other = standing[self._chance(len(standing))]
            cancel = CancelOrder(client_order_id=other, instrument=NAME, request_id="", reason="")
            self._perform(cancel)

    def _perform(self, *messages: Message) -> None:
        self._gateway.perform(messages)

    def _put(self, message: Message) -> None:
        self.met["submitted"] += isinstance(message, OrderSubmitted)
        self.book.note([message])

    def _begin(self) -> int:
        self._epoch += 1
        return self._epoch

    def _begun(self, _epoch: int) -> None:
        self.met["connections"] += 1
        self._ready.set()
        self._perform(*(QueryOrder(client_order_id=id_, instrument=NAME) for id_ in self.book.open))

    def _failed(self, failed: EdgeFailed) -> None:
        del failed
        self._ready = anyio.Event()


def _dated(rule: Document) -> Document:
    """A rule that tells until when to wait, from now on."""
    until_ms = time_ns() // MS + WAIT_MS
    return {key: each.format(until_ms) if key == "text" else each for key, each in rule.items()}


async def met_all(folder: Path, seed: int) -> tuple[list[str], Counter[str]]:
    """What is wrong in the end by the venue's own memory, and what was met on the way."""
    async with shipped(folder, "--rate", "20") as site:
        desk = Desk(site, seed)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(desk.keep)
            for trouble in TROUBLES:
                await desk.meet(trouble)
                if trouble.lasts:
                    await desk.settle()
            await desk.settle()
            tasks.cancel_scope.cancel()
        engine = await site.stop()
    desk.met["fills"] = len(desk.book.fills)
    desk.met["doubts"] = len(desk.book.doubted)
    return desk.book.faults(engine), desk.met
