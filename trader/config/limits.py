"""The sections `risk` and `instruments` as risk takes them: exact numbers in the run's own units.

An operator's limit passes the same reader as a configuration, so it is refused for the same
reasons, and in the same words.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from msgspec import structs

from trader.calendars.sessions import Calendar, Sessions
from trader.calendars.table import calendar
from trader.config.finest import Finest, finest
from trader.config.notation import interval_ns
from trader.config.parts import Filters as FiltersConfig
from trader.config.reader import Reader
from trader.config.schema import Config, InstrumentConfig, RiskConfig
from trader.config.spelling import nearest, shown
from trader.config.tree import MapNode, Origin
from trader.config.yaml_text import parse_value
from trader.errors import ConfigError
from trader.logic.rules.limits import Facts, Filters, Limits, LimitValue, Steps
from trader.model.money import MoneyScale, plain
from trader.model.units import DAY_NS, SECOND_NS, Nanoseconds

STALE_INTERVALS: Final = 2
"""A price is stale after so many intervals without a bar, unless the limits say otherwise."""
STALE_TICKS_NS: Final = 60 * SECOND_NS
"""And after so long without a quote or a print."""

_MONEY: Final = frozenset({"notional_max", "gross_max", "unprotected_max"})
_SOURCE: Final = "SetLimit"


def limits_of(risk: RiskConfig, scale: MoneyScale) -> Limits:
    """The limits of a configuration."""
    return Limits(
        **{name: _value(name, getattr(risk, name), scale) for name in Limits.__struct_fields__}
    )


def spelled(risk: RiskConfig) -> Mapping[str, str]:
    """Every limit as a configuration would spell it."""
    texts = {name: _text(getattr(risk, name)) for name in Limits.__struct_fields__}
    return MappingProxyType(texts)


def reader(config: Config, scale: MoneyScale) -> Callable[[str, str], LimitValue]:
    """Reads a limit that somebody names and spells; raises ConfigError for what is none."""
    instruments = [each.name for each in config.instruments]

    def read(name: str, text: str) -> LimitValue:
        origin = Origin(_SOURCE)
        node = MapNode({name: parse_value(text, _SOURCE)}, {name: origin}, origin)
        value = getattr(Reader(Path()).read(node, RiskConfig, "risk"), name)
        if value is None:
            raise ConfigError(f"{name} cannot be lifted while a run goes on", hint="set it wide")
        for each in value if isinstance(value, tuple) else ():
            if each not in instruments:
                hint = nearest(each, instruments)
                raise ConfigError(f"unknown instrument {shown(each)}", hint=hint)
        return LimitValue(name=name, value=_value(name, value, scale), text=_text(value))

    return read


def facts_of(config: Config, scale: MoneyScale) -> list[Facts]:
    """What risk is told of each instrument."""
    kinds = finest(config)
    return [_facts(each, kinds.get(each.name), scale) for each in config.instruments]


def _facts(instrument: InstrumentConfig, best: Finest | None, scale: MoneyScale) -> Facts:
    sessions = calendar(instrument.calendar or "UTC")
    is_bars = best is not None and best.kind == "bars"
    return Facts(
        name=instrument.name,
        half=scale.half[instrument.name],
        stale_after_ns=stale_after_bars(best.interval_ns, sessions)
        if best is not None and is_bars
        else STALE_TICKS_NS,
        sector=instrument.sector or "",
        shortable=instrument.shortable,
        filters=_filters(instrument.filters, scale),
        steps=Steps(tick=instrument.tick, lot=instrument.lot, places=scale.places),
        sessions=sessions,
    )


def stale_after_bars(interval: Nanoseconds, sessions: Sessions) -> Nanoseconds:
    """How much open time two bars cover at most: of a day, no more than its longest session."""
    longest = DAY_NS
    if isinstance(sessions, Calendar):
        longest = int((sessions.closes - sessions.opens).max())
    days, rest = divmod(interval, DAY_NS)
    return STALE_INTERVALS * (days * longest + min(rest, longest))


def _filters(filters: FiltersConfig, scale: MoneyScale) -> Filters:
    least = filters.notional_min
    known = {each.name: getattr(filters, each.name) for each in structs.fields(filters)}
    if least is not None:
        # Worth is whole quanta: what lies between two of them is reached with the upper one.
        known["notional_min"] = -int(-_quanta(least, scale) // 1)
    return Filters(**known)


def _value(name: str, value: Any, scale: MoneyScale) -> Any:  # noqa: ANN401 - of all limits
    if name in _MONEY and value is not None:
        # Worth is whole quanta: what lies between two of them is passed with the upper one.
        return int(_quanta(value, scale) // 1)
    if isinstance(value, Decimal):
        return Fraction(value).as_integer_ratio()
    if name == "stale_after" and value is not None:
        return interval_ns(value)
    return value


def _quanta(amount: Decimal, scale: MoneyScale) -> Fraction:
    return Fraction(amount) * Fraction(10) ** scale.places


def _text(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return str(value)
