"""Positions, cash and equity to the unit, and what the portfolio tells of them."""

from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from tests.core.accounts import CASH, HALF, STARTED, WATCHED, marked, portfolio, quote, row
from tests.core.making import A, B, adopted, bar, filled, given, reborn
from trader.model.account import EquityMarked, EquitySampled, PositionChanged
from trader.model.control import (
    RunEnded,
    StartTimer,
    TimerFired,
)
from trader.model.envelope import Message
from trader.model.orders import OrderBusted, OrderFilled, OrderRole
from trader.model.units import NONE


def busted(lots: int, ticks: int, **fields: Any) -> OrderBusted:
    usual = {"client_order_id": "o", "strategy": "one", "instrument": A, "trade_id": "t"}
    return OrderBusted(last_lots=lots, last_ticks=ticks, **{**usual, **fields})


# -- booking -------------------------------------------------------------------------------------


def test_a_fill_tells_the_position_after_it_and_the_fill() -> None:
    made = portfolio()

    answers = given(made, filled(10, 100), filled(-4, 110, fee=3, role=OrderRole.PROTECTION))

    assert answers == [
        PositionChanged(
            strategy="one",
            instrument=A,
            lots=10,
            cost=1_000,
            realized=0,
            last_lots=10,
            last_ticks=100,
            role=OrderRole.TARGET,
        ),
        PositionChanged(
            strategy="one",
            instrument=A,
            lots=6,
            cost=600,
            realized=2 * 40 - 3,  # in money, less the fee
            last_lots=-4,
            last_ticks=110,
            role=OrderRole.PROTECTION,
        ),
    ]


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([], (CASH, CASH, 0, 0, CASH)),
        ([bar(100)], (CASH, CASH, 0, 0, CASH)),
        # Before there is a bar the fill's own price is the mark.
        ([filled(10, 100)], (CASH, CASH - 2_000, 0, 0, CASH)),
        ([filled(10, 100, fee=7)], (CASH - 7, CASH - 2_007, -7, 0, CASH)),
        ([filled(10, 100), bar(105)], (CASH + 100, CASH - 2_000, 0, 100, CASH + 100)),
        ([filled(10, 100), bar(95)], (CASH - 100, CASH - 2_000, 0, -100, CASH)),
        ([filled(10, 100), bar(105), bar(95)], (CASH - 100, CASH - 2_000, 0, -100, CASH + 100)),
        ([bar(105), filled(10, 100)], (CASH + 100, CASH - 2_000, 0, 100, CASH + 100)),
        ([filled(-10, 100), bar(105)], (CASH - 100, CASH + 2_000, 0, -100, CASH)),
        ([filled(10, 100), filled(-10, 110)], (CASH + 200, CASH + 200, 200, 0, CASH + 200)),
        (
            [filled(10, 100), bar(104), filled(-15, 104)],
            (CASH + 80, CASH - 2_000 + 3_120, 80, 0, CASH + 80),
        ),
        # Half a tick x lot of B is worth five.
        (
            [filled(1, 100, instrument=B), bar(101, instrument=B)],
            (CASH + 10, CASH - 1_000, 0, 10, CASH + 10),
        ),
        # Strategies are not netted, the account is their sum.
        (
            [filled(10, 100), filled(-10, 110, strategy="two"), bar(105)],
            (CASH + 200, CASH + 200, 0, 200, CASH + 200),
        ),
        # A rebate is a fee below zero.
        ([filled(10, 100, fee=-7)], (CASH + 7, CASH - 1_993, 7, 0, CASH + 7)),
        # A bust reverses the fill at its price; what was paid in fees stays paid.
        ([filled(10, 100, fee=7), busted(10, 100)], (CASH - 7, CASH - 7, -7, 0, CASH)),
    ],
)
def test_cash_and_equity_to_the_unit(
    messages: list[Message], expected: tuple[int, int, int, int, int]
) -> None:
    """Equity, cash, realized, unrealized, peak."""
    made = portfolio()

    given(made, *messages)

    assert row(made) == expected


def test_a_bust_is_told_as_a_change_that_asks_for_nothing() -> None:
    """No order of a target made it, so nobody orders again to make up for it."""
    made = portfolio()
    given(made, filled(10, 100))

    [changed] = given(made, busted(10, 100))

    assert isinstance(changed, PositionChanged)
    assert (changed.lots, changed.last_lots, changed.role) == (0, -10, OrderRole.EXPLICIT)


# -- telling equity ------------------------------------------------------------------------------


def test_equity_is_told_at_every_event_where_it_is_watched() -> None:
    """The position first, so that whoever hears the equity knows it."""
    made = portfolio(WATCHED)

    assert given(made, bar(100)) == [marked(CASH, CASH)]
    assert [type(m) for m in given(made, filled(10, 100))] == [PositionChanged, EquityMarked]
    fallen = marked(CASH - 20, CASH, cash=CASH - 2_000)
    assert given(made, bar(99)) == [fallen]
    assert given(made, bar(99, instrument=B)) == [fallen]
    assert given(made, quote(98, 100)) == [fallen]
    assert given(made, quote(98, 100, instrument=B)) == [fallen]


def test_nobody_is_told_where_nobody_asks() -> None:
    made = portfolio()

    assert given(made, bar(100)) == []
    assert [type(m) for m in given(made, filled(10, 100))] == [PositionChanged]


# -- rows of the equity table --------------------------------------------------------------------


def next_row(due: int) -> StartTimer:
    return StartTimer(owner="portfolio", name="equity", due=due, after_bars=True)


def rings(due: int, *, owner: str = "portfolio") -> TimerFired:
    return TimerFired(owner=owner, name="equity", due=due)


