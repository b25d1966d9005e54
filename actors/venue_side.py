"""A daemon's venue: the way on which its orders leave, and where its market data come from."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Final, Protocol

from msgspec import Struct

from actors.assembly import Core
from actors.edge.binance import check_rules, check_way, dialogue_of, mode_of
from actors.edge.gateway import Gateway
from actors.edge.held import account_held
from actors.edge.keys import read_keys
from actors.markets import Market, open_market
from actors.runtime.line import Way
from actors.runtime.supervisor import Ready
from trader.config.schema import Config
from trader.model.envelope import Message
from trader.model.units import Nanoseconds
from trader.venues.binance.budget import Budget
from trader.venues.binance.dialogue import BinanceDialogue
from trader.venues.binance.inquiry import Patience
from trader.venues.execution_client import Figures


class Ports(Struct, frozen=True, kw_only=True):
    """What a venue's side has of the daemon: the time, its inbox, and the epochs."""

    clock: Callable[[], Nanoseconds]
    put: Callable[[Message], None]
    begin: Callable[[], int]
    begun: Callable[[int], None]


class OrderGateway(Protocol):
    """The way out for orders and back for what became of them."""

    async def run(self, ready: Ready) -> None:
        """Works until it is cancelled; raises VenueFault when the way breaks."""

    def perform(self, effects: Iterable[Message]) -> None:
        """Effects of committed steps, in their order."""

    async def rest(self) -> None:
        """Returns when it is known what became of every order that was sent."""

    async def flush(self) -> None:
        """Returns when nothing waits to be sent, or nothing can be sent any more."""


class VenueSide(Protocol):
    """What a daemon needs of its venue."""

    @property
    def mode(self) -> str:
        """What kind of money it trades with: live, paper or loopback."""

    def held(self) -> AbstractContextManager[None]:
        """Holds the account as long as the block lasts; AccountHeld if somebody else does."""

    async def check(self, core: Core) -> bool:
        """Whether the venue told its rules; raises ConfigError for instruments that break them."""

    def gateway(self, core: Core, ports: Ports) -> OrderGateway:
        """The way for orders."""

    def figures(self, now: Nanoseconds) -> Figures:
        """What it measures about the venue."""

    def market(self, core: Core, ports: Ports) -> Market:
        """The market data of a recovered core."""


class BinanceSide:
    """Binance, or a loopback venue that speaks as it does."""

    def __init__(
        self,
        config: Config,
        environ: Mapping[str, str],
        patience: Patience,
        kind: type[Gateway] = Gateway,
    ) -> None:
        """Raises ConfigError for what cannot reach the venue."""
        assert config.account.keys is not None
        assert config.gateway is not None
        self.mode: Final = mode_of(config)
        self._config: Final = config
        self._way: Final = Way(check_way(config), config.gateway.rest)
        self._keys: Final = read_keys(config.account.keys, environ)
        self._patience: Final = patience
        self._kind: Final = kind
        self._budget: Final = Budget()
        self._dialogue: BinanceDialogue | None = None

    def held(self) -> AbstractContextManager[None]:
        """Holds the key at the venue's address."""
        return account_held(self._way.url, self._keys.key)

    async def check(self, core: Core) -> bool:
        """Asks over REST, where there is that way."""
        del core
        rest = self._way.rest
        return rest is not None and await check_rules(self._config, rest)

    def gateway(self, core: Core, ports: Ports) -> OrderGateway:
        """The way for orders: the venue's WebSocket API, and REST beside it."""
        dialogue = dialogue_of(self._config, core.scale, self._keys, self._patience, self._budget)
        if core.kill_switch.state.clock_off:
            dialogue.know_clock_off()
        self._dialogue = dialogue
        orders = core.order_manager.state
        for order in orders.orders.values():
            for trade_id in order.trades:
                # What came after them is asked for, also of orders that had ended by then.
                dialogue.know(orders.desks[order.strategy].instrument, trade_id)
        for instrument, trade_id in core.reconciler.known_trades():
            dialogue.know(instrument, trade_id)
        return self._kind(
            self._way,
            dialogue,
            clock=ports.clock,
            put=ports.put,
            begin=ports.begin,
            begun=ports.begun,
        )

    def figures(self, now: Nanoseconds) -> Figures:
        """What the dialogue and the budget measure."""
        skew = 0 if self._dialogue is None else self._dialogue.clock_skew_ns
        budget = self._budget
        return Figures(clock_skew_ns=skew, headroom=budget.headroom(now), used=budget.used(now))

    def market(self, core: Core, ports: Ports) -> Market:
        """Its streams, or recorded bars in their stead."""
        access = self._keys, self._budget
        return open_market(self._config, core, access, clock=ports.clock, put=ports.put)
