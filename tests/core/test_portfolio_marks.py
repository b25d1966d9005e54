"""What prices, splits and dividends make of the account, and who is told of it when."""

import pytest
from msgspec.structs import replace

from actors.core.portfolio import Watched
from tests.core.accounts import CASH, dividend, marked, portfolio, quote, row, split, trade
from tests.core.making import A, B, bar, filled, given, submit
from trader.model.account import EquityMarked, PositionAdjusted
from trader.model.control import LimitChanged, SessionOpened
from trader.model.envelope import Message
from trader.model.units import NONE


def test_before_an_order_it_is_told_where_risk_asks() -> None:
    made = portfolio(Watched(asked=True))
    given(made, filled(10, 100), bar(101))

    told = marked(CASH + 20, CASH + 20, cash=CASH - 2_000)
    assert given(made, submit(1)) == [replace(told, asked=True)]
    assert given(portfolio(), submit(1)) == []


@pytest.mark.parametrize(
    ("watched", "ticks", "told"),
    [
        # Down from 1,000,000 by half a thousandth is 999,500; ten lots at two a tick.
        (Watched(drawdown=(1, 2_000)), 75, False),
        (Watched(drawdown=(1, 2_000)), 74, True),
        (Watched(daily_loss=(1, 2_000)), 75, False),
        (Watched(daily_loss=(1, 2_000)), 74, True),
        (Watched(drawdown=(1, 1_000), daily_loss=(1, 2_000)), 74, True),
        (Watched(), 1, False),
    ],
)
def test_a_loss_is_told_once_it_is_more_than_allowed(
    watched: Watched, ticks: int, *, told: bool
) -> None:
    made = portfolio(watched)
    given(made, filled(10, 100))

    expected = [marked(CASH - 20 * (100 - ticks), CASH, cash=CASH - 2_000)] if told else []
    assert given(made, bar(ticks)) == expected
    assert given(made, quote(ticks, ticks)) == expected
    assert given(made, trade(1)) == []  # quotes mark, so prints do not


@pytest.mark.parametrize("price", [bar(200), quote(200, 200), quote(199, 201)])
def test_every_kind_of_price_makes_a_peak(price: Message) -> None:
    made = portfolio()
    given(made, filled(10, 100), price)

    assert row(made)[-1] == CASH + 2_000


def test_a_new_peak_moves_what_may_be_lost_of_it() -> None:
    made = portfolio(Watched(drawdown=(1, 2_000)))
    given(made, filled(10, 100), bar(200))  # the peak is 1,002,000: 501 may be lost

    assert given(made, bar(175)) == []
    assert given(made, bar(174)) == [marked(CASH + 1_480, CASH + 2_000, cash=CASH - 2_000)]


def test_a_session_begins_with_what_the_account_is_worth_then() -> None:
    made = portfolio(Watched(daily_loss=(1, 2_000)))
    given(made, filled(10, 100), bar(90))
    given(made, SessionOpened(calendar="elsewhere", session=9), bar(75))
    given(made, SessionOpened(calendar="UTC", session=9))

    assert given(made, bar(51)) == []
    [told] = given(made, bar(50))
    assert told == marked(CASH - 1_000, CASH, cash=CASH - 2_000, session=CASH - 500)


def test_what_may_be_lost_can_be_changed() -> None:
    made = portfolio(Watched(drawdown=(1, 2_000)))
    given(made, filled(10, 100), bar(76))

    def changed(limit: str, new: str) -> Message:
        return LimitChanged(limit=limit, old="0.0005", new=new, by="me", reason="r", version=2)

    fallen = marked(CASH - 480, CASH, cash=CASH - 2_000)
    assert given(made, changed("lots_max", "5")) == []
    assert given(made, changed("drawdown_max", "0.0001")) == [fallen]
    assert given(made, changed("drawdown_max", "null"), bar(1)) == []
    assert [type(m) for m in given(made, changed("daily_loss_max", "0.0001"))] == [EquityMarked]


# -- quotes and prints ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("messages", "mark"),
    [
        ([quote(99, 102)], 201),
        ([quote(NONE, 102)], NONE),
        ([quote(99, NONE)], NONE),
        ([trade(100)], 200),
        ([trade(100), quote(NONE, 102), trade(101)], 202),
        ([trade(100), quote(99, 102), trade(110)], 201),
        ([quote(99, 102), quote(NONE, 103)], 201),
    ],
)
def test_the_mark_is_the_mid_of_the_last_whole_quote_or_before_one_the_last_print(
    messages: list[Message], mark: int
) -> None:
    made = portfolio()

    given(made, *messages)

    assert made.state.holdings[A].mark == mark


def test_a_print_moves_what_is_held() -> None:
    made = portfolio()
    given(made, filled(10, 100), trade(103))

    assert row(made) == (CASH + 60, CASH - 2_000, 0, 60, CASH + 60)


# -- splits and dividends ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lots", "ratio", "after", "income"),
    [
        (10, (7, 1), (70, 1_000), 0),
        (-10, (7, 1), (-70, -1_000), 0),
        (0, (7, 1), (0, 0), 0),
        # 15 lots become 7 and a half: a fifteenth of the cost is released, half a lot is paid at
        # the new mark of 240 ticks.
        (15, (1, 2), (7, 1_400), 240 - 2 * 100),
        (-15, (1, 2), (-7, -1_400), -(240 - 2 * 100)),
        # All of a single lot is paid out.
        (1, (1, 2), (0, 0), 240 - 2 * 100),
    ],
)
def test_a_split_keeps_the_cost_and_pays_out_what_is_lost_of_a_lot(
    lots: int, ratio: tuple[int, int], after: tuple[int, int], income: int
) -> None:
    made = portfolio()
    messages: list[Message] = (
        [filled(lots, 100), bar(120)] if lots else [filled(3, 100), filled(-3, 100), bar(120)]
    )
    given(made, *messages)
    cash = made.state.cash
    paid = income + (2 * (100 * abs(lots) - abs(after[1])) * (1 if lots > 0 else -1))

    [adjusted, *_] = given(made, split(*ratio))

    assert adjusted == PositionAdjusted(
        strategy="one",
        instrument=A,
        lots=after[0],
        cost=after[1],
        income=income,
        reason="split",
    )
    assert made.state.cash == cash + paid
    assert made.state.equity == cash + paid + after[0] * made.state.holdings[A].mark
    sampled = made.sample()
    assert sampled.equity == CASH + sampled.realized + sampled.unrealized


def test_a_split_of_what_has_no_price_yet_changes_nothing() -> None:
    made = portfolio()

    assert given(made, split(7)) == []
    assert made.state == portfolio().state


def test_a_dividend_is_paid_by_shorts_to_longs() -> None:
    made = portfolio()
    given(made, filled(10, 100), filled(-4, 100, strategy="two"), filled(1, 100, instrument=B))

    told = [each for each in given(made, dividend(5)) if isinstance(each, PositionAdjusted)]

    assert [(each.strategy, each.lots, each.income, each.reason) for each in told] == [
        ("one", 10, 50, "dividend"),
        ("two", -4, -20, "dividend"),
    ]
    assert made.sample().realized == 30
    assert made.sample().equity == CASH + 30


def test_nothing_is_paid_for_a_position_that_is_closed() -> None:
    made = portfolio()
    given(made, filled(10, 100), filled(-10, 100))

    assert given(made, dividend(5)) == []
