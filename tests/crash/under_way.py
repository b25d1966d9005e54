"""What is under way in a core at this moment, in a few words."""

from typing import Final

from actors.assembly import Core
from trader.logic.desk import Order
from trader.model.orders import OrderStatus

NOTHING: Final = "nothing"
SUBMIT: Final = "a submit"
LIST: Final = "a list"
CANCEL: Final = "a cancel"
REPLACE: Final = "a replace"
RESTING: Final = "an order at rest"
POSITION: Final = "a position"
KINDS: Final = (NOTHING, SUBMIT, LIST, CANCEL, REPLACE, RESTING, POSITION)

_WORDS: Final = {
    OrderStatus.PENDING_CANCEL: CANCEL,
    OrderStatus.PENDING_REPLACE: REPLACE,
    OrderStatus.ACCEPTED: RESTING,
    OrderStatus.PARTIALLY_FILLED: RESTING,
}


def under_way(core: Core) -> frozenset[str]:
    """Of which kinds something is not at its end; `NOTHING` if of none."""
    state = core.order_manager.state
    found = set()
    for desk in state.desks.values():
        found |= {_word(state.orders[id_]) for id_ in desk.working}
        if desk.position:
            found.add(POSITION)
    return frozenset(found or {NOTHING})


def _word(order: Order) -> str:
    """What has no answer yet is under way, alone or in a list; in doubt it is that still."""
    if (word := _WORDS.get(order.status)) is not None:
        return word
    if order.cancel_wanted:
        return CANCEL
    if order.asked is not None:
        return REPLACE
    return LIST if order.group or order.parent else SUBMIT
