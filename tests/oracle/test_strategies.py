"""What the strategies want, on series short enough for paper.

Averages of one and two bars and deviations of two bars are all that is needed: EMA(1) is the
close, EMA(2) moves two thirds of the way to it, and z of two closes is 1, 0 or -1.
"""

from fractions import Fraction

import pytest

from tests.oracle.cases import (
    CASH,
    HOUR_NS,
    START,
    X,
    bars,
    closes,
    decided,
    flat,
    run_one,
    told,
    unit_instrument,
)
from tests.oracle.exits import AtrStop
from tests.oracle.market import Source
from tests.oracle.run import OracleRun, compute
from tests.oracle.strategies import (
    BollingerReversion,
    BuyAndHold,
    EmaCross,
    Lots,
    NaiveMeanReversion,
    Signal,
    Strategy,
    Weight,
)

FIVE = Lots(5)
# EMA(2): -, 10, 12, 10, 10, 8: above is (not ready), no, yes, no, no, no
WAVES = (10, 10, 13, 9, 10, 7)
# EMA(2): -, 35, 25, 15, 17, 13.7; SMA(4): -, -, -, 25, 19.5, 15
FALLS = (40, 30, 20, 10, 18, 12)
# z(2): -, -1, -1, 0, 1, -1, 1
SWINGS = (10, 8, 6, 6, 9, 7, 9)


@pytest.mark.parametrize(
    ("plan", "prices", "decisions"),
    [
        (EmaCross(1, 2, FIVE), WAVES, [(3, 5, "cross_up"), (4, 0, "cross_down")]),
        (EmaCross(1, 2, FIVE, "both"), WAVES, [(3, 5, "cross_up"), (4, -5, "cross_down")]),
        # half of 10,000 buys 384 at 13; they lose 4 each, and half of 8,464 sells 470 at 9
        (
            EmaCross(1, 2, Weight(Fraction(1, 2)), "both"),
            (*WAVES[:3], 13, 9),
            [(3, 384, "cross_up"), (5, -470, "cross_down")],
        ),
        # a thousandth of the equity does not buy one lot
        (EmaCross(1, 2, Weight(Fraction(1, 1_000))), WAVES, []),
        # up at 18, below the trend; down at 12, with the trend
        (EmaCross(1, 2, FIVE, "long", 4), FALLS, [(5, 0, "cross_against_trend")]),
        (
            EmaCross(1, 2, FIVE, "both", 4),
            FALLS,
            [(5, 0, "cross_against_trend"), (6, -5, "cross_down")],
        ),
        # crosses before the trend is ready set nothing; it is ready at 8
        (EmaCross(1, 2, FIVE, "both", 4), (10, 13, 9, 8, 20), [(5, 5, "cross_up")]),
        (
            BollingerReversion(FIVE, 2, 0.5),
            SWINGS,
            [(2, 5, "below_band"), (4, 0, "reverted"), (6, 5, "below_band"), (7, 0, "reverted")],
        ),
        # an exit of 0.5 is not met at z = -1 but at z = 0
        (
            BollingerReversion(FIVE, 2, 0.5, 0.5),
            SWINGS[:4],
            [(2, 5, "below_band"), (4, 0, "reverted")],
        ),
        # z = -1 is not beyond an entry of 1
        (BollingerReversion(FIVE, 2, 1.0), SWINGS, []),
        # a bar that ends one side and begins the other is one decision
        (
            BollingerReversion(FIVE, 2, 0.5, direction="both"),
            SWINGS,
            [
                (2, 5, "below_band"),
                (4, 0, "reverted"),
                (5, -5, "above_band"),
                (6, 5, "below_band"),
                (7, -5, "above_band"),
            ],
        ),
        (
            NaiveMeanReversion(FIVE, 2, 0.5),
            SWINGS,
            [
                (2, 5, "below_band"),
                (4, 0, "reverted"),
                (5, -5, "above_band"),
                (6, 5, "below_band"),
                (7, -5, "above_band"),
            ],
        ),
        (NaiveMeanReversion(FIVE), (10, *[8, 12] * 9, 10, 10, 1), [(22, 5, "below_band")]),
        (BuyAndHold(FIVE), WAVES, [(1, 5, "first_bar")]),
        (BuyAndHold(Weight(Fraction(1))), (7, 9), [(1, 1_428, "first_bar")]),
    ],
)
def test_decisions_by_hand(
    plan: Signal, prices: tuple[int, ...], decisions: list[tuple[int, int, str]]
) -> None:
    assert decided(run_one(closes(*prices), plan)) == decisions


