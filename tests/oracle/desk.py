"""Targets become orders, orders get what protects them, reports become positions.

The desk knows of fills what was reported to it, not what the venue has done since. Commands leave
in the order in which they are given. Where they take time (latency), so do their answers.

Where the rules leave a choice, this is the choice:

* A new target looks at the gap: target - (position + all open lots of its target orders). Open
  target orders on the side opposite to the gap are canceled, and one market order is sent for
  target - (position + open lots that remain). No gap: nothing.
* A target order whose cancel was sent counts as gone. After a fill of a target order, what
  position and open lots then have beyond the target, in the direction of the fill, is taken back
  at once by one market order. So a fill which the cancel came too late for does not stay.
* With latency a target that has canceled something waits for all such answers and then sends what
  is missing, canceling nothing more; while it waits nothing is taken back.
* Protection goes with an order on the side of the target, for the smaller of |target| and |order|.
  An order which only lowers the position toward its target brings none, and neither does a target
  that needs no order, or an order which is refused. The stop is sent first, then the limit. Its
  prices are those of the decision that made the target.
* An entry is a target that goes further on its own side than the one before. One that is withheld
  is told with the target that it would have set.
* After every fill both sides' covers are compared with the position. When it was a protective
  order's and leaves nothing of its side, all protection of that side is canceled.
* The fill of a stop or limit that protects ends the target if after it the side it protected holds
  nothing and the target is still on that side: the target becomes 0 (for the reason of the order),
  and the desk aims at 0. One that leaves a position on the side of the fill instead is taken back.
* A position is held from the booking of the fill that opened it, until it is flat or turned. At a
  closed bar exits are looked at first: stops trail, then a position whose time is up ends. Only
  then does the strategy hear the bar.
* A stop that is refused is not sent again: its entry is canceled and what that has opened is left
  by one market order; where that is refused too, with the next fill. An entry that was to turn the
  position is taken back with it, but what it was to close still is. Till the next fill nothing
  else is protected.
* A script's orders are left alone: stops that a script sends are not managed. A tag whose order is
  working, as far as the desk knows, cannot be used for another one.
* A target that a script repeats changes nothing. A target that an exit ended is not taken again
  before the script has let go of it: by a bar for which it names no target, or another side.
"""

from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.covering import Covering
from tests.oracle.dealing import Moment, NoMark, Trader, Wire, sign_of
from tests.oracle.exits import Held
from tests.oracle.gate import Gate
from tests.oracle.ledger import Ledger
from tests.oracle.market import Bar
from tests.oracle.orders import Accepted, Ended, Fill, Refused, Replaced, Report
from tests.oracle.rules import AGAINST_TREND
from tests.oracle.splits import split_lots, split_price
from tests.oracle.strategies import Action, Cancel, Replace, Scripted, Send, Target
from tests.oracle.tickets import Role, Ticket

UNKNOWN_ORDER = 0
REDUCED = ("group", "parent_ended", "split", "nothing_left")
"""Why the venue ends an order that is needed no more."""


@dataclass(frozen=True)
class Decision:
    """`target` is what was decided; a withheld entry (warming_up) leaves the former in force."""

    ts: int
    seq: int
    strategy: str
    instrument: str
    target: int
    reason: str


