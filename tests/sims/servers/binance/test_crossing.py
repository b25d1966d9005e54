"""Accounts and the street meet in one book: in price and time, at the price of who waited."""

from collections import Counter
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sims.servers.binance.amounts import amount
from sims.servers.binance.engine import Engine
from sims.servers.binance.market.book import Change
from sims.servers.binance.market.tape import Print
from sims.servers.binance.markets import Market, Turn
from sims.servers.binance.orders import NewOrder, OrderType, Side, TimeInForce
from sims.servers.binance.paying import Fees
from tests.sims.servers.binance.desk import MAIN, OTHER, Clock, Desk, limit, market


def quoted(desk: Desk, bids: dict[str, str], asks: dict[str, str]) -> None:
    sides = [{amount(p): amount(q) for p, q in side.items()} for side in (bids, asks)]
    desk.engine.quote("BTCUSDT", *sides)


def test_orders_of_two_accounts_meet_at_the_price_of_who_waited(desk: Desk) -> None:
    quoted(desk, {"49000": "1"}, {"51000": "1"})
    desk.place(limit(price="50000.00", quantity="0.01"))
    answer = desk.place(market(side="SELL", quantity="0.02"), OTHER)["result"]

    assert [(fill["price"], fill["qty"]) for fill in answer["fills"]] == [
        ("50000.00000000", "0.01000000"), ("49000.00000000", "0.01000000"),
    ]  # fmt: skip
    [trade] = [event for event in desk.events() if event.get("x") == "TRADE"]
    assert (trade["X"], trade["m"], trade["t"]) == ("FILLED", True, answer["fills"][0]["tradeId"])


def test_a_market_order_walks_up_the_book_and_pays_each_level(desk: Desk) -> None:
    quoted(desk, {}, {"50000": "0.1", "50010": "0.1", "50020": "1"})

    answer = desk.place(market(quantity="0.25"))["result"]

    assert [fill["price"] for fill in answer["fills"]] == [
        "50000.00000000", "50010.00000000", "50020.00000000",
    ]  # fmt: skip
    assert desk.balance("USDT") == ("87498.00000000", "0.00000000")


def test_a_market_order_must_afford_the_worst_price_it_reaches(desk: Desk) -> None:
    quoted(desk, {}, {"50000": "1", "99000": "1"})

    assert desk.place(market(quantity="1.9"))["error"]["code"] == -2010
    assert desk.place(market(quantity="1"))["result"]["status"] == "FILLED"


def test_the_street_takes_who_came_first_at_the_best_price(desk: Desk) -> None:
    quoted(desk, {"50000": "1"}, {"50010": "1"})
    desk.place(limit(newClientOrderId="behind"))
    desk.place(limit(price="50001.00", newClientOrderId="before"))
    desk.events()

    desk.engine.flow("BTCUSDT", Side.SELL, amount("1.15"), amount("50000"))

    told = [(event["c"], event["l"]) for event in desk.events() if event.get("x") == "TRADE"]
    assert told == [("before", "0.10000000"), ("behind", "0.05000000")]


def test_who_stands_in_the_way_of_the_street_is_filled_as_a_whole(desk: Desk) -> None:
    quoted(desk, {"50000": "1"}, {"50010": "1"})
    desk.place(limit(quantity="0.5"))
    desk.events()

    quoted(desk, {"49980": "0.1"}, {"49990": "0.1"})

    [trade] = [event for event in desk.events() if event.get("x") == "TRADE"]
    assert (trade["X"], trade["L"], trade["l"]) == ("FILLED", "50000.00000000", "0.50000000")


MOVES = st.one_of(
    st.tuples(
        st.just("place"),
        st.booleans(),
        st.sampled_from(Side),
        st.sampled_from(OrderType),
        st.sampled_from(TimeInForce),
        st.integers(1, 20),
        st.integers(1, 20),
    ),
    st.tuples(st.just("quote"), st.integers(2, 20), st.integers(1, 5), st.integers(1, 20)),
    st.tuples(
        st.just("flow"), st.sampled_from(Side), st.integers(1, 20), st.integers(1, 20)
    ),
)  # fmt: skip
STEP = amount("0.01")
GRID = amount("3000")


@given(st.lists(MOVES, max_size=40))
def test_a_book_of_everyone_is_never_crossed_and_loses_nothing(
    moves: list[tuple[Any, ...]],
) -> None:
    engine = Engine(now=Clock(), accounts=(MAIN, OTHER), fees=Fees(maker_ppm=500, taker_ppm=900))
    books: dict[bool, dict[int, int]] = {True: {}, False: {}}
    prints: list[Print] = []

    def watch(market: Market, turn: Turn) -> None:
        assert market.rules.symbol == "BTCUSDT"
        prints.extend(turn.prints)
        follow(books, turn.changes)

    follow(books, levels(engine))
    engine.watch(watch)
    for move in moves:
        play(engine, move)
        bids, asks = engine.markets["BTCUSDT"].book.bids, engine.markets["BTCUSDT"].book.asks
        assert list(bids.levels()) == sorted(books[True].items(), reverse=True)
        assert list(asks.levels()) == sorted(books[False].items())
        # Where a test puts the whole street at one price it stands on both sides of it.
        assert not bids or not asks or bids.best[0] <= asks.best[0]

    assert all(after.trade_id - before.trade_id == 1 for before, after in pairwise(prints))
    ours = Counter(
        trade.trade_id for order in engine.orders.values() for trade in order.trades
    )  # fmt: skip
    assert set(ours) <= {each.trade_id for each in prints}
    assert max(ours.values(), default=1) <= 2


def levels(engine: Engine) -> list[Change]:
    book = engine.markets["BTCUSDT"].book
    sides = (book.bids, book.asks)
    return [Change(side.is_bid, *level) for side in sides for level in side.levels()]


def follow(books: dict[bool, dict[int, int]], changes: list[Change]) -> None:
    for change in changes:
        books[change.is_bid][change.price] = change.quantity
        if not change.quantity:
            del books[change.is_bid][change.price]


def play(engine: Engine, move: tuple[Any, ...]) -> None:
    match move:
        case ("place", is_main, side, order_type, time_in_force, size, price):
            spec = MAIN if is_main else OTHER
            terms = NewOrder(
                symbol="BTCUSDT",
                side=side,
                order_type=order_type,
                time_in_force=time_in_force,
                quantity=size * STEP,
                price=price * GRID if order_type is OrderType.LIMIT else 0,
                stop_price=price * GRID if order_type is OrderType.STOP_LOSS else 0,
            )
            engine.place(engine.accounts[spec.key], terms)
        case ("quote", price, count, size):
            bids = {(price - n) * GRID: size * STEP for n in range(1, count + 1) if price > n}
            asks = {(price + n) * GRID: size * STEP for n in range(count)}
            engine.quote("BTCUSDT", bids, asks)
        case ("flow", side, size, price):
            engine.flow("BTCUSDT", side, size * STEP, price * GRID)
        case _:
            raise AssertionError(move)
