"""Whole runs: several markets and strategies in one account, equity rows, and generated cases."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.oracle.cases import CASH, HOUR_NS, START, X, Y, bars, flat, unit_instrument
from tests.oracle.exits import AtrStop
from tests.oracle.market import DAY_NS, Bar, Instrument, Source
from tests.oracle.orders import VenueRules
from tests.oracle.rows import EquityRow
from tests.oracle.run import OracleResult, OracleRun, compute
from tests.oracle.strategies import (
    BollingerReversion,
    BuyAndHold,
    EmaCross,
    Lots,
    NaiveMeanReversion,
    Scripted,
    Send,
    Signal,
    Strategy,
    Target,
    Weight,
)

BOTH = (unit_instrument(X), unit_instrument(Y))
EVENING = START + 22 * HOUR_NS


def looked(rows: tuple[EquityRow, ...]) -> list[tuple[int, int]]:
    return [((row.ts - START) // HOUR_NS, int(row.equity)) for row in rows]


def test_midnight_holds_all_closes_of_its_instant_and_no_fill_they_cause() -> None:
    """Both markets close at midnight, at 110 and 210, and open at once, ten lower.

    x holds 1 of X from 23:00 on and 5 of Y are bought at that midnight, at 200. The row at
    midnight has only X, marked at 110; the row at the end has both, marked at 100 and 200. The
    peak is seen in between: when the fill of Y at 200 is booked, its mark is still 210.
    """
    run = OracleRun(
        cash=CASH,
        instruments=BOTH,
        sources=(
            Source(X, bars(flat(100), (100, 110, 100, 110, 9), flat(100), start=EVENING)),
            Source(Y, bars(flat(200), flat(210), flat(200), start=EVENING)),
        ),
        strategies=(
            Strategy("x", X, Scripted({0: (Target(1),)})),
            Strategy("y", Y, Scripted({1: (Target(5),)})),
        ),
    )
    result = compute(run)

    assert looked(result.equity_rows) == [(24, 10_010), (25, 10_000)]
    assert [(f.seq, f.strategy, f.ticks) for f in result.fills] == [(2, "x", 100), (4, "y", 200)]
    assert result.peak == 10_060
    assert [row.drawdown for row in result.equity_rows] == [0, Fraction(60, 10_060)]


def test_equity_rows_stand_at_every_midnight_and_at_the_end() -> None:
    """Daily bars with a hole of two days; the end repeats the last midnight."""
    market = (
        *bars(flat(100), flat(101), interval=DAY_NS),
        *bars((103, 103, 99, 99, 9), interval=DAY_NS, start=START + 4 * DAY_NS),
    )
    run = OracleRun(CASH, BOTH, (Source(X, market),), (Strategy("h", X, BuyAndHold(Lots(10))),))
    result = compute(run)

    assert looked(result.equity_rows) == [
        (24, 10_000),
        (48, 10_000),  # bought at 101, marked at 101
        (72, 10_000),
        (96, 10_000),  # a midnight at which a bar opens at 103: not known yet
        (120, 9_980),
        (120, 9_980),
    ]


def test_an_inside_fill_at_midnight_is_in_the_row_of_that_midnight() -> None:
    sold = Send("s", "limit", -1, limit_ticks=105)
    run = OracleRun(
        CASH,
        BOTH,
        (Source(X, bars(flat(100), (100, 110, 100, 100, 9), start=EVENING)),),
        (Strategy("s", X, Scripted({0: (sold,)})),),
    )

    assert looked(compute(run).equity_rows) == [(24, 10_005), (24, 10_005)]


def test_rows_are_numbered_by_close_and_then_by_source() -> None:
    """Y has bars of two hours. Openings carry the last row known: 1, 2 at one hour, 3 at two."""
    buy = Send("b", "market", 1)
    run = OracleRun(
        CASH,
        BOTH,
        (
            Source(Y, bars(flat(10), flat(11), interval=2 * HOUR_NS)),
            Source(X, bars(flat(20), flat(21), flat(22), flat(23))),
        ),
        (
            Strategy("y", Y, Scripted({0: (buy,)})),
            Strategy("x", X, Scripted({0: (buy,), 1: (buy,)})),
        ),
    )
    result = compute(run)

    orders = [(o.order, o.seq, o.strategy, (o.ts - START) // HOUR_NS) for o in result.orders]
    assert orders == [(1, 1, "x", 1), (2, 2, "y", 2), (3, 3, "x", 2)]
    # at two hours the sources open in their order, not the orders in theirs
    assert [(f.seq, f.order, f.ticks) for f in result.fills] == [(1, 1, 21), (3, 2, 11), (3, 3, 22)]


def test_strategies_share_an_account_and_the_volume_but_not_a_position() -> None:
    """Five lots a bar; a is served before b; a buys what b sells and both pay."""
    rules = VenueRules(participation=Fraction(1, 10), taker_bps=Fraction(100))
    run = OracleRun(
        CASH,
        BOTH,
        (Source(X, bars(flat(100), flat(100, 50), flat(100, 50))),),
        (
            Strategy("a", X, Scripted({0: (Target(3),)})),
            Strategy("b", X, Scripted({0: (Target(-3),)})),
        ),
        rules,
    )
    result = compute(run)

    assert [(f.strategy, f.lots, f.fee) for f in result.fills] == [
        ("a", 3, Fraction(3)),
        ("b", -2, Fraction(2)),
        ("b", -1, Fraction(1)),
    ]
    assert {key: p.lots for key, p in result.positions.items()} == {("a", X): 3, ("b", X): -3}
    assert result.cash == 10_000 - 6
    assert result.realized == -6


def test_a_weight_sees_the_marks_of_this_instant_up_to_its_own_bar() -> None:
    """At two hours X, the first source, is marked at 200 before Y is decided, and not after.

    100 of X were bought at 100. Y decides with an equity of 20,000, z with 10,000: its market
    comes before X.
    """
    z = unit_instrument("Z.sim")
    run = OracleRun(
        CASH,
        (*BOTH, z),
        (
            Source("Z.sim", bars(flat(1), start=START + HOUR_NS)),
            Source(X, bars(flat(100), (100, 200, 100, 200, 9))),
            Source(Y, bars(flat(1), start=START + HOUR_NS)),
        ),
        (
            Strategy("x", X, Scripted({0: (Target(100),)})),
            Strategy("y", Y, BuyAndHold(Weight(Fraction(1)))),
            Strategy("z", "Z.sim", BuyAndHold(Weight(Fraction(1)))),
        ),
    )
    result = compute(run)

    assert [(d.strategy, d.target) for d in result.decisions] == [
        ("x", 100),
        ("z", 10_000),
        ("y", 20_000),
    ]


def test_money_is_ticks_times_tick_times_lots_times_lot() -> None:
    coin = Instrument("C.sim", Fraction("0.01"), Fraction("0.00001"))
    run = OracleRun(
        CASH,
        (coin,),
        (Source("C.sim", bars(flat(3_000_000), flat(3_000_001))),),
        (Strategy("c", "C.sim", Scripted({0: (Target(7),)})),),
        VenueRules(taker_bps=Fraction(10)),
    )
    result = compute(run)

    value = Fraction("30000.01") * Fraction("0.00007")  # 2.1000007, of which 10 bps
    assert [fill.fee for fill in result.fills] == [Fraction("0.00210001")]
    assert result.cash == 10_000 - value - Fraction("0.00210001")


@st.composite
def markets(draw: st.DrawFn, rows: int) -> tuple[Bar, ...]:
    """Hourly bars which wander and jump, some without volume."""
    price, found = 200, []
    for _ in range(rows):
        open_ = max(1, price + draw(st.integers(-3, 3)))
        price = max(1, open_ + draw(st.integers(-8, 8)))
        high = max(open_, price) + draw(st.integers(0, 3))
        low = max(1, min(open_, price) - draw(st.integers(0, 3)))
        found.append((open_, high, low, price, draw(st.sampled_from((0, 15, 40, 400)))))
    return bars(*found)


SIGNALS: tuple[Signal, ...] = (
    EmaCross(2, 4, Lots(9), "both"),
    EmaCross(2, 4, Weight(Fraction(1, 4)), "long", 6),
    BollingerReversion(Lots(7), 4, 1.2, 0.2, "both"),
    NaiveMeanReversion(Weight(Fraction(1, 3)), 5, 1.0),
    BuyAndHold(Lots(11)),
)
RULES = (
    VenueRules(),
    VenueRules(Fraction(7), 1, Fraction(1, 5), False, Fraction(-1), Fraction(5), Fraction("0.01")),
)


@given(market=markets(60), other=markets(40), rules=st.sampled_from(RULES))
def test_generated_runs_keep_the_books(
    market: tuple[Bar, ...], other: tuple[Bar, ...], rules: VenueRules
) -> None:
    """Fills add up to positions and cash; volume and parents are never exceeded."""
    stops = (AtrStop(3, Fraction(1)), AtrStop(2, Fraction(2)), None, AtrStop(1, Fraction(1)), None)
    strategies = tuple(
        Strategy(f"{number}{instrument}", instrument, plan, () if stop is None else (stop,))
        for number, (plan, stop) in enumerate(zip(SIGNALS, stops, strict=True))
        for instrument in (X, Y)
    )
    result = compute(
        OracleRun(CASH, BOTH, (Source(X, market), Source(Y, other)), strategies, rules)
    )

    check_books(result)
    if rules.participation is not None:
        check_volume(result, {X: market, Y: other}, rules.participation)
    check_children(result)


def check_books(result: OracleResult) -> None:
    cash = CASH
    lots = dict.fromkeys(result.positions, 0)
    for fill in result.fills:
        cash -= fill.lots * fill.ticks + fill.fee
        lots[fill.strategy, fill.instrument] += fill.lots
    assert cash == result.cash
    assert lots == {key: position.lots for key, position in result.positions.items()}
    cost = sum(position.cost for position in result.positions.values())
    assert result.cash == CASH + result.realized - cost
    assert result.realized == sum(position.realized for position in result.positions.values())
    assert all(row.equity == row.unrealized + row.realized + CASH for row in result.equity_rows)
    assert result.peak >= max(row.equity for row in result.equity_rows)
    assert result.equity == result.equity_rows[-1].equity


def check_volume(
    result: OracleResult, markets: dict[str, tuple[Bar, ...]], share: Fraction
) -> None:
    for instrument, market in markets.items():
        for known, each in enumerate(market):
            lots = sum(
                abs(fill.lots)
                for fill in result.fills
                if fill.instrument == instrument and is_fill_of(fill.seq, fill.ts, each, known)
            )
            assert lots <= share * each.lots


def is_fill_of(seq: int, ts: int, each: Bar, index: int) -> bool:
    """True for a fill at this bar's opening or inside it; two rows an hour, while both last."""
    opened = index * 2 if index <= 40 else 40 + index
    return (ts == each.ts_open and seq == opened) or (ts == each.ts_close and seq == opened)