class Desk(Covering):
    """All strategies of the account, in order; none decides before `decide_from`, if it is set."""

    def __init__(
        self,
        traders: list[Trader],
        ledger: Ledger,
        wire: Wire,
        gate: Gate,
        decide_from: int | None = None,
    ) -> None:
        super().__init__(ledger, wire, gate)
        self.decisions: list[Decision] = []
        self._traders = traders
        self._decide_from = decide_from

    # -- what happens --------------------------------------------------------------------------

    def on_bar(self, instrument: str, interval_ns: int, bar: Bar, now: Moment) -> None:
        """Give a closed bar to each strategy that hears it, one after the other."""
        for trader in self._traders:
            plan, own = trader.setup.plan, (trader.setup.instrument, trader.interval_ns)
            if own == (instrument, interval_ns):
                self._hear(trader, bar, now)
            if isinstance(plan, Scripted):
                counts = (
                    plan.clock == instrument if plan.clock else own == (instrument, interval_ns)
                )
                if counts:
                    self._follow(trader, plan, now)

    def on_tick(self, instrument: str, price: int | None, now: Moment) -> None:
        """Give a quote or a print to each script that hears it, which decides at that price."""
        for trader in self._traders:
            plan, setup = trader.setup.plan, trader.setup
            if setup.instrument != instrument or not setup.hears_ticks:
                continue
            assert isinstance(plan, Scripted)
            trader.close = price or 0
            if price is not None:
                self._follow(trader, plan, now, is_tick=True)
                continue
            if plan.at_bar.get(trader.bars_counted) and not self._is_early(trader, now):
                self._record(trader, trader.target, "no_price", now)
            trader.bars_counted += 1

    def on_report(self, report: Report, now: Moment) -> None:
        trader, ticket = self._by_order[report.order.number]
        trader.occasions += 1
        match report:
            case Accepted():
                ticket.accept()
            case Fill():
                self._on_fill(trader, ticket, report, now)
            case Ended():
                self._end(trader, ticket, report, now)
            case Replaced():
                ticket.changed(report.size, report.limit_ticks, report.stop_ticks)
                if report.is_answer:
                    ticket.answered("replace")
            case Refused():
                ticket.answered(report.what)
        self._ask(ticket)
        if ticket.is_over:
            self._forget(trader, ticket)
        self._go_on(trader, now)

    def _go_on(self, trader: Trader, now: Moment) -> None:
        """A target that waited for cancels, if they take time, sends what is missing."""
        if trader.waits and not (self._wire.has_latency and self._is_canceling(trader)):
            trader.waits = False
            self._aim_on(trader, now)

    def _end(self, trader: Trader, ticket: Ticket, report: Ended, now: Moment) -> None:
        """An order is over; of an entry what protects it is for what that has opened."""
        ticket.end(report.status)
        self._forget(trader, ticket)
        self._on_gone(now)
        if report.reason == "unknown_parent":
            self._send_alone(trader, ticket, now)
        elif report.reason not in REDUCED:
            self._lose(trader, ticket, report.reason, now)
        for cover in trader.covers:
            if cover.entry is ticket:
                for order in cover.orders:
                    if order.sent.parent is not None:
                        order.reduced(cover.lots - cover.opened)
        self._forget_covers(trader)

    def split(self, instrument: str, ratio: Fraction, now: Moment) -> None:
        """Everything is carried across before anything follows from it."""
        concerned = [each for each in self._traders if each.setup.instrument == instrument]
        for trader in concerned:
            self._carry(trader, ratio)
        self._gate.split(instrument, ratio)
        for trader in concerned:
            self._fit(trader, self._ledger.lots(trader.key))
            for cover in trader.covers:
                self._leave(trader, cover, now)
            if not trader.waits:
                self._adopt(trader, self._plan(trader, 0), now)
            self._forget_covers(trader)

    def _carry(self, trader: Trader, ratio: Fraction) -> None:
        """Everything that a strategy remembers, in the lots and ticks of after a split."""
        trader.target = split_lots(trader.target, ratio)
        trader.aim = split_lots(trader.aim, ratio)
        trader.own = split_lots(trader.own, ratio)
        trader.guards = tuple(guard.split(ratio) for guard in trader.guards)
        trader.decided_at = split_price(trader.decided_at, ratio)
        trader.filled_at = split_price(trader.filled_at, ratio)
        if self._ledger.lots(trader.key) == 0:
            trader.held = None
        if trader.held is not None:
            trader.held.split(ratio)
        for policy in trader.policies:
            policy.split(ratio)
        if trader.rule is not None:
            trader.rule.split(ratio)
        for cover in trader.covers:
            cover.split(ratio)
        for ticket in trader.tickets:
            ticket.split(ratio)

    def _hear(self, trader: Trader, bar: Bar, now: Moment) -> None:
        trader.close = bar.close
        for policy in trader.policies:
            policy.hear(bar)
        if trader.held is not None:
            trader.held.hear(bar.close)
            self._look_at_exits(trader, trader.held, now)
        if trader.rule is None:
            return
        trader.rule.hear(bar)
        if self._is_early(trader, now):
            return
        try:
            answer = trader.rule.answer(trader.target, self._sizer(trader))
        except NoMark:
            self._record(trader, trader.target, "no_price", now)
            return
        if answer is not None:
            self._decide(trader, answer.target, answer.reason, now)

    def _follow(
        self, trader: Trader, plan: Scripted, now: Moment, *, is_tick: bool = False
    ) -> None:
        """Do what the script says at this bar; to say nothing at a tick beside bars is no word."""
        todo = () if self._is_early(trader, now) else plan.at_bar.get(trader.bars_counted, ())
        is_word = bool(todo) or not is_tick or trader.interval_ns == 0
        if is_word and not any(isinstance(action, Target) for action in todo):
            trader.ended = 0
        self._act(trader, todo, now)
        trader.bars_counted += 1

    def _is_early(self, trader: Trader, now: Moment) -> bool:
        del trader
        return self._decide_from is not None and now.ts < self._decide_from

    def _on_fill(self, trader: Trader, ticket: Ticket, fill: Fill, now: Moment) -> None:
        """Book a reported fill, and do what follows from it."""
        before = self._ledger.lots(trader.key)
        self._ledger.book(trader.key, fill.lots, fill.ticks, fill.fee)
        after = before + fill.lots
        ticket.fill(abs(fill.lots))
        self._gate.on_fill(ticket)
        trader.unguarded = False
        trader.filled_at = fill.ticks
        self._cross(trader, ticket, abs(fill.lots))
        if ticket.is_over:
            self._forget(trader, ticket)
        self._on_booked(now)
        self._hold(trader, fill, before, after)
        self._tend_covers(trader, ticket, abs(fill.lots), after, now)
        side = -sign_of(fill.lots)
        is_exit = ticket.role is Role.PROTECTIVE and side * after <= 0
        is_wrong = side * after < 0 or (ticket.role is Role.OWN and trader.is_out)
        ends = is_exit and side * trader.target > 0
        if not ends and (ticket.role is Role.TARGET or is_wrong):
            self._take_back(trader, ticket, fill, after, now)
        self._go_on(trader, now)
        self._on_marked(ticket, fill, now)
        if is_exit and side * trader.target > 0:
            self._end_target(trader, side, ticket.reason, fill.ticks, now)
        if isinstance(trader.setup.plan, Scripted):
            trader.fills_counted += 1
            self._act(trader, trader.setup.plan.on_fill.get(trader.fills_counted, ()), now)

    def _lose(self, trader: Trader, ticket: Ticket, why: str, now: Moment) -> None:
        """Where cancels take no time, what leads back from a turn does not wait for one."""
        super()._lose(trader, ticket, why, now)
        self._go_on(trader, now)

    # -- decisions -----------------------------------------------------------------------------

    def _act(self, trader: Trader, todo: tuple[Action, ...], now: Moment) -> None:
        for action in todo:
            if isinstance(action, Target):
                if trader.ended * action.lots <= 0:
                    trader.ended = 0
                    self._decide(trader, action.lots, "scripted", now)
                continue
            ticket = trader.tags.get(action.tag)
            works = ticket is not None and not ticket.is_over
            match action:
                case Send():
                    if not works:
                        self._send_own(trader, action, now)
                case Cancel():
                    if works and ticket is not None:
                        self._cancel(ticket)
                case Replace():
                    if works and ticket is not None:
                        self._change_own(ticket, action)

    def _decide(self, trader: Trader, target: int, reason: str, now: Moment) -> None:
        """Take a new target, unless it is an entry that cannot be protected yet."""
        side = sign_of(target)
        is_entry = side * (target - trader.target) > 0
        if is_entry and not all(policy.ready for policy in trader.policies):
            self._record(trader, target, "warming_up", now)
            return
        changes = target != trader.target
        if changes:
            trader.target = trader.aim = target
            trader.decided_at = trader.close
        if changes and all(policy.ready for policy in trader.policies):
            trader.guards = self._guards(trader, side)
        if changes or reason == AGAINST_TREND:
            self._record(trader, target, reason, now)
        if changes:
            self._aim(trader, now)

    def _end_target(self, trader: Trader, side: int, reason: str, at: int, now: Moment) -> None:
        """An exit ends the target of this side, at the price that let it."""
        if trader.rule is not None:
            trader.rule.disarm(side)
        trader.target = trader.aim = 0
        trader.decided_at = at
        trader.ended = side
        self._record(trader, 0, reason, now)
        self._aim(trader, now)

    def _aim(self, trader: Trader, now: Moment) -> None:
        """Send what is missing to the target, and end what is in its way."""
        position = self._ledger.lots(trader.key)
        buys = trader.open_tickets(Role.TARGET, 1)
        sells = trader.open_tickets(Role.TARGET, -1)
        gap = trader.aim - position - sum(t.lots_open for t in buys + sells)
        if gap != 0:
            for ticket in sells if gap > 0 else buys:
                self._cancel(ticket)
        if self._wire.has_latency and self._is_canceling(trader):
            trader.waits = True
            return
        self._aim_on(trader, now)

    def _aim_on(self, trader: Trader, now: Moment) -> None:
        """Send what is missing to the target, whatever works for it."""
        coming = sum(t.lots_open for t in trader.tickets if t.role is Role.TARGET)
        lots = trader.aim - self._ledger.lots(trader.key) - coming
        self._enter(trader, lots, trader.decided_at, now)

    def _enter(self, trader: Trader, lots: int, at: int | None, now: Moment) -> None:
        """Send a market order for the target, if any is wanted, and protect what must be.

        Both are decided before risk hears of any of it. What was there before the order counts as
        older than what it will open.
        """
        trader.occasions += 1
        self._forget_covers(trader)
        before, plan = list(trader.covers), self._plan(trader, lots)
        if lots != 0:
            self._send_entry(trader, lots, at, now)
        own = [cover for cover in trader.covers if cover not in before]
        self._adopt(trader, plan, now)
        trader.covers.sort(key=lambda cover: cover in own)
        self._forget_covers(trader)

    def _send_entry(self, trader: Trader, lots: int, at: int | None, now: Moment) -> None:
        wanted = Send("", "market", lots)
        entry = self._send(trader, Role.TARGET, wanted, None, "target", now, at=at)
        if lots * trader.aim > 0 and not entry.is_over:
            lots = min(abs(trader.aim), entry.size)
            self._protect(trader, entry, lots, trader.guards, now)

    def _is_canceling(self, trader: Trader) -> bool:
        """True while a cancel of a target order is not answered."""
        return any(t.role is Role.TARGET and t.is_cancel_sent for t in trader.tickets)

    def _take_back(
        self, trader: Trader, ticket: Ticket, fill: Fill, after: int, now: Moment
    ) -> None:
        """Return what was filled beyond what is wanted."""
        if trader.waits or (ticket.role is Role.OWN and not trader.is_out):
            return
        coming = sum(t.lots_open for t in trader.tickets if t.role is Role.TARGET)
        excess = after + coming - trader.aim
        lots = -excess if excess * fill.lots > 0 else 0
        if ticket.role is Role.TARGET:
            self._enter(trader, lots, fill.ticks, now)
        elif lots != 0:
            self._send_entry(trader, lots, fill.ticks, now)

    def _hold(self, trader: Trader, fill: Fill, before: int, after: int) -> None:
        """A position begins with the fill that makes its side."""
        if sign_of(after) != sign_of(before):
            trader.held = Held(sign_of(after), fill.ticks) if after != 0 else None

    def _look_at_exits(self, trader: Trader, held: Held, now: Moment) -> None:
        for policy in trader.policies:
            level = policy.level(held)
            if level is not None:
                self._trail(trader, held.side, level, now)
        is_over = any(policy.is_over(held) for policy in trader.policies)
        if is_over and held.side * trader.target > 0:
            self._end_target(trader, held.side, "time_stop", trader.close, now)

    def _send_own(self, trader: Trader, action: Send, now: Moment) -> None:
        parent = None
        if action.parent is not None:
            named = trader.tags.get(action.parent)
            is_known = named is not None and not named.is_over
            parent = named.order.number if named is not None and is_known else UNKNOWN_ORDER
        sent = self._send(trader, Role.OWN, action, parent, "own", now, at=trader.close)
        trader.tags[action.tag] = sent

    def _record(self, trader: Trader, target: int, reason: str, now: Moment) -> None:
        self.decisions.append(Decision(now.ts, now.seq, *trader.key, target, reason))
