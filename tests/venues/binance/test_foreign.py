"""Somebody else trades on the account: how it is told, by whatever road it comes."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from sims.servers.binance.engine import Engine
from sims.servers.binance.orders import OrderType, Side
from sims.servers.binance.scenarios.deeds import HumanCancel, HumanOrder
from sims.servers.binance.scenarios.director import Director
from sims.servers.binance.scenarios.wires import Wires
from tests.sims.servers.binance.desk import Clock
from tests.venues.binance.wire import (
    EPOCH,
    GRID,
    NAME,
    PATIENCE,
    SCALE,
    START,
    Wire,
    fills,
    order,
)
from trader.model.account import AccountReported, ForeignReported, OrderReport, QueryAccount
from trader.model.envelope import Message
from trader.venues.binance.foreign import of_execution, of_trade
from trader.venues.binance.frames import Execution, OwnTrade

BUY = HumanOrder(symbol="BTCUSDT", side=Side.BUY, quantity="0.5")
REST = HumanOrder(
    symbol="BTCUSDT", side=Side.BUY, quantity="0.5", type=OrderType.LIMIT, price="40000"
)


@pytest.fixture
def wire(engine: Engine, clock: Clock) -> Wire:
    wire = Wire(engine, clock, PATIENCE, "main")
    wire.connect()
    return wire


@pytest.fixture
def person(engine: Engine, clock: Clock) -> Director:
    return Director(engine, Wires({}, clock, _never), clock)


def _never(*_: object) -> None:
    """No connection is touched here."""


def foreign(told: list[Message]) -> list[ForeignReported]:
    return [each for each in told if isinstance(each, ForeignReported)]


def moved(told: list[Message]) -> dict[str, int]:
    return {each.trade_id: each.lots for each in foreign(told) if each.trade_id}


def unheard(wire: Wire, person: Director) -> None:
    """Somebody trades while there is no connection."""
    wire.lose()
    wire.is_deaf = True
    person.do(BUY)
    wire.is_deaf = False


def test_a_person_s_orders_and_trades_are_told_as_foreign(wire: Wire, person: Director) -> None:
    person.do(REST)
    told = wire.news()
    person.do(BUY)
    traded = wire.news()

    [first] = foreign(told)
    assert first.client_order_id.startswith("web_")
    assert (first.instrument, first.trade_id, first.size, first.price, first.lots) == (
        NAME, "", "0.50000000", "40000.00000000", 0,
    )  # fmt: skip
    assert told == [first]
    assert traded == foreign(traded)
    assert sum(moved(traded).values()) == 50_000


def test_our_own_are_not(wire: Wire) -> None:
    told = wire.perform(order())

    assert fills(told) == {("1", 1_000, 6_000_000)}
    assert foreign(told) == []


def test_one_that_works_is_told_with_the_account(wire: Wire, person: Director) -> None:
    person.do(REST)
    wire.news()

    told = wire.perform(QueryAccount(request_id="r"))

    [working] = [each for each in told if isinstance(each, OrderReport)]
    [named] = foreign(told)
    assert named.client_order_id == working.client_order_id
    assert told.index(named) < told.index(working)
    assert isinstance(told[-1], AccountReported)


def test_trades_that_nobody_heard_of_are_told_after_the_next_greeting(
    wire: Wire, person: Director
) -> None:
    wire.perform(order())
    unheard(wire, person)

    wire.connect(EPOCH + 1)
    told = wire.news()

    assert moved(told) == {"2": 50_000}
    assert fills(told) == set()


def test_so_are_those_after_one_that_was_heard_and_that_one_is_not_told_again(
    wire: Wire, person: Director
) -> None:
    """Of our own fills none is known; what the stream has told is where the history begins."""
    person.do(BUY)
    assert moved(wire.news()) == {"1": 50_000}
    unheard(wire, person)

    wire.connect(EPOCH + 1)

    assert moved(wire.news()) == {"2": 50_000}


@pytest.mark.parametrize(
    ("side", "commission", "asset", "lots"),
    [
        ("BUY", "0.001", "BTC", 49_900),
        ("SELL", "0.001", "BTC", -50_100),
        ("SELL", "30", "USDT", -50_000),
        ("BUY", None, None, 50_000),
        ("BUY", "0.0000001", "BTC", 49_999),
    ],
)
def test_a_commission_in_the_base_asset_has_moved_too(
    side: str, commission: str | None, asset: str | None, lots: int
) -> None:
    report = Execution(
        symbol="BTCUSDT",
        client_id="web_1",
        side=side,
        kind="TRADE",
        order_id=1,
        trade_id=4,
        last_size="0.5",
        last_price="60000",
        commission=commission,
        commission_asset=asset,
        ts_ms=START // 1_000_000,
    )
    trade = OwnTrade(
        trade_id=4,
        order_id=1,
        price="60000",
        size="0.5",
        commission=commission or "0",
        commission_asset=asset,
        ts_ms=START // 1_000_000,
        is_buyer=side == "BUY",
    )

    told = of_execution(report, "web_1", GRID)

    assert told.lots == lots
    # Of an order that has ended nothing is left; a trade of the past does not say.
    assert (told.lots_left, told.limit_ticks) == (0, None)
    assert replace(told, lots_left=None) == of_trade("web_1", trade, GRID)
    # Whatever was paid in which asset: this is what it cost.
    quote = 30 if asset == "USDT" else 0
    cost = (30_000 if side == "BUY" else -30_000) + quote
    assert 2 * GRID.half * told.lots * told.ticks + told.fee == SCALE.of(Decimal(cost))


def test_in_a_symbol_that_we_do_not_trade_it_moves_nothing_of_ours() -> None:
    report = Execution(
        symbol="ETHUSDT",
        client_id="web_1",
        side="SELL",
        kind="TRADE",
        order_id=1,
        trade_id=4,
        last_size="0.5",
        last_price="3000",
        ts_ms=1,
    )

    told = of_execution(report, "web_1", None)

    assert (told.instrument, told.size, told.lots) == ("ETHUSDT", "-0.5", 0)


@pytest.mark.parametrize("price", ["60000.005", "0"])
def test_a_price_beside_our_grid_cannot_be_counted(price: str) -> None:
    trade = OwnTrade(
        trade_id=4, order_id=1, price=price, size="0.5", ts_ms=START // 1_000_000, is_buyer=True
    )
    told = of_trade("web_1", trade, GRID)

    assert (told.lots, told.ticks, told.fee) == (50_000, 0, 0)


def test_what_an_order_may_still_fill_is_told_with_all_that_happens_to_it(
    wire: Wire, person: Director
) -> None:
    person.do(REST)
    [new] = foreign(wire.news())
    [open_] = foreign(wire.perform(QueryAccount(request_id="r")))
    person.do(HumanCancel(symbol="BTCUSDT"))
    [canceled] = foreign(wire.news())

    assert (new.lots_left, new.limit_ticks) == (50_000, 4_000_000)
    assert (open_.lots_left, open_.limit_ticks) == (50_000, 4_000_000)
    assert canceled.lots_left == 0
    assert canceled.client_order_id == new.client_order_id


def test_a_sale_that_is_partly_done_has_the_rest_left() -> None:
    report = Execution(
        symbol="BTCUSDT",
        client_id="web_1",
        side="SELL",
        kind="TRADE",
        status="PARTIALLY_FILLED",
        order_id=1,
        trade_id=4,
        size="0.5",
        executed="0.2",
        price="61000",
        last_size="0.2",
        last_price="61000",
        ts_ms=1,
    )
    told = of_execution(report, "web_1", GRID)

    assert (told.lots, told.lots_left, told.limit_ticks) == (-20_000, -30_000, 6_100_000)
