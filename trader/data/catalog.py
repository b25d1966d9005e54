"""The catalog: recorded files by what they are of, in a folder of its own.

`<state_dir>/catalog/<kind>/<venue>/<symbol>/<interval>/<first>-<last>.parquet`; rows without an
interval lie under `tick`. The files of a folder are one series: no two of them overlap, and a run
reads them as if they were one. They are never changed, so what a run has read can be read again.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from trader.config.notation import Unfit, instant, instant_text, interval_ns
from trader.config.schema import Config, DataSource
from trader.config.spelling import nearest
from trader.data.recording import Recording, join
from trader.data.tables.rhythm import interval_text
from trader.data.tables.roles import Kind
from trader.errors import DataError
from trader.model.units import Nanoseconds

FOLDER: Final = "catalog"
TICK: Final = "tick"
EXAMPLE: Final = "20200101T000000-20200102T000000.parquet"
KINDS: Final[tuple[Kind, ...]] = ("bars", "quotes", "trades", "depth")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Series:
    """What the files of one folder are of; `interval` as it is written in configurations."""

    kind: Kind
    venue: str
    symbol: str
    interval: str = TICK

    @property
    def name(self) -> str:
        """The instrument's name."""
        return f"{self.symbol}.{self.venue}"

    def folder(self, root: Path) -> Path:
        """Where its files lie in the catalog."""
        return root / self.kind / self.venue / self.symbol / self.interval

    def files(self, root: Path) -> list[Path]:
        """Its files in the order of time."""
        return sorted(self.folder(root).glob("*.parquet"))

    def __str__(self) -> str:
        interval = "" if self.interval == TICK else f" at {self.interval}"
        return f"{self.kind} of {self.name}{interval}"


def catalog_root(config: Config) -> Path:
    """The folder of the catalog: in `state_dir` if there is one, else where one stands."""
    return Path(config.state_dir or "") / FOLDER


def series_of(config: Config, source: DataSource) -> Series:
    """What a source without a path means."""
    [instrument] = [each for each in config.instruments if each.name == source.instrument]
    assert source.kind != "actions"
    return Series(
        kind=source.kind,
        venue=instrument.venue,
        symbol=instrument.symbol,
        interval=interval_text(source.interval_ns) if source.interval else TICK,
    )


def catalog_files(config: Config, source: DataSource) -> list[Path]:
    """The catalog's files of a source in the order of time; `DataError` if there are none."""
    root = catalog_root(config)
    series = series_of(config, source)
    files = series.files(root)
    if not files:
        known = [str(each) for each in all_series(root)]
        hint = nearest(str(series), known) if known else "fill it with `traderd data import FILE`"
        raise DataError(f"the catalog has no {series}", where=str(root), hint=hint)
    return files


def catalog_recording(config: Config, source: DataSource) -> Recording:
    """The catalog's files of a source as one recording; `DataError` if they are none."""
    series = series_of(config, source)
    files = catalog_files(config, source)
    check_apart(files)
    return join(series.folder(catalog_root(config)), files)


def check_apart(files: Sequence[Path]) -> None:
    """No two files of a series, in the order of their names, share a time by these.

    Raises `DataError` for a file that overlaps the one before it. What a name does not tell is
    seen when the rows are read.
    """
    named = [(path, *_stamps(path.name)) for path in files]
    told = [(path, first, last) for path, first, last in named if first <= last]
    for (before, _, ended), (path, begun, _) in pairwise(told):
        if begun < ended:
            raise DataError(
                f"it overlaps {before.name}, and a series has each time once",
                where=str(path),
                hint="move one of the two away; `data import` never writes such files",
            )


def all_series(root: Path) -> Iterator[Series]:
    """Every series that has a file, in alphabetical order."""
    for kind in KINDS:
        folders = {path.parent for path in (root / kind).glob("*/*/*/*.parquet")}
        for folder in sorted(folders):
            venue, symbol, interval = folder.relative_to(root / kind).parts
            yield Series(kind=kind, venue=venue, symbol=symbol, interval=interval)


def file_name(first: int, last: int) -> str:
    """The name of a file of rows from one instant to another; names sort as their instants do.

    >>> file_name(0, 1_500_000_000)
    '19700101T000000-19700101T000001.5.parquet'
    """
    stamps = (instant_text(ts).rstrip("Z").translate(_BARE) for ts in (first, last))
    return f"{'-'.join(stamps)}.parquet"


def range_of(path: Path) -> tuple[int, int]:
    """The first and the last instant that a file's name tells; `DataError` if it tells none.

    >>> range_of(Path("19700101T000000-19700101T000001.5.parquet"))
    (0, 1500000000)
    """
    first, last = _stamps(path.name)
    if first > last:
        raise DataError(
            "no file of the catalog is named so",
            where=str(path),
            hint=f"move it away and import it, or name it by its rows, like {EXAMPLE}",
        )
    return first, last


def length_of(root: Path, series: Series) -> Nanoseconds:
    """How long the bars of a series are, 0 of other rows; `DataError` if its folder tells none."""
    if series.kind != "bars":
        return 0
    try:
        return interval_ns(series.interval)
    except Unfit as unfit:
        raise DataError(
            f"no folder of bars is named so: {unfit.message}",
            where=str(series.folder(root)),
            hint="name it by the length of its bars, such as 1m or 1d",
        ) from None


def _stamps(name: str) -> tuple[int, int]:
    """The two instants in a name; the later first if they are none."""
    match = _NAME.fullmatch(name)
    try:
        first, last = map(_instant, match.groups()) if match else (1, 0)
    except Unfit:
        return 1, 0
    return first, last


def _instant(stamp: str) -> int:
    return instant(_STAMP.sub(r"\1-\2-\3T\4:\5:\6Z", stamp))


_BARE: Final = str.maketrans("", "", "-:")
_NAME: Final = re.compile(r"([0-9]{8}T[0-9.]+)-([0-9]{8}T[0-9.]+)\.parquet")
_STAMP: Final = re.compile(r"(....)(..)(..)T(..)(..)(..+)")
