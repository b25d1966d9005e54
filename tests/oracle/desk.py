"""Targets become orders, orders get their protective stops, reports become positions.

The desk knows of fills what was reported to it, not what the venue has done since. A command
reaches the venue at once, in the order in which commands are given.

Where the rules leave a choice, this is the choice:

* A new target looks at the gap: target - (position + all open lots of its target orders). Open
  target orders on the side opposite to the gap are canceled, and one market order is sent for
  target - (position + open lots that remain). No gap: nothing.
* A target order whose cancel was sent counts as gone. After a fill of a target order, what
  position and open lots then have beyond the target, in the direction of the fill, is taken back
  at once by one market order. So a fill which the cancel came too late for does not stay.
* A stop goes with an order on the side of the target, for the smaller of |target| and |order|. An
  order which only lowers the position toward its target brings none, and neither does a target
  that needs no order, or an order which is refused.
* An entry is a target that goes further on its own side than the one before. One that is withheld
  is told with the target that it would have set.
* Stops protect one side. When that side holds nothing any more (flat, or turned) they are canceled
  at once. A fill of any other order that lowers the position takes the difference off the stops,
  oldest first, as far as they are for more than what is left.
* A stop's own fill lowers no other stop. When after it the side it protected holds nothing and the
  target is still on that side, the target becomes 0 (reason atr_stop), and the desk aims at 0.
* A script's orders are left alone: stops that a script sends are not managed. A tag whose order is
  working, as far as the desk knows, cannot be used for another one.
* A target that a script repeats changes nothing. A target that a stop ended is not taken again
  before the script has let go of it: by a bar for which it names no target, or another side.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

from tests.oracle.gate import Gate
from tests.oracle.ledger import Key, Ledger
from tests.oracle.market import Bar
from tests.oracle.signals import Atr
from tests.oracle.strategies import (
    AGAINST_TREND,
    Action,
    Cancel,
    Lots,
    Rule,
    Scripted,
    Send,
    Signal,
    Target,
    rule_of,
)
from tests.oracle.venue import Fill, Order, Venue

UNKNOWN_ORDER = 0


@dataclass(frozen=True)
class AtrStop:
    n: int = 14
    k: Fraction = Fraction(3)


@dataclass(frozen=True)
class Strategy:
    """A strategy as configured: its name, its one instrument, what it does, how it is protected."""

    name: str
    instrument: str
    plan: Signal | Scripted
    stop: AtrStop | None = None


@dataclass(frozen=True)
class Decision:
    """`target` is what was decided; a withheld entry (warming_up) leaves the former in force."""

    ts: int
    seq: int
    strategy: str
    instrument: str
    target: int
    reason: str


@dataclass(frozen=True)
class Moment:
    """When something is handled: the instant, and the number of the last row delivered."""

    ts: int
    seq: int


class Role(Enum):
    TARGET = "target"
    PROTECTIVE = "protective"
    OWN = "own"


@dataclass(eq=False)
class Ticket:
    """The desk's view of an order: why it was sent, and what of it is known to be filled."""

    order: Order
    role: Role
    booked: int = 0
    is_cancel_sent: bool = False
    is_gone: bool = False

    @property
    def is_over(self) -> bool:
        """Denied, gone, or filled, as far as the desk knows."""
        return self.is_gone or self.booked == self.order.size

    @property
    def lots_open(self) -> int:
        """Signed lots still to come, as far as the desk knows."""
        if self.is_cancel_sent or self.is_gone:
            return 0
        return self.order.side * (self.order.size - self.booked)


@dataclass(eq=False)
class Trader:
    """One strategy at work."""

    setup: Strategy
    rule: Rule | None
    atr: Atr | None
    target: int = 0
    ended: int = 0  # the side of the target that a stop has ended
    close: int = 0
    bars_counted: int = 0
    fills_counted: int = 0
    tickets: list[Ticket] = field(default_factory=list)  # of orders that work
    tags: dict[str, Ticket] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        return (self.setup.name, self.setup.instrument)

    def open_tickets(self, role: Role, side: int) -> list[Ticket]:
        return [t for t in self.tickets if t.role is role and side * t.lots_open > 0]


