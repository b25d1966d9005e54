"""RSI reversion and VWAP fade, worked by hand."""

from fractions import Fraction

import pytest

from tests.oracle.cases import HOUR_NS, START, bars, closes, decided, flat, run_one
from tests.oracle.exits import AtrStop
from tests.oracle.market import DAY_NS
from tests.oracle.signals import Rsi, Vwap, quantile
from tests.oracle.strategies import Adaptive, Lots, RsiReversion, VwapFade

FIVE = Lots(5)


def test_rsi_is_the_share_of_gains() -> None:
    """Changes +2, -1 seed 1 and 1/2; then +3: gains 1 + (3 - 1) / 2, losses 1/4."""
    rsi = Rsi(2)
    found = []
    for close in (10, 12, 11, 14):
        rsi.update(close)
        found.append(rsi.value)

    assert found == [None, None, 100.0 * 1.0 / 1.5, 100.0 * 2.0 / 2.25]


def test_rsi_of_what_stands_still_is_0() -> None:
    rsi = Rsi(2)
    for close in (10, 10, 10):
        rsi.update(close)

    assert rsi.value == 0.0


@pytest.mark.parametrize(
    ("share", "value"), [("0.1", 1.0), ("0.25", 1.0), ("0.26", 2.0), ("0.5", 2.0), ("1", 4.0)]
)
def test_a_quantile_is_a_value_by_its_rank(share: str, value: float) -> None:
    assert quantile([3.0, 1.0, 4.0, 2.0], Fraction(share)) == value


# RSI(2) of these: none, none, 100, 100, 50, 25, 62.5, ...
ZIGZAG = (10, 12, 14, 12, 10, 14, 18, 16)


def rsi_values(prices: tuple[int, ...]) -> list[float | None]:
    rsi, found = Rsi(2), []
    for close in prices:
        rsi.update(close)
        found.append(rsi.value)
    return found


def test_the_values_that_the_cases_speak_of() -> None:
    values = rsi_values(ZIGZAG)

    assert values[:6] == [None, None, 100.0, 50.0, 25.0, 100.0 * 2.25 / (2.25 + 0.75)]


@pytest.mark.parametrize(
    ("plan", "decisions"),
    [
        (RsiReversion(FIVE, 2, 30, 70, 60), [(5, 5, "rsi_low"), (6, 0, "reverted")]),
        (RsiReversion(FIVE, 2, 25, 70, 60), []),
        (
            RsiReversion(FIVE, 2, 30, 70, 60, "both"),
            [(3, -5, "rsi_high"), (4, 0, "reverted"), (5, 5, "rsi_low"), (6, -5, "rsi_high")],
        ),
        # of 100, 50 the quantiles are 50 and 100: 25 is low; then of 50, 25: 75 is high
        (
            RsiReversion(FIVE, 2, 0, 100, 60, "both", Adaptive(2, Fraction(1, 2), Fraction(1))),
            [(5, 5, "rsi_low"), (6, -5, "rsi_high")],
        ),
    ],
)
def test_rsi_reversion(plan: RsiReversion, decisions: list[tuple[int, int, str]]) -> None:
    assert decided(run_one(closes(*ZIGZAG[:6]), plan)) == decisions


def test_a_bar_that_would_leave_and_enter_the_same_side_does_nothing() -> None:
    """With the levels the wrong way round 75 is both below `low` and at the exit."""
    plan = RsiReversion(FIVE, 2, 90, 95, 60)

    assert decided(run_one(closes(*ZIGZAG[:6]), plan)) == [(4, 5, "rsi_low")]


def test_vwap_is_the_mean_price_by_volume() -> None:
    vwap = Vwap()
    for row in ((10, 12, 8, 10, 0), (10, 12, 8, 10, 2), (13, 13, 13, 13, 1)):
        vwap.update(bars(row)[0])

    assert vwap.value == (10.0 * 2 + 13.0) / 3


def test_there_is_no_vwap_without_volume() -> None:
    vwap = Vwap()
    vwap.update(bars(flat(10, 0))[0])

    assert vwap.value is None


def fade(*rows: tuple[int, int], plan: VwapFade, start: int = START) -> list[tuple[int, int, str]]:
    """Bars that stand still at a price with some lots."""
    return decided(run_one(bars(*(flat(p, n) for p, n in rows), start=start), plan))


@pytest.mark.parametrize(
    ("rows", "plan", "decisions"),
    [
        # vwap 1000, then 990: -101 bps away
        (((1_000, 10), (980, 10)), VwapFade(FIVE, 100, 1), [(2, 5, "below_vwap")]),
        (((1_000, 10), (980, 10)), VwapFade(FIVE, 102, 1), []),
        # too much volume: 30 is more than 1.25 x the mean of 20
        (((1_000, 10), (940, 30)), VwapFade(FIVE, 100, 2, 1.25), []),
        (((1_000, 10), (940, 30)), VwapFade(FIVE, 100, 2, 1.5), [(2, 5, "below_vwap")]),
        # the mean volume is not there yet
        (((1_000, 10), (980, 10)), VwapFade(FIVE, 100, 3), []),
        # back at the mean
        (
            ((1_000, 10), (980, 10), (990, 0)),
            VwapFade(FIVE, 100, 1),
            [(2, 5, "below_vwap"), (3, 0, "reverted")],
        ),
        (((1_000, 10), (1_020, 10)), VwapFade(FIVE, 90, 1), []),
        (
            ((1_000, 10), (1_020, 10)),
            VwapFade(FIVE, 90, 1, direction="both"),
            [(2, -5, "above_vwap")],
        ),
    ],
)
def test_vwap_fade(
    rows: tuple[tuple[int, int], ...], plan: VwapFade, decisions: list[tuple[int, int, str]]
) -> None:
    assert fade(*rows, plan=plan) == decisions


def test_a_session_begins_anew() -> None:
    """The bar that opens at midnight is the first of its day: it is its own mean."""
    rows = ((1_000, 10), (980, 10))

    assert fade(*rows, plan=VwapFade(FIVE, 100, 1), start=START + DAY_NS - HOUR_NS) == []


def test_it_is_flat_after_the_last_but_one_bar_of_a_session() -> None:
    """Bars close at 21:00, 22:00, 23:00 and 0:00; after 23:00 the session opens once more."""
    rows = ((1_000, 10), (980, 10), (970, 10), (900, 10), (890, 10))
    plan = VwapFade(FIVE, 100, 1, flat_at_close=True)

    assert fade(*rows, plan=plan, start=START + DAY_NS - 4 * HOUR_NS) == [
        (2, 5, "below_vwap"),
        (3, 0, "flat_at_close"),
        (4, 5, "below_vwap"),  # decided at the close, for the next session
        (5, 0, "reverted"),
    ]


def test_an_exit_blocks_an_entry_until_its_condition_was_false() -> None:
    """Stopped out at 960, below all the time; at 1,100 it is not, and at 950 it is again."""
    rows = [
        flat(1_000, 10),
        (1_000, 1_004, 996, 1_000, 10),
        (980, 984, 980, 980, 10),
        (980, 980, 950, 960, 10),
        flat(960, 10),
        flat(1_100, 10),
        flat(950, 10),
    ]
    plan = VwapFade(FIVE, 50, 1)
    result = run_one(bars(*rows), plan, stop=AtrStop(1, Fraction(1)))

    assert decided(result) == [(3, 5, "below_vwap"), (3, 0, "atr_stop"), (7, 5, "below_vwap")]
