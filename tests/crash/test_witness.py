"""The witness of a storm of kills sees each limit broken at the venue, and none that is kept."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from sims.servers.binance.engine import Engine
from sims.servers.binance.markets import EUROS
from tests.crash.scene import POUNDS
from tests.crash.stage import ACCOUNT
from tests.crash.witness import (
    GUARDED,
    NAKED_REQUESTS_MAX,
    Bounds,
    Witness,
    is_too_fast,
)
from tests.sims.servers.binance.desk import Clock, Desk, limit, market, stop
from trader.model.units import SECOND_NS

RICH = replace(ACCOUNT, balances={"USDT": "100000"})
BOUNDS = Bounds(gross=180, lots=100, notional=90, position=160, open_orders=3)
PAIR = {
    "symbol": GUARDED,
    "side": "SELL",
    "quantity": "50",
    "aboveType": "LIMIT_MAKER",
    "abovePrice": "1.10000",
    "belowType": "STOP_LOSS",
    "belowStopPrice": "1.00000",
}


class Watched:
    """A venue with a desk and a witness."""

    def __init__(self) -> None:
        clock = Clock()
        self.engine = Engine(now=clock, symbols=(EUROS, POUNDS), accounts=(RICH,))
        self.requests = 0
        self.witness = Witness(self.engine, BOUNDS, lambda: self.requests)
        self.desk = Desk(self.engine, clock)

    def ask(self, method: str, params: dict[str, Any]) -> None:
        answer = self.desk.sign(method, params)
        assert answer["status"] == 200, answer

    def buy(self, lots: int, *, price: str = "1.04000", symbol: str = "EURUSDT") -> None:
        self.ask("order.place", limit(symbol=symbol, quantity=str(lots), price=price))

    def take(self, lots: int, symbol: str = "EURUSDT", side: str = "BUY") -> None:
        self.ask("order.place", market(symbol=symbol, quantity=str(lots), side=side))


def too_large(watched: Watched) -> None:
    watched.buy(101, price="0.50000")


def too_dear(watched: Watched) -> None:
    watched.buy(90)


def too_many(watched: Watched) -> None:
    for _ in range(4):
        watched.buy(10)


def too_much(watched: Watched) -> None:
    watched.take(80)
    watched.buy(81)


def too_much_in_all(watched: Watched) -> None:
    watched.take(80)
    watched.take(80, GUARDED)
    watched.take(20)


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        (too_large, "an order of 101 lots"),
        (too_dear, "an order worth 93.6"),
        (too_many, "one more order than 3"),
        (too_much, "holds 80 and buys 81"),
        (too_much_in_all, "is worth 189"),
    ],
)
def test_a_limit_that_is_broken_at_the_venue_is_seen(
    deed: Callable[[Watched], None], told: str
) -> None:
    watched = Watched()
    deed(watched)
    assert any(told in each for each in watched.witness.beyond), watched.witness.beyond


def test_orders_of_which_one_ends_the_other_count_once() -> None:
    watched = Watched()
    watched.take(50, GUARDED)
    watched.ask("orderList.place.oco", PAIR)
    assert watched.witness.beyond == []


def test_a_position_without_a_stop_is_seen_while_somebody_answers_for_it() -> None:
    watched = Watched()
    watched.take(50, GUARDED)
    watched.requests += 2 * NAKED_REQUESTS_MAX
    watched.witness.look()
    assert watched.witness.beyond == []

    watched.witness.answers(is_answered_for=True)
    watched.requests += NAKED_REQUESTS_MAX // 2
    watched.witness.look()
    assert watched.witness.beyond == []

    watched.ask("order.place", stop(symbol=GUARDED, quantity="49", stopPrice="1.00000"))
    watched.requests += NAKED_REQUESTS_MAX
    watched.witness.look()
    assert watched.witness.beyond == ["50 lots are without a stop for 150 requests"]


def test_a_stop_for_all_that_is_held_ends_the_time_without() -> None:
    watched = Watched()
    watched.witness.answers(is_answered_for=True)
    watched.take(50, GUARDED)
    watched.ask("orderList.place.oco", PAIR)
    watched.requests += 2 * NAKED_REQUESTS_MAX
    watched.witness.look()
    assert watched.witness.beyond == []


@pytest.mark.parametrize(
    ("approved", "most", "expected"),
    [
        ([0, 0, SECOND_NS], 2, False),
        ([0, 0, SECOND_NS - 1], 2, True),
        ([0, 0], 2, False),
        ([0, 5 * 10**8, SECOND_NS, 14 * 10**8], 2, True),
    ],
)
def test_a_window_with_one_order_too_many_is_seen(
    approved: list[int], most: int, *, expected: bool
) -> None:
    assert is_too_fast(approved, most) is expected
