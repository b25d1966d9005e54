"""The parameters that a configuration hands to a bundled strategy."""

from decimal import Decimal

import msgspec
import pytest

from trader.config.fields import fields_of
from trader.strategies.params import (
    PARAMS,
    AdaptiveParams,
    EmaCrossParams,
    NaiveMeanReversionParams,
    RsiReversionParams,
)


def test_plain_values_become_parameters() -> None:
    """As they stand in a resolved configuration: complete, decimals as decimals."""
    given = {"fast": 5, "slow": 9, "weight": Decimal("0.5"), "lots": None}

    assert msgspec.convert(given, EmaCrossParams) == EmaCrossParams(
        fast=5, slow=9, weight=Decimal("0.5"), direction="long", trend=None
    )


def test_defaults_are_the_usual_ones() -> None:
    reversion = NaiveMeanReversionParams(lots=1)

    assert (reversion.n, reversion.entry) == (20, Decimal(2))


def test_levels_that_adapt_are_parameters_within_the_parameters() -> None:
    adaptive = msgspec.convert({"lots": 1, "adaptive": {"window": 50}}, RsiReversionParams)

    assert adaptive.adaptive == AdaptiveParams(
        window=50, low_quantile=Decimal("0.1"), high_quantile=Decimal("0.9")
    )
    assert RsiReversionParams(lots=1).adaptive is None


def test_every_parameter_says_what_it_is() -> None:
    """The schema, the pages and the errors draw on it."""
    for struct in [*PARAMS.values(), AdaptiveParams]:
        assert all(field.description for field in fields_of(struct))


@pytest.mark.parametrize("name", PARAMS)
def test_unknown_parameters_are_refused(name: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"fast": 5, "slow": 9, "nothing": 1}, PARAMS[name])
