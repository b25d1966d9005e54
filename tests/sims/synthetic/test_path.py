"""A made-up market is the same one for the same seed, and looks like what was asked for."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from sims.synthetic.path import SUSPENSION_NS, YEAR_NS, make_path
from tests.sims.making import instrument
from trader.config.parts import Synthetic
from trader.model.units import DAY_NS, MINUTE_NS, SECOND_NS

START = 1_700_000_000 * SECOND_NS
TICKS = [10000, 9999, 9999, 9999, 9999]
WAITED = [0, 597190132, 1520481613, 2589660185, 3302334943]
CENTS = instrument(tick=Decimal("0.01"))


def market(**fields: Any) -> Synthetic:
    return Synthetic(**{"start": START, "rows": 20_000, "price": Decimal(100), **fields})


def path(seed: int = 7, *, step_ns: int | None = None, **fields: Any) -> Any:
    return make_path(CENTS, market(**fields), seed, step_ns=step_ns)


def test_the_same_seed_makes_the_same_market_and_another_one_another() -> None:
    for name in ("ts", "ticks", "half_spread", "bid_lots", "ask_lots"):
        one, same, other = (getattr(path(seed, spread_ticks=9), name) for seed in (7, 7, 8))
        assert np.array_equal(one, same)
        assert not np.array_equal(one, other)


def test_what_it_came_to_once_it_comes_to_everywhere() -> None:
    """Only whole numbers are at work, so no machine and no version has another market."""
    made = path(rows=5)

    assert made.ticks.tolist() == TICKS
    assert (made.ts - START).tolist() == WAITED


def test_rows_of_a_fixed_distance_have_no_holes() -> None:
    made = path(step_ns=MINUTE_NS, gaps=Decimal(100), halts=Decimal(100), bursts=Decimal("0.5"))

    assert set(np.diff(made.ts)) == {MINUTE_NS}
    assert len(made.begins) == 0


def test_rows_come_at_their_rate() -> None:
    made = path(rate=Decimal(4))

    assert made.ts[0] == START
    assert np.diff(made.ts).mean() == pytest.approx(SECOND_NS / 4, rel=0.03)
    assert np.diff(made.ts).min() >= 0


def test_a_share_of_the_rows_comes_at_one_instant_with_the_row_before() -> None:
    made = path(bursts=Decimal("0.3"))

    assert (np.diff(made.ts) == 0).mean() == pytest.approx(0.3, abs=0.02)


def test_holes_come_so_often_a_day() -> None:
    made = path(gaps=Decimal(400), rows=200_000)

    holes = (np.diff(made.ts) >= MINUTE_NS).sum()
    assert holes / (200_000 * SECOND_NS / DAY_NS) == pytest.approx(400, rel=0.1)


def test_nothing_is_quoted_while_trading_is_suspended() -> None:
    made = path(halts=Decimal(50))

    assert len(made.begins) > 3
    assert (made.ends - made.begins == SUSPENSION_NS).all()
    for begin, end in zip(made.begins, made.ends, strict=True):
        assert not ((made.ts > begin) & (made.ts < end)).any()


def test_the_price_moves_as_much_as_was_asked() -> None:
    """Over a year the deviation is half of the first price."""
    made = path(step_ns=MINUTE_NS, volatility=Decimal("0.5"), rows=200_000)

    steps = np.diff(made.ticks) / 10_000
    assert steps.std() * np.sqrt(YEAR_NS / MINUTE_NS) == pytest.approx(0.5, rel=0.05)


def test_without_volatility_and_jumps_the_price_stands() -> None:
    assert set(path(volatility=Decimal(0)).ticks.tolist()) == {10_000}


def test_jumps_are_of_two_percent_at_most() -> None:
    made = path(volatility=Decimal(0), jumps=Decimal(500))

    steps = np.abs(np.diff(made.ticks))
    assert 0 < (steps > 0).mean() < 0.02
    assert steps.max() <= 200


def test_a_price_never_falls_below_what_can_be_quoted() -> None:
    made = path(price=Decimal("0.1"), volatility=Decimal(100), spread_ticks=5)

    assert (made.ticks - made.half_spread).min() >= 1
