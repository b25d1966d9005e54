"""A fused run's edges: what it reads, what it refuses, and money that leaves its range."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sims.fused.account import MONEY_LIMIT
from sims.fused.run import Gear, compiled_gear, read_columns, run_fused
from tests.sims.fused.parity import assert_parity, plain_gear
from tests.sims.making import START, Row, config, cross, flat, memory, simulated, source
from trader.config.schema import Account, Config, VenueConfig
from trader.errors import DataError
from trader.model.units import MINUTE_NS

CLOSES = [100, 90, 99, 80, 97]
GEARS = [pytest.param(compiled_gear, id="compiled"), pytest.param(plain_gear, id="plain")]


def test_columns_are_the_runs_part_of_the_file() -> None:
    """Whole, contiguous, and in one piece however the file is read."""
    part = source(flat(CLOSES), start=1, stop=4)

    columns = read_columns(part)

    assert columns.close.tolist() == [90, 99, 80]
    assert columns.open.tolist() == [100, 90, 99]
    assert columns.high.tolist() == [100, 99, 99]
    assert columns.low.tolist() == [90, 90, 80]
    assert columns.lots.tolist() == [100] * 3
    assert columns.ts_open.tolist() == [START + k * MINUTE_NS for k in (1, 2, 3)]
    assert columns.ts_close.tolist() == [START + k * MINUTE_NS for k in (2, 3, 4)]
    assert columns.ticks_max == 100
    assert memory(part).read == [(1, 4)]


def test_the_account_at_the_end() -> None:
    """Three lots bought at 99 and sold at 80, nothing else: by hand."""
    fused = assert_parity(config(), source(flat([*CLOSES[:4], 70])))

    assert fused.scale.text(fused.cash) == "943"
    assert fused.equity == fused.cash
    assert fused.scale.text(fused.peak) == "1000"
    assert fused.mark == 2 * 70
    lots, cost, realized = fused.position
    assert (lots, cost, fused.scale.text(realized)) == (0, 0, "-57")


def test_the_gear_is_compiled_once() -> None:
    assert compiled_gear() is compiled_gear()


# -- amounts --------------------------------------------------------------------------------------

# Half a tick x lot is 5 quanta of a tenth, so a lot at a tick is ten of them.
HALF = 5


def bought(lots: int, **fields: Any) -> Config:
    return config(
        cross(lots=lots, direction="both"), venue=VenueConfig(participation=None, **fields)
    )


def held(cash: Decimal) -> Config:
    return config(account=Account(currency="USD", cash=cash))


LARGEST = MONEY_LIMIT // (2 * 2 * 100 * HALF)
"""Lots of which twice as many, at a hundred ticks, are just within the range."""


@pytest.mark.parametrize(
    ("whole", "where"),
    [
        (bought(LARGEST + 1), "strategies.cross.params.lots"),
        (bought(10**40), "strategies.cross.params.lots"),
        (bought(LARGEST // 2 + 1, slippage_bps=Decimal(10_000)), "strategies.cross.params.lots"),
        (bought(LARGEST // 2 + 1, slippage_ticks=101), "strategies.cross.params.lots"),
        (held(Decimal(MONEY_LIMIT // 10 + 1)), "account.cash"),
        (held(Decimal(10**30)), "account.cash"),
    ],
)
def test_amounts_beyond_the_range_are_refused_before_the_run(whole: Config, where: str) -> None:
    with pytest.raises(DataError, match="amounts leave the range of int64") as caught:
        run_fused(whole, read_columns(source(flat(CLOSES))))

    assert caught.value.where == where
    assert caught.value.hint


def test_a_slippage_of_too_many_places_is_refused() -> None:
    """Its product with a price is formed exactly, and must fit."""
    rows = flat([2**40, 2**40 - 5])
    fine = VenueConfig(participation=None, slippage_bps=Decimal("0.123456789"))
    whole = config(cross(lots=1), venue=fine)

    with pytest.raises(DataError, match="amounts leave the range of int64") as caught:
        run_fused(whole, read_columns(source(rows)))

    assert caught.value.where == "venue.slippage_bps"


@pytest.mark.parametrize(
    "whole",
    [
        bought(LARGEST),
        bought(LARGEST // 2 - 1, slippage_ticks=100),
        bought(LARGEST // 2, slippage_bps=Decimal(10_000)),
    ],
)
def test_amounts_at_the_bound_are_exact(whole: Config) -> None:
    assert_parity(whole, source(flat([100, 90, 99, 80])), plain=True)


ALTERNATING = flat([40] + 8 * [100, 1])
"""Each crosses the one before, and opens where that one closed: bought dear and sold cheap."""
SPLIT = [(ts, close, 100, 1, close, lots) for ts, _, _, _, close, lots in ALTERNATING]
"""Each opens where it closes: sold dear and bought cheap."""


@pytest.mark.parametrize("gear", GEARS)
@pytest.mark.parametrize("rows", [ALTERNATING, SPLIT], ids=["lost", "won"])
def test_money_that_leaves_the_range_in_a_run_is_an_error_and_no_wrap(
    rows: list[Row], gear: Callable[[], Gear]
) -> None:
    """Every amount is allowed by itself; it is their sum that does not fit.

    Step counts without a bound: it says what the cash is before that row and after it.
    """
    whole = bought(LARGEST // 4)

    with pytest.raises(DataError, match="money leaves the range of int64") as caught:
        run_fused(whole, read_columns(source(rows)), gear())

    row = int(caught.value.where.removeprefix("row ").removesuffix(" of the run"))
    before, after = (simulated(whole, [source(rows, stop=row + k)]) for k in (0, 1))
    assert abs(before.core.portfolio.state.cash) <= MONEY_LIMIT
    assert abs(after.core.portfolio.state.cash) > MONEY_LIMIT


def test_another_gear_is_taken_as_it_is() -> None:
    """Whoever hands one in answers for its text."""
    called = []
    usual = plain_gear()

    def loop(*asked: Any) -> int:
        called.append(len(asked))
        return usual.account_loop(*asked)

    run_fused(
        config(),
        read_columns(source(flat(CLOSES))),
        Gear(made_of=usual.made_of, scan=usual.scan, account_loop=loop),
    )

    assert called == [6]
