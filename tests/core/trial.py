"""A core that is fed event by event, and held against everything that was said in it."""

from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any, Final

from actors.assembly import Core
from tests.core.making import A, B, bar, config, strategy
from trader.config.schema import RiskConfig
from trader.logic.lifecycle import ENDED
from trader.model.account import AccountReported, PositionReport
from trader.model.control import RunStarted, TradingState
from trader.model.envelope import Envelope, Message
from trader.model.orders import (
    OrderApproved,
    OrderBusted,
    OrderEvent,
    OrderFilled,
    OrderRole,
    OrderStatus,
    SubmitOrder,
)
from trader.model.units import MINUTE_NS, NONE

CASH: Final = 100


class Trial:
    """The core, the venue's side of the story, and what both come to."""

    def __init__(self, scripts: list[dict[int, Any]], *, patient: bool, risk: RiskConfig) -> None:
        """Strategies `s0` and `s2` trade A, `s1` trades B; `s0` has a stop with its entries."""
        strategies = [
            strategy(f"s{k}", instrument=(A, B)[k % 2], script=script, stop_n=1 if k == 0 else None)
            for k, script in enumerate(scripts)
        ]
        self.core = Core(config(strategies, risk=risk, cash=CASH), patient=patient)
        self.said: list[Envelope] = []
        self.core.reactor.observer = self.said.append
        self.checked = 0
        self.rows = {A: 1, B: 1}
        self.now = MINUTE_NS
        self.sent: list[SubmitOrder] = []
        self.life: dict[str, OrderStatus] = {}
        self.lots: dict[tuple[str, str], int] = defaultdict(int)
        self.spent = 0
        self.booked: Counter[tuple[str, str]] = Counter()
        self.start(1)

    def start(self, epoch: int) -> list[Message]:
        """A life of the process begins, and the venue agrees with whatever we think."""
        effects = self.note(RunStarted(run="trial", epoch=epoch))
        held = {name: holding.lots for name, holding in self._holdings().items()}
        reports = [PositionReport(instrument=i, lots=n, ts_event=0) for i, n in held.items()]
        for report in reports:
            effects += self.note(report)
        return effects + self.note(AccountReported(request_id="a", count=2, ts_event=0))

    def bar(self, instrument: str, close: int) -> list[Message]:
        """The next bar of the instrument."""
        made = bar(close, row=self.rows[instrument], instrument=instrument, low=close - 3)
        self.rows[instrument] += 1
        self.now = max(self.now, made.ts_close)
        return self._checked(list(self.core.reactor.row(made, self.now)))

    def note(self, message: Message) -> list[Message]:
        """Anything that is no row."""
        return self._checked(list(self.core.reactor.note(message, self.now)))

    def _holdings(self) -> dict[str, Any]:
        return self.core.portfolio.state.holdings

    def _checked(self, effects: list[Message]) -> list[Message]:
        for envelope in self.said[self.checked :]:
            self._hear(envelope)
        self.checked = len(self.said)
        approved = [each.order for each in effects if isinstance(each, OrderApproved)]
        if self.core.trading_state() is TradingState.HALTED:
            assert approved == []
        self.sent += approved
        self._sums_agree()
        return effects

    def _hear(self, envelope: Envelope) -> None:
        """What the order manager passes on is what has happened."""
        event = envelope.body
        if isinstance(event, OrderApproved):
            assert envelope.source == "risk"
        if envelope.source != "order_manager" or not isinstance(event, OrderEvent):
            return
        before = self.life.get(event.client_order_id, OrderStatus.INITIALIZED)
        self.life[event.client_order_id] = event.status
        if before >= ENDED and before is not OrderStatus.REJECTED:
            assert event.status is before
        if isinstance(event, OrderFilled | OrderBusted):
            sign = 1 if isinstance(event, OrderFilled) else -1
            self.lots[event.strategy, event.instrument] += sign * event.last_lots
            self.spent += sign * event.last_lots * event.last_ticks
            trade = (event.client_order_id, event.trade_id)
            self.booked[trade] += sign
            assert self.booked[trade] in {0, 1}

    def _sums_agree(self) -> None:
        """Positions are the sum of the fills, cash is what was paid, and everybody knows it."""
        core = self.core
        state = core.portfolio.state
        for name, held in state.positions.items():
            desk = core.order_manager.state.desks[name]
            key = (name, desk.instrument)
            assert sum(position.lots for position in held.values()) == self.lots[key]
            assert desk.position == self.lots[key]
        half = core.scale.half[A]
        assert state.cash == core.scale.of(Decimal(CASH)) - 2 * half * self.spent
        worth = sum(h.lots * h.mark * h.half for h in state.holdings.values() if h.mark != NONE)
        assert state.equity == state.cash + worth
        risk: Any = next(actor for actor in core.reactor.actors if actor.name == "risk")
        for name, exposure in risk.state.exposures.items():
            assert exposure.lots == state.holdings[name].lots
            open_ = [r for r in risk.state.resting.values() if r.instrument == name]
            sizes = [r for r in open_ if r.role is not OrderRole.PROTECTION]
            assert exposure.buys == sum(r.left for r in sizes if r.side > 0)
            assert exposure.sells == sum(r.left for r in sizes if r.side < 0)

    def worst(self, instrument: str) -> int:
        """The largest position that risk thinks possible."""
        risk: Any = next(actor for actor in self.core.reactor.actors if actor.name == "risk")
        worst: int = risk.state.exposures[instrument].worst()
        return worst
