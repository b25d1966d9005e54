"""From where a strategy wants to be to orders: what lacks is ordered, what leads astray canceled.

Only orders made from targets count as on their way there; protective orders and a strategy's own
are left alone. Where cancels take time a target waits for their answers, so that nothing is sent
twice. What fills that crossed each other did too much is brought back.
"""

from collections.abc import Sequence
from typing import Final

from trader.logic.dealing import Dealing, Wish
from trader.logic.desk import Desk, target_open
from trader.logic.guarding import Guarding, guards
from trader.model.account import PositionChanged
from trader.model.envelope import Message
from trader.model.orders import OrderRole, TargetPosition
from trader.model.units import Lots, Nanoseconds

_TARGET: Final = OrderRole.TARGET
_PROTECTION: Final = OrderRole.PROTECTION
_NOTHING: Final[tuple[Message, ...]] = ()


class Aiming:
    """Brings positions to their targets; `patient` waits for the answers to cancels."""

    def __init__(self, dealing: Dealing, guarding: Guarding, *, patient: bool) -> None:
        self._dealing = dealing
        self._guarding = guarding
        self._patient = patient

    def on_target(self, target: TargetPosition, now: Nanoseconds) -> Sequence[Message]:
        """A new target: cancels what works against it, and orders what lacks."""
        desk = self._dealing.state.desks[target.strategy]
        desk.aim, desk.target, desk.waits = target, target.lots, False
        if target.lots:
            desk.leaves = False
        if not desk.working and not target.protection:
            return self._toward(target, desk, target.lots - desk.position, now)
        orders = self._dealing.state.orders
        gap = target.lots - desk.position - target_open(desk, orders)
        cancels: list[Message] = []
        for id_ in list(desk.working):
            order = orders[id_]
            if order.role is _TARGET and order.left * gap < 0:
                cancels += self._dealing.cancel(id_, order, "target_changed")
        return [*cancels, *self.aim(desk, now)]

    def aim(self, desk: Desk, now: Nanoseconds) -> Sequence[Message]:
        """The order for the target last told, unless a cancel must be answered first."""
        desk.waits = self._patient and self._dealing.cancels_pending(desk)
        if desk.waits:
            return _NOTHING
        assert desk.aim is not None, desk
        still = target_open(desk, self._dealing.state.orders)
        out = self._toward(desk.aim, desk, desk.target - desk.position - still, now)
        if desk.aim.protection and (still or desk.position * desk.target > 0):
            out = [*out, *self._guarding.complete(desk.aim, desk, now)]
        return out

    def _toward(
        self, target: TargetPosition, desk: Desk, size: Lots, now: Nanoseconds
    ) -> Sequence[Message]:
        """The order of `size` that reaches the target, and what protects what it opens."""
        if not size:
            return _NOTHING
        wish = Wish(
            lots=size,
            role=_TARGET,
            ref_ticks=target.ref_ticks or desk.last_ticks,
            reason=target.reason,
            guards=guards(target, size) if target.protection else (),
        )
        return (self._dealing.make(target.strategy, desk, wish, now),)

    def undo(self, changed: PositionChanged, desk: Desk, now: Nanoseconds) -> Sequence[Message]:
        """The order that brings back what fills that crossed each other did too much.

        A protective fill does too much where it turns a position that nobody wants turned; as long
        as it only ends the target, the strategy will hear of it and say so itself.
        """
        still = target_open(desk, self._dealing.state.orders) if desk.working else 0
        beyond = changed.lots + still - desk.target
        last = changed.last_lots
        if beyond * last <= 0:
            return _NOTHING
        if changed.role is _PROTECTION and (desk.target * last < 0 or changed.lots * last <= 0):
            return _NOTHING
        wish = Wish(
            lots=-beyond,
            role=_TARGET,
            ref_ticks=changed.last_ticks,
            reason="overshot",
            guards=() if desk.aim is None else guards(desk.aim, -beyond),
        )
        return (self._dealing.make(changed.strategy, desk, wish, now),)

    def take_back(self, desk: Desk, reason: str, held: dict[str, Lots]) -> list[Message]:
        """Cancels what could build up a position; the stops of one that stays go on protecting it.

        The stops of an entry end with it, at the venue. Orders of the target stay that lead from
        the desk's position toward nothing, and from what is `held` in the instrument; that is less
        by then.
        """
        out: list[Message] = []
        name = desk.instrument
        for id_ in list(desk.working):
            order = self._dealing.state.orders[id_]
            if order.role is _PROTECTION:
                continue
            left, all_ = order.left, held.get(name, 0)
            is_exit = order.role is _TARGET and not order.cancel_wanted
            if is_exit and _ends(left, desk.position) and _ends(left, all_):
                held[name] = all_ + left
                continue
            out += self._dealing.cancel(id_, order, reason)
        return out

    def flatten(
        self, strategy: str, desk: Desk, reason: str, now: Nanoseconds
    ) -> Sequence[Message]:
        """Takes back what could build up a position, and closes the one there is."""
        cancels = self.take_back(desk, reason, {desk.instrument: desk.position})
        desk.leaves = True
        if desk.target or desk.aim is None:
            desk.target = 0
            desk.aim = TargetPosition(
                strategy=strategy,
                instrument=desk.instrument,
                lots=0,
                ref_ticks=desk.last_ticks,
                reason=reason,
            )
        return [*cancels, *self.aim(desk, now)]


def _ends(lots: Lots, held: Lots) -> bool:
    """Whether so many signed lots make a position smaller without turning it."""
    return lots * held < 0 and abs(lots) <= abs(held)
