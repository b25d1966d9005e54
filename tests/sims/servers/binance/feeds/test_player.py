"""A player lets the street do what a feed tells, when the clock says that it is due."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from sims.seeds import stream
from sims.servers.binance.amounts import amount
from sims.servers.binance.engine import Engine
from sims.servers.binance.feeds.opening import Plan, open_players
from sims.servers.binance.feeds.player import ROWS_MAX, Player
from sims.servers.binance.feeds.rows import Quote, Row, Taken, looped
from sims.servers.binance.market.street import Street
from sims.servers.binance.markets import EUROS, SYMBOLS, MarketStatus
from tests.sims.servers.binance.desk import Clock
from trader.data.samples import sample
from trader.errors import UsageError

BTC = SYMBOLS[0]
SECOND = 1_000_000_000
ROWS: list[Row] = [
    Quote(0, amount("60000"), amount("60001"), amount("1"), amount("2")),
    Taken(SECOND, amount("60001"), amount("0.5"), is_buyer=True),
]


def player(engine: Engine, rows: list[Row], length_ns: int = 10 * SECOND) -> Player:
    street = Street(BTC, stream(1, "street").randrange)
    return Player(engine, "BTCUSDT", looped(lambda: rows, length_ns), street, engine.now())


def test_rows_are_played_when_they_are_due(engine: Engine, clock: Clock) -> None:
    played = player(engine, ROWS)
    market = engine.markets["BTCUSDT"]

    played.advance(clock())
    assert (market.book.bids.best, market.book.asks.best) == (
        (amount("60000"), amount("1")), (amount("60001"), amount("2")),
    )  # fmt: skip
    assert len(market.book.bids) == len(market.book.asks) == 26
    assert market.tape.last_id == 0
    clock.ms += 1_000
    played.advance(clock())
    assert (market.tape.last_id, market.book.asks.best[1]) == (1, amount("1.5"))


def test_a_quiet_market_trades_a_little_on_either_side(engine: Engine, clock: Clock) -> None:
    played = player(engine, ROWS[:1], 3_600 * SECOND)
    for _ in range(5):
        played.advance(clock())
        clock.ms += 2_000

    prints = engine.markets["BTCUSDT"].tape.prints
    assert [(each.price, each.is_buyer_maker) for each in prints] == [
        (amount("60001"), False), (amount("60000"), True),
        (amount("60001"), False), (amount("60000"), True),
    ]  # fmt: skip


def test_a_halted_market_stands_still(engine: Engine, clock: Clock) -> None:
    played = player(engine, ROWS, 2 * SECOND)
    market = engine.markets["BTCUSDT"]
    played.advance(clock())
    market.status = MarketStatus.HALT
    updates = market.book.update_id
    clock.ms += 10_000
    played.advance(clock())
    assert (market.tape.last_id, market.book.update_id) == (0, updates)
    market.status = MarketStatus.TRADING
    clock.ms += 2_000
    played.advance(clock())

    assert market.tape.last_id > 0


def test_a_player_far_behind_goes_on_from_here(engine: Engine, clock: Clock) -> None:
    played = player(engine, ROWS, 2 * SECOND)
    clock.ms += 100_000_000
    played.advance(clock())

    assert engine.markets["BTCUSDT"].tape.last_id == ROWS_MAX // 2
    assert played.due_ns >= clock()


def test_the_same_seed_and_clock_make_the_same_market() -> None:
    def told() -> Iterator[object]:
        clock = Clock()
        engine = Engine(now=clock)
        players = open_players(engine, Plan(seed=3, rows_per_s=Decimal(50)))
        for _ in range(100):
            clock.ms += 40
            for each in players:
                each.advance(clock())
        for market in engine.markets.values():
            yield list(market.tape.prints)
            yield list(market.book.bids.levels())
            yield market.book.update_id

    first = list(told())
    assert first == list(told())
    assert first[0]


def test_a_file_for_a_symbol_that_is_not_traded_is_a_mistake(engine: Engine) -> None:
    with pytest.raises(UsageError, match="does not trade DOGEUSDT"):
        open_players(engine, Plan(files={"DOGEUSDT": Path("x")}))


def test_a_file_is_played_at_its_pace(clock: Clock) -> None:
    engine = Engine(now=clock, symbols=(EUROS,))
    bars = sample("bars/fx/EURUSD/1h/20170101-20171229.parquet")
    [played] = open_players(engine, Plan(files={"EURUSDT": bars}, pace=3_600))
    for _ in range(20):
        played.advance(clock())
        clock.ms += 100

    tape = engine.markets["EURUSDT"].tape
    # Twelve steps a bar, of which each leg trades at its first and its last; a bar is a second.
    assert 10 <= tape.last_id <= 14
    assert amount("1.0") < tape.price < amount("1.1")
