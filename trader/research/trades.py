"""Round trips: what each strategy made between leaving a flat position and being flat again.

A trip opens with the fill that leaves 0 and closes with the one that reaches 0 or crosses through
it; a crossing fill closes one trip and opens the next, and its fee is shared by lots. They are
booked in integers with the kernel that booked the account, so the trips of a run, with those still
open at their last marks, add up to what the account made. What a split makes of an open trip, and
what a dividend pays it, stands in the table of adjustments.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from operator import attrgetter
from typing import Final, TypeAlias

from msgspec import Struct

from trader.kernels.accounting import booked, closed_lots, truncated
from trader.logic.tables import Tables
from trader.model.money import MoneyScale
from trader.model.orders import OrderRole, OrderType
from trader.model.units import NONE, Lots, Money, Nanoseconds, Ticks
from trader.research.outcome import Outcome

NO_REASON: Final = ""
_ASKED: Final = "order"
_TARGET: Final = "take_profit"
_TRAILING: Final = "trailing"
_STOP: Final = "stop"
_STOPS: Final = ("atr_stop", _TRAILING)


class Fill(Struct, frozen=True, array_like=True, gc=False):
    """A fill as booked; `name` is that of its message, `order` the index of its order."""

    name: tuple[int, int]
    ts: Nanoseconds
    strategy: str
    instrument: str
    lots: Lots
    ticks: Ticks
    fee: Money
    order: int = 0


class Adjustment(Struct, frozen=True, array_like=True, gc=False):
    """A position after something that was no fill: its lots and cost now, and what that earned."""

    name: tuple[int, int]
    ts: Nanoseconds
    strategy: str
    instrument: str
    lots: Lots
    cost: int
    income: Money
    reason: str = NO_REASON


Booking: TypeAlias = Fill | Adjustment


@dataclass(slots=True, kw_only=True)
class RoundTrip:
    """One trip; open while it has no `exit`.

    `side` is 1 for long; `lots_in` and `lots_out` are unsigned and in the lots of today, after a
    split; values, cost and `realized` are in tick x lot. `pnl` is net of fees, of an open trip at
    its last mark.
    """

    strategy: str
    instrument: str
    side: int
    entry: Fill
    exit: Booking | None = None
    position: Lots = 0
    cost: int = 0
    realized: int = 0
    lots_in: Lots = 0
    value_in: int = 0
    lots_out: Lots = 0
    value_out: int = 0
    fees: Money = 0
    income: Money = 0
    pnl: Money = 0
    fills: int = 0

    @property
    def ts_entry(self) -> Nanoseconds:
        """The instant of its first fill."""
        return self.entry.ts

    @property
    def ts_exit(self) -> Nanoseconds | None:
        """The instant at which it became flat, None while it is not."""
        return None if self.exit is None else self.exit.ts


def round_trips(outcome: Outcome) -> list[RoundTrip]:
    """The trips of a run in the order of their exits, and then those still open."""
    return fold(bookings(outcome.tables), outcome.scale, outcome.marks)


def fold(rows: Iterable[Booking], scale: MoneyScale, marks: Mapping[str, int]) -> list[RoundTrip]:
    """Makes trips of bookings in their order; `marks` are the last prices in half ticks."""
    closed: list[RoundTrip] = []
    held: dict[tuple[str, str], RoundTrip] = {}
    for row in rows:
        if isinstance(row, Fill):
            _book(held, closed, row)
        else:
            _adjust(held, closed, row)
    for trip in closed:
        trip.pnl = trip.realized * scale.tick_lot(trip.instrument) - trip.fees + trip.income
    for trip in held.values():
        half = scale.half[trip.instrument]
        mark = marks.get(trip.instrument, NONE)
        if mark == NONE:
            mark = 2 * trip.entry.ticks
        unrealized = half * (trip.position * mark - 2 * trip.cost)
        trip.pnl = 2 * half * trip.realized - trip.fees + trip.income + unrealized
    return [*closed, *held.values()]


def _book(held: dict[tuple[str, str], RoundTrip], closed: list[RoundTrip], fill: Fill) -> None:
    """Books a fill: what of it closes belongs to the trip under way, the rest opens or adds."""
    key = (fill.strategy, fill.instrument)
    trip = held.get(key)
    lots, fee = fill.lots, fill.fee
    leaving = closed_lots(trip.position, lots) if trip is not None else 0
    if trip is not None and leaving:
        own = fee if leaving == abs(lots) else truncated(fee * leaving, abs(lots))
        _take(trip, -leaving * trip.side, fill.ticks, own)
        trip.lots_out += leaving
        trip.value_out += leaving * fill.ticks
        lots, fee = lots + leaving * trip.side, fee - own
        if not trip.position:
            trip.exit = fill
            closed.append(held.pop(key))
            trip = None
    if lots:
        if trip is None:
            side = 1 if lots > 0 else -1
            held[key] = trip = RoundTrip(
                strategy=fill.strategy, instrument=fill.instrument, side=side, entry=fill
            )
        _take(trip, lots, fill.ticks, fee)
        trip.lots_in += abs(lots)
        trip.value_in += abs(lots) * fill.ticks


def _take(trip: RoundTrip, lots: Lots, ticks: Ticks, fee: Money) -> None:
    realized, trip.cost = booked(trip.position, trip.cost, lots, ticks)
    trip.realized += realized
    trip.position += lots
    trip.fees += fee
    trip.fills += 1


def _adjust(
    held: dict[tuple[str, str], RoundTrip], closed: list[RoundTrip], row: Adjustment
) -> None:
    """Carries a trip across a split or a dividend; a split may leave nothing of it."""
    key = (row.strategy, row.instrument)
    trip = held.get(key)
    if trip is None:
        return
    trip.lots_out = trip.lots_out * row.lots // trip.position
    trip.lots_in = trip.lots_out + abs(row.lots)
    trip.position, trip.cost = row.lots, row.cost
    trip.income += row.income
    if not row.lots:
        trip.exit = row
        closed.append(held.pop(key))


def bookings(tables: Tables) -> Iterator[Booking]:
    """Fills and adjustments of a run, in the order in which they were booked."""
    return merge(_fills(tables), _adjustments(tables), key=attrgetter("name"))


def _fills(tables: Tables) -> Iterator[Fill]:
    table = tables.tables["fills"]
    strategies, instruments = (list(tables.names[k]) for k in ("strategies", "instruments"))
    columns = ("seq", "n", "ts", "strategy", "instrument", "lots", "ticks", "fee", "order")
    for seq, n, ts, who, what, *rest in zip(*map(table.column, columns), strict=True):
        yield Fill((seq, n), ts, strategies[who], instruments[what], *rest)


def _adjustments(tables: Tables) -> Iterator[Adjustment]:
    table = tables.tables["adjustments"]
    kinds = ("strategies", "instruments", "reasons")
    strategies, instruments, reasons = (list(tables.names[kind]) for kind in kinds)
    columns = ("seq", "n", "ts", "strategy", "instrument", "lots", "cost", "income", "reason")
    for seq, n, ts, who, what, lots, cost, income, why in zip(
        *map(table.column, columns), strict=True
    ):
        name, reason = (seq, n), reasons[why]
        yield Adjustment(name, ts, strategies[who], instruments[what], lots, cost, income, reason)


def order_reasons(tables: Tables, exits: Mapping[str, Sequence[str]]) -> dict[int, str]:
    """Why each order exists: the decision that caused it, or the exit that protects the position.

    `exits` are the kinds of exits by strategy. A target order that did not follow its decision at
    once, as where a cancel had to be answered first, has the last decision of its strategy.
    """
    decided = _decisions(tables)
    pending = sorted(decided, reverse=True)
    moved = set(tables.tables["replacements"].column("order"))
    strategies = list(tables.names["strategies"])
    orders = tables.tables["orders"]
    columns = ("seq", "n", "cause_seq", "cause_n", "order", "strategy", "order_type", "role")
    found, latest = {}, dict[int, str]()
    for *name, cause_seq, cause_n, order, strategy, kind, role in zip(
        *map(orders.column, columns), strict=True
    ):
        while pending and pending[-1] < (name[0], name[1]):
            who, reason = decided[pending.pop()]
            latest[who] = reason
        if role == OrderRole.TARGET:
            _, reason = decided.get((cause_seq, cause_n), (strategy, latest.get(strategy, "")))
        elif role == OrderRole.PROTECTION:
            reason = exit_name(kind, exits[strategies[strategy]], moved=order in moved)
        else:
            reason = _ASKED
        found[order] = reason
    return found


def exit_name(kind: int, exits: Sequence[str], *, moved: bool) -> str:
    """The exit that a protective order comes from; a stop that was moved is the trailing one's."""
    if kind == OrderType.LIMIT:
        return _TARGET
    stops = [each for each in exits if each in _STOPS]
    if moved and _TRAILING in stops:
        return _TRAILING
    return stops[0] if len(set(stops)) == 1 else _STOP


def _decisions(tables: Tables) -> dict[tuple[int, int], tuple[int, str]]:
    """By a decision's name: whose it was, and its reason."""
    decisions = tables.tables["decisions"]
    reasons = list(tables.names["reasons"])
    columns = map(decisions.column, ("seq", "n", "strategy", "reason"))
    return {
        (seq, n): (strategy, reasons[reason])
        for seq, n, strategy, reason in zip(*columns, strict=True)
    }
