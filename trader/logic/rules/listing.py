"""What the venue lists of an instrument, held against what we count in, as bounds for its orders.

A report that says nothing new is no version. Where the grid is another than ours the instrument
cannot be counted exactly: its trading is suspended, and the difference has a name.
"""

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Final

from msgspec import structs

from trader.logic.rules.limits import NO_FILTERS, Filters, Ratio, Steps
from trader.logic.rules.view import Account
from trader.model.account import DifferenceFound
from trader.model.control import (
    InstrumentChanged,
    InstrumentHalted,
    InstrumentReported,
    InstrumentResumed,
)
from trader.model.envelope import Message
from trader.model.instrument import Band, Instrument, InstrumentVersion
from trader.model.money import plain

_NOTHING: Final[tuple[Message, ...]] = ()
_SUSPENDED: Final = "suspended"


def take(account: Account, report: InstrumentReported, steps: Steps) -> Sequence[Message]:
    """Takes the venue's word into the account; what is new of it, and what follows from that."""
    name = report.instrument
    known = account.listed.get(name)
    [version] = report.listed.versions
    listed = report.listed if known is None else known.followed_by(version)
    if listed is known:
        return _NOTHING
    account.listed[name] = listed
    before = None if known is None else known.versions[-1]
    now = listed.versions[-1]
    changed = InstrumentChanged(instrument=name, since=now.since, changes=_changes(before, now))
    out: list[Message] = [changed]
    why = misfit(now, steps)
    if why and (before is None or misfit(before, steps) != why):
        out.append(
            DifferenceFound(
                kind="grid",
                key=name,
                ours=_grid(steps.tick, steps.lot),
                theirs=_grid(now.tick, now.lot),
            )
        )
    return [*out, *_suspend(account, name, _reason(now, steps), before, steps)]


def _suspend(
    account: Account, name: str, reason: str, before: InstrumentVersion | None, steps: Steps
) -> Sequence[Message]:
    """Trading is suspended while there is a reason, and goes on when the listing has none left."""
    last = "" if before is None else _reason(before, steps)
    if reason == last:
        return _NOTHING
    if reason:
        account.halted[name] = reason
        return (InstrumentHalted(instrument=name, reason=reason),)
    account.halted.pop(name, None)
    return (InstrumentResumed(instrument=name),)


def _reason(version: InstrumentVersion, steps: Steps) -> str:
    """Why nothing can be traded by such a listing; empty if it can."""
    return misfit(version, steps) or (
        "" if version.is_trading else version.status.lower() or _SUSPENDED
    )


def misfit(version: InstrumentVersion, steps: Steps) -> str:
    """Why a grid of ours does not fit the venue's; empty if it does.

    Prices must lie on the very steps of the venue. Sizes may be counted in finer lots: orders are
    then held to the venue's steps.
    """
    if steps.tick != version.tick:
        return f"a tick of {plain(steps.tick)}, the venue's is {plain(version.tick)}"
    if version.lot % steps.lot:
        return f"a lot of {plain(steps.lot)}, the venue's is {plain(version.lot)}"
    return ""


def listed_filters(listed: Instrument | None, steps: Steps) -> Filters:
    """What the venue takes by its last word; nothing is known of a grid that does not fit."""
    if listed is None or misfit(listed.versions[-1], steps):
        return NO_FILTERS
    return filters_of(listed.versions[-1], steps)


def filters_of(version: InstrumentVersion, steps: Steps) -> Filters:
    """The venue's bounds in ticks, lots and money of a grid that fits them."""
    tick, lot, quantum = steps.tick, steps.lot, Decimal(1).scaleb(-steps.places)
    band = version.band
    return Filters(
        lots_min=_least(version.size_min, lot),
        lots_max=_most(version.size_max, lot),
        lots_step=_step(version.lot, lot),
        ticks_min=_least(version.price_min, tick),
        ticks_max=_most(version.price_max, tick),
        notional_min=_least(version.notional_min, quantum),
        notional_max=_most(version.notional_max, quantum),
        notional_min_spares_market=version.notional_min_spares_market,
        notional_max_spares_market=version.notional_max_spares_market,
        market_lots_min=_least(version.market_size_min, lot),
        market_lots_max=_most(version.market_size_max, lot),
        market_lots_step=None if version.market_lot is None else _step(version.market_lot, lot),
        buy_band=None if band is None else _shares(band.buy_min, band.buy_max),
        sell_band=None if band is None else _shares(band.sell_min, band.sell_max),
        orders_max=version.orders_max,
    )


def _least(bound: Decimal | None, step: Decimal) -> int | None:
    return None if bound is None else int((bound / step).to_integral_value(ROUND_CEILING))


def _most(bound: Decimal | None, step: Decimal) -> int | None:
    return None if bound is None else int((bound / step).to_integral_value(ROUND_FLOOR))


def _step(theirs: Decimal, ours: Decimal) -> int | None:
    """So many lots are one of the venue's steps, if that is more than one."""
    step = int(theirs / ours)
    return step if step > 1 else None


def _shares(least: Decimal, most: Decimal) -> tuple[Ratio, Ratio]:
    return Fraction(least).as_integer_ratio(), Fraction(most).as_integer_ratio()


def _grid(tick: Decimal, lot: Decimal) -> str:
    return f"a tick of {plain(tick)} and a lot of {plain(lot)}"


def _changes(before: InstrumentVersion | None, now: InstrumentVersion) -> str:
    """What the venue says now that it did not say before, by name.

    >>> old = InstrumentVersion(since=1, tick=Decimal("0.01"), lot=Decimal(1), orders_max=200)
    >>> _changes(old, structs.replace(old, since=2, lot=Decimal(10), orders_max=None))
    'lot 1 -> 10, orders_max 200 -> none'
    """
    told = []
    for field in structs.fields(now):
        value = getattr(now, field.name)
        if field.name == "since":
            continue
        if before is None:
            if value != field.default:
                told.append(f"{field.name} {_text(value)}")
        elif (old := getattr(before, field.name)) != value:
            told.append(f"{field.name} {_text(old)} -> {_text(value)}")
    return ", ".join(told)


def _text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Band):
        return (
            f"{plain(value.buy_min)}..{plain(value.buy_max)}"
            f"/{plain(value.sell_min)}..{plain(value.sell_max)}"
        )
    return str(value).lower() if isinstance(value, bool) else str(value)
