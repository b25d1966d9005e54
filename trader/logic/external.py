"""What people trade on the account, by the daemon or past it, in ledgers of its own.

There is one ledger for each instrument, from the first order or trade on. It is a strategy that
decides nothing: its positions, cash and open orders count with those of all others, and no
strategy's own are touched. What is closed and taken back for all is so here too; but nobody fights
a person: what fills afterwards is left as it is.
"""

from collections.abc import Sequence
from typing import Final

from trader.logic.dealing import Dealing, Wish
from trader.logic.desk import Desk
from trader.model.account import ForeignAdopted
from trader.model.control import SubmitByHand
from trader.model.envelope import Message
from trader.model.orders import OrderRole, OrderType, SubmitOrder, TimeInForce
from trader.model.units import Lots, Nanoseconds

PREFIX: Final = "ext_"
"""What the names of the ledgers begin with, and no strategy's name does."""

_NOTHING: Final[tuple[Message, ...]] = ()


def ledger_of(instrument: str) -> str:
    """The ledger of what people trade of an instrument.

    >>> ledger_of("BTCUSDT.binance"), ledger_of("BRK.B.venue")
    ('ext_BTCUSDT', 'ext_BRK.B')
    """
    return PREFIX + instrument.rpartition(".")[0]


def foreign_order(event: ForeignAdopted, left: Lots) -> SubmitOrder:
    """An order of somebody else as if it had been made here, for what it may still fill."""
    is_market = event.limit_ticks is None
    return SubmitOrder(
        client_order_id=event.client_order_id,
        strategy=event.strategy,
        instrument=event.instrument,
        lots=left,
        order_type=OrderType.MARKET if is_market else OrderType.LIMIT,
        limit_ticks=event.limit_ticks,
        stop_ticks=None,
        time_in_force=TimeInForce.GTC,
        role=OrderRole.EXPLICIT,
        parent="",
        ref_ticks=0,
        ts_decided=0,
        reason="foreign",
    )


class External:
    """The desks of what people trade."""

    def __init__(self, dealing: Dealing) -> None:
        self._dealing = dealing

    def on_submit(self, command: SubmitByHand, now: Nanoseconds) -> Sequence[Message]:
        """A person's order goes the way of all others: judged, followed, taken back by its id."""
        ledger = ledger_of(command.instrument)
        desk = self._desk(ledger, command.instrument)
        desk.leaves = False
        wish = Wish(
            lots=command.lots,
            role=OrderRole.EXPLICIT,
            ref_ticks=command.ref_ticks,
            order_type=OrderType.MARKET if command.limit_ticks is None else OrderType.LIMIT,
            limit_ticks=command.limit_ticks,
            reason=f"{command.by}: {command.reason}",
        )
        return (self._dealing.make(ledger, desk, wish, now),)

    def on_adopted(self, event: ForeignAdopted, now: Nanoseconds) -> Sequence[Message]:
        """What a person holds counts among what the account has traded."""
        del now
        desk = self._desk(event.strategy, event.instrument)
        if not desk.working:
            # What was closed here before is over: this is somebody's new wish.
            desk.leaves = False
        return _NOTHING

    def _desk(self, ledger: str, instrument: str) -> Desk:
        desks = self._dealing.state.desks
        desk = desks.get(ledger)
        if desk is None:
            desk = desks[ledger] = Desk(instrument=instrument)
        return desk
