"""What the bundled strategies can be told.

One struct a strategy, under the name that a configuration gives as `type`. A field's description
is what `traderd config schema` says about it. Exactly one of `lots` and `weight` sizes the full
target; which combinations make sense is judged where the configuration is checked.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta, Struct

Bars: TypeAlias = Annotated[int, Meta(ge=1, le=100_000)]
Window: TypeAlias = Annotated[int, Meta(ge=2, le=100_000)]
Deviations: TypeAlias = Annotated[Decimal, Meta(extra={"least": "0", "most": "1000", "places": 9})]

LotsField: TypeAlias = Annotated[
    Annotated[int, Meta(ge=1)] | None,
    Meta(description="full target in lots; give this or weight"),
]
WeightField: TypeAlias = Annotated[
    Annotated[Decimal, Meta(extra={"above": "0", "most": "10", "places": 9})] | None,
    Meta(description="full target as a multiple of the account's equity; give this or lots"),
]
DirectionField: TypeAlias = Annotated[
    Literal["long", "both"], Meta(description="long: never short; both: turns short as well")
]


class EmaCrossParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Follows the crossing of two exponential averages of the closes."""

    fast: Annotated[Bars, Meta(description="bars of the fast average; fewer than slow")]
    slow: Annotated[Bars, Meta(description="bars of the slow average")]
    lots: LotsField = None
    weight: WeightField = None
    direction: DirectionField = "long"
    trend: Annotated[
        Bars | None, Meta(description="bars of a simple average; crosses against it go flat")
    ] = None


class BollingerParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fades closes far from their mean, measured in standard deviations."""

    n: Annotated[Window, Meta(description="bars of the mean")] = 20
    entry: Annotated[Deviations, Meta(description="deviations from the mean to enter at")] = (
        Decimal(2)
    )
    exit: Annotated[Deviations, Meta(description="deviations to leave at; below entry")] = Decimal(
        0
    )
    lots: LotsField = None
    weight: WeightField = None
    direction: DirectionField = "long"


class BuyAndHoldParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Takes its full target on the first closed bar and keeps it."""

    lots: LotsField = None
    weight: WeightField = None


class NaiveMeanReversionParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sells above and buys below `entry` deviations, flat again at the mean."""

    n: Annotated[Window, Meta(description="bars of the mean")] = 20
    entry: Annotated[Deviations, Meta(description="deviations from the mean to enter at")] = (
        Decimal(2)
    )
    lots: LotsField = None
    weight: WeightField = None


Params: TypeAlias = EmaCrossParams | BollingerParams | BuyAndHoldParams | NaiveMeanReversionParams

PARAMS: Final[Mapping[str, type[Params]]] = MappingProxyType(
    {
        "ema_cross": EmaCrossParams,
        "bollinger_reversion": BollingerParams,
        "buy_and_hold": BuyAndHoldParams,
        "naive_mean_reversion": NaiveMeanReversionParams,
    }
)
"""The parameters of each bundled strategy, by the `type` that a configuration names."""
