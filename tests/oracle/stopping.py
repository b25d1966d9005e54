"""A desk whose trading may be stopped: by what is lost, for the rest of the run.

Where the rules leave a choice, this is the choice:

* Losses are looked at when a bar has marked the account, before its strategies hear it; when a
  fill is booked and its covers and its target are seen to, before an exit ends the target; and
  when a split or a dividend is booked.
* At a fill slippage is looked at first, then losses.
* How long a position has no stop is looked at when an order of its strategy is filled, changed or
  over, when what protects it is accepted, and after a split; and at the instant at which too much
  will be used up.
* What halts cancels all working orders but protection, one strategy after the other. What reduces
  leaves orders of targets too that lead from the strategy's position toward nothing and, all that
  are left together, from the account's.
* What flattens first lets one strategy after the other give its target up, with what that means
  for its orders; then, strategy by strategy, it cancels what is neither protection nor such an
  order of the target, whatever the account holds, and sends what lacks to be flat. That
  is done again when a session begins and when an instrument trades again.
* Flattened is an account in which nobody holds anything and nothing is open.
"""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction

from tests.oracle.bare import Bare
from tests.oracle.breakers import Trading
from tests.oracle.dealing import Moment, Trader, Wire
from tests.oracle.desk import Desk
from tests.oracle.exits import AtrStop, Trailing
from tests.oracle.ledger import Ledger
from tests.oracle.orders import Accepted, Change, Ended, Fill, Order, Refused, Report
from tests.oracle.slips import Slips
from tests.oracle.states import StateGate
from tests.oracle.tickets import Role, Ticket

Command = tuple[str, Order, Change | None]


class Outbox:
    """Holds the commands of a step until it is over."""

    def __init__(self, leave: Callable[[Command], None], *, has_latency: bool) -> None:
        self.has_latency = has_latency
        self.held: list[Command] = []
        self._leave = leave

    def submit(self, order: Order) -> None:
        self.held.append(("submit", order, None))

    def cancel(self, order: Order) -> None:
        self.held.append(("cancel", order, None))

    def replace(self, order: Order, change: Change) -> None:
        self.held.append(("replace", order, change))

    def take(self) -> list[Command]:
        held, self.held = self.held, []
        return held

    def send(self, commands: list[Command]) -> None:
        """Let these leave, and then what is held by now."""
        for command in [*commands, *self.take()]:
            self._leave(command)


