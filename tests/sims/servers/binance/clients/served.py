"""A venue that runs in another thread."""

from typing import Final

import anyio
from anyio.from_thread import BlockingPortal

from sims.servers.binance.accounts import ACCOUNTS
from sims.servers.binance.engine import Engine
from sims.servers.binance.registry import OrderKey
from sims.servers.binance.server import Venue


class Served:
    """The venue and its engine; whatever is done to them is done in their own thread."""

    def __init__(self, venue: Venue, engine: Engine, portal: BlockingPortal) -> None:
        self.venue: Final = venue
        self.http: Final = venue.http
        self.ws: Final = venue.ws
        self.ws_api: Final = venue.url
        self._engine: Final = engine
        self._portal: Final = portal

    def mark(self, price: str) -> None:
        """Put the market at a price."""
        self._portal.call(self._engine.mark, "BTCUSDT", price)

    def clear(self) -> None:
        """Cancel every open order."""
        self._portal.call(self._clear)

    async def until_answered(self, method: str) -> None:
        """Wait until the last request of a method has been answered."""
        while not self._is_answered(method):  # noqa: ASYNC110 - it happens in another thread
            await anyio.sleep(0.01)

    def forget(self) -> None:
        """Know nothing of what has been asked so far."""
        self.venue.received.clear()

    def _is_answered(self, method: str) -> bool:
        asked = [request for request in self.venue.received if request.method == method]
        return bool(asked) and asked[-1].answered

    def _clear(self) -> None:
        account = self._engine.accounts[ACCOUNTS[0].key]
        for order in list(self._engine.registry.open_orders(account, None)):
            key = OrderKey(symbol=order.terms.symbol, order_id=order.order_id)
            self._engine.cancel(account, key, None, None)
