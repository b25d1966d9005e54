"""Pays what a halt has kept from what is held: protection that was asked for, and was denied.

After a restart the venue tells what never arrived while trading is still halted, so this is how a
position gets its stop back.
"""

from typing import Final

from msgspec.structs import replace

from trader.logic.dealing import Dealing
from trader.logic.desk import Desk, Guard, members
from trader.logic.guarding import Guarding
from trader.model.control import TradingState, TradingStateChanged
from trader.model.envelope import Message
from trader.model.units import Nanoseconds

_GOES_ON: Final = frozenset({TradingState.ACTIVE, TradingState.REDUCING})


class Owing:
    """Asks again, once orders pass."""

    def __init__(self, dealing: Dealing, guarding: Guarding) -> None:
        self._dealing = dealing
        self._guarding = guarding

    def on_trading_state(self, changed: TradingStateChanged, now: Nanoseconds) -> list[Message]:
        """Orders pass again: all that is owed, and the closing of what could not be protected."""
        if changed.state not in _GOES_ON:
            return []
        out: list[Message] = []
        for strategy, desk in self._dealing.state.desks.items():
            owed, desk.owed = desk.owed, {}
            for key, cover in list(desk.covers.items()):
                if cover.refused:
                    out += self._guarding.leave(strategy, desk, key, cover, now)
                elif guards := owed.pop(key, None):
                    out += self._protect(strategy, desk, key, guards, now)
            out += self._adopt(
                strategy, desk, [each for rest in owed.values() for each in rest], now
            )
        return out

    def _adopt(
        self, strategy: str, desk: Desk, owed: list[Guard], now: Nanoseconds
    ) -> list[Message]:
        """What no cover holds since all its orders were denied gets one of its own."""
        side = 1 if desk.position > 0 else -1
        bare = abs(desk.position) - desk.own
        bare -= sum(cover.held for cover in desk.covers.values() if cover.side == side)
        due = [guard for guard in owed if guard.lots * side < 0]
        if bare <= 0 or not due:
            return []
        key, _ = self._guarding.own(strategy, desk, side * bare)
        return self._protect(strategy, desk, key, due, now)

    def _protect(
        self, strategy: str, desk: Desk, key: str, owed: list[Guard], now: Nanoseconds
    ) -> list[Message]:
        """The newest order of each kind that does not work by now, for all that is covered."""
        cover, works = desk.covers[key], key in desk.working
        lots = cover.left if works else cover.held
        if lots <= 0:
            return []
        desk.unguarded = False
        cover.loose |= not works
        kinds = {order.order_type for _, order in members(desk, self._dealing.state.orders, key)}
        newest = {guard.order_type: guard for guard in owed if guard.order_type not in kinds}
        family = (key, key if works else "")
        whole = [replace(guard, lots=-cover.side * lots) for guard in newest.values()]
        return [self._guarding.place(strategy, desk, each, family, now) for each in whole]
