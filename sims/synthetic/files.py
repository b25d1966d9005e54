"""Rows of a made-up market, read as if they lay in a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from msgspec import Struct

from sims.seeds import Int64s, Numbers
from sims.synthetic.path import STEPS_A_BAR, Path, make_path
from trader.config.parts import Synthetic
from trader.config.schema import Config, DataSource, InstrumentConfig
from trader.errors import DataError
from trader.model.control import InstrumentHalted, InstrumentResumed
from trader.model.envelope import Message

BARS: Final = "bars"


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns by name, all of one length."""

    columns: dict[str, Int64s]

    def __getattr__(self, name: str) -> Int64s:
        try:
            return self.columns[name]
        except KeyError:
            raise AttributeError(name) from None

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


class SyntheticFile(Struct, frozen=True, eq=False):
    """A made-up market's rows of one kind; `has_volume` and `has_received` as recorded ones say."""

    name: str
    columns: dict[str, Any]
    clock: str
    has_volume: bool = True
    has_received: bool = False

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.columns[self.clock])

    @property
    def digest(self) -> str:
        """BLAKE2b-256, in hex, of its columns."""
        whole = blake2b(digest_size=32)
        for name, column in self.columns.items():
            whole.update(name.encode())
            whole.update(column.tobytes())
        return whole.hexdigest()

    def window(
        self, ts_from: int | None, ts_to: int | None, warmup_rows: int = 0
    ) -> tuple[int, int]:
        """The rows from the first in [ts_from, ts_to), less some for warm-up, to the last."""
        clock = self.columns[self.clock]
        start = 0 if ts_from is None else int(np.searchsorted(clock, ts_from))
        stop = len(clock) if ts_to is None else int(np.searchsorted(clock, ts_to))
        if start >= stop:
            raise DataError(
                f"nothing of {self.name} lies in the run's time", hint="see run.from and run.to"
            )
        return max(0, start - warmup_rows), stop

    def batches(self, start: int, stop: int, rows: int) -> Iterator[Rows]:
        """Rows [start, stop) in pieces of at most `rows`."""
        for at in range(start, stop, rows):
            part = slice(at, min(at + rows, stop))
            yield Rows({name: column[part] for name, column in self.columns.items()})


class Actions(Struct, frozen=True):
    """Some of a market's suspensions: when, and what is said."""

    ts: Any
    messages: list[Message]


class ActionFile(Struct, frozen=True, eq=False):
    """The suspensions of a made-up market."""

    ts: list[int]
    messages: list[Message]
    digest: str

    def batches(self, start: int, stop: int, rows: int) -> Iterator[Actions]:
        """Rows [start, stop) in pieces of at most `rows`."""
        for at in range(start, stop, rows):
            part = slice(at, min(at + rows, stop))
            yield Actions(np.array(self.ts[part], np.int64), self.messages[part])


def make_file(config: Config, data: DataSource) -> SyntheticFile:
    """The rows that a source makes up."""
    instrument, market = _of(config, data)
    step = data.interval_ns // STEPS_A_BAR if data.kind == BARS else None
    if data.kind == BARS:
        steps = market.rows * STEPS_A_BAR
        path = make_path(instrument, _longer(market, steps), config.run.seed, step_ns=step)
        return SyntheticFile(data.instrument, _bars(path, data.interval_ns), "ts_open")
    path = make_path(instrument, market, config.run.seed, step_ns=None)
    columns = _quotes(path) if data.kind == "quotes" else _trades(path, instrument, config.run.seed)
    return SyntheticFile(data.instrument, columns, "ts")


def make_actions(config: Config, data: DataSource) -> ActionFile | None:
    """The suspensions of a source's market; None if it has none."""
    instrument, market = _of(config, data)
    if not market.halts or data.kind == BARS:
        return None
    path = make_path(instrument, market, config.run.seed, step_ns=None)
    if not len(path.begins):
        return None
    name = instrument.name
    told: list[tuple[int, Message]] = []
    for begin, end in zip(path.begins.tolist(), path.ends.tolist(), strict=True):
        told.append((begin, InstrumentHalted(instrument=name, reason="synthetic")))
        told.append((end, InstrumentResumed(instrument=name)))
    digest = blake2b(path.begins.tobytes() + path.ends.tobytes(), digest_size=32).hexdigest()
    return ActionFile([ts for ts, _ in told], [message for _, message in told], digest)


def _of(config: Config, data: DataSource) -> tuple[InstrumentConfig, Synthetic]:
    [instrument] = [each for each in config.instruments if each.name == data.instrument]
    assert data.synthetic is not None, data
    return instrument, data.synthetic


def _longer(market: Synthetic, rows: int) -> Synthetic:
    values = {name: getattr(market, name) for name in Synthetic.__struct_fields__}
    return Synthetic(**{**values, "rows": rows})


def _bars(path: Path, interval_ns: int) -> dict[str, Int64s]:
    ticks = path.ticks.reshape(-1, STEPS_A_BAR)
    opens = path.ts.reshape(-1, STEPS_A_BAR)[:, 0]
    return {
        "ts_open": opens,
        "ts_close": opens + interval_ns,
        "open": ticks[:, 0],
        "high": ticks.max(axis=1),
        "low": ticks.min(axis=1),
        "close": ticks[:, -1],
        "lots": path.bid_lots.reshape(-1, STEPS_A_BAR).sum(axis=1),
    }


def _quotes(path: Path) -> dict[str, Int64s]:
    return {
        "ts": path.ts,
        "ts_event": path.ts,
        "bid": path.ticks - path.half_spread,
        "ask": path.ticks + path.half_spread,
        "bid_lots": path.bid_lots,
        "ask_lots": path.ask_lots,
    }


def _trades(path: Path, instrument: InstrumentConfig, seed: int) -> dict[str, Int64s]:
    """At about each third row somebody takes a part of the bid or the ask."""
    chance = Numbers(seed, f"{instrument.name}/trades")
    count = len(path.ts)
    prints = chance.below(3, count) == 0
    side = 2 * chance.below(2, count) - 1
    size = np.where(side > 0, path.ask_lots, path.bid_lots)
    lots = 1 + size * chance.below(1_000, count) // 1_000
    columns = {
        "ts": path.ts,
        "ts_event": path.ts,
        "ticks": path.ticks + side * path.half_spread,
        "lots": lots,
        "side": side,
        "trade_id": np.arange(1, count + 1),
    }
    return {name: column[prints] for name, column in columns.items()}
