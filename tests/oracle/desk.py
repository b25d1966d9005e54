"""Targets become orders, orders get their protective stops, reports become positions.

The desk knows of fills what was reported to it, not what the venue has done since. A command
reaches the venue at once, in the order in which commands are given.

Where the rules leave a choice, this is the choice:

* A new target looks at the gap: target - (position + all open lots of its target orders). Open
  target orders on the side opposite to the gap are canceled, and one market order is sent for
  target - (position + open lots that remain). No gap: nothing.
* A target order whose cancel was sent counts as gone. If a fill of it is reported nevertheless
  (the venue had filled it before it heard the cancel), the desk aims anew at the present target.
* A stop goes with an order on the side of the target, sized |target|. An order which only lowers
  the position toward its target brings none, and neither does a target that needs no order.
* An entry is a target that goes further on its own side than the one before.
* Stops protect one side. A fill of any other order that lowers the position on that side takes
  the difference off the stops, oldest first. A stop whose side holds nothing (flat, or turned) is
  canceled as soon as its entry is over: filled, or its cancel sent. While the entry is under way
  it stays, so that a turn which rests at zero on its way keeps the stop of what is to come.
* A stop's own fill lowers no other stop. When it takes the position from the protected side to
  zero or through it, the target becomes 0 whatever it was (reason atr_stop, told if it was not 0),
  and the desk aims at 0, which ends what is left of entries and with them their stops.
* A script's orders are left alone: stops that a script sends are not managed.
* A target that a script repeats is aimed at again without a decision.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

from tests.oracle.ledger import Key, Ledger
from tests.oracle.market import Bar
from tests.oracle.signals import Atr
from tests.oracle.strategies import (
    AGAINST_TREND,
    Actions,
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
    """`target` is in force after the decision; a withheld one leaves it as it was."""

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
    entry: "Ticket | None" = None
    booked: int = 0
    is_cancel_sent: bool = False

    @property
    def is_over(self) -> bool:
        return self.lots_open == 0

    @property
    def lots_open(self) -> int:
        """Signed lots still to come, as far as the desk knows."""
        if self.is_cancel_sent:
            return 0
        return self.order.side * (self.order.size - self.booked)


@dataclass(eq=False)
class Trader:
    """One strategy at work."""

    setup: Strategy
    rule: Rule | None
    atr: Atr | None
    target: int = 0
    close: int = 0
    bars_counted: int = 0
    fills_counted: int = 0
    tickets: list[Ticket] = field(default_factory=list)
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
        decide_from: int | None = None,
    ) -> None:
        self.decisions: list[Decision] = []
        self._traders = [_trader(each) for each in strategies]
        self._ledger = ledger
        self._venue = venue
        self._decide_from = decide_from
        self._by_order: dict[int, tuple[Trader, Ticket]] = {}

    def on_bar(self, instrument: str, bar: Bar, now: Moment) -> None:
        """Give a closed bar to each strategy that hears it, one after the other."""
        for trader in self._traders:
            if trader.setup.instrument == instrument:
                self._hear(trader, bar, now)
            plan = trader.setup.plan
            if isinstance(plan, Scripted) and (plan.clock or trader.setup.instrument) == instrument:
                self._act(trader, plan.at_bar, trader.bars_counted, now)
                trader.bars_counted += 1

    def on_fill(self, fill: Fill, now: Moment) -> None:
        """Book a reported fill, and do what follows from it."""
        trader, ticket = self._by_order[fill.order.number]
        before = self._ledger.lots(trader.key)
        self._ledger.book(trader.key, fill.lots, fill.ticks, fill.fee)
        after = before + fill.lots
        ticket.booked += abs(fill.lots)
        if ticket.role is Role.PROTECTIVE:
            self._after_stop(trader, ticket, before, after, now)
        else:
            self._lower_stops(trader, before, after)
        if ticket.role is Role.TARGET and ticket.is_cancel_sent:
            self._aim(trader, now)
        self._drop_stops(trader, now)
        if isinstance(trader.setup.plan, Scripted):
            trader.fills_counted += 1
            self._act(trader, trader.setup.plan.on_fill, trader.fills_counted, now)

    def _hear(self, trader: Trader, bar: Bar, now: Moment) -> None:
        trader.close = bar.close
        if trader.atr is not None:
            trader.atr.update(bar)
        if trader.rule is None:
            return
        trader.rule.hear(bar)
        if self._decide_from is not None and now.ts < self._decide_from:
            return
        answer = trader.rule.answer(trader.target, self._sizer(trader))
        if answer is not None:
            self._decide(trader, answer.target, answer.reason, now)

    def _act(self, trader: Trader, actions: Actions, count: int, now: Moment) -> None:
        for action in actions.get(count, ()):
            match action:
                case Target(lots):
                    was = trader.target
                    self._decide(trader, lots, "scripted", now)
                    if was == lots:
                        self._aim(trader, now)
                case Send():
                    self._send_own(trader, action, now)
                case Cancel(tag):
                    if tag in trader.tags:
                        self._cancel(trader.tags[tag], now)

    def _decide(self, trader: Trader, target: int, reason: str, now: Moment) -> None:
        """Take a new target, unless it is an entry whose stop cannot be placed yet."""
        side = _sign(target)
        is_entry = side * (target - trader.target) > 0
        if is_entry and trader.atr is not None and trader.atr.value is None:
            self._record(trader, "warming_up", now)
            if trader.rule is not None:
                trader.rule.disarm(side)
            return
        changes = target != trader.target
        trader.target = target
        if changes or reason == AGAINST_TREND:
            self._record(trader, reason, now)
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
            if trader.setup.stop is not None and lots * trader.target > 0:
                self._protect(trader, trader.setup.stop, entry, now)
        self._drop_stops(trader, now)

    def _protect(self, trader: Trader, stop: AtrStop, entry: Ticket, now: Moment) -> None:
        """Send the stop of an entry along with it."""
        assert trader.atr is not None
        assert trader.atr.value is not None
        distance = round(float(stop.k) * trader.atr.value)  # half to even
        side = _sign(trader.target)
        price = max(1, trader.close - side * distance)
        order = Send("", "stop", -trader.target, stop_ticks=price)
        ticket = self._send(trader, Role.PROTECTIVE, order, entry.order.number, now)
        ticket.entry = entry

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
        trader.tickets.append(ticket)
        self._by_order[order.number] = (trader, ticket)
        self._venue.arrive(order, now.ts)
        return ticket

    def _cancel(self, ticket: Ticket, now: Moment) -> None:
        ticket.is_cancel_sent = True
        self._venue.cancel(ticket.order, now.ts)

    def _lower_stops(self, trader: Trader, before: int, after: int) -> None:
        """Take what a side holds less off its stops; those which end anyway are not lowered."""
        for side in (1, -1):
            holds = max(0, side * after)
            less = max(0, side * before) - holds
            for ticket in trader.open_tickets(Role.PROTECTIVE, -side):
                part = min(max(0, less), abs(ticket.lots_open))
                less -= part
                if not self._is_idle(trader, ticket):
                    self._venue.lower(ticket.order, part)

    def _drop_stops(self, trader: Trader, now: Moment) -> None:
        for side in (1, -1):
            for ticket in trader.open_tickets(Role.PROTECTIVE, side):
                if self._is_idle(trader, ticket):
                    self._cancel(ticket, now)

    def _is_idle(self, trader: Trader, stop: Ticket) -> bool:
        """True if there is nothing to protect and nothing to come."""
        assert stop.entry is not None
        held = -stop.order.side * self._ledger.lots(trader.key)
        return held <= 0 and stop.entry.is_over

    def _after_stop(
        self, trader: Trader, ticket: Ticket, before: int, after: int, now: Moment
    ) -> None:
        """A stop's own fill that ends what it protected ends the strategy's target too."""
        side = -ticket.order.side
        if side * before <= 0 or side * after > 0:
            return
        if trader.target != 0:
            if trader.rule is not None:
                trader.rule.disarm(_sign(trader.target))
            trader.target = 0
            self._record(trader, "atr_stop", now)
        self._aim(trader, now)

    def _record(self, trader: Trader, reason: str, now: Moment) -> None:
        strategy, instrument = trader.key
        decision = Decision(now.ts, now.seq, strategy, instrument, trader.target, reason)
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
