"""What becomes of a strategy's answers: each is looked at before anything is made of it.

An answer that makes no sense raises, which is the strategy's own fault and ends in its quarantine,
before it could reach a table or a venue: what is recorded has to fit there.
"""

from typing import Final

from trader.model.orders import OrderRequested, ReplaceKey, TimeInForce
from trader.model.units import Lots, Ticks
from trader.strategies.answers import Order, Replace

TICKS_MAX: Final = 2**40
"""The highest price there is."""


def text(value: object) -> str:
    """A name or a reason; raises what is none, or cannot be written down."""
    if not isinstance(value, str):
        raise TypeError(f"names and reasons are texts, not {value!r}")
    plain = value if type(value) is str else str.__str__(value)
    if not plain.isascii():
        plain.encode()
    return plain


def size(lots: object, ticks: Ticks, bound: int) -> Lots:
    """A number of lots that at this price stays within `bound` of lots x ticks."""
    if type(lots) is not int:
        raise TypeError(f"lots must be a whole number, not {lots!r}")
    if abs(lots) * max(abs(ticks), 1) > bound:
        raise ValueError(f"{lots} lots at {ticks} ticks leave the account's range")
    return lots


def price(ticks: object) -> Ticks | None:
    """A price of an order, or None for none."""
    if ticks is None:
        return None
    if type(ticks) is not int or not 0 < ticks <= TICKS_MAX:
        raise ValueError(f"a price must be a positive number of ticks, not {ticks!r}")
    return ticks


def requested(
    order: Order, strategy: str, instrument: str, ref_ticks: Ticks, bound: int
) -> OrderRequested:
    """The request for an order of the strategy's own."""
    if not order.lots:
        raise ValueError("an order needs lots")
    if type(order.reduce_only) is not bool:
        raise TypeError(f"reduce_only is True or False, not {order.reduce_only!r}")
    limit, stop = price(order.limit_ticks), price(order.stop_ticks)
    dearest = max(limit or 0, stop or 0, ref_ticks)
    return OrderRequested(
        strategy=strategy,
        instrument=instrument,
        key=text(order.key),
        lots=size(order.lots, dearest, bound),
        order_type=order.order_type,
        limit_ticks=limit,
        stop_ticks=stop,
        ref_ticks=ref_ticks,
        time_in_force=TimeInForce(order.time_in_force),
        reduce_only=order.reduce_only,
        group=text(order.group),
        parent=text(order.parent),
    )


def replacement(wanted: Replace, strategy: str, ref_ticks: Ticks, bound: int) -> ReplaceKey:
    """The request to change an order of the strategy's own."""
    limit, stop = price(wanted.limit_ticks), price(wanted.stop_ticks)
    lots = wanted.lots
    if lots is not None:
        if not lots:
            raise ValueError("an order needs lots; `Cancel` takes it back")
        lots = size(lots, max(limit or 0, stop or 0, ref_ticks), bound)
    return ReplaceKey(
        strategy=strategy,
        key=text(wanted.key),
        lots=lots,
        limit_ticks=limit,
        stop_ticks=stop,
    )
