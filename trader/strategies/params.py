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
Level: TypeAlias = Annotated[Decimal, Meta(extra={"least": "0", "most": "100", "places": 9})]
Quantile: TypeAlias = Annotated[Decimal, Meta(extra={"above": "0", "most": "1", "places": 9})]
EntryBps: TypeAlias = Annotated[Decimal, Meta(extra={"least": "0", "most": "10000", "places": 9})]
VolumeRatio: TypeAlias = Annotated[Decimal, Meta(extra={"above": "0", "most": "1000", "places": 9})]

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


class AdaptiveParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Levels that follow the market: quantiles of the latest values."""

    window: Annotated[Window, Meta(description="how many values before this one")]
    low_quantile: Annotated[Quantile, Meta(description="the low level's; below high_quantile")] = (
        Decimal("0.1")
    )
    high_quantile: Annotated[Quantile, Meta(description="the high level's")] = Decimal("0.9")


class RsiReversionParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fades relative strength that is unusually low or high."""

    n: Annotated[Window, Meta(description="bars of Wilder's averages")] = 14
    low: Annotated[Level, Meta(description="buys below it")] = Decimal(30)
    high: Annotated[Level, Meta(description="sells above it, with direction both")] = Decimal(70)
    exit: Annotated[Level, Meta(description="leaves at it; from low to high")] = Decimal(50)
    adaptive: Annotated[
        AdaptiveParams | None,
        Meta(description="finds low and high among the latest values, in place of those above"),
    ] = None
    lots: LotsField = None
    weight: WeightField = None
    direction: DirectionField = "long"


class VwapFadeParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fades closes far from the session's volume-weighted average price."""

    entry_bps: Annotated[EntryBps, Meta(description="distance from that price to enter at")]
    volume_n: Annotated[Bars, Meta(description="bars of the mean volume")] = 20
    volume_ratio: Annotated[
        VolumeRatio, Meta(description="largest volume to enter in, as a multiple of the mean")
    ] = Decimal("1.5")
    flat_at_close: Annotated[
        bool, Meta(description="whether it leaves at the last opening of a session")
    ] = False
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


Params: TypeAlias = (
    EmaCrossParams
    | RsiReversionParams
    | BollingerParams
    | VwapFadeParams
    | BuyAndHoldParams
    | NaiveMeanReversionParams
)

PARAMS: Final[Mapping[str, type[Params]]] = MappingProxyType(
    {
        "ema_cross": EmaCrossParams,
        "rsi_reversion": RsiReversionParams,
        "bollinger_reversion": BollingerParams,
        "vwap_fade": VwapFadeParams,
        "buy_and_hold": BuyAndHoldParams,
        "naive_mean_reversion": NaiveMeanReversionParams,
    }
)
"""The parameters of each bundled strategy, by the `type` that a configuration names."""
