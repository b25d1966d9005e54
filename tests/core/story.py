"""One strategy with exits in the core as it is wired, its venue, and what happens between them."""

from decimal import Decimal
from typing import Any, Final

from actors.assembly import Core
from tests.core.families import Families
from tests.core.making import SCRIPTED, A, awake, bar, config
from trader.config.schema import ExitConfig, RiskConfig, StrategyConfig
from trader.model.control import SplitEffective, TradingState
from trader.model.envelope import Message
from trader.model.orders import OrderDenied, OrderType
from trader.model.units import MINUTE_NS

STOP: Final = ExitConfig(kind="atr_stop", n=1, k=Decimal(2))
LIMIT: Final = ExitConfig(kind="take_profit", n=1, k=Decimal(1))
TRAIL: Final = ExitConfig(kind="trailing", n=1, k=Decimal(1))
LATER: Final = ExitConfig(kind="trailing", n=1, k=Decimal(1), activate=Decimal("0.5"))
TIME: Final = ExitConfig(kind="time_stop", bars=2)


class Story:
    """One strategy with exits, its venue, and what happens between them."""

    def __init__(
        self,
        script: dict[int, Any],
        exits: tuple[ExitConfig, ...],
        *,
        prompt: bool,
        rigid: bool = False,
    ) -> None:
        one = StrategyConfig(
            name="one", file=SCRIPTED, instrument=A, params={"script": script}, exits=exits
        )
        whole = config([one], risk=RiskConfig(stale_after="1d"))
        self.core: Core
        self.core, self.said = awake(whole, patient=not prompt)
        self.venue = Families(prompt=prompt, rigid=rigid)
        self.row = 1
        self.now = MINUTE_NS

    def bar(self, close: int) -> None:
        """The next bar closes there."""
        made = bar(close, row=self.row, high=close + 2, low=close - 2)
        self.row += 1
        self.now = made.ts_close
        self.venue.take(list(self.core.reactor.row(made, self.now)))

    def tell(self) -> None:
        """The oldest report is there."""
        if self.venue.reports:
            self.note(self.venue.reports.popleft())

    def note(self, message: Message) -> None:
        self.venue.take(list(self.core.reactor.note(message, self.now)))
        assert self.core.trading_state() is TradingState.ACTIVE, self.said[-5:]

    def arrive(self) -> None:
        """The oldest command is at the venue."""
        if self.venue.commands:
            self.venue.arrive()

    def fill(self, pick: int, lots: int, ticks: int) -> None:
        """An order that can fills, if there is one."""
        able = [id_ for id_, each in self.venue.orders.items() if each.room]
        if able:
            self.venue.fill(able[pick % len(able)], lots, ticks)

    def lose(self, pick: int) -> None:
        """An order that waits for a price is canceled by nobody of ours."""
        orders = self.venue.orders
        waiting = [id_ for id_, each in orders.items() if each.stop or each.limit]
        if waiting:
            self.venue.lose(waiting[pick % len(waiting)])

    def split(self) -> None:
        """Two lots stand for each one from now on; nothing is under way then."""
        self.settle()
        self.venue.split(2)
        self.note(SplitEffective(instrument=A, numerator=2, denominator=1, ts_event=self.now))

    def quiet(self) -> None:
        """What takes any price fills, and all is told; whatever the trading state comes to."""
        while self.venue.commands or self.venue.reports or self._takes():
            self.arrive()
            if self.venue.reports:
                report = self.venue.reports.popleft()
                self.venue.take(list(self.core.reactor.note(report, self.now)))
            elif takes := self._takes():
                self.venue.fill(takes[0], 100, 100)

    def _takes(self) -> list[str]:
        """What takes any price."""
        orders = self.venue.orders.items()
        return [id_ for id_, each in orders if each.order.order_type is OrderType.MARKET]

    def settle(self) -> None:
        """Everything is answered, and what takes any price has filled."""
        for _ in range(1_000):
            while self.venue.commands or self.venue.reports:
                self.arrive()
                self.tell()
            takes = self._takes()
            if not takes:
                return
            self.venue.fill(takes[0], 100, 100)
        raise AssertionError("it never comes to rest")

    @property
    def denied(self) -> bool:
        """Whether risk has denied an order: then a position may be where nobody wants it."""
        return any(isinstance(each.body, OrderDenied) for each in self.said)

    @property
    def held(self) -> int:
        return self.core.order_manager.state.desks["one"].position

    def covered(self, order_type: OrderType) -> int:
        """What orders of a type would close of the position; those of the other side are none."""
        side = 1 if self.held > 0 else -1
        assert not self.venue.covered(A, order_type, -side)
        return self.venue.covered(A, order_type, side)
