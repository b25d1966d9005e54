"""For whom a rule is made: an instrument, a kind of order, and the state that trading is in.

A rule is made anew when any of this changes, which is seldom, and asked for every order. So
whatever is known beforehand is decided here: a rule that cannot concern the order has no place in
its list and costs it nothing.
"""

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from trader.logic.rules.limits import NO_FILTERS, Facts, Filters, Limits
from trader.logic.rules.view import Rule
from trader.model.control import TradingState


class Case(Struct, frozen=True, kw_only=True):
    """Orders of one kind in one instrument.

    `priced` orders have a limit, `protective` ones exist to end a position. `sector` names the
    instruments of this one's sector; the venue has `halted` trading in it. `listed` is what the
    venue takes by its own word, beside what was configured.
    """

    limits: Limits
    facts: Facts
    trading: TradingState = TradingState.ACTIVE
    sector: tuple[str, ...] = ()
    halted: bool = False
    listed: Filters = NO_FILTERS
    priced: bool = False
    protective: bool = False


Maker: TypeAlias = Callable[[Case], Rule | None]
"""Makes a rule for a case; None where it does not concern it."""