class Desk:
    """All strategies of the account, in order; none decides before `decide_from`, if it is set."""

    def __init__(
        self,
        strategies: tuple[Strategy, ...],
        ledger: Ledger,
        venue: Venue,
        gate: Gate,
        decide_from: int | None = None,
    ) -> None:
        self.decisions: list[Decision] = []
        self.orders: list[Order] = []
        self.denials: list[tuple[int, str]] = []
        self._traders = [_trader(each) for each in strategies]
        self._ledger = ledger
        self._venue = venue
        self._gate = gate
        self._decide_from = decide_from
        self._by_order: dict[int, tuple[Trader, Ticket]] = {}

    def on_bar(self, instrument: str, bar: Bar, now: Moment) -> None:
        """Give a closed bar to each strategy that hears it, one after the other."""
        for trader in self._traders:
            if trader.setup.instrument == instrument:
                self._hear(trader, bar, now)
            plan = trader.setup.plan
            if isinstance(plan, Scripted) and (plan.clock or trader.setup.instrument) == instrument:
                todo = () if self._is_early(now) else plan.at_bar.get(trader.bars_counted, ())
                if not any(isinstance(action, Target) for action in todo):
                    trader.ended = 0
                self._act(trader, todo, now)
                trader.bars_counted += 1

    def on_fill(self, fill: Fill, now: Moment) -> None:
        """Book a reported fill, and do what follows from it."""
        trader, ticket = self._by_order[fill.order.number]
        self._gate.on_fill(fill)
        before = self._ledger.lots(trader.key)
        self._ledger.book(trader.key, fill.lots, fill.ticks, fill.fee)
        after = before + fill.lots
        ticket.booked += abs(fill.lots)
        if ticket.is_over:
            trader.tickets.remove(ticket)
        self._tend_stops(trader, ticket, before, after, now)
        if ticket.role is Role.TARGET:
            self._take_back(trader, fill, after, now)
        if ticket.role is Role.PROTECTIVE:
            self._after_stop(trader, fill, after, now)
        if isinstance(trader.setup.plan, Scripted):
            trader.fills_counted += 1
            self._act(trader, trader.setup.plan.on_fill.get(trader.fills_counted, ()), now)

    def on_gone(self, order: Order) -> None:
        """Take note that an order works no longer."""
        self._gate.on_gone(order)
        trader, ticket = self._by_order[order.number]
        ticket.is_gone = True
        trader.tickets.remove(ticket)

    def _hear(self, trader: Trader, bar: Bar, now: Moment) -> None:
        trader.close = bar.close
        if trader.atr is not None:
            trader.atr.update(bar)
        if trader.rule is None:
            return
        trader.rule.hear(bar)
        if self._is_early(now):
            return
        answer = trader.rule.answer(trader.target, self._sizer(trader))
        if answer is not None:
            self._decide(trader, answer.target, answer.reason, now)

    def _is_early(self, now: Moment) -> bool:
        return self._decide_from is not None and now.ts < self._decide_from

    def _act(self, trader: Trader, todo: tuple[Action, ...], now: Moment) -> None:
        for action in todo:
            match action:
                case Target(lots):
                    if trader.ended * lots <= 0:
                        trader.ended = 0
                        self._decide(trader, lots, "scripted", now)
                case Send(tag):
                    if tag not in trader.tags or trader.tags[tag].is_over:
                        self._send_own(trader, action, now)
                case Cancel(tag):
                    if tag in trader.tags and not trader.tags[tag].is_over:
                        self._cancel(trader.tags[tag], now)

    def _decide(self, trader: Trader, target: int, reason: str, now: Moment) -> None:
        """Take a new target, unless it is an entry whose stop cannot be placed yet."""
        side = _sign(target)
        is_entry = side * (target - trader.target) > 0
        if is_entry and trader.atr is not None and trader.atr.value is None:
            self._record(trader, target, "warming_up", now)
            return
        changes = target != trader.target
        trader.target = target
        if changes or reason == AGAINST_TREND:
            self._record(trader, target, reason, now)
        if changes:
            self._aim(trader, now)

    def _aim(self, trader: Trader, now: Moment) -> None:
        """Send what is missing to the target, and end what is in its way."""
        position = self._ledger.lots(trader.key)
        buys = trader.open_tickets(Role.TARGET, 1)
        sells = trader.open_tickets(Role.TARGET, -1)
        gap = trader.target - position - sum(t.lots_open for t in buys + sells)
        stay, go = (buys, sells) if gap > 0 else (sells, buys)
        if gap == 0:
            return
        for ticket in go:
            self._cancel(ticket, now)
        lots = trader.target - position - sum(t.lots_open for t in stay)
        if lots != 0:
            entry = self._send(trader, Role.TARGET, Send("", "market", lots), None, now)
            is_entry = lots * trader.target > 0 and not entry.is_gone
            if trader.setup.stop is not None and is_entry:
                self._protect(trader, trader.setup.stop, entry, now)

    def _protect(self, trader: Trader, stop: AtrStop, entry: Ticket, now: Moment) -> None:
        """Send the stop of an entry along with it."""
        assert trader.atr is not None
        assert trader.atr.value is not None
        distance = round(float(stop.k) * trader.atr.value)  # half to even
        side = _sign(trader.target)
        price = max(1, trader.close - side * distance)
        lots = min(abs(trader.target), abs(entry.order.lots))
        order = Send("", "stop", -side * lots, stop_ticks=price)
        self._send(trader, Role.PROTECTIVE, order, entry.order.number, now)

    def _send_own(self, trader: Trader, action: Send, now: Moment) -> None:
        parent = None
        if action.parent is not None:
            named = trader.tags.get(action.parent)
            parent = named.order.number if named is not None else UNKNOWN_ORDER
        trader.tags[action.tag] = self._send(trader, Role.OWN, action, parent, now)

    def _send(
        self, trader: Trader, role: Role, wanted: Send, parent: int | None, now: Moment
    ) -> Ticket:
        order = Order(
            number=len(self._by_order) + 1,
            ts=now.ts,
            seq=now.seq,
            strategy=trader.setup.name,
            instrument=trader.setup.instrument,
            order_type=wanted.order_type,
            lots=wanted.lots,
            limit_ticks=wanted.limit_ticks,
            stop_ticks=wanted.stop_ticks,
            parent=parent,
            size=abs(wanted.lots),
        )
        ticket = Ticket(order, role)
        self._by_order[order.number] = (trader, ticket)
        self.orders.append(order)
        code = self._gate.judge(order, now.ts, is_protective=role is Role.PROTECTIVE)
        if code is None:
            trader.tickets.append(ticket)
            self._venue.arrive(order, now.ts)
        else:
            order.status = "DENIED"
            ticket.is_gone = True
            self.denials.append((order.number, code))
        return ticket

    def _cancel(self, ticket: Ticket, now: Moment) -> None:
        if ticket.is_cancel_sent:
            return
        ticket.is_cancel_sent = True
        self._venue.cancel(ticket.order, now.ts)

    def _tend_stops(
        self, trader: Trader, ticket: Ticket, before: int, after: int, now: Moment
    ) -> None:
        """Keep the stops of the side that was held within what it holds."""
        side = _sign(before)
        if side == 0:
            return
        stops = trader.open_tickets(Role.PROTECTIVE, -side)
        holds = max(0, side * after)
        if holds == 0:
            for stop in stops:
                self._cancel(stop, now)
        elif ticket.role is not Role.PROTECTIVE:
            beyond = sum(abs(stop.lots_open) for stop in stops) - holds
            less = max(0, min(side * before - holds, beyond))
            for stop in stops:
                part = min(less, abs(stop.lots_open))
                less -= part
                self._venue.lower(stop.order, part)

    def _take_back(self, trader: Trader, fill: Fill, after: int, now: Moment) -> None:
        """Return what a target order has filled beyond what is wanted."""
        coming = sum(t.lots_open for t in trader.tickets if t.role is Role.TARGET)
        excess = after + coming - trader.target
        if excess * fill.lots > 0:
            self._send(trader, Role.TARGET, Send("", "market", -excess), None, now)

    def _after_stop(self, trader: Trader, fill: Fill, after: int, now: Moment) -> None:
        """A stop that leaves nothing of what it protected ends the target for it."""
        side = -_sign(fill.lots)
        if side * after > 0 or side * trader.target <= 0:
            return
        if trader.rule is not None:
            trader.rule.disarm(side)
        trader.target = 0
        trader.ended = side
        self._record(trader, 0, "atr_stop", now)
        self._aim(trader, now)

    def _record(self, trader: Trader, target: int, reason: str, now: Moment) -> None:
        strategy, instrument = trader.key
        decision = Decision(now.ts, now.seq, strategy, instrument, target, reason)
        self.decisions.append(decision)

    def _sizer(self, trader: Trader) -> Callable[[], int]:
        """The lots of a full position at the last mark; none if equity is not positive."""
        plan = trader.setup.plan
        assert not isinstance(plan, Scripted)
        size, instrument = plan.size, trader.setup.instrument

        def lots() -> int:
            if isinstance(size, Lots):
                return size.lots
            lot_value = self._ledger.marks[instrument] * self._ledger.units[instrument]
            equity = self._ledger.equity()
            if equity <= 0 or lot_value <= 0:
                return 0
            return int(size.weight * equity / lot_value)

        return lots


def _trader(setup: Strategy) -> Trader:
    plan = setup.plan
    rule = None if isinstance(plan, Scripted) else rule_of(plan)
    atr = Atr(setup.stop.n) if setup.stop is not None else None
    return Trader(setup, rule, atr)


def _sign(lots: int) -> int:
    return (lots > 0) - (lots < 0)
