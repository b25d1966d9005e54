"""What a run read: a reference to each file, by the digest of its bytes and the range of rows.

The reference stands in `run.json` and in the journal's header, and a replay insists on it: other
bytes under the same path are not the run's inputs.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from msgspec import Struct, field

from sims.streams import ACTIONS, BARS, Source, span
from trader.config.notation import instant_text
from trader.config.schema import Config
from trader.data.actions import ActionFile
from trader.data.bars import BATCH_ROWS, BarFile
from trader.data.parquet import digest_of
from trader.data.ticks import TickFile
from trader.errors import DataError
from trader.model.units import Nanoseconds

ORDER_OF_INPUTS: Final = "ts"
"""Recorded bars carry the instant they are about, not the one at which anybody received them."""
STEPS_READ: Final = 512
"""So many bars show how far apart they usually open."""
PLACES_SHOWN: Final = 3
"""So many rows are named of those that do nothing."""
COARSE_TICKS: Final = 1_000
"""Below so many ticks a price moves in steps of more than ten basis points."""


class InputReference(Struct, frozen=True, kw_only=True):
    """A part of a file: `rows` rows, whose bars open from `from` and close by `to`."""

    instrument: str
    path: str
    digest: str
    rows: int
    from_: str = field(name="from")
    to: str
    kind: str = BARS


def references(sources: Sequence[Source]) -> list[InputReference]:
    """The references of a run's sources, in the order of the configuration."""
    found = []
    for source in sources:
        begins, known = span(source)
        found.append(
            InputReference(
                instrument=source.instrument,
                path=str(Path(source.path).resolve()) if source.path else "",
                digest=source.file.digest,
                rows=source.stop - source.start,
                from_=instant_text(begins),
                to=instant_text(known),
                kind=source.kind,
            )
        )
    return found


def order_of_inputs(sources: Sequence[Source]) -> str:
    """Which of a row's instants orders the run: `ts_recv` if all were received, else `ts`."""
    prices = (each.file for each in sources if each.kind != ACTIONS)
    clocks = {getattr(file, "clock", ORDER_OF_INPUTS) for file in prices}
    return clocks.pop() if len(clocks) == 1 else ORDER_OF_INPUTS


def check_same(recorded: Iterable[InputReference], found: Iterable[InputReference]) -> None:
    """Raises a `DataError` for the first file that is not what the run read."""
    for before, now in zip(recorded, found, strict=True):
        if before.digest != now.digest:
            raise DataError(
                f"the data have changed since the run: BLAKE2b was {before.digest[:16]}…, is now"
                f" {now.digest[:16]}…",
                where=now.path,
                hint="restore the file that the run read; other data make another run",
            )
        assert (before.rows, before.from_, before.to) == (now.rows, now.from_, now.to), now


def strategy_files(config: Config) -> dict[str, str]:
    """The digest of each strategy file of one's own, by the strategy's name."""
    return {each.name: digest_of(Path(each.file)) for each in config.strategies if each.file}


def data_notes(sources: Sequence[Source]) -> list[str]:
    """What was inferred about files that do not say it themselves, one line each."""
    recorded = (getattr(each.file, "source", None) for each in sources)
    return [note for each in recorded if each is not None for note in each.notes]


def data_warnings(config: Config, sources: Sequence[Source]) -> list[str]:
    """What is allowed about the data but probably not meant, one sentence each."""
    found: list[str] = []
    for source in sources:
        if source.kind == ACTIONS and source.path:
            found += _outside(source, sources)
        if source.kind != BARS:
            continue
        file = cast("BarFile", source.file)
        if not file.has_volume and config.venue.participation is not None:
            found.append(
                f"the bars of {source.instrument} have no volume, of which venue.participation is a"
                " share: nothing can fill; `venue.participation: null` fills without it"
            )
        times = _usual_step(source)
        if times > 1:
            found.append(
                f"the bars of {source.instrument} usually open {times} intervals apart:"
                " is the interval under `data` right?"
            )
        if config.venue.slippage_bps and int(_row(source, source.start).close[0]) < COARSE_TICKS:
            found.append(
                f"a tick of {source.instrument} is more than 10 bps of its price:"
                " slippage_bps is rounded up to whole ticks"
            )
        found += _changed(config, source)
    return found


def _outside(actions: Source, sources: Sequence[Source]) -> Iterator[str]:
    """The actions of a file that lie before or after all prices of their instrument."""
    own = [
        _reach(each)
        for each in sources
        if each.kind != ACTIONS and each.instrument == actions.instrument
    ]
    first, last = min(first for first, _ in own), max(last for _, last in own)
    file = cast("ActionFile", actions.file)
    rows = np.flatnonzero((file.ts < first) | (file.ts > last)).tolist()
    if rows:
        places = ", ".join(file.source.place(row) for row in rows[:PLACES_SHOWN])
        more = ", ..." if len(rows) > PLACES_SHOWN else ""
        yield (
            f"{len(rows)} of {file.rows} actions of {actions.instrument} lie outside its data"
            f" ({instant_text(first)} to {instant_text(last)}) and do nothing: {places}{more}"
        )


def _reach(source: Source) -> tuple[Nanoseconds, Nanoseconds]:
    """From when to when there are prices, in the run or not."""
    if not source.path:
        return span(source)
    file = cast("BarFile | TickFile[Any]", source.file)
    return file.ts_first, file.ts_last + source.interval_ns


def _changed(config: Config, source: Source) -> Iterator[str]:
    """What was done to the bars because the configuration lets it be done."""
    file = cast("BarFile", source.file)
    if config.run.off_grid == "round":
        batches = file.batches(source.start, source.stop, BATCH_ROWS)
        if rounded := sum(batch.rounded for batch in batches):
            yield f"{rounded} bars of {source.instrument} were off grid and rounded"
    dropping = config.run.off_session == "drop" and source.path
    if dropping and (dropped := file.off_session(source.start, source.stop)):
        yield f"{dropped} bars of {source.instrument} lay outside its sessions and were dropped"


def _usual_step(source: Source) -> int:
    """The median distance of the first openings, in whole intervals; 0 of a single bar."""
    stop = min(source.start + STEPS_READ, source.stop)
    [batch] = source.file.batches(source.start, stop, STEPS_READ)
    steps = np.diff(batch.ts_open)
    return int(np.median(steps)) // source.interval_ns if len(steps) else 0


def _row(source: Source, row: int) -> Any:  # noqa: ANN401 - the columns of any kind
    return next(source.file.batches(row, row + 1, 1))
