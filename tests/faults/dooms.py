"""What no daemon can mend by itself: deeds at the venue, and what is expected to follow of each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.crash.stage import Line, Running
from tests.faults.site import Document, Site

Wanted = Callable[[Line], bool]


@dataclass(frozen=True)
class Doom:
    """A deed, the line that has to follow, and the deed that lifts it, if anything does.

    One that `halts` does so for good; then the account is not what our own trades make of it. The
    venue may have `doubled` an order, whose name it takes anew once it has ended.
    """

    name: str
    deed: Document
    follows: Wanted
    lifted_by: Document | None = None
    halts: bool = False
    doubled: bool = False


def _event(name: str, **fields: object) -> Wanted:
    return lambda line: (
        line["event"] == name and all(line.get(key) == value for key, value in fields.items())
    )


EUROS: Final = {"symbol": "EURUSDT"}
_REFUSED: Final = _event("order_rejected", instrument="EURUSDT.binance", code="-1013")

DOOMS: Final = (
    Doom("trade busted", {"do": "bust", "symbol": "BTCUSDT"}, _event("order_busted")),
    Doom(
        "symbol halted",
        {"do": "halt", **EUROS},
        _event("order_filled", instrument="BTCUSDT.binance"),
        lifted_by={"do": "resume", **EUROS},
    ),
    Doom(
        "filter changed",
        {"do": "change_filter", **EUROS, "quantity_max": "60"},
        _REFUSED,
        lifted_by={"do": "change_filter", **EUROS, "quantity_max": "9000"},
    ),
    Doom("orders canceled by hand", {"do": "human_cancel", **EUROS}, _event("order_canceled")),
    Doom(
        "somebody else's trade",
        {"do": "human_order", **EUROS, "side": "BUY", "quantity": "7"},
        _event("trading_state_changed", state="halted", code="difference_foreign_order"),
        halts=True,
    ),
    Doom(
        "money moved",
        {"do": "transfer", "asset": "EUR", "amount": "7"},
        _event("difference_found", kind="position"),
        halts=True,
    ),
    Doom(
        "order doubled",
        {"do": "duplicate", "what": "order.place", "times": 4},
        _event("trading_state_changed", state="halted", code="difference_contradiction"),
        halts=True,
        doubled=True,
    ),
)


async def meet(daemon: Running, site: Site, doom: Doom) -> None:
    """Does the deed, and reads until that has followed which has to, and trading goes on if it can.

    A connection that begins anew is a comparison of both sides, which finds what nobody tells.
    """
    if doom.doubled:
        await site.rule(doom.deed)
    else:
        await site.do(doom.deed)
    if doom.halts and not doom.doubled:
        await site.do({"do": "disconnect", "surface": "ws_api"})
    await daemon.until(doom.follows)
    if doom.lifted_by is not None:
        await site.do(doom.lifted_by)
    if not doom.halts:
        await daemon.event("order_filled", instrument="EURUSDT.binance")