def check_children(result: OracleResult) -> None:
    by_number = {order.order: order for order in result.orders}
    for order in result.orders:
        assert order.filled <= order.size
        if order.parent is not None:  # nobody's child may grow with what its cover holds
            assert order.size <= abs(order.lots)
            assert order.filled <= by_number[order.parent].filled


@given(market=markets(80))
def test_the_cross_with_market_orders_is_a_loop_of_a_few_lines(market: tuple[Bar, ...]) -> None:
    """Decide at the close, trade at the next open, no volume limit: the bare yardstick."""
    cash, lots, want, above = 10_000, 0, 0, None
    fast = slow = 0.0
    for number, each in enumerate(market, 1):
        cash -= (want - lots) * each.open
        lots = want
        fast = averaged(fast, number, 3, each.close)
        slow = averaged(slow, number, 7, each.close)
        if number < 7:
            continue
        if above is not None and above != (fast > slow):
            want = -5 if above else 5
        above = fast > slow

    run = OracleRun(
        CASH, BOTH, (Source(X, market),), (Strategy("s", X, EmaCross(3, 7, Lots(5), "both")),)
    )
    result = compute(run)
    assert result.cash == cash
    assert sum(position.lots for position in result.positions.values()) == lots


def averaged(value: float, number: int, n: int, x: int) -> float:
    if number > n:
        return value + 2.0 / (n + 1) * (x - value)
    return (value + x) / n if number == n else value + x
