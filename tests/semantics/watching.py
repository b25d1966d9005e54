"""What must hold after every event of every run, whoever trades and whatever the market does.

A watch looks at a simulation between two steps: when the next input is delivered, the former step
is complete, and what left the core has reached the venue. It counts fills and orders for itself
from the messages that pass, and holds its counts beside what each actor believes.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from actors.core.risk import Risk
from sims.simulation import Simulation
from sims.venue import Venue
from trader.model.account import PositionChanged
from trader.model.control import TimerFired, TradingState
from trader.model.envelope import Envelope
from trader.model.market import BarClosed
from trader.model.orders import (
    OrderApproved,
    OrderDenied,
    OrderFilled,
    OrderRole,
    OrderStatus,
    OrderType,
    SubmitOrder,
)
from trader.model.units import NONE, Nanoseconds

WORLD: Final = "world"
TERMINAL: Final = (
    OrderStatus.DENIED,
    OrderStatus.FILLED,
    OrderStatus.CANCELED,
    OrderStatus.REJECTED,
    OrderStatus.EXPIRED,
)


class WatchedVenue(Venue):
    """Remembers what arrived."""

    arrived: list[str]

    def submit(self, order: SubmitOrder, now: Nanoseconds) -> None:
        """Takes note of the order before it is handled."""
        if "arrived" not in vars(self):
            self.arrived = []
        self.arrived.append(order.client_order_id)
        super().submit(order, now)


@dataclass
class Fills:
    """A position counted from its fills alone, in lots and in ticks x lots paid for them."""

    lots: int = 0
    paid: int = 0


@dataclass
class Watch:
    """Sits on a simulation whose venue is a `WatchedVenue`.

    `position_max` is the limit in force, if it is to be watched; `targets_only` says that no
    strategy places orders beside its targets, so that stops can be held to what they protect.
    """

    whole: Simulation
    position_max: int | None = None
    targets_only: bool = False
    steps: int = 0
    ts: Nanoseconds = 0
    seq: int = 0
    peak: int = 0
    made: dict[str, SubmitOrder] = field(default_factory=dict)
    approved: dict[str, bool] = field(default_factory=dict)
    denied: dict[str, str] = field(default_factory=dict)
    filled: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    positions: dict[tuple[str, str], Fills] = field(default_factory=lambda: defaultdict(Fills))
    fees: int = 0
    arrivals: int = 0

    def __post_init__(self) -> None:
        """Begins to look."""
        core = self.whole.core
        self.cash = self.peak = core.portfolio.state.cash
        risk = next(actor for actor in core.reactor.actors if actor.name == "risk")
        assert isinstance(risk, Risk)
        self.risk = risk
        core.reactor.observer = self.see

    def play(self) -> None:
        """Runs the simulation to its end, looking between any two steps and at the end."""
        self.whole.run()
        assert not self.whole.venue.reports
        self.check(heard=True)

    def see(self, envelope: Envelope) -> None:
        """Takes a delivered message in."""
        body = envelope.body
        assert envelope.ts >= self.ts, "time went back"
        self.ts = envelope.ts
        if envelope.source == WORLD:
            # A report that is being delivered has left the venue's list already.
            self.check(heard=isinstance(body, BarClosed | TimerFired))
            if isinstance(body, BarClosed):
                self.seq += 1
                assert envelope.seq == self.seq, "a row was left out"
            return
        match body:
            case SubmitOrder():
                assert body.client_order_id not in self.made, "an id was used twice"
                self.made[body.client_order_id] = body
            case OrderApproved():
                id_ = body.order.client_order_id
                assert self.risk.state.trading is TradingState.ACTIVE
                assert id_ not in self.approved
                self.approved[id_] = True
            case OrderDenied():
                self.denied[body.client_order_id] = body.code
            case OrderFilled():
                self._count(body)
            case _:
                pass

    def _count(self, fill: OrderFilled) -> None:
        self.filled[fill.client_order_id] += fill.last_lots
        position = self.positions[fill.strategy, fill.instrument]
        position.lots += fill.last_lots
        position.paid += fill.last_lots * fill.last_ticks
        self.fees += fill.fee

    def check(self, *, heard: bool) -> None:
        """Everything at once; `heard`: no report of the venue is on its way into the core."""
        self.steps += 1
        self._check_positions()
        self._check_money()
        self._check_orders(heard=heard and not self.whole.venue.reports)
        self._check_gate()
        self._check_exposure()
        if self.targets_only and heard and not self.whole.venue.reports:
            self._check_stops()

    def _check_positions(self) -> None:
        """Sum of fills = position, in each actor that keeps one."""
        core = self.whole.core
        by_instrument: dict[str, int] = defaultdict(int)
        held = core.portfolio.state.positions
        none = Fills()
        for (strategy, instrument), fills in self.positions.items():
            by_instrument[instrument] += fills.lots
            assert held[strategy][instrument].lots == fills.lots
            assert core.order_manager.state.desks[strategy].position == fills.lots
        for actor in core.strategies:
            fills = self.positions.get((actor.name.partition(":")[2], actor.instrument), none)
            if PositionChanged in actor.handlers:  # others never ask where they stand
                assert actor.state.position == fills.lots
        for instrument, holding in core.portfolio.state.holdings.items():
            assert holding.lots == by_instrument[instrument]
        for instrument, exposure in self.risk.state.exposures.items():
            assert exposure.lots == by_instrument[instrument]

    def _check_money(self) -> None:
        """Cash, cost and equity, each to the quantum; the peak never falls."""
        core = self.whole.core
        state = core.portfolio.state
        cash = self.cash - self.fees
        for (strategy, instrument), fills in self.positions.items():
            cash -= fills.paid * core.scale.tick_lot(instrument)
            position = state.positions[strategy][instrument]
            assert -fills.paid == position.realized - position.cost, "flow = realized - cost"
            assert position.cost == 0 or position.lots != 0
        assert state.cash == cash
        worth = sum(
            holding.lots * holding.mark * holding.half
            for holding in state.holdings.values()
            if holding.mark != NONE
        )
        assert state.equity == cash + worth
        assert state.peak >= max(state.equity, self.peak)
        self.peak = state.peak
        sample = core.portfolio.sample()
        assert sample.realized + sample.unrealized == state.equity - self.cash

    def _check_orders(self, *, heard: bool) -> None:
        """Each order is filled by its fills, within its size, and works where we say it works."""
        state = self.whole.core.order_manager.state
        working = {id_ for desk in state.desks.values() for id_ in desk.working}
        for id_, order in state.orders.items():
            made = self.made[id_]
            assert order.lots_filled == self.filled[id_]
            assert 0 <= order.lots_filled * _sign(made.lots) <= abs(order.lots)
            if made.role is OrderRole.TARGET:  # others may be given a larger size
                assert abs(order.lots) <= abs(made.lots)
            assert (id_ in working) is (order.status not in TERMINAL)
        if heard:
            books = self.whole.venue.books.values()
            assert working == {id_ for book in books for id_ in book.orders}

    def _check_gate(self) -> None:
        """Nothing is at the venue but what risk approved, once, and nothing came while halted."""
        venue = self.whole.venue
        assert isinstance(venue, WatchedVenue)
        arrived = vars(venue).get("arrived", [])
        new = arrived[self.arrivals :]
        self.arrivals = len(arrived)
        assert all(id_ in self.approved for id_ in new)
        assert len(set(arrived)) == len(arrived)
        halted = self.risk.state.trading is not TradingState.ACTIVE
        assert not (halted and new), "an order left in a step that ended halted"
        assert self.risk.state.trading is self.whole.core.trading_state()

    def _check_exposure(self) -> None:
        """No subset of the open orders beside the stops could hold more than is allowed."""
        if self.position_max is None:
            return
        state = self.whole.core.order_manager.state
        buys: dict[str, int] = defaultdict(int)
        sells: dict[str, int] = defaultdict(int)
        for id_, order in state.orders.items():
            made = self.made[id_]
            if order.status not in TERMINAL and made.role is not OrderRole.PROTECTION:
                side = buys if made.lots > 0 else sells
                side[made.instrument] += order.left
        for instrument, exposure in self.risk.state.exposures.items():
            assert exposure.lots + buys[instrument] <= self.position_max
            assert exposure.lots + sells[instrument] >= -self.position_max

    def _check_stops(self) -> None:
        """Neither the stops of a position nor its targets could close more than it has."""
        could: dict[tuple[str, str, int, OrderType], int] = defaultdict(int)
        for book in self.whole.venue.books.values():
            for id_, order in book.orders.items():
                made = self.made[id_]
                if made.role is OrderRole.PROTECTION:
                    side = -_sign(made.lots)
                    room = order.room
                    could[made.strategy, made.instrument, side, made.order_type] += room
        for (strategy, instrument, side, _), lots in could.items():
            held = self.positions.get((strategy, instrument), Fills()).lots
            assert lots <= max(0, side * held)


def _sign(lots: int) -> int:
    return (lots > 0) - (lots < 0)
