"""Which orders leave together: those of one decision, as one list wherever the venue has one.

An entry that rests takes its protection along: the venue keeps both and brings the second to life
when the first has filled. An entry that does not rest goes alone, and what protects it waits for
what it fills. A stop and a limit of one group are a pair, of which one ends the other. There is no
other group at the venue: what would be one is refused. One that comes later joins the others.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final

from msgspec import Struct

from trader.model.orders import SubmitOrder
from trader.venues.binance.terms import LIMIT, MAKER, Terms, terms_of

PAIR_SIZE: Final = 2


class How(Enum):
    """How orders leave."""

    SINGLE = "single"
    PAIR = "pair"
    """A stop and a limit, one of which ends the other."""
    LIST = "list"
    """An entry and its children."""
    WAIT = "wait"
    """Not before their parent has filled: children that cannot go along with it."""
    JOIN = "join"
    """With those of their group that the venue has already."""
    REFUSE = "refuse"
    """Not at all."""


class Plan(Struct, frozen=True):
    """Orders that leave together, and how."""

    how: How
    orders: tuple[SubmitOrder, ...]


def plans(orders: Sequence[SubmitOrder], has_group: Callable[[str], bool]) -> list[Plan]:
    """What to do with orders that came together, none of which is `unsupported`.

    `has_group` tells whether orders of this group work at the venue already.
    """
    children: dict[str, list[SubmitOrder]] = {}
    heads: dict[str, list[SubmitOrder]] = {}
    for order in orders:
        if order.parent:
            children.setdefault(order.parent, []).append(order)
        else:
            heads.setdefault(order.group or order.client_order_id, []).append(order)
    made: list[Plan] = []
    for together in heads.values():
        entry = together[0]
        own = children.get(entry.client_order_id, [])
        if not entry.group and own and _fits(entry, own):
            made.append(Plan(How.LIST, (entry, *children.pop(entry.client_order_id))))
        else:
            made.append(_heads(tuple(together), has_group))
    return made + [Plan(How.WAIT, tuple(family)) for family in children.values()]


def is_pair(first: Terms, second: Terms) -> bool:
    """Whether the venue can hold two orders as a stop and a limit that end each other."""
    return (
        first.is_stop is not second.is_stop
        and first.rests
        and second.rests
        and (first.sign, first.lots) == (second.sign, second.lots)
    )


def can_stay(left: Sequence[Terms | None]) -> bool:
    """Whether the venue can hold what is left of a list: one order, or a pair.

    What None stands for is taken back. An entry and its children cannot be placed anew together.
    """
    staying = [terms for terms in left if terms is not None]
    return len(staying) < PAIR_SIZE or (len(staying) == PAIR_SIZE and is_pair(*staying))


def _heads(together: tuple[SubmitOrder, ...], has_group: Callable[[str], bool]) -> Plan:
    has_company = bool(together[0].group) and has_group(together[0].group)
    if len(together) == 1 and has_company:
        return Plan(How.JOIN, together)
    if has_company:
        return Plan(How.REFUSE, together)
    if len(together) == 1:
        return Plan(How.SINGLE, together)
    is_good = len(together) == PAIR_SIZE and is_pair(*map(terms_of, together))
    return Plan(How.PAIR if is_good else How.REFUSE, together)


def _fits(entry: SubmitOrder, children: Sequence[SubmitOrder]) -> bool:
    """Whether the venue can hold them as one list."""
    head = terms_of(entry)
    terms = [terms_of(child) for child in children]
    if head.kind not in {LIMIT, MAKER} or not head.rests or len(terms) > PAIR_SIZE:
        return False
    if any(not each.rests or each.lots > head.lots for each in terms):
        return False
    same_group = len({child.group for child in children}) == 1
    return len(terms) == 1 or (same_group and is_pair(*terms))
