"""Parts of sections: a venue's filters, made-up markets, where a secret lies."""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from trader.config.values import Fraction, Grid, Instant, Money, Path, Positive, VariableName


class Filters(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the venue takes at all: an order outside of it is denied before it is sent."""

    lots_min: Annotated[Positive | None, Meta(description="smallest order, in lots")] = None
    lots_max: Annotated[Positive | None, Meta(description="largest order, in lots")] = None
    lots_step: Annotated[Positive | None, Meta(description="sizes are multiples of it")] = None
    ticks_min: Annotated[Positive | None, Meta(description="lowest price, in ticks")] = None
    ticks_max: Annotated[Positive | None, Meta(description="highest price, in ticks")] = None
    notional_min: Annotated[
        Money | None, Meta(description="smallest order, in account currency")
    ] = None


class Synthetic(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A market that is made up, the same one for the same seed."""

    start: Annotated[Instant, Meta(description="first instant")]
    rows: Annotated[Annotated[int, Meta(ge=1, le=100_000_000)], Meta(description="how many rows")]
    price: Annotated[Grid, Meta(description="first price")]
    volatility: Annotated[
        Annotated[Decimal, Meta(extra={"least": "0", "most": "100", "places": 9})],
        Meta(description="deviation of the price over a year; 0.5 is 50 %"),
    ] = Decimal("0.5")
    jumps: Annotated[
        Annotated[Decimal, Meta(extra={"least": "0", "most": "1000000", "places": 9})],
        Meta(description="jumps a day"),
    ] = Decimal(0)
    gaps: Annotated[
        Annotated[Decimal, Meta(extra={"least": "0", "most": "1000000", "places": 9})],
        Meta(description="holes a day in which nothing is quoted"),
    ] = Decimal(0)
    halts: Annotated[
        Annotated[Decimal, Meta(extra={"least": "0", "most": "1000000", "places": 9})],
        Meta(description="suspensions a day"),
    ] = Decimal(0)
    spread_ticks: Annotated[Positive, Meta(description="mean distance of bid and ask")] = 2
    rate: Annotated[
        Annotated[Decimal, Meta(extra={"above": "0", "most": "1000000", "places": 9})],
        Meta(description="rows a second; bars come at their interval"),
    ] = Decimal(1)
    bursts: Annotated[Fraction | None, Meta(description="share of rows that share an instant")] = (
        None
    )
    lots: Annotated[Positive, Meta(description="mean size of a row")] = 100


class Keys(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a secret lies; it never stands in a configuration itself."""

    env: Annotated[VariableName | None, Meta(description="environment variable that holds it")] = (
        None
    )
    file: Annotated[
        Path | None, Meta(description="file that holds it, which nobody else may read")
    ] = None
