"""Indicators on series short enough for paper."""

from math import sqrt

from tests.oracle.cases import bars
from tests.oracle.signals import Atr, Ema, Sma, ZScore


def test_sma_is_ready_with_its_last_value() -> None:
    sma, seen = Sma(3), []
    for x in (3, 6, 9, 12):
        sma.update(x)
        seen.append(sma.value)

    assert seen == [None, None, 6.0, 9.0]


def test_ema_starts_at_the_mean_and_then_recurs() -> None:
    """With n = 3 alpha is 1/2; 6 + (12 - 6)/2 = 9, 9 + (5 - 9)/2 = 7."""
    ema, seen = Ema(3), []
    for x in (3, 6, 9, 12, 5):
        ema.update(x)
        seen.append(ema.value)

    assert seen == [None, None, 6.0, 9.0, 7.0]


def test_atr_has_its_first_range_at_the_second_bar() -> None:
    """Ranges 6 (gap up from 10 to a high of 16), 4, 8 (gap down); mean 5, then 5 + (8 - 5)/2."""
    atr, seen = Atr(2), []
    market = bars(
        (10, 99, 1, 10, 0),  # its own range counts for nothing
        (14, 16, 13, 15, 0),
        (15, 17, 13, 16, 0),
        (9, 10, 8, 9, 0),
    )
    for each in market:
        atr.update(each)
        seen.append(atr.value)

    assert seen == [None, None, 5.0, 6.5]


def test_z_is_the_distance_from_the_mean_in_population_deviations() -> None:
    """1, 2, 3: mean 2, variance 2/3; then 2, 3, 3: mean 8/3, variance 2/9."""
    z, seen = ZScore(3), []
    for x in (1, 2, 3, 3, 3, 3):
        z.update(x)
        seen.append(z.value)

    assert seen[:2] == [None, None]
    assert seen[2] == (2.0 - 1.0) / (sqrt(6.0) / 3)
    assert seen[3] == (2.0 - 5.0 / 3) / (sqrt(2.0) / 3)
    assert seen[4:] == [0.0, 0.0]


def test_z_of_two_is_one_either_way() -> None:
    z, seen = ZScore(2), []
    for x in (1_000_000_007, 1_000_000_009, 1_000_000_002):
        z.update(x)
        seen.append(z.value)

    assert seen == [None, 1.0, -1.0]