@pytest.mark.parametrize(("now", "due"), [(0, 100), (1, 100), (99, 100), (100, 200), (250, 300)])
def test_rows_lie_on_a_grid_after_the_start(now: int, due: int) -> None:
    """They wait for the bars of their instant."""
    assert given(portfolio(), STARTED, now=now) == [next_row(due)]


def test_a_row_is_the_account_as_it_stands() -> None:
    made = portfolio()
    given(made, STARTED, bar(100), filled(10, 98), bar(99))

    assert given(made, rings(100), now=170) == [
        EquitySampled(
            equity=CASH + 20, cash=CASH - 1_960, realized=0, unrealized=20, peak=CASH + 40
        ),
        next_row(200),
    ]


def test_there_is_no_row_before_the_first_mark() -> None:
    made = portfolio()
    given(made, STARTED)

    assert given(made, rings(100)) == [next_row(200)]
    given(made, bar(5, instrument=B))
    assert [type(m) for m in given(made, rings(200))] == [EquitySampled, StartTimer]


def test_there_is_no_row_before_the_run_decides() -> None:
    made = portfolio(sample_from=200)
    given(made, STARTED, bar(100))

    rows = [[type(m) for m in given(made, rings(due))] for due in (100, 200, 300)]

    assert rows == [[StartTimer], [EquitySampled, StartTimer], [EquitySampled, StartTimer]]


def test_the_timers_of_others_are_not_its_own() -> None:
    assert given(portfolio(), bar(100), rings(100, owner="scheduler")) == []


def test_the_end_marks_the_account_once_more() -> None:
    made = portfolio()
    given(made, filled(10, 100), bar(101))

    assert given(made, RunEnded()) == [made.sample()]


# -- whatever comes ------------------------------------------------------------------------------

KEYS = [(strategy, instrument) for strategy in ("one", "two") for instrument in (A, B)]
FILLS = st.builds(
    lambda key, lots, ticks, fee: filled(lots, ticks, fee=fee, strategy=key[0], instrument=key[1]),
    st.sampled_from(KEYS),
    st.integers(-20, 20).filter(bool),
    st.integers(1, 300),
    st.integers(-3, 9),
)
BARS = st.builds(bar, st.integers(1, 300), instrument=st.sampled_from([A, B]))
BUSTS = st.builds(
    lambda fill: busted(
        fill.last_lots, fill.last_ticks, strategy=fill.strategy, instrument=fill.instrument
    ),
    FILLS,
)


@generated(st.lists(st.one_of(FILLS, BARS, BUSTS), max_size=40), st.integers(0, 40))
def test_the_identities_hold_after_every_event(events: list[Any], at: int) -> None:
    """Cash is what was paid; equity is cash and marks, and cash at the start plus what was won."""
    made = portfolio(WATCHED)
    spent = dict.fromkeys(KEYS, 0)
    lots = dict.fromkeys(KEYS, 0)
    fees = 0
    peak = CASH
    for k, event in enumerate(events):
        if k == at:
            made = reborn(made, portfolio(WATCHED))
        answers = given(made, event)
        if isinstance(event, OrderFilled | OrderBusted):
            key = (event.strategy, event.instrument)
            signed = event.last_lots if isinstance(event, OrderFilled) else -event.last_lots
            lots[key] += signed
            spent[key] += signed * event.last_ticks
            fees += event.fee if isinstance(event, OrderFilled) else 0
        sampled = made.sample()
        marks = {name: holding.mark for name, holding in made.state.holdings.items()}
        worth = sum(HALF[i] * lots[s, i] * marks[i] for s, i in KEYS if marks[i] != NONE)
        paid = sum(2 * HALF[i] * spent[s, i] for s, i in KEYS)
        peak = max(peak, sampled.equity)
        held = {(s, i): p for s, by in made.state.positions.items() for i, p in by.items()}

        assert sampled.cash == CASH - paid - fees
        assert sampled.equity == sampled.cash + worth
        assert sampled.equity == CASH + sampled.realized + sampled.unrealized
        assert sampled.peak == peak
        assert answers[-1] == marked(sampled.equity, peak, cash=sampled.cash)
        for key, position in held.items():
            assert position.lots == lots[key]
            assert position.realized - position.cost == -spent[key]
            assert position.lots or not position.cost
        for name, holding in made.state.holdings.items():
            assert holding.lots == sum(lots[s, i] for s, i in KEYS if i == name)


# -- what somebody else trades -------------------------------------------------------------------


def test_a_foreign_trade_is_booked_in_a_ledger_of_its_own() -> None:
    """Cash and equity count it; what a strategy holds is what it was."""
    made = portfolio()
    given(made, bar(100), filled(10, 100))

    [changed] = given(made, adopted(-4, 110, fee=3))

    assert changed == PositionChanged(
        strategy="ext_A",
        instrument=A,
        lots=-4,
        cost=-440,
        realized=-3,
        last_lots=-4,
        last_ticks=110,
        role=OrderRole.EXPLICIT,
    )
    assert made.state.positions["one"][A].lots == 10
    assert made.state.holdings[A].lots == 6
    # 10 bought at 100 and 4 sold at 110, of which half a tick x lot is one quantum.
    assert made.state.cash == CASH - 2_000 + 880 - 3
    assert made.state.equity == CASH + 80 - 3


def test_a_foreign_order_that_has_not_traded_moves_nothing() -> None:
    made = portfolio()

    assert given(made, adopted(left=5, limit=90)) == []
    assert made.state.positions == {"one": {}, "two": {}}


def test_its_ledger_is_remembered() -> None:
    made = portfolio()
    given(made, adopted(5, 100))

    again = reborn(made, portfolio())

    given(again, adopted(-5, 101))
    assert (again.state.cash, again.state.holdings[A].lots) == (CASH + 10, 0)
