"""The engine refuses what it must, finds orders by any name, and never loses money."""

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sims.servers.binance import refusals
from sims.servers.binance.accounts import Account
from sims.servers.binance.amounts import amount, text_of
from sims.servers.binance.engine import Engine
from sims.servers.binance.orders import (
    NewOrder,
    Order,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
)
from sims.servers.binance.paying import Fees
from sims.servers.binance.refusals import Refusal
from sims.servers.binance.registry import OrderKey
from tests.sims.servers.binance.desk import MAIN, OTHER, Clock


def buy(name: str, **changes: Any) -> NewOrder:
    terms = NewOrder(
        symbol="BTCUSDT",
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        quantity=amount("0.1"),
        price=amount("50000"),
        client_order_id=name,
    )
    return msgspec.structs.replace(terms, **changes)


def named(name: str, order_id: int | None = None) -> OrderKey:
    return OrderKey(symbol="BTCUSDT", client_order_id=name, order_id=order_id)


def main_of(engine: Engine) -> Account:
    return engine.accounts[MAIN.key]


def placed(engine: Engine, terms: NewOrder) -> Order:
    order = engine.place(main_of(engine), terms)
    assert isinstance(order, Order)
    return order


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        (buy("a", symbol="LTCBTC"), refusals.BAD_SYMBOL),
        (buy("a", price=amount("50000.001")), refusals.filter_failure("PRICE_FILTER")),
        (buy("a", quantity=amount("2.1")), refusals.INSUFFICIENT_BALANCE),
        (buy("a", side=Side.SELL, quantity=amount("1.00001")), refusals.INSUFFICIENT_BALANCE),
        (
            buy("a", order_type=OrderType.STOP_LOSS, price=0, stop_price=amount("50000")),
            refusals.WOULD_TRIGGER,
        ),
        (
            buy("a", order_type=OrderType.STOP_LOSS, price=0, stop_price=amount("60000")),
            refusals.WOULD_TRIGGER,
        ),
    ],
)
def test_a_refused_order_leaves_no_trace(engine: Engine, terms: NewOrder, refusal: Refusal) -> None:
    assert engine.place(main_of(engine), terms) == refusal
    assert engine.orders == {}
    assert engine.registry.find(main_of(engine), named("a")) == refusals.NO_SUCH_ORDER
    assert main_of(engine).balance("USDT").locked == 0


def test_a_client_id_is_taken_while_its_order_is_open_and_free_afterwards(engine: Engine) -> None:
    account = main_of(engine)
    first = placed(engine, buy("a"))

    assert engine.place(account, buy("a")) == refusals.DUPLICATE_ORDER
    others = engine.place(engine.accounts[OTHER.key], buy("a", quantity=amount("0.01")))
    assert isinstance(others, Order)
    engine.mark("BTCUSDT", "50000")
    second = placed(engine, buy("a", price=amount("40000")))

    assert (first.status, second.status) == (OrderStatus.FILLED, OrderStatus.NEW)
    assert engine.registry.find(account, named("a")) is second
    assert (
        engine.registry.find(account, OrderKey(symbol="BTCUSDT", order_id=first.order_id)) is first
    )


def test_a_cancel_renames_its_order_which_is_found_by_either_name(engine: Engine) -> None:
    account = main_of(engine)
    order = placed(engine, buy("a"))

    assert engine.cancel(account, named("a"), "b", None) is order

    assert (order.client_order_id, order.original_client_order_id) == ("b", "a")
    assert engine.registry.find(account, named("a")) is order
    assert engine.registry.find(account, named("b")) is order
    assert list(engine.registry.open_orders(account, None)) == []


def test_a_cancel_cannot_take_the_name_of_an_open_order(engine: Engine) -> None:
    account = main_of(engine)
    placed(engine, buy("a"))
    living = placed(engine, buy("b"))

    engine.cancel(account, named("a"), "b", None)

    assert engine.registry.find(account, named("b")) is living
    assert engine.place(account, buy("b")) == refusals.DUPLICATE_ORDER


@pytest.mark.parametrize(
    ("key", "only", "refusal"),
    [
        (named("z"), None, refusals.CANCEL_UNKNOWN),
        (OrderKey(symbol="BTCUSDT", order_id=9), None, refusals.CANCEL_UNKNOWN),
        (OrderKey(symbol="ETHUSDT", order_id=1), None, refusals.CANCEL_UNKNOWN),
        (named("z", order_id=1), None, refusals.CANCEL_UNKNOWN),
        (named("filled"), None, refusals.CANCEL_UNKNOWN),
        (named("a"), OrderStatus.PARTIALLY_FILLED, refusals.CANCEL_RESTRICTED),
    ],
)
def test_a_cancel_that_fits_no_open_order_is_refused(
    engine: Engine, key: OrderKey, only: OrderStatus | None, refusal: Refusal
) -> None:
    placed(engine, buy("a"))
    placed(engine, buy("filled", price=amount("61000")))

    assert engine.cancel(main_of(engine), key, None, only) == refusal


