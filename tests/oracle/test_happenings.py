"""Splits, dividends and sessions, worked by hand."""

from collections.abc import Mapping
from fractions import Fraction

import pytest

from tests.oracle.cases import CASH, HOUR_NS, START, Row, X, bars, decided, flat, statuses, told
from tests.oracle.exits import AtrStop, Exit
from tests.oracle.market import (
    DAY_NS,
    Dividend,
    Halt,
    Happening,
    Happenings,
    Instrument,
    Sessions,
    Source,
    Split,
)
from tests.oracle.orders import VenueRules
from tests.oracle.run import OracleResult, OracleRun, compute
from tests.oracle.signals import Ema, Sma, Vwap, ZScore
from tests.oracle.splits import split_lots, split_mark, split_price
from tests.oracle.strategies import Actions, Scripted, Send, Strategy, Target

WIDE = (100, 102, 98, 100, 1_000)


def run(
    happening: Happening,
    at_bar: Actions,
    *rows: Row,
    exits: tuple[Exit, ...] = (),
    unit: str = "1",
) -> OracleResult:
    return compute(
        OracleRun(
            CASH,
            (Instrument(X, Fraction(unit), Fraction(1)),),
            (Source(X, bars(*rows)),),
            (Strategy("s", X, Scripted(at_bar), exits),),
            happenings=(Happenings(X, (happening,)),),
        )
    )


def at(hours: int) -> int:
    return START + hours * HOUR_NS


@pytest.mark.parametrize(
    ("lots", "ratio", "new"), [(10, "7", 70), (-10, "1/3", -3), (10, "1/3", 3), (2, "1/3", 0)]
)
def test_lots_are_whole_and_never_more(lots: int, ratio: str, new: int) -> None:
    assert split_lots(lots, Fraction(ratio)) == new


@pytest.mark.parametrize(
    ("ticks", "ratio", "new"),
    [(700, "7", 100), (5, "2", 2), (7, "2", 4), (1, "7", 1), (3, "1/2", 6)],
)
def test_prices_are_rounded_half_to_even_and_stay_prices(ticks: int, ratio: str, new: int) -> None:
    assert split_price(ticks, Fraction(ratio)) == new


def test_a_mark_may_lie_between_two_ticks() -> None:
    assert split_mark(Fraction(5), Fraction(2)) == Fraction(5, 2)
    assert split_mark(Fraction(1), Fraction(8)) == 0  # a quarter of a half tick
    assert split_mark(Fraction(3), Fraction(4)) == 1  # one and a half half ticks, to the even two


def test_a_split_without_a_rest_moves_nothing_but_the_count() -> None:
    """Ten at 100 become thirty at 33.33: the mark of 66.67 half ticks is 67, worth 1,005."""
    result = run(Split(at(2), 3, 1), {0: (Target(10),)}, flat(100), flat(100), flat(33))

    position = result.positions["s", X]
    assert (position.lots, position.cost) == (30, 1_000)
    assert position.realized == 0
    assert result.cash == CASH - 1_000
    assert result.equity == CASH - 10
    assert result.peak == CASH + 5


def test_a_fraction_of_a_lot_is_paid() -> None:
    """Ten at 100 become three and a third; the third is paid at 300, and a tenth of the cost."""
    result = run(Split(at(2), 1, 3), {0: (Target(10),)}, flat(100), flat(100), flat(300))

    position = result.positions["s", X]
    assert (position.lots, position.cost) == (3, 900)
    assert position.realized == 0
    assert result.cash == CASH - 900
    assert decided(result) == [(1, 10, "scripted")]


def test_the_short_pays_for_a_fraction_of_a_lot() -> None:
    """Two short at 101 become two thirds: bought back at 303, all of the cost released."""
    result = run(Split(at(2), 1, 3), {0: (Target(-2),)}, flat(100), flat(101), flat(300))

    position = result.positions["s", X]
    assert (position.lots, position.cost) == (0, 0)
    assert position.realized == 0
    assert result.cash == CASH


def test_resting_orders_are_carried_across() -> None:
    """A limit for ten at 90 is one for twenty at 45; one lot of a third is none."""
    orders = (
        Send("a", "limit", 10, limit_ticks=90),
        Send("b", "stop", -10, stop_ticks=91),
    )
    result = run(Split(at(2), 2, 1), {0: orders}, flat(100), flat(100), flat(46), flat(45))

    assert told(result) == [(3, 2, -20, 46), (4, 3, 20, 45)]
    assert [(o.size, o.limit_last, o.stop_last) for o in result.orders] == [
        (20, 45, None),
        (20, None, 46),  # 45.5 to the even 46
    ]


def test_an_order_without_a_lot_left_is_canceled() -> None:
    order = Send("a", "limit", 2, limit_ticks=10)
    result = run(Split(at(2), 1, 3), {0: (order,)}, flat(100), flat(100), flat(300))

    assert statuses(result) == ["CANCELED"]


def test_targets_and_stops_are_carried_across() -> None:
    """Ten with a stop at 96: twenty at 48, which the third bar reaches."""
    rows = (flat(100), WIDE, WIDE, (50, 51, 47, 48, 1_000))
    result = run(Split(at(3), 2, 1), {1: (Target(10),)}, *rows, exits=(AtrStop(1, Fraction(1)),))

    assert told(result) == [(2, 2, 10, 100), (4, 4, -20, 48)]
    assert decided(result) == [(2, 10, "scripted"), (4, 0, "atr_stop")]


