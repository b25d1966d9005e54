"""What the fused gear covers so far. Whatever it does not is named, so that step runs it."""

from collections.abc import Iterator
from typing import Final

from actors.assembly import make_strategy
from trader.config.parts import Filters
from trader.config.schema import Config, RiskConfig, StrategyConfig, VenueConfig

_FEES: Final = ("maker_bps", "taker_bps", "per_lot")
_WINDOWS: Final = ("orders_window_ns", "slippage_window", "repeats_window_ns", "on_breach")
"""Keys that say how a limit works, and nothing without it."""


def covers(config: Config) -> str | None:
    """Why the fused gear does not cover the configuration; None if it does."""
    return next(_uncovered(config), None)


def _uncovered(config: Config) -> Iterator[str]:
    if len(config.strategies) != 1:
        yield "strategies: fused covers a single one so far"
    for source in config.data:
        if source.kind != "bars":
            yield f"data.kind: fused covers no {source.kind} so far"
    if len(config.data) != 1:
        yield "data: fused covers the bars of a single instrument so far"
    for instrument in config.instruments:
        if instrument.calendar is not None:
            yield f"instruments.{instrument.name}.calendar: fused covers none so far"
        if instrument.filters != Filters():
            yield f"instruments.{instrument.name}.filters: fused covers none so far"
    for strategy in config.strategies:
        yield from _of_strategy(strategy, config)
    yield from _of_venue(config.venue)
    yield from _of_risk(config.risk)


def _of_strategy(strategy: StrategyConfig, config: Config) -> Iterator[str]:
    at = f"strategies.{strategy.name}"
    if strategy.type != "ema_cross":
        yield f"{at}: fused covers ema_cross alone so far"
        return
    params = make_strategy(strategy).params
    if strategy.exits:
        yield f"{at}.exits: fused covers none so far"
    if params.trend is not None:
        yield f"{at}.params.trend: fused covers no filter so far"
    if params.lots is None:
        yield f"{at}.params.weight: fused covers sizes in lots alone so far"
    short = [
        i.name for i in config.instruments if i.name == strategy.instrument and not i.shortable
    ]
    if short and params.direction == "both":
        yield f"instruments.{short[0]}.shortable: fused covers no ban on short sales so far"


def _of_venue(venue: VenueConfig) -> Iterator[str]:
    if venue.participation is not None:
        yield "venue.participation: fused covers unlimited volume (null) alone so far"
    if venue.latency_ns or venue.latency_jitter_ns:
        yield "venue.latency_ns: fused covers none so far"
    for name in _FEES:
        if getattr(venue, name):
            yield f"venue.{name}: fused covers no fees so far"


def _of_risk(risk: RiskConfig) -> Iterator[str]:
    plain = RiskConfig()
    for name in RiskConfig.__struct_fields__:
        if name not in _WINDOWS and getattr(risk, name) != getattr(plain, name):
            yield f"risk.{name}: fused covers no limits so far"
