"""What the rules are made from: what the owner allows, and what is known of each instrument.

All of it is exact. Money is in quanta, a fraction is a numerator and a denominator, an age or a
window is in nanoseconds. The limits are part of risk's state, since an operator may change them;
the facts are not.
"""

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
    """What an instrument's venue takes at all."""

    lots_min: Lots | None = None
    lots_max: Lots | None = None
    lots_step: Lots | None = None
    ticks_min: Ticks | None = None
    ticks_max: Ticks | None = None
    notional_min: Money | None = None


NO_FILTERS: Final = Filters()


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
    sessions: Sessions = UTC_DAYS


class LimitValue(Struct, frozen=True):
    """A limit as somebody spelled it: its name in `Limits`, its value there, its plain text."""

    name: str
    value: object
    text: str
