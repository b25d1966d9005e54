"""How long it takes to write a run down: its tables, its trades, its page.

Two runs are written: ten years of four symbols by the day, and a million bars with all their
trades. What counts is the slower one.
"""

from pathlib import Path
from time import perf_counter
from typing import Final

import polars as pl

from bench.workload import TICK, write_bars
from bench.yardsticks import bars
from trader.config.loader import load
from trader.research.folder import REPORT
from trader.research.simulate import Request, simulate
from trader.research.stepping import Moment

SYMBOLS: Final = 4
DAYS: Final = 2_520
MILLION: Final = 1_000_000
DAY_NS: Final = 86_400_000_000_000

ACCOUNT: Final = """\
run: {{name: pages}}
account: {{currency: USD, cash: 100000}}
venue: {{participation: null}}
report: {{baselines: {baselines}}}
"""
INSTRUMENT: Final = "  - {{symbol: {name}, venue: x, tick: 0.01, lot: {lot}, currency: USD}}\n"
DATA: Final = "  - {{kind: bars, instrument: {name}.x, interval: {interval}, path: {path}}}\n"
CROSS: Final = (
    "  - {{name: {name}, type: ema_cross, instrument: {name}.x,"
    " params: {{fast: {fast}, slow: {slow}, lots: 1, direction: both}}}}\n"
)


def decade(folder: Path) -> Path:
    """The configuration of ten years of four symbols by the day, with a trade a week or so each."""
    feed = bars(SYMBOLS * DAYS)
    names = [f"S{number}" for number in range(SYMBOLS)]
    for number, name in enumerate(names):
        part = slice(number * DAYS, (number + 1) * DAYS)
        prices = {key: feed[key][part] * float(TICK) for key in ("open", "high", "low", "close")}
        opens = [day * DAY_NS for day in range(12_000, 12_000 + DAYS)]
        pl.DataFrame({"ts_open": opens, **prices}).write_parquet(folder / f"{name}.parquet")
    return _written(
        folder / "decade.yaml",
        ACCOUNT.format(baselines="true"),
        [INSTRUMENT.format(name=name, lot=1) for name in names],
        [DATA.format(name=name, interval="1d", path=f"{name}.parquet") for name in names],
        [CROSS.format(name=name, fast=3, slow=8) for name in names],
    )


def million(folder: Path) -> Path:
    """The configuration of a million bars of a minute."""
    path = write_bars(MILLION, folder)
    return _written(
        folder / "million.yaml",
        ACCOUNT.format(baselines="false"),
        [INSTRUMENT.format(name="W1", lot="0.00001")],
        [DATA.format(name="W1", interval="1m", path=path.name)],
        [CROSS.format(name="W1", fast=12, slow=26)],
    )


def write_seconds(config: Path, out: Path) -> tuple[float, int, int]:
    """Seconds of writing the run, its trades, and the bytes of its page."""
    request = Request(loaded=load(config), command="bench", out=out)
    report = simulate(request, _unwatched, perf_counter)
    size = (out / REPORT).stat().st_size
    return report.run["seconds"]["write"], report.metrics["trades"], size


def _unwatched(moment: Moment) -> None:
    del moment


def _written(
    path: Path, head: str, instruments: list[str], data: list[str], strategies: list[str]
) -> Path:
    sections = {"instruments": instruments, "data": data, "strategies": strategies}
    text = head + "".join(f"{key}:\n{''.join(lines)}" for key, lines in sections.items())
    path.write_text(text, encoding="utf-8")
    return path
