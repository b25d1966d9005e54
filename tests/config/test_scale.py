"""The quantum of money: small enough for whatever the run can count."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from trader.config.scale import scale_of
from trader.config.schema import (
    Account,
    Config,
    DataSource,
    InstrumentConfig,
    Run,
    VenueConfig,
)


def config(tick: str, lot: str, cash: str = "100", **venue: Any) -> Config:
    """One instrument with bars, and nobody who trades it."""
    return Config(
        run=Run(name="x"),
        account=Account(currency="USD", cash=Decimal(cash)),
        instruments=(
            InstrumentConfig(
                symbol="A", venue="v", tick=Decimal(tick), lot=Decimal(lot), currency="USD"
            ),
        ),
        data=(DataSource(kind="bars", instrument="A.v", interval="1m", path="memory"),),
        strategies=(),
        venue=VenueConfig(**venue),
    )


@pytest.mark.parametrize(
    ("tick", "lot", "cash", "venue", "places", "half"),
    [
        ("0.01", "1", "100", {}, 3, 5),
        ("2", "1", "100", {}, 0, 1),
        ("0.01", "0.001", "100", {}, 6, 5),
        ("2", "1", "100.25", {}, 2, 100),
        # Fees are counted in 1e-8.
        ("0.01", "1", "100", {"taker_bps": Decimal(1)}, 8, 500_000),
        ("0.01", "1", "100", {"maker_bps": Decimal(-1)}, 8, 500_000),
        ("0.01", "1", "100", {"per_lot": Decimal("0.1")}, 8, 500_000),
        ("0.01", "0.0000001", "100", {"taker_bps": Decimal(1)}, 10, 5),
    ],
)
def test_the_quantum_of_money_divides_whatever_the_run_can_count(
    tick: str, lot: str, cash: str, venue: dict[str, Decimal], places: int, half: int
) -> None:
    scale = scale_of(config(tick, lot, cash, **venue))

    assert (scale.places, scale.half) == (places, {"A.v": half})


def test_dividends_are_counted_as_finely_as_fees() -> None:
    """Whatever they come to: their file is read later."""
    whole = config("0.01", "1")
    actions = DataSource(kind="actions", instrument="A.v", path="memory")

    assert scale_of(whole).places == 3
    assert scale_of(replace(whole, data=(*whole.data, actions))).places == 8
