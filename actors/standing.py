"""How a running core stands, in documents that people and programs can read.

Read between two steps, so that every figure in a document is of the same instant. Prices, sizes and
money are decimal texts, as in a configuration.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from actors.assembly import Core
from trader.config.schema import Config
from trader.logic.books import Position
from trader.logic.desk import Order
from trader.logic.rules.view import Resting
from trader.model.control import TradingState
from trader.model.money import plain
from trader.model.orders import OrderStatus
from trader.model.units import NONE, SECOND_NS, Nanoseconds

Document = dict[str, Any]

_CLOCK: Final = "clock_untrusted"
_DIFFERENCE: Final = "difference_"
_ENDED: Final = OrderStatus.DENIED


class Standing:
    """Speaks of one core."""

    def __init__(self, config: Config, core: Core) -> None:
        self._core: Final = core
        self._grids: Final = {each.name: (each.tick, each.lot) for each in config.instruments}

    def account(self, now: Nanoseconds) -> Document:
        """The account as a whole: the trading state and why, money, counts, strategies, feeds."""
        core = self._core
        sample, text = core.portfolio.sample(), core.scale.text
        orders = list(self._working())
        return {
            "seq": core.reactor.state.seq,
            "epoch": core.order_manager.state.epoch,
            **self._trading(),
            "equity": text(sample.equity),
            "cash": text(sample.cash),
            "realized": text(sample.realized),
            "unrealized": text(sample.unrealized),
            "peak": text(sample.peak),
            "orders_working": len(orders),
            "orders_in_doubt": sum(order.status is OrderStatus.IN_DOUBT for _, order in orders),
            "positions": len(self.positions()),
            "strategies": self._strategies(),
            "prices": self._prices(now),
        }

    def orders(self) -> list[Document]:
        """Every order that has not ended, the oldest first, and those that others have placed."""
        own = [self._order(id_, order) for id_, order in self._working()]
        resting = self._core.risk.state.resting.items()
        return [*own, *(self._foreign(id_, each) for id_, each in resting if each.theirs)]

    def positions(self) -> list[Document]:
        """Every position that is not flat, by strategy and instrument."""
        return [
            self._position(strategy, instrument, position)
            for strategy, by_instrument in self._core.portfolio.state.positions.items()
            for instrument, position in by_instrument.items()
            if position.lots
        ]

    def price(self, instrument: str, ticks: float | Decimal) -> str:
        """So many ticks of an instrument as a price."""
        return plain(self._grids[instrument][0] * Decimal(ticks))

    def size(self, instrument: str, lots: int) -> str:
        """So many lots of an instrument as a size."""
        return plain(self._grids[instrument][1] * lots)

    def _trading(self) -> Document:
        state = self._core.kill_switch.state
        code = state.code if state.latched else _CLOCK if state.clock_off else ""
        return {
            "trading": state.trading.name,
            "latched": state.latched,
            "code": code,
            "lifts": lifts(state.trading, code),
        }

    def _working(self) -> Iterator[tuple[str, Order]]:
        for id_, order in self._core.order_manager.state.orders.items():
            if order.status < _ENDED:
                yield id_, order

    def _order(self, id_: str, order: Order) -> Document:
        instrument = self._core.order_manager.state.desks[order.strategy].instrument
        document: Document = {
            "client_order_id": id_,
            "strategy": order.strategy,
            "instrument": instrument,
            "side": "buy" if order.lots > 0 else "sell",
            "order_type": order.order_type.name,
            "role": order.role.name,
            "status": order.status.name,
            "size": self.size(instrument, abs(order.lots)),
            "filled": self.size(instrument, order.done),
            "reason": order.reason,
        }
        for name, ticks in (("limit", order.limit_ticks), ("stop", order.stop_ticks)):
            document[name] = None if ticks is None else self.price(instrument, ticks)
        return document

    def _foreign(self, id_: str, resting: Resting) -> Document:
        """An adopted order, for what it may still fill."""
        order = resting.order
        limit = order.limit_ticks
        return {
            "client_order_id": id_,
            "strategy": order.strategy,
            "instrument": order.instrument,
            "side": "buy" if order.lots > 0 else "sell",
            "order_type": order.order_type.name,
            "role": "FOREIGN",
            "status": OrderStatus.ACCEPTED.name,
            "size": self.size(order.instrument, abs(order.lots)),
            "filled": "0",
            "reason": order.reason,
            "limit": None if limit is None else self.price(order.instrument, limit),
            "stop": None,
        }

    def _position(self, strategy: str, instrument: str, position: Position) -> Document:
        core = self._core
        holding = core.portfolio.state.holdings[instrument]
        worth = holding.half * (position.lots * holding.mark - 2 * position.cost)
        return {
            "strategy": strategy,
            "instrument": instrument,
            "size": self.size(instrument, position.lots),
            "average": self.price(instrument, Decimal(position.cost) / position.lots),
            "mark": self.price(instrument, Decimal(holding.mark) / 2),
            "unrealized": core.scale.text(worth),
            "realized": core.scale.text(2 * holding.half * position.realized - position.fees),
        }

    def _strategies(self) -> list[Document]:
        core = self._core
        quarantined = core.reactor.state.quarantined
        documents: list[Document] = []
        for actor in core.strategies:
            name = actor.name.partition(":")[2]
            desk = core.order_manager.state.desks[name]
            fault = quarantined.get(actor.name)
            state = "paused" if actor.state.disabled else "running"
            documents.append(
                {
                    "strategy": name,
                    "instrument": actor.instrument,
                    "target": self.size(actor.instrument, desk.target),
                    "position": self.size(actor.instrument, desk.position),
                    "state": "quarantined" if fault else state,
                    "fault": fault.error if fault else "",
                }
            )
        return documents

    def _prices(self, now: Nanoseconds) -> list[Document]:
        """Each instrument's last price as risk knows it, and how old it is."""
        documents: list[Document] = []
        for instrument, exposure in self._core.risk.state.exposures.items():
            half_ticks, ts = exposure.price()
            known = half_ticks > 0 and half_ticks != NONE
            documents.append(
                {
                    "instrument": instrument,
                    "price": self.price(instrument, Decimal(half_ticks) / 2) if known else None,
                    "age_s": round((now - ts) / SECOND_NS, 3) if known else None,
                }
            )
        return documents


def lifts(trading: TradingState, code: str) -> str:
    """What ends a state that is not ACTIVE, in words."""
    if trading is TradingState.ACTIVE:
        return ""
    if code == _CLOCK:
        return "a clock that is near the venue's again: set that of this machine"
    if not code:
        return "agreement with the venue, which is being sought"
    if code.startswith(_DIFFERENCE):
        return "`traderd resume` once it is gone, or `--accept` to take the venue's word"
    return "`traderd resume`"
