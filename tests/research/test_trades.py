"""Round trips: where they begin and end, and that nothing is lost between them."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.research.making import CROSS, FADE, configuration, ran
from trader.kernels.accounting import booked
from trader.logic.tables import Tables
from trader.model.money import MoneyScale
from trader.model.orders import OrderRole, OrderType
from trader.model.units import NONE
from trader.research.trades import Adjustment, Booking, Fill, RoundTrip, fold, order_reasons

SCALE = MoneyScale(places=2, half={"X.y": 5, "Z.y": 1})
FILLS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.sampled_from(["X.y", "Z.y"]),
        st.integers(-9, 9).filter(bool),
        st.integers(1, 1_000),
        st.integers(-7, 30),
    ),
    max_size=40,
)


def fills(*rows: tuple[int, int], fee: int = 0) -> list[Fill]:
    """Fills of lots at ticks, a second apart."""
    return [
        Fill((k, 1), k * 10**9, "a", "X.y", lots, ticks, fee)
        for k, (lots, ticks) in enumerate(rows)
    ]


def told(trips: list[RoundTrip]) -> list[tuple[int, int, int, int, int | None]]:
    return [(t.side, t.lots_in, t.lots_out, t.pnl, t.ts_exit) for t in trips]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], []),
        ([(2, 100), (-2, 110)], [(1, 2, 2, 200, 10**9)]),
        ([(-2, 100), (2, 110)], [(-1, 2, 2, -200, 10**9)]),
        ([(1, 100), (1, 103), (-1, 110), (-1, 90)], [(1, 2, 2, -30, 3 * 10**9)]),
        ([(3, 100), (-5, 110)], [(1, 3, 3, 300, 10**9), (-1, 2, 0, 200, None)]),
        ([(3, 100), (-1, 110)], [(1, 3, 1, 100, None)]),
    ],
)
def test_a_trip_is_from_flat_to_flat(
    rows: list[tuple[int, int]], expected: list[tuple[int, int, int, int, int | None]]
) -> None:
    """A tick x lot is worth ten, the last mark is 100."""
    assert told(fold(fills(*rows), SCALE, {"X.y": 200})) == expected


def test_a_crossing_fill_shares_its_fee_by_lots() -> None:
    first, second = fold(fills((3, 100), (-10, 100), fee=11), SCALE, {"X.y": 200})

    assert (first.fees, second.fees) == (11 + 3, 8)
    assert (first.pnl, second.pnl) == (-14, -8)
    assert (first.fills, second.fills) == (2, 1)


def test_without_a_mark_an_open_trip_is_worth_its_first_price() -> None:
    [trip] = fold(fills((3, 100)), SCALE, {"X.y": NONE})

    assert trip.pnl == 0


@given(FILLS, st.integers(1, 2_000), st.integers(1, 2_000))
def test_trips_add_up_to_what_the_ledgers_made(
    rows: list[tuple[str, str, int, int, int]], mark: int, other: int
) -> None:
    """Realized and unrealized by the rule of the account, to the unit."""
    marks = {"X.y": mark, "Z.y": other}
    made = 0
    ledgers: dict[tuple[str, str], tuple[int, int]] = {}
    bookings: list[Booking] = []
    for k, (strategy, instrument, lots, ticks, fee) in enumerate(rows):
        bookings.append(Fill((k, 1), k, strategy, instrument, lots, ticks, fee))
        held, cost = ledgers.get((strategy, instrument), (0, 0))
        realized, cost = booked(held, cost, lots, ticks)
        ledgers[strategy, instrument] = held + lots, cost
        made += realized * SCALE.tick_lot(instrument) - fee
    for (_, instrument), (held, cost) in ledgers.items():
        made += SCALE.half[instrument] * (held * marks[instrument] - 2 * cost)

    trips = fold(bookings, SCALE, marks)

    assert sum(trip.pnl for trip in trips) == made
    assert sum(trip.fees for trip in trips) == sum(row[4] for row in rows)
    for trip in trips:
        assert (trip.position == 0) is (trip.ts_exit is not None)
        assert abs(trip.position) == trip.lots_in - trip.lots_out


def test_a_split_changes_lots_and_a_dividend_is_income() -> None:
    split = Adjustment((1, 1), 5, "a", "X.y", 14, 200, 0, "split")
    paid = Adjustment((2, 1), 6, "a", "X.y", 14, 200, 21, "dividend")
    rows: list[Booking] = [*fills((2, 100)), split, paid, Fill((3, 1), 9, "a", "X.y", -14, 15, 0)]

    [trip] = fold(rows, SCALE, {})

    assert (trip.lots_in, trip.lots_out, trip.position) == (14, 14, 0)
    assert trip.pnl == 10 * (14 * 15 - 200) + 21


def test_a_split_that_leaves_nothing_ends_the_trip() -> None:
    split = Adjustment((1, 1), 5, "a", "X.y", 0, 0, -40, "split")
    elsewhere = Adjustment((2, 1), 6, "a", "Z.y", 0, 0, 0, "split")

    [trip] = fold([*fills((1, 100)), split, elsewhere], SCALE, {})

    assert (trip.ts_exit, trip.pnl, trip.exit) == (5, -40, split)


def orders(*rows: tuple[int, int, int, OrderType, OrderRole]) -> Tables:
    """Tables with two decisions of a strategy, at (1, 1) and (4, 1), and these orders.

    A row: seq, and the seq and n of its cause, type and role.
    """
    tables = Tables()
    for names, words in (("strategies", ["s"]), ("reasons", ["up", "down"])):
        tables.names[names].take(words)
    for number, seq in enumerate((1, 4)):
        tables.tables["decisions"].append(seq, 1, seq, seq, 0, 0, 0, 1, number, 0, 0, 0, 0)
    for number, (seq, cause, n, kind, role) in enumerate(rows):
        row = (seq, 2, seq, cause, n, number, 0, 0, kind, 1, NONE, NONE, 0, role, NONE)
        tables.tables["orders"].append(*row)
    return tables


@pytest.mark.parametrize(
    ("row", "exits", "expected"),
    [
        ((1, 1, 1, OrderType.MARKET, OrderRole.TARGET), [], "up"),
        ((3, 3, 2, OrderType.MARKET, OrderRole.TARGET), [], "up"),
        ((5, 5, 7, OrderType.MARKET, OrderRole.TARGET), [], "down"),
        ((0, 0, 7, OrderType.MARKET, OrderRole.TARGET), [], ""),
        ((1, 1, 2, OrderType.STOP, OrderRole.PROTECTION), ["atr_stop"], "atr_stop"),
        ((1, 1, 2, OrderType.STOP, OrderRole.PROTECTION), ["trailing", "time_stop"], "trailing"),
        ((1, 1, 2, OrderType.STOP, OrderRole.PROTECTION), ["atr_stop", "trailing"], "stop"),
        ((1, 1, 2, OrderType.LIMIT, OrderRole.PROTECTION), ["take_profit"], "take_profit"),
        ((1, 1, 2, OrderType.LIMIT, OrderRole.EXPLICIT), [], "order"),
    ],
)
def test_an_order_has_the_reason_of_its_decision_or_its_exit(
    row: tuple[int, int, int, OrderType, OrderRole], exits: list[str], expected: str
) -> None:
    assert order_reasons(orders(row), {"s": exits}) == {0: expected}


def test_a_stop_that_was_moved_is_the_trailing_one() -> None:
    tables = orders((1, 1, 2, OrderType.STOP, OrderRole.PROTECTION))
    tables.tables["replacements"].append(2, 1, 2, 2, 0, 0, 1, NONE, 90)

    assert order_reasons(tables, {"s": ["atr_stop", "trailing"]}) == {0: "trailing"}


def test_the_table_of_a_run_adds_up_to_its_account(tmp_path: Path) -> None:
    stopped = CROSS.replace("}}", "}, exits: [{kind: atr_stop, n: 5, k: 1}]}")
    folder = ran(tmp_path, configuration([stopped, FADE]))
    trades, metrics = folder.frame("trades"), folder.metrics

    made = sum(trades["pnl"].to_list())
    assert str(made.normalize()) == str(
        sum_of(metrics["realized"], metrics["unrealized"]).normalize()
    )
    closed = trades.filter(trades["ts_exit"].is_not_null())
    assert len(closed) == metrics["trades"] > 20
    assert (closed["pnl"] > 0).mean() == metrics["hit_rate"]
    assert closed["holding_ns"].mean() == pytest.approx(metrics["holding_time"] * 1e9)
    assert set(closed["entry_reason"]) >= {"cross_up", "cross_down", "below_band"}
    assert set(closed["exit_reason"]) >= {"atr_stop", "reverted"}
    fills_ = folder.frame("fills")
    names = {f"{seq}.{n}" for seq, n in fills_.select("seq", "n").iter_rows()}
    assert {*trades["entry_fill"], *closed["exit_fill"]} <= names


def sum_of(*texts: str) -> Decimal:
    return sum(map(Decimal, texts), Decimal(0))
