"""What the calculator says of a run, row by row, as the tables of the core would have it."""

from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.orders import Fill
from tests.oracle.tickets import Ticket


@dataclass(frozen=True)
class FillRow:
    seq: int
    ts: int
    order: int
    strategy: str
    instrument: str
    lots: int
    ticks: int
    fee: Fraction
    taker: bool


@dataclass(frozen=True)
class OrderRow:
    """An order as it left, and how it stands at the end as far as we know.

    `size` is positive and may have changed, and so may the last prices.
    """

    order: int
    seq: int
    ts: int
    strategy: str
    instrument: str
    order_type: str
    lots: int
    limit_ticks: int | None
    stop_ticks: int | None
    parent: int | None
    size: int
    filled: int
    status: str
    limit_last: int | None
    stop_last: int | None


@dataclass(frozen=True)
class PositionRow:
    """`cost` is in ticks times lots, `realized` in money after fees."""

    lots: int
    cost: int
    realized: Fraction


@dataclass(frozen=True)
class EquityRow:
    ts: int
    equity: Fraction
    cash: Fraction
    realized: Fraction
    unrealized: Fraction
    drawdown: Fraction


def fill_row(fill: Fill, seq: int) -> FillRow:
    order = fill.order
    return FillRow(
        seq=seq,
        ts=fill.ts,
        order=order.number,
        strategy=order.strategy,
        instrument=order.instrument,
        lots=fill.lots,
        ticks=fill.ticks,
        fee=fill.fee,
        taker=fill.taker,
    )


def order_row(ticket: Ticket) -> OrderRow:
    order, sent = ticket.order, ticket.sent
    return OrderRow(
        order=order.number,
        seq=order.seq,
        ts=order.ts,
        strategy=order.strategy,
        instrument=order.instrument,
        order_type=sent.order_type,
        lots=sent.lots,
        limit_ticks=sent.limit_ticks,
        stop_ticks=sent.stop_ticks,
        parent=sent.parent,
        size=ticket.size,
        filled=ticket.filled,
        status=ticket.status,
        limit_last=ticket.limit_ticks,
        stop_last=ticket.stop_ticks,
    )
