"""What a venue takes at all: how large an order is, at what prices, worth how much."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Filters:
    """None is no bound; sizes are lots, prices ticks, worth money. A bound itself is taken."""

    lots_min: int | None = None
    lots_max: int | None = None
    lots_step: int | None = None
    ticks_min: int | None = None
    ticks_max: int | None = None
    notional_min: Fraction | None = None

    def takes(self, size: int, prices: Iterable[int | None], worth: Fraction) -> bool:
        """Whether the venue takes an order of this whole size, with these limits and stops."""
        named = [price for price in prices if price is not None]
        return (
            _within(size, self.lots_min, self.lots_max)
            and (self.lots_step is None or size % self.lots_step == 0)
            and all(_within(price, self.ticks_min, self.ticks_max) for price in named)
            and _within(worth, self.notional_min, None)
        )


def _within(value: Fraction | int, least: Fraction | int | None, most: int | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)