class StoppableDesk(Desk):
    def __init__(
        self,
        traders: list[Trader],
        ledger: Ledger,
        wire: Wire,
        gate: StateGate,
        trading: Trading,
        decide_from: int | None = None,
    ) -> None:
        super().__init__(traders, ledger, wire, gate, decide_from)
        self.withheld: Counter[str] = Counter()
        self._states = gate
        self._trading = trading
        self._slips = Slips(trading.breakers.slippage_window)
        self._bare = {trader.key: Bare() for trader in traders if _has_stops(trader)}
        self.alarms: dict[int, int] = {}  # when to look at a strategy's stops, by its number

    def look(self, now: Moment) -> None:
        """What the account is worth has changed."""
        for limit in list(self._trading.breakers.broken(self._ledger)):
            self._speak(limit, now)

    def split(self, instrument: str, ratio: Fraction, now: Moment) -> None:
        """A split may leave nothing of what was to be closed."""
        super().split(instrument, ratio, now)
        for number, trader in enumerate(self._traders):
            if trader.setup.instrument == instrument:
                self.look_at_stops(number, now)
        self._see_if_flat(now)

    def on_report(self, report: Report, now: Moment) -> None:
        super().on_report(report, now)
        trader, ticket = self._by_order[report.order.number]
        is_guard = ticket.role is Role.PROTECTIVE
        if isinstance(report, Refused) or (isinstance(report, Accepted) and not is_guard):
            return
        self.look_at_stops(self._traders.index(trader), now)

    def look_at_stops(self, number: int, now: Moment) -> None:
        """How much of what a strategy holds is without a stop may have changed."""
        key, allowed = self._traders[number].key, self._trading.breakers.unprotected_max
        bare = self._bare.get(key)
        if bare is None or allowed is None:
            return
        bare.turn(self._states.bare(*key), now.ts)
        is_beyond = bare.is_beyond(allowed)
        bare.ends()
        self.alarms.pop(number, None)
        due = bare.due(allowed)
        if due is not None:
            self.alarms[number] = due
        if is_beyond:
            self._speak("unprotected_max", now)

    def again(self, now: Moment) -> None:
        """What could not be closed may be closed now."""
        if self._trading.state == "FLATTENING":
            for trader in self._traders:
                self._leave_market(trader, now)

    def recalled(self, commands: list[Command], now: Moment) -> list[Command]:
        """What may leave of what was let through in a step, now that the step is over."""
        if self._trading.state == "ACTIVE":
            return commands
        kept: list[Command] = []
        withheld: list[Order] = []
        for what, order, change in commands:
            ticket = self._by_order[order.number][1]
            why = None if what == "cancel" else self._states.recalled(ticket, change)
            if why is None:
                if order not in withheld:
                    kept.append((what, order, change))
            elif what == "submit":
                withheld.append(order)
                self.withheld[why] += 1
                self.on_report(Ended(order, "CANCELED", why), now)
            else:
                ticket.answered("replace")
                self._ask(ticket)
        return kept

    # -- what the desk asks ---------------------------------------------------------------------

    def _is_early(self, trader: Trader, now: Moment) -> bool:
        return trader.is_out or super()._is_early(trader, now)

    def _on_gone(self, now: Moment) -> None:
        self._see_if_flat(now)

    def _on_booked(self, now: Moment) -> None:
        self._see_if_flat(now)

    def _on_marked(self, ticket: Ticket, fill: Fill, now: Moment) -> None:
        unit = self._ledger.units[ticket.order.instrument]
        self._slips.add(ticket, fill.lots, fill.ticks, unit)
        is_counted = ticket.expects is not None
        if is_counted and self._slips.is_beyond(self._trading.breakers.slippage_bps_max):
            self._speak("slippage_bps_max", now)
        self.look(now)

    # -- stopping -------------------------------------------------------------------------------

    def _speak(self, limit: str, now: Moment) -> None:
        state = self._trading.ordered(limit)
        if state is not None:
            self._stop(state, limit, now)

    def _stop(self, state: str, limit: str, now: Moment) -> None:
        self._trading.move(state, limit, now.ts, now.seq)
        if state == "FLATTENING":
            self._see_if_flat(now)
            for trader in self._traders:
                self._give_up(trader, limit, now)
            self.again(now)
            return
        held: dict[str, int] = {}
        if state == "REDUCING":
            for (_, name), position in self._ledger.positions.items():
                held[name] = held.get(name, 0) + position.lots
        for trader in self._traders:
            self._cancel_entries(trader, held)

    def _cancel_entries(self, trader: Trader, held: dict[str, int]) -> None:
        """All but protection, and but for orders of targets that close what is held."""
        instrument = trader.setup.instrument
        for ticket in list(trader.tickets):
            lots, all_ = ticket.lots_open, held.get(instrument, 0)
            closes = _closes(lots, self._ledger.lots(trader.key)) and _closes(lots, all_)
            if ticket.role is Role.TARGET and closes:
                held[instrument] = all_ + lots
            elif ticket.role is not Role.PROTECTIVE:
                self._cancel(ticket)

    def _give_up(self, trader: Trader, limit: str, now: Moment) -> None:
        """The strategy decides nothing more, and its target is 0."""
        trader.is_out = True
        trader.ended = 0
        if trader.target != 0:
            trader.target = trader.aim = 0
            trader.decided_at = trader.filled_at
            self._record(trader, 0, limit, now)
            self._aim(trader, now)

    def _leave_market(self, trader: Trader, now: Moment) -> None:
        self._cancel_entries(trader, {trader.setup.instrument: self._ledger.lots(trader.key)})
        trader.aim = 0
        trader.waits = self._wire.has_latency and self._is_canceling(trader)
        if not trader.waits:
            self._aim_on(trader, now)

    def _see_if_flat(self, now: Moment) -> None:
        if self._trading.state == "FLATTENING" and self._states.is_flat:
            self._trading.move("HALTED", "flattened", now.ts, now.seq)


def _has_stops(trader: Trader) -> bool:
    return any(isinstance(each, AtrStop | Trailing) for each in trader.setup.exits)


def _closes(lots: int, held: int) -> bool:
    return lots * held < 0 and abs(lots) <= abs(held)