@pytest.mark.parametrize(
    ("key", "refusal"),
    [
        (named("z"), refusals.NO_SUCH_ORDER),
        (OrderKey(symbol="ETHUSDT", order_id=1), refusals.NO_SUCH_ORDER),
        (named("z", order_id=1), refusals.CLIENT_ID_MISMATCH),
    ],
)
def test_a_query_that_fits_no_order_is_refused(
    engine: Engine, key: OrderKey, refusal: Refusal
) -> None:
    placed(engine, buy("a"))

    assert engine.registry.find(main_of(engine), key) == refusal


def test_nobody_sees_the_orders_and_trades_of_another(engine: Engine) -> None:
    placed(engine, buy("a"))
    placed(engine, buy("b", price=amount("61000")))
    other = engine.accounts[OTHER.key]

    assert engine.registry.find(other, named("a", order_id=1)) == refusals.NO_SUCH_ORDER
    assert list(engine.registry.open_orders(other, None)) == []
    assert engine.registry.trades(other, "BTCUSDT") == []
    assert [trade.order_id for trade in engine.registry.trades(main_of(engine), "BTCUSDT")] == [2]


def test_orders_without_a_name_get_names_of_their_own(engine: Engine) -> None:
    first = placed(engine, buy("a", client_order_id=None))
    second = placed(engine, buy("a", client_order_id=None))

    assert first.client_order_id != second.client_order_id


MOVES = st.one_of(
    st.tuples(
        st.just("place"),
        st.sampled_from(Side),
        st.sampled_from(OrderType),
        st.sampled_from(TimeInForce),
        st.integers(1, 40),
        st.integers(1, 40),
    ),
    st.tuples(st.just("cancel"), st.integers(1, 20)),
    st.tuples(st.just("mark"), st.integers(1, 40), st.none() | st.integers(0, 40)),
)


@given(st.lists(MOVES, max_size=40))
def test_money_is_kept_whatever_happens(moves: list[tuple[Any, ...]]) -> None:
    """Balances are the start plus all trades; locked is what the open orders hold."""
    engine = Engine(now=Clock(), fees=Fees(maker_ppm=500, taker_ppm=1_000))
    account = main_of(engine)
    told: Counter[int] = Counter()

    def listen(_account: str, event: Any) -> None:
        if event.get("x") == "TRADE":
            told[event["i"]] += amount(event["l"])

    engine.listen(listen)
    for move in moves:
        play(engine, move)

    orders = engine.orders.values()
    assert told == {order.order_id: order.executed for order in orders if order.executed}
    for asset, start in [("BTC", amount("1")), ("USDT", amount("100000"))]:
        balance = account.balance(asset)
        holds = [o.hold(o.remaining) for o in orders if o.is_open and o.spent_asset == asset]
        flows = [flow(trade, asset) for trade in engine.registry.trades(account, "BTCUSDT")]
        assert balance.locked == sum(holds)
        assert balance.free + balance.locked == start + sum(flows)


def flow(trade: Any, asset: str) -> int:
    units = trade.quantity if asset == "BTC" else trade.quote
    if (asset == "BTC") == trade.is_buyer:
        return int(units - trade.commission)
    return -int(units)


def play(engine: Engine, move: tuple[Any, ...]) -> None:
    match move:
        case ("place", side, order_type, time_in_force, size, price):
            is_stop = order_type is OrderType.STOP_LOSS
            engine.place(
                main_of(engine),
                NewOrder(
                    symbol="BTCUSDT",
                    side=side,
                    order_type=order_type,
                    time_in_force=time_in_force,
                    quantity=size * amount("0.05"),
                    price=price * amount("3000") if order_type is OrderType.LIMIT else 0,
                    stop_price=price * amount("3000") if is_stop else 0,
                ),
            )
        case ("cancel", order_id):
            key = OrderKey(symbol="BTCUSDT", order_id=order_id)
            engine.cancel(main_of(engine), key, None, None)
        case ("mark", price, size):
            available = None if size is None else text_of(size * amount("0.05"))
            engine.mark("BTCUSDT", text_of(price * amount("3000")), available)
        case _:
            raise AssertionError(move)