def test_a_row_of_a_split_is_counted() -> None:
    result = run(Split(at(2), 2, 1), {2: (Target(4),)}, *[flat(100)] * 4)

    assert decided(result) == [(4, 4, "scripted")]


def test_a_dividend_is_paid_to_who_holds_it_and_by_who_owes_it() -> None:
    paid = Dividend(at(2), Fraction("0.25"))
    long = run(paid, {0: (Target(10),)}, flat(100), flat(100), flat(100))
    short = run(paid, {0: (Target(-10),)}, flat(100), flat(100), flat(100))

    assert (long.realized, short.realized) == (Fraction("2.5"), Fraction("-2.5"))
    assert long.cash == CASH - 1_000 + Fraction("2.5")


def test_what_is_bought_at_the_ex_date_comes_too_late() -> None:
    """The decision at the close before is filled at the opening of the ex-date's instant."""
    paid = Dividend(at(2), Fraction("0.25"))

    assert run(paid, {1: (Target(10),)}, *[flat(100)] * 4).realized == 0


def test_indicators_are_carried_across() -> None:
    ema, sma, z, vwap = Ema(2), Sma(3), ZScore(3), Vwap()
    for close, lots in ((100, 10), (103, 20), (107, 30)):
        ema.update(close)
        sma.update(close)
        z.update(close)
        vwap.update(bars((close, close, close, close, lots))[0])
    before, mean = ema.value, vwap.value
    ratio = Fraction(2)
    for each in (ema, sma, z, vwap):
        each.split(ratio)

    assert before is not None
    assert mean is not None
    assert ema.value == before * 1 / 2
    assert sma.total == 50 + 52 + 54  # 51.5 and 53.5, half to even
    assert vwap.value == mean / 2


# -- sessions -------------------------------------------------------------------------------------

OPENS, CLOSES = 14 * HOUR_NS, 16 * HOUR_NS  # two hours a day
DAYS: Sessions = tuple((START + d * DAY_NS + OPENS, START + d * DAY_NS + CLOSES) for d in range(5))


def session_run(source: Source, at_bar: Actions, calendars: Mapping[str, Sessions]) -> OracleResult:
    return compute(
        OracleRun(
            CASH,
            (Instrument(X, Fraction(1), Fraction(1), calendar="C"),),
            (source,),
            (Strategy("s", X, Scripted(at_bar)),),
            VenueRules(),
            calendars=calendars,
        )
    )


def test_a_days_bar_trades_at_the_opening_of_its_session() -> None:
    """Labelled midnight to midnight; decided at 16:00, filled at 14:00 of the next day."""
    source = Source(X, bars(*[flat(100)] * 3, interval=DAY_NS))
    result = session_run(source, {0: (Target(1),)}, {"C": DAYS})

    assert [order.ts for order in result.orders] == [START + CLOSES]
    assert [fill.ts for fill in result.fills] == [START + DAY_NS + OPENS]
    assert [row.ts for row in result.equity_rows[:-1]] == [close for _, close in DAYS[:3]]


def test_a_day_order_ends_with_the_session_after_the_one_that_closed() -> None:
    """Sent at the close of the first day it is of the second and fills in that day's inside."""
    low = (100, 100, 90, 100, 9)
    order = Send("d", "limit", 5, limit_ticks=95, time_in_force="DAY")
    hits = [
        session_run(Source(X, bars(flat(100), *rows, interval=DAY_NS)), {0: (order,)}, {"C": DAYS})
        for rows in ((low, flat(100)), (flat(100), low))
    ]

    assert [statuses(result) for result in hits] == [["FILLED"], ["EXPIRED"]]


def test_bars_outside_every_session_are_not_there() -> None:
    hours = bars(*[flat(100)] * 24)
    result = session_run(Source(X, hours), {0: (Target(1),)}, {"C": DAYS})

    assert [fill.ts for fill in result.fills] == [START + 15 * HOUR_NS]


# -- halts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "market", "limit"),
    [
        # the opening of bar 1 is met, its inside is not
        (1.5, 1.75, 100, 97),
        # from the instant of the opening on, after the decisions of that instant
        (1, 2, 97, 97),
        (1, 1.5, 97, 97),
        # over before the opening, or begun after the close: nothing is missed
        (0.5, 0.75, 100, 98),
        (2, 3, 100, 98),
    ],
)
def test_a_halt_lets_nothing_fill(since: float, until: float, market: int, limit: int) -> None:
    """A market order and a limit at 98; bar 1 goes down to 96, bar 2 stands at 97."""
    begin, end = (START + round(hours * HOUR_NS) for hours in (since, until))
    rows = (flat(100), (100, 100, 96, 99, 9), flat(97), flat(97))
    orders = (Send("m", "market", 5), Send("l", "limit", 3, limit_ticks=98))
    result = compute(
        OracleRun(
            CASH,
            (Instrument(X, Fraction(1), Fraction(1)),),
            (Source(X, bars(*rows)),),
            (Strategy("s", X, Scripted({0: orders})),),
            happenings=(Happenings(X, (Halt(begin), Halt(end, is_over=True))),),
        )
    )

    assert [(fill.lots, fill.ticks) for fill in result.fills] == [(5, market), (3, limit)]
