"""Random faults at the venue in real time, drawn from a seed: what goes wrong, and for how long."""

from collections import Counter
from collections.abc import Callable
from time import time_ns  # noqa: TID251 - the venue is told until when to be silent
from typing import Final

import anyio

from sims.seeds import stream
from tests.faults.site import Document, Site

Chance = Callable[[int], int]

MS: Final = 1_000_000
PLACING: Final = ("order.place", "orderList.place.*", "order.cancelReplace")
CHANGING: Final = ("order.cancel", "order.amend.keepPriority", *PLACING)
DOUBLED: Final = (
    *("order.cancel", "order.amend.keepPriority"),
    *("order.cancelReplace", "orderList.place.*"),
)
"""What the venue does not do twice; an order that has ended leaves its name to another one."""
ASKING: Final = ("order.status", "myTrades", "openOrders.status", "account.status", "time")
REQUESTS: Final = (*CHANGING, *ASKING, "*")
REPORTS: Final = (
    "executionReport:*",
    "executionReport:TRADE",
    "executionReport:NEW",
    "listStatus",
    "outboundAccountPosition",
)
PRICES: Final = ("*@bookTicker", "*@kline*")
UNKNOWNS: Final = (-1000, -1001, -1006, -1007)
PAUSE_MS: Final = 500
LASTS_MS: Final = 1_200
SKEW_MS: Final = 300

Fault = Callable[[Chance], Document]


def _request(do: str, what: tuple[str, ...] = REQUESTS, **more: object) -> Fault:
    return lambda chance: {"do": do, "what": what[chance(len(what))], **more}


def _late(what: tuple[str, ...], ms_max: int, **more: object) -> Fault:
    return lambda chance: {
        "do": "delay", "what": what[chance(len(what))], "ms": 1 + chance(ms_max), **more,
    }  # fmt: skip


def _unknown(*, is_executed: bool) -> Fault:
    return lambda chance: {
        "do": "answer",
        "what": CHANGING[chance(len(CHANGING))],
        "code": UNKNOWNS[chance(len(UNKNOWNS))],
        "is_executed": is_executed,
    }


def _told_to_wait(chance: Chance) -> Document:
    until_ms = time_ns() // MS + 100 + chance(900)
    text = f"Too much request weight used; wait until {until_ms}."
    return {"do": "answer", "what": "*", "code": -1003, "status": 429, "text": text}


RULES: Final[dict[str, Fault]] = {
    "request dropped": _request("drop"),
    "answer lost": _request("lose"),
    "answer late": _late(REQUESTS, 2_000),
    "request late": _late(REQUESTS, 2_000, is_request=True),
    "requests reordered": _request("reorder", ms=200),
    "question doubled": _request("duplicate", ASKING),
    "change doubled": _request("duplicate", DOUBLED),
    "unknown yet executed": _unknown(is_executed=True),
    "unknown and not executed": _unknown(is_executed=False),
    "overloaded": _request("answer", CHANGING, code=-1008),
    "query lags behind": _request("answer", ("order.status",), code=-2013, times=1),
    "told to wait": _told_to_wait,
    "cut before the deed": _request("close"),
    "cut after the deed": _request("close", is_executed=True),
    "report lost": _request("lose", REPORTS),
    "report late": _late(REPORTS, 1_500),
    "report doubled": _request("duplicate", REPORTS),
    "reports reordered": _request("reorder", REPORTS, ms=300),
    "price lost": _request("lose", PRICES),
    "price late": _late(PRICES, 1_000),
    "price doubled": _request("duplicate", PRICES),
    "prices reordered": _request("reorder", PRICES, ms=300),
}
"""What strikes whatever passes by in its time."""


def _deed(do: str, surface: str, **more: object) -> Fault:
    return lambda _: {"do": do, "surface": surface, **more}


def _for_a_while(do: str, surface: str) -> Fault:
    return lambda chance: {"do": do, "surface": surface, "for_s": (200 + chance(2_000)) / 1_000}


DEEDS: Final[dict[str, Fault]] = {
    "cut": _deed("disconnect", "ws_api"),
    "market cut": _deed("disconnect", "streams"),
    "all cut": _deed("disconnect", "all"),
    "end announced": _deed("disconnect", "all", how="announced"),
    "silent for a while": _for_a_while("silence", "all"),
    "half-open for a while": _for_a_while("half_open", "all"),
    "silent for good": _deed("silence", "ws_api"),
    "half-open for good": _deed("half_open", "ws_api"),
    "clock skewed": lambda chance: {"do": "skew", "ms": chance(2 * SKEW_MS + 1) - SKEW_MS},
}
"""What happens once."""
KINDS: Final = (*RULES, *DEEDS)


class Weather:
    """Lets things go wrong at a venue; `met` counts by kind how often something was struck."""

    def __init__(self, site: Site, seed: int) -> None:
        self.met: Final[Counter[str]] = Counter()
        self._site: Final = site
        self._chance: Final = stream(seed, "weather").randrange

    async def rage(self, seconds: float) -> None:
        """Draws one fault after the other for so long, then heals all that does not heal itself."""
        with anyio.move_on_after(seconds):
            while True:
                await self._strike(KINDS[self._chance(len(KINDS))])
        await self._heal([])
        await self._site.do({"do": "skew", "ms": 0})

    async def part(self) -> None:
        """Ends all connections, which is no fault any more."""
        await self._site.do({"do": "disconnect", "surface": "all"})

    async def _strike(self, kind: str) -> None:
        """One fault, and the time until the next one."""
        chance = self._chance
        if kind in DEEDS:
            [told] = await self._site.do(DEEDS[kind](chance))
            self.met[kind] += int(told.get("connections", 1))
            await anyio.sleep((PAUSE_MS + chance(PAUSE_MS)) / 1_000)
            return
        times = {"times": 1 + chance(4)}
        await self._site.rule(times | RULES[kind](chance))
        try:
            await anyio.sleep((PAUSE_MS + chance(LASTS_MS)) / 1_000)
        finally:
            with anyio.CancelScope(shield=True):
                await self._heal([kind])

    async def _heal(self, kinds: list[str]) -> None:
        for kind, struck in zip(kinds, await self._site.heal(), strict=False):
            self.met[kind] += int(struck["struck"])
