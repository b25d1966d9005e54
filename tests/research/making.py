"""A small project to run: a wave of closes, and a configuration with two strategies on it."""

from collections.abc import Sequence
from math import sin
from pathlib import Path
from textwrap import indent
from time import perf_counter

import polars as pl

from trader.config.loader import load
from trader.research.folder import RunFolder, open_run
from trader.research.simulate import Report, Request, simulate
from trader.research.stepping import Moment

MINUTE_NS = 60_000_000_000
START_NS = 1_600_000_020_000_000_000
ROWS = 1_500

FALLING_OVER = """\
from msgspec import Struct
from trader.strategies.strategy import Strategy, Target

class Falls(Strategy):
    class Params(Struct):
        at: int = 700

    class State(Struct):
        count: int = 0

    def on_bar(self, bar):
        self.state.count += 1
        if self.state.count == self.params.at:
            raise ValueError("seven hundred is enough")
        return Target(5 if self.state.count % 50 < 25 else 0, "by count")
"""

CROSS = "{name: cross, type: ema_cross, params: {fast: 5, slow: 12, lots: 10, direction: both}}"
FADE = "{name: fade, type: bollinger_reversion, params: {n: 20, entry: 1.2, weight: 0.5}}"


def wave(rows: int = ROWS) -> list[float]:
    """Closes that swing, so that averages cross and bands are left."""
    return [round(100 + 10 * sin(i / 17) + 3 * sin(i / 5), 2) for i in range(rows)]


def write_bars(path: Path, closes: Sequence[float], volume: float = 1_000.0) -> None:
    """Writes bars of a minute, each opening at the close before it."""
    opens = [closes[0], *closes[:-1]]
    pairs = list(zip(opens, closes, strict=True))
    frame = pl.DataFrame(
        {
            "ts_open": [START_NS + i * MINUTE_NS for i in range(len(closes))],
            "open": opens,
            "high": [max(pair) + 0.05 for pair in pairs],
            "low": [min(pair) - 0.05 for pair in pairs],
            "close": list(closes),
            "volume": [volume] * len(closes),
        },
        schema_overrides={"ts_open": pl.Int64},
    )
    frame.write_parquet(path)


def configuration(
    strategies: Sequence[str] = (CROSS, FADE), *, more: str = "report: {baselines: false}"
) -> str:
    """A configuration over `bars.parquet`; every strategy trades its one instrument."""
    items = "\n".join("- " + text.replace("{", "{instrument: WAVE.x, ", 1) for text in strategies)
    return (
        "run: {name: trial, seed: 7}\n"
        'account: {currency: USD, cash: "10000"}\n'
        "instruments:\n"
        '  - {symbol: WAVE, venue: x, tick: "0.01", lot: "0.1", currency: USD}\n'
        "data:\n"
        "  - {kind: bars, instrument: WAVE.x, interval: 1m, path: bars.parquet}\n"
        f"strategies:\n{indent(items, '  ')}\n"
        "venue: {slippage_bps: 2, participation: 0.5, taker_bps: 1}\n"
        f"{more}\n"
    )


def project(folder: Path, text: str | None = None, closes: Sequence[float] = ()) -> Path:
    """Writes a project into the folder; the path of its configuration."""
    write_bars(folder / "bars.parquet", closes or wave())
    (folder / "falls.py").write_text(FALLING_OVER)
    path = folder / "traderd.yaml"
    path.write_text(text or configuration())
    return path


def quiet(moment: Moment) -> None:
    """Watches nothing."""


def run(path: Path, out: Path, sets: Sequence[str] = ()) -> Report:
    """Runs a configuration into the folder `out`."""
    request = Request(loaded=load(path, sets=sets), command="traderd --sim", out=out)
    return simulate(request, quiet, perf_counter)


def ran(folder: Path, text: str | None = None, sets: Sequence[str] = ()) -> RunFolder:
    """A run of the project, read back from its folder `folder/out`."""
    run(project(folder, text), folder / "out", sets)
    return open_run(folder / "out")
