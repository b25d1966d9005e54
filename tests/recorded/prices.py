"""Nobody trades at a price that the market did not have, or beyond what was asked for.

Who rests is filled at a limit of the order's that the market has reached. Who takes is filled
within the prices of that instant, market orders and stops after slippage.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from sims.simulation import Simulation
from sims.streams import Source
from tests.recorded.hearing import Heard
from tests.recorded.market import Bars, Prices, levels_of, market_of
from tests.semantics.reading import rows
from trader.config.schema import Config, VenueConfig
from trader.logic.splits import split_ticks
from trader.model.control import SplitEffective
from trader.model.orders import Liquidity, OrderType
from trader.model.units import NONE

Row: TypeAlias = dict[str, int]
BPS: Final = 10_000
WORSENED: Final = (OrderType.MARKET, OrderType.STOP)


def check_prices(config: Config, whole: Simulation, source: Source, heard: Heard) -> None:
    """Asserts that every fill of a run on one file has a price that the file could give it."""
    fills = rows(whole.core.tables.tables["fills"])
    if not fills:
        return
    orders = {row["order"]: row for row in rows(whole.core.tables.tables["orders"])}
    check = Check(config.venue, source, market_of(source, heard.tops))
    limits = _limits(whole, heard.splits)
    for fill in fills:
        side = 1 if fill["lots"] > 0 else -1
        asked = [side * each for each in limits[fill["order"]]]
        if OrderType(orders[fill["order"]]["order_type"]) in WORSENED:
            assert fill["liquidity"] == Liquidity.TAKER, fill
            check.worsened(fill, side)
        else:
            assert side * fill["ticks"] <= max(asked), fill
            if fill["liquidity"] == Liquidity.TAKER:
                check.taken(fill, side)
            else:
                assert source.kind == "bars" or side * fill["ticks"] in asked, fill
                check.reached(fill, side)


@dataclass(frozen=True, slots=True)
class Check:
    """The market that fills are held against."""

    venue: VenueConfig
    source: Source
    market: Prices | Bars

    def worsened(self, fill: Row, side: int) -> None:
        """A market order or a stop was moved against the trader from a price of then."""
        low, high = self._walked(fill["ts"], side)
        assert self._moved(low, side) <= fill["ticks"] <= self._moved(high, side), fill

    def taken(self, fill: Row, side: int) -> None:
        """A limit took a price of then."""
        low, high = self._walked(fill["ts"], side)
        assert low <= fill["ticks"] <= high, fill

    def reached(self, fill: Row, side: int) -> None:
        """The market came to where an order rested; inside a bar it went no further than that."""
        low, high = self.market.around(fill["ts"], side)
        assert side * (low if side > 0 else high) <= side * fill["ticks"], fill
        if self.source.kind == "bars":
            assert low <= fill["ticks"] <= high, fill

    def _walked(self, ts: int, side: int) -> tuple[int, int]:
        """The prices of an instant; of a book also the worse ones, as far as it ever went."""
        low, high = self.market.around(ts, side)
        if self.source.kind != "depth":
            return low, high
        levels = levels_of(self.source, -side)
        return (low, int(levels[-1])) if side > 0 else (int(levels[0]), high)

    def _moved(self, ticks: int, side: int) -> int:
        away = -(-Fraction(ticks) * Fraction(self.venue.slippage_bps) // BPS)
        return max(1, ticks + side * (int(away) + self.venue.slippage_ticks))


def _limits(whole: Simulation, splits: Mapping[int, SplitEffective]) -> dict[int, list[int]]:
    """By order, every limit that it ever had, in the ticks of before and after a split."""
    limits: dict[int, list[int]] = defaultdict(list)
    for name in ("orders", "replacements"):
        for row in rows(whole.core.tables.tables[name]):
            ticks = row["limit_ticks"]
            if ticks == NONE:
                continue
            limits[row["order"]].append(ticks)
            for seq, split in splits.items():
                if row["seq"] < seq:
                    after = split_ticks(ticks, split.numerator, split.denominator)
                    limits[row["order"]].append(after)
    return limits
