"""From a configuration to a simulation: which rows are read, by which rules the venue fills."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from sims.build import build, open_sources, venue_rules
from sims.venue import VenueRules
from tests.data.making import LOT, MINUTE, START, TICK, bars, write
from tests.sims.making import config, cross, instrument, source
from trader.config.schema import (
    Config,
    DataSource,
    ExitConfig,
    Run,
    StrategyConfig,
    VenueConfig,
)
from trader.errors import DataError
from trader.model.money import MoneyScale


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two thousand bars of a minute."""
    return write(tmp_path, bars(2_000))


def on(path: Path, *strategies: StrategyConfig, **run: Any) -> Config:
    """A run on the file, of two instruments that both read it."""
    names = ("X.sim", "Y.sim")
    return config(
        *strategies,
        run=Run(name="trial", **run),
        instruments=tuple(instrument(name, tick=TICK, lot=LOT) for name in names),
        data=tuple(
            DataSource(kind="bars", instrument=name, interval="1m", path=str(path))
            for name in names
        ),
    )


def slow(bars_: int, **fields: Any) -> StrategyConfig:
    return StrategyConfig(
        name="slow",
        type="ema_cross",
        instrument=fields.pop("instrument", "X.sim"),
        params={"fast": 2, "slow": bars_, "lots": 1},
        **fields,
    )


def test_a_source_is_a_file_of_its_instrument(path: Path) -> None:
    first, second = open_sources(on(path, cross()))

    assert (first.instrument, second.instrument) == ("X.sim", "Y.sim")
    assert first.interval_ns == MINUTE
    assert (first.start, first.stop) == (0, 2_000)
    [batch] = first.file.batches(3, 4, 1)
    assert batch.close.tolist() == [10_026]
    assert batch.lots.tolist() == [3]


@pytest.mark.parametrize(
    ("strategies", "starts"),
    [
        ([cross()], (900, 1_000)),  # a hundred bars at least, and none for whom nobody trades
        ([cross(), slow(200)], (400, 1_000)),  # three times the longest average
        ([slow(200, exits=(ExitConfig(kind="atr_stop", n=250),))], (250, 1_000)),
        ([slow(900)], (0, 1_000)),  # fewer if the data begin later
        ([cross(), slow(50, instrument="Y.sim")], (900, 850)),
    ],
)
def test_warm_up_bars_are_those_of_who_trades_the_instrument(
    path: Path, strategies: list[StrategyConfig], starts: tuple[int, int]
) -> None:
    sources = open_sources(on(path, *strategies, from_=START + 1_000 * MINUTE))

    assert tuple(each.start for each in sources) == starts
    assert {each.stop for each in sources} == {2_000}


def test_the_end_is_not_part_of_the_run(path: Path) -> None:
    [first, _] = open_sources(on(path, to=START + 1_000 * MINUTE))

    assert (first.start, first.stop) == (0, 1_000)


def test_prices_beside_the_grid_are_rounded_if_that_is_asked_for(path: Path) -> None:
    whole = on(path)
    coarse = tuple(instrument(i.name, tick=Decimal("0.03"), lot=LOT) for i in whole.instruments)
    rounded = config(data=whole.data, instruments=coarse, run=Run(name="r", off_grid="round"))

    [first, _] = open_sources(rounded)
    with pytest.raises(DataError, match="off the grid"):
        next(open_sources(config(data=whole.data, instruments=coarse))[0].file.batches(0, 1, 1))

    assert next(first.file.batches(0, 1, 1)).close.tolist() == [3_335]  # 100.05 / 0.03


@pytest.mark.parametrize("fields", [{"from_": START + 10**18}, {"to": START}])
def test_a_run_without_a_bar_is_refused(path: Path, fields: dict[str, int]) -> None:
    with pytest.raises(DataError, match="no bar opens"):
        open_sources(on(path, **fields))


def test_a_broken_file_is_refused_by_its_name(tmp_path: Path) -> None:
    broken = tmp_path / "bars.parquet"
    broken.write_bytes(b"PAR1 and nothing else")

    with pytest.raises(DataError, match=r"bars\.parquet"):
        open_sources(on(broken))


# -- rules ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ({}, {"participation": (1, 10)}),
        ({"participation": None}, {}),
        ({"participation": Decimal("0.000000001")}, {"participation": (1, 10**9)}),
        ({"participation": None, "slippage_bps": Decimal("2.5")}, {"slippage": (1, 4_000)}),
        (
            {"participation": None, "slippage_bps": Decimal("0.000000001")},
            {"slippage": (1, 10**13)},
        ),
        ({"participation": None, "slippage_ticks": 3}, {"slippage_ticks": 3}),
        ({"participation": None, "touch_fills": True}, {"touch": 1}),
        ({"participation": None, "maker_bps": Decimal("-0.5")}, {"maker": Fraction(-1, 20_000)}),
        ({"participation": None, "taker_bps": Decimal(3)}, {"taker": Fraction(3, 10_000)}),
        # Money is counted in hundredths of a millionth of a hundredth.
        ({"participation": None, "per_lot": Decimal("0.005")}, {"per_lot": Fraction(5 * 10**7)}),
    ],
)
def test_rates_are_exact_fractions(fields: dict[str, Any], rules: dict[str, Any]) -> None:
    scale = MoneyScale(places=10, half={})

    made = venue_rules(config(venue=VenueConfig(**fields)), scale)

    assert made == VenueRules(fee_quanta=100, **rules)


@pytest.mark.parametrize(("places", "quanta"), [(12, 10_000), (8, 1), (2, 1)])
def test_fees_are_rounded_to_the_hundred_millionth(places: int, quanta: int) -> None:
    assert venue_rules(config(), MoneyScale(places=places, half={})).fee_quanta == quanta


def test_the_venue_knows_what_has_data() -> None:
    """And a lot of each at half a tick in money."""
    names = (instrument("X.sim", tick=Decimal("0.01")), instrument("Y.sim"))
    whole = config(instruments=names)

    run = build(whole, [source([(0, 1, 1, 1, 1, 1)])], float)

    assert {name: book.half for name, book in run.venue.books.items()} == {"X.sim": 5}
    assert run.core.scale.half == {"X.sim": 5, "Y.sim": 500}
