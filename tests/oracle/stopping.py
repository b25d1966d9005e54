"""A desk whose trading may be stopped: by what is lost, for the rest of the run.

Where the rules leave a choice, this is the choice:

* Losses are looked at when a bar has marked the account, before its strategies hear it; when a
  fill is booked and its covers and its target are seen to, before an exit ends the target; and
  when a split or a dividend is booked.
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

from tests.oracle.breakers import Trading
from tests.oracle.dealing import Moment, Trader, Wire
from tests.oracle.desk import Desk
from tests.oracle.ledger import Ledger
from tests.oracle.orders import Change, Ended, Order
from tests.oracle.states import StateGate
from tests.oracle.tickets import Role

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

    def look(self, now: Moment) -> None:
        """What the account is worth has changed."""
        for limit in list(self._trading.breakers.broken(self._ledger)):
            state = self._trading.ordered(limit)
            if state is not None:
                self._stop(state, limit, now)

    def split(self, instrument: str, ratio: Fraction, now: Moment) -> None:
        """A split may leave nothing of what was to be closed."""
        super().split(instrument, ratio, now)
        self._see_if_flat(now)

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

    def _on_marked(self, now: Moment) -> None:
        self.look(now)

    # -- stopping -------------------------------------------------------------------------------

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


def _closes(lots: int, held: int) -> bool:
    return lots * held < 0 and abs(lots) <= abs(held)
