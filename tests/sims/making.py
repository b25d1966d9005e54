"""Small worlds for tests of the simulation: bars in memory, read like a file's, and who trades."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, TypeAlias, cast

import numpy as np

from sims.build import build
from sims.simulation import Simulation
from sims.streams import Source
from tests.semantics import scripted
from trader.config.schema import (
    Account,
    Config,
    DataSource,
    InstrumentConfig,
    ReportConfig,
    RiskConfig,
    Run,
    StrategyConfig,
    VenueConfig,
)
from trader.data.bars import BarColumns, BarFile
from trader.logic.tables import Table
from trader.model.units import MINUTE_NS, SECOND_NS

START: Final = 1_577_836_800_000_000_000
"""2020-01-01 00:00 UTC."""

Row: TypeAlias = tuple[int, int, int, int, int, int]
"""A bar: its opening instant, open, high, low, close, lots."""


@dataclass
class MemoryBars:
    """Bars in memory; `read` notes which rows have been asked for, in order."""

    rows: Sequence[Row]
    interval_ns: int
    read: list[tuple[int, int]] = field(default_factory=list)

    def batches(self, start: int, stop: int, rows: int = 65_536) -> Iterator[BarColumns]:
        """Rows [start, stop) in pieces of at most `rows`."""
        for at in range(start, stop, rows):
            end = min(at + rows, stop)
            self.read.append((at, end))
            yield self._columns(at, end)

    def _columns(self, at: int, end: int) -> BarColumns:
        names = ("ts_open", "open", "high", "low", "close", "lots")
        table = np.array(self.rows[at:end], np.int64)
        columns = {name: np.ascontiguousarray(table[:, k]) for k, name in enumerate(names)}
        return BarColumns(**columns, ts_close=columns["ts_open"] + self.interval_ns, rounded=0)


def source(
    rows: Sequence[Row],
    *,
    instrument: str = "X.sim",
    interval_ns: int = MINUTE_NS,
    start: int = 0,
    stop: int | None = None,
) -> Source:
    """The rows from `start` to `stop` as a run's source."""
    return Source(
        instrument=instrument,
        interval_ns=interval_ns,
        file=cast("BarFile", MemoryBars(rows, interval_ns)),
        start=start,
        stop=len(rows) if stop is None else stop,
    )


def memory(source: Source) -> MemoryBars:
    """What lies behind a source that `source` made."""
    return cast("MemoryBars", source.file)


def flat(prices: Sequence[int], *, start: int = START, interval_ns: int = MINUTE_NS) -> list[Row]:
    """Bars without holes that open where the last one closed, at these closes."""
    opens = [prices[0], *prices[:-1]]
    return [
        (start + k * interval_ns, open_, max(open_, close), min(open_, close), close, 100)
        for k, (open_, close) in enumerate(zip(opens, prices, strict=True))
    ]


def instrument(name: str = "X.sim", **fields: Any) -> InstrumentConfig:
    """An instrument of whole ticks and lots."""
    symbol, _, venue = name.partition(".")
    usual = {"tick": Decimal(1), "lot": Decimal(1), "currency": "USD"}
    return InstrumentConfig(symbol=symbol, venue=venue, **{**usual, **fields})


def cross(**params: Any) -> StrategyConfig:
    """An EMA cross of 1 and 2 bars for 3 lots."""
    given = {"fast": 1, "slow": 2, "lots": 3, **params}
    return StrategyConfig(name="cross", type="ema_cross", instrument="X.sim", params=given)


def config(*strategies: StrategyConfig, interval_ns: int = MINUTE_NS, **sections: Any) -> Config:
    """A run of one instrument with unlimited volume; sections replace or add to it."""
    instruments = sections.pop("instruments", (instrument(),))
    usual = {
        "run": Run(name="trial"),
        "account": Account(currency="USD", cash=Decimal(1_000)),
        "data": tuple(
            DataSource(
                kind="bars",
                instrument=each.name,
                interval=f"{interval_ns // SECOND_NS}s",
                path="memory",
            )
            for each in instruments
        ),
        "venue": VenueConfig(participation=None),
        "risk": RiskConfig(),
        "report": ReportConfig(),
    }
    return Config(
        strategies=strategies or (cross(),), instruments=instruments, **{**usual, **sections}
    )


def simulated(config: Config, sources: Sequence[Source]) -> Simulation:
    """The run, played to its end in the step gear."""
    whole = build(config, list(sources), no_clock)
    whole.run()
    return whole


Line: TypeAlias = dict[str, Any]


def buy(lots: int) -> list[Line]:
    """Be at so many lots."""
    return [{"does": "target", "lots": lots}]


def limit(lots: int, ticks: int) -> list[Line]:
    """Place an order of one's own."""
    return [{"does": "order", "key": "k", "lots": lots, "limit": ticks}]


def trader(name: str, script: dict[int, list[Line]], traded: str = "X.sim") -> StrategyConfig:
    """A strategy that does what is written, by the number of the bar."""
    return StrategyConfig(
        name=name, file=scripted.__file__, instrument=traded, params={"script": script}
    )


def two(**sections: Any) -> Config:
    """Two instruments, a buyer on each at its first bar."""
    return config(
        trader("a", {0: buy(1)}, "A.sim"),
        trader("b", {0: buy(1)}, "B.sim"),
        instruments=(instrument("A.sim"), instrument("B.sim")),
        **sections,
    )


def pair(prices: Sequence[int], **fields: Any) -> list[Source]:
    """Sources of the two instruments with the same bars."""
    return [source(flat(prices, **fields), instrument=name) for name in ("A.sim", "B.sim")]


def no_clock() -> float:
    """A clock for those who do not ask how long anything took."""
    return 0.0


def rows_of(table: Table) -> list[dict[str, int]]:
    """All rows of a table."""
    return [table.row(index) for index in range(len(table))]
