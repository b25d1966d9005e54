"""The parameters that a configuration hands to a bundled strategy."""

from decimal import Decimal

import msgspec
import pytest

from trader.strategies.params import PARAMS, EmaCrossParams, NaiveMeanReversionParams


def test_plain_values_become_parameters() -> None:
    """As they stand in a resolved configuration: complete, decimals as decimals."""
    given = {"fast": 5, "slow": 9, "weight": Decimal("0.5"), "lots": None}

    assert msgspec.convert(given, EmaCrossParams) == EmaCrossParams(
        fast=5, slow=9, weight=Decimal("0.5"), direction="long", trend=None
    )


def test_defaults_are_the_usual_ones() -> None:
    reversion = NaiveMeanReversionParams(lots=1)

    assert (reversion.n, reversion.entry) == (20, Decimal(2))


@pytest.mark.parametrize("name", PARAMS)
def test_unknown_parameters_are_refused(name: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"fast": 5, "slow": 9, "nothing": 1}, PARAMS[name])
