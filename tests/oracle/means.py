"""What the account can afford: shares of its equity, and what its cash pays for.

The equity and the cash are those of the instant at which an order is judged.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tests.oracle.ledger import Ledger
from tests.oracle.orders import Change
from tests.oracle.tickets import Role, Ticket

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.oracle.gate import Limits, Market


class Means:
    def __init__(self, limits: Limits, ledger: Ledger, markets: Mapping[str, Market]) -> None:
        self._limits = limits
        self._ledger = ledger
        self._markets = markets

    def worth(self, names: Iterable[str], of: str = "", lots: int = 0) -> Fraction:
        """What the worst cases are worth together, with `lots` more of one instrument."""
        worths = (self._markets[name].worth(lots if name == of else 0) for name in names)
        return sum(worths, Fraction(0))

    def beyond_shares(self, market: Market, lots: int) -> Iterator[str]:
        """The rules on shares that refuse what makes the worst case worse."""
        limits, equity = self._limits, self._ledger.equity()
        if market.worst(lots) <= market.worst():
            return
        if _above(market.worth(lots), limits.concentration_max, equity):
            yield "concentration_exceeds_max"
        sector = limits.sectors.get(market.name)
        mates = [name for name, other in limits.sectors.items() if other == sector]
        if sector and _above(self.worth(mates, market.name, lots), limits.sector_max, equity):
            yield "sector_exceeds_max"

    def is_paid_for(self, ticket: Ticket, market: Market) -> bool:
        """Whether the cash pays for all buys at their worst, or what is sold is held."""
        lots = ticket.lots_left
        if market.is_lowered_by(lots):
            return True
        if lots < 0:
            return market.sides(lots, guarded=False)[1] >= 0
        cost = self._cost(ticket, lots, market)
        for other in self._markets.values():
            for each in other.working:
                if each.lots > 0 and each.ticket.role is not Role.PROTECTIVE:
                    cost += self._cost(each.ticket, each.lots, other)
        return cost <= self._ledger.cash

    def _cost(self, ticket: Ticket, lots: int, market: Market) -> Fraction:
        price = Fraction(_dearest(ticket) or market.close or 0)
        return lots * price * self._ledger.units[market.name]


def _above(worth: Fraction, share: Fraction | None, equity: Fraction) -> bool:
    return share is not None and worth > share * equity


def _dearest(ticket: Ticket) -> int | None:
    """The highest price that it has, or that it may have soon: its limit, else its stop."""
    asked = ticket.asked or Change()
    now, soon = ticket.limit_ticks, asked.limit_ticks
    if now is None:
        now, soon = ticket.stop_ticks, asked.stop_ticks
    return now if now is None or soon is None else max(now, soon)
