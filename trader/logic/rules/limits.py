"""What the rules are made from: what the owner allows, and what is known of each instrument.

All of it is exact. Money is in quanta, a fraction is a numerator and a denominator, an age or a
window is in nanoseconds. The limits are part of risk's state, since an operator may change them;
the facts are not.
"""

from decimal import Decimal
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from trader.calendars.sessions import UTC_DAYS, Sessions
from trader.model.units import MINUTE_NS, SECOND_NS, Lots, Money, Nanoseconds, Ticks

Ratio: TypeAlias = tuple[int, int]
Breach: TypeAlias = Literal["halt", "reduce", "flatten"]


class Limits(Struct, frozen=True, kw_only=True):
    """What the owner allows; None is no limit. The names are those of the section `risk`."""

    lots_max: Lots | None = None
    notional_max: Money | None = None
    position_max: Lots | None = None
    gross_max: Money | None = None
    orders_max: int | None = None
    orders_window_ns: Nanoseconds = SECOND_NS
    drawdown_max: Ratio | None = None
    open_orders_max: int | None = None
    open_orders_total_max: int | None = None
    collar: Ratio | None = None
    jump_max: Ratio | None = None
    concentration_max: Ratio | None = None
    sector_max: Ratio | None = None
    daily_loss_max: Ratio | None = None
    slippage_bps_max: Ratio | None = None
    slippage_window: int = 20
    unprotected_max: Money | None = None
    repeats_max: int | None = None
    repeats_window_ns: Nanoseconds = MINUTE_NS
    intent_window_ns: Nanoseconds | None = None
    restricted: tuple[str, ...] = ()
    borrow: bool = True
    closed_orders: Literal["wait", "deny"] = "wait"
    on_breach: Breach = "halt"
    stale_after: Nanoseconds | None = None


class Filters(Struct, frozen=True, kw_only=True):
    """What an instrument's venue takes at all.

    A market order's size may have bounds beside those of all sizes, and the bounds of worth may
    spare it. The bands are the least and the most of a limit as shares of the last price.
    """

    lots_min: Lots | None = None
    lots_max: Lots | None = None
    lots_step: Lots | None = None
    ticks_min: Ticks | None = None
    ticks_max: Ticks | None = None
    notional_min: Money | None = None
    notional_max: Money | None = None
    notional_min_spares_market: bool = False
    notional_max_spares_market: bool = False
    market_lots_min: Lots | None = None
    market_lots_max: Lots | None = None
    market_lots_step: Lots | None = None
    buy_band: tuple[Ratio, Ratio] | None = None
    sell_band: tuple[Ratio, Ratio] | None = None
    orders_max: int | None = None


NO_FILTERS: Final = Filters()


class Steps(Struct, frozen=True, kw_only=True):
    """What one tick and one lot are in the venue's own units, and the places of the quantum."""

    tick: Decimal = Decimal(1)
    lot: Decimal = Decimal(1)
    places: int = 0


class Facts(Struct, frozen=True, kw_only=True):
    """One instrument: money in half a tick x lot, and what its prices and its venue are like.

    A price is stale after `stale_after_ns` of open time, unless the limits say otherwise.
    """

    name: str
    half: Money
    stale_after_ns: Nanoseconds = MINUTE_NS
    sector: str = ""
    shortable: bool = True
    filters: Filters = NO_FILTERS
    steps: Steps = Steps()
    sessions: Sessions = UTC_DAYS


class LimitValue(Struct, frozen=True):
    """A limit as somebody spelled it: its name in `Limits`, its value there, its plain text."""

    name: str
    value: object
    text: str