def test_a_target_trades_at_the_next_opening() -> None:
    result = run_one(closes(*WAVES), EmaCross(1, 2, FIVE, "both"))

    assert told(result) == [(3, 3, 5, 9), (4, 4, -10, 10)]
    assert result.cash == 10_000 - 45 + 100
    assert result.positions["s", X].lots == -5
    assert result.positions["s", X].cost == -50


@pytest.mark.parametrize(
    "plan",
    [
        BuyAndHold(Weight(Fraction(1))),
        BollingerReversion(Weight(Fraction(1)), 2, 0.5, direction="both"),
        NaiveMeanReversion(Weight(Fraction(1)), 2, 0.5),
    ],
)
def test_no_equity_no_position(plan: Signal) -> None:
    result = run_one(closes(*SWINGS), plan, cash=Fraction(0))

    assert result.decisions == ()
    assert result.equity_rows[-1].drawdown == 0


FALL = (100, 100, 96, 96, 9)
LOWER = (96, 96, 90, 90, 9)
LOWEST = (90, 90, 85, 85, 9)
AGAIN = (85, 85, 80, 80, 9)


def test_an_entry_that_a_stop_has_ended_waits_until_its_condition_was_false() -> None:
    """Bought at 96 with a stop 4 below; it falls on, stands still, and falls again."""
    market = bars(flat(100), FALL, LOWER, LOWEST, flat(85), AGAIN, (80, 80, 79, 79, 9))
    result = run_one(market, BollingerReversion(FIVE, 2, 0.5), stop=AtrStop(1, Fraction(1)))

    assert decided(result) == [(2, 5, "below_band"), (2, 0, "atr_stop"), (6, 5, "below_band")]
    assert told(result) == [(2, 2, 5, 96), (2, 3, -5, 92), (6, 6, 5, 80)]


def test_an_entry_is_withheld_while_its_stop_is_not_ready() -> None:
    """ATR(3) is ready at the fourth bar, on which it is still asked for."""
    market = bars(flat(100), FALL, LOWER, LOWEST, flat(85), AGAIN, (80, 80, 79, 79, 9))
    result = run_one(market, BollingerReversion(FIVE, 2, 0.5), stop=AtrStop(3, Fraction(1)))

    assert decided(result)[:3] == [
        (2, 5, "warming_up"),
        (3, 5, "warming_up"),
        (4, 5, "below_band"),
    ]


def test_a_withheld_cross_waits_for_the_next_one() -> None:
    prices = (10, 10, 13, 14, 9, 13)
    result = run_one(closes(*prices), EmaCross(1, 2, FIVE), stop=AtrStop(3, Fraction(1)))

    assert decided(result) == [(3, 5, "warming_up"), (6, 5, "cross_up")]


def test_a_withheld_baseline_asks_until_it_holds_and_not_after_its_stop() -> None:
    result = run_one(closes(*WAVES), BuyAndHold(FIVE), stop=AtrStop(1, Fraction(1)))

    assert decided(result) == [(1, 5, "warming_up"), (2, 5, "first_bar"), (3, 0, "atr_stop")]


@pytest.mark.parametrize(
    ("hours", "decisions"),
    [
        (2, [(2, 5, "first_bar"), (3, 5, "cross_up"), (4, 0, "cross_down")]),
        (3, [(3, 5, "first_bar"), (3, 5, "cross_up"), (4, 0, "cross_down")]),
        (4, [(4, 5, "first_bar")]),
    ],
)
def test_bars_before_the_first_instant_of_decision_are_heard_and_not_answered(
    hours: int, decisions: list[tuple[int, int, str]]
) -> None:
    """The cross up at hour 3 is lost to a run that decides from hour 4 on."""
    run = OracleRun(
        cash=CASH,
        instruments=(unit_instrument(X),),
        sources=(Source(X, closes(*WAVES)),),
        strategies=(Strategy("hold", X, BuyAndHold(FIVE)), Strategy("s", X, EmaCross(1, 2, FIVE))),
        decide_from=START + hours * HOUR_NS,
    )

    assert decided(compute(run)) == decisions
