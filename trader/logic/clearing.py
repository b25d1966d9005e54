"""What takes orders back and closes positions at somebody's word: the kill switch's or a person's.

Protective orders stay: until a position is closed they go on protecting it. An operator may take
back any order by its id, a protective one too; what a stop protected is then closed, as if it had
been taken back at the venue.
"""

from collections.abc import Sequence
from typing import Final

from trader.logic.aiming import Aiming
from trader.logic.dealing import Dealing
from trader.logic.lifecycle import ENDED
from trader.model.control import CancelById, CloseInstrument, PauseStrategy
from trader.model.envelope import Message
from trader.model.orders import CancelAll, Flatten, OrderRole, OrderStatus
from trader.model.units import Nanoseconds

_PENDING_CANCEL: Final = OrderStatus.PENDING_CANCEL


class Clearing:
    """Clears the desks of one account, all of them or those that are meant."""

    def __init__(self, dealing: Dealing, aiming: Aiming) -> None:
        self._dealing = dealing
        self._aiming = aiming

    def on_cancel_all(self, command: CancelAll, now: Nanoseconds) -> Sequence[Message]:
        """Takes back what could build up a position, of one strategy or of all."""
        del now
        out: list[Message] = []
        held = self._dealing.held() if command.keep_exits else {}
        for name, desk in self._dealing.state.desks.items():
            if command.strategy in {"", name}:
                out += self._aiming.take_back(desk, command.reason, held)
        return out

    def on_flatten(self, command: Flatten, now: Nanoseconds) -> Sequence[Message]:
        """Positions are closed at the market; until they are, their stops go on protecting them."""
        out: list[Message] = []
        for name, desk in self._dealing.state.desks.items():
            if command.strategy in {"", name}:
                out += self._aiming.flatten(name, desk, command.reason, now)
        return out

    def on_close(self, command: CloseInstrument, now: Nanoseconds) -> Sequence[Message]:
        """The same for whatever an instrument's strategies hold."""
        out: list[Message] = []
        for name, desk in self._dealing.state.desks.items():
            if desk.instrument == command.instrument:
                out += self._aiming.flatten(name, desk, command.reason, now)
        return out

    def on_pause(self, command: PauseStrategy, now: Nanoseconds) -> Sequence[Message]:
        """What a paused strategy has under way comes back; its stops stay."""
        del now
        desk = self._dealing.state.desks[command.strategy]
        desk.waits = False
        return self._aiming.take_back(desk, command.reason, {})

    def on_cancel(self, command: CancelById, now: Nanoseconds) -> Sequence[Message]:
        """Takes back one order; one that is unknown or has ended is left as it is."""
        del now
        order = self._dealing.state.orders.get(command.client_order_id)
        if order is None or order.status >= ENDED or order.status is _PENDING_CANCEL:
            return ()
        out = self._dealing.cancel(command.client_order_id, order, command.reason)
        if out and order.role is OrderRole.PROTECTION and order.is_stop:
            # It is no wish of ours: when it has ended, what it leaves without a stop is left.
            order.cancel_wanted = False
        return out
