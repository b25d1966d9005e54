"""Builds a simulation from a configuration: its data, the venue's rules, the wired core."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, cast

from actors.assembly import Core, fraction, warmup_of
from sims.closings import Closing, Closings
from sims.link import Link
from sims.seeds import stream
from sims.simulation import Clock, Simulation
from sims.streams import ACTIONS, BARS, Source, span
from sims.synthetic import ActionFile, make_actions, make_file
from sims.venue import Venue, VenueRules
from trader.calendars import UTC, calendar
from trader.config.finest import finest, matches
from trader.config.notation import interval_ns
from trader.config.scale import scale_of
from trader.config.schema import Config, DataSource
from trader.data.actions import ActionFile as RecordedActions
from trader.data.actions import open_actions
from trader.data.bars import BarFile
from trader.data.opening import ordered_by_reception
from trader.data.sources import instrument_of, open_source
from trader.model.money import FEE_PLACES, MoneyScale

BPS: Final = 10_000
"""Basis points in the whole."""


def open_sources(config: Config) -> list[Source]:
    """The run's part of every source, warm-up included; raises DataError for a broken one.

    Rows are ordered by when they were received, where all of them tell it.
    """
    received = ordered_by_reception(config)
    files = [_open(config, data, use_received=received) for data in config.data]
    priced = {
        data: _source(config, data, file)
        for data, file in zip(config.data, files, strict=True)
        if data.kind != ACTIONS
    }
    sources = []
    for data, file in zip(config.data, files, strict=True):
        sources.append(priced[data] if data in priced else _actions(config, data, file, priced))
        if data.synthetic is not None and (actions := make_actions(config, data)) is not None:
            sources.append(_suspensions(data, actions))
    return sources


def _open(config: Config, data: DataSource, *, use_received: bool = False) -> Any:  # noqa: ANN401 - files of any kind
    if data.synthetic is not None:
        return make_file(config, data)
    if data.kind == ACTIONS:
        return _open_actions(config, data)
    return open_source(config, data, use_received=use_received)


def _open_actions(config: Config, data: DataSource) -> RecordedActions:
    instrument = instrument_of(config, data)
    return open_actions(
        Path(data.path or ""),
        name=instrument.name,
        sessions=calendar(instrument.calendar or UTC),
        lot=instrument.lot,
        scale=scale_of(config),
    )


def _source(config: Config, data: DataSource, file: Any) -> Source:  # noqa: ANN401 - of any kind
    bounds = (config.run.from_, config.run.to)
    if data.kind == BARS:
        warmup = warmup_of(config, data.instrument, data.interval_ns)
        start, stop = file.window(*bounds, warmup)
    else:
        start, stop = file.window(*bounds)
    return Source(
        instrument=data.instrument,
        kind=data.kind,
        interval_ns=data.interval_ns,
        file=file,
        start=start,
        stop=stop,
        matches=matches(config, data),
        path="" if data.synthetic is not None else str(file.source.path),
        protocol=data.protocol,
    )


def _actions(
    config: Config, data: DataSource, file: RecordedActions, priced: Mapping[DataSource, Source]
) -> Source:
    """What happened to an instrument from its first price, warm-up included, to its last."""
    own = [each for each in priced.values() if each.instrument == data.instrument]
    for each in own:
        if each.kind == BARS and each.path:
            file.check_between(cast("BarFile", each.file))
    spans = [span(each) for each in own]
    begins = min((first for first, _ in spans), default=None)
    ends = [last + 1 for _, last in spans] + [end for end in (config.run.to,) if end is not None]
    start, stop = file.window(begins, min(ends, default=None))
    return Source(
        instrument=data.instrument,
        kind=ACTIONS,
        file=file,
        start=start,
        stop=stop,
        matches=matches(config, data),
        path=data.path or "",
    )


def _suspensions(data: DataSource, actions: ActionFile) -> Source:
    """When a made-up market suspends trading."""
    return Source(
        instrument=data.instrument,
        kind=ACTIONS,
        file=actions,
        start=0,
        stop=len(actions.messages),
    )


def venue_rules(config: Config, scale: MoneyScale) -> VenueRules:
    """The venue section as exact fractions, fees in money."""
    venue = config.venue
    per_lot = Fraction(venue.per_lot) * 10**scale.places
    return VenueRules(
        slippage=_bps(venue.slippage_bps).as_integer_ratio(),
        slippage_ticks=venue.slippage_ticks,
        participation=None if venue.participation is None else fraction(venue.participation),
        touch=int(venue.touch_fills),
        maker=_bps(venue.maker_bps),
        taker=_bps(venue.taker_bps),
        per_lot=per_lot,
        fee_quanta=10 ** max(0, scale.places - FEE_PLACES),
        targets_first=venue.targets_first,
        stale_after_ns=interval_ns(venue.stale_after),
        by_volume=venue.queue == "volume",
    )


def build(
    config: Config,
    sources: list[Source],
    clock: Clock,
    make_venue: Callable[..., Venue] = Venue,
) -> Simulation:
    """A simulation at its very start; `make_venue` makes what plays the venue's part."""
    link = _link(config)
    core = Core(config, patient=link is not None)
    instruments = {source.instrument: True for source in sources}
    venue = venue_of(config, core.scale, instruments, make_venue)
    return Simulation(
        core, venue, sources, config.run.name, clock, closings=_closings(config), link=link
    )


def venue_of(
    config: Config,
    scale: MoneyScale,
    instruments: Iterable[str],
    make_venue: Callable[..., Venue] = Venue,
) -> Venue:
    """The simulated venue of these instruments, each matched on its finest data."""
    best = finest(config)
    kinds = {name: best[name].kind for name in instruments}
    return make_venue(
        {name: scale.half[name] for name in kinds},
        venue_rules(config, scale),
        kinds,
        prints={each.instrument for each in config.data if each.kind == "trades"},
        protocols={each.instrument: each.protocol for each in config.data if each.kind == "depth"},
        sessions={i.name: calendar(i.calendar) for i in config.instruments if i.calendar},
    )


def _closings(config: Config) -> Closings:
    groups: dict[str, list[str]] = defaultdict(list)
    for each in config.instruments:
        groups[each.calendar or UTC].append(each.name)
    return Closings(
        [
            Closing(instruments=names, next_close=calendar(name).next_close)
            for name, names in sorted(groups.items())
        ]
    )


def _link(config: Config) -> Link | None:
    """The way between core and venue, if it takes any time."""
    latency, jitter = config.venue.latency_ns, config.venue.latency_jitter_ns
    if not latency and not jitter:
        return None
    chance = stream(config.run.seed, "latency")
    return Link(latency, lambda: chance.randint(0, jitter))


def _bps(amount: Decimal) -> Fraction:
    return Fraction(amount) / BPS
