"""The measurements: each gives its figure, what it is held against, and the bound.

A ratio takes both sides in turn in one process and compares the best of each, after a warm-up:
what disturbs a machine only ever makes a run slower.
"""

import gc
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import Final

import numpy as np

from bench import recovery
from bench.crowd import crowd
from bench.figure import Figure
from bench.live import live_p50, live_p99
from bench.pages import decade, million, write_seconds
from bench.workload import all_limits, config, crowded, quotes_config, write_bars, write_quotes
from bench.yardsticks import bars, numba_bars, python_bars, python_quotes, quotes
from sims.build import build, open_sources
from sims.fused.run import read_columns, run_fused
from trader.config.schema import Config, ExitConfig

ROOT: Final = Path(__file__).parent.parent
ROWS: Final = 1_000_000
QUOTES: Final = 2_000_000
BYSTANDERS: Final = 50
MIB: Final = 1_048_576


def step_seconds(whole: Config) -> tuple[float, int]:
    """Seconds of the events of a run in step, and its fills."""
    simulation = build(whole, open_sources(whole), perf_counter)
    gc.collect()
    gc.freeze()
    begun = perf_counter()
    simulation.run()
    seconds = perf_counter() - begun - simulation.load_seconds
    gc.unfreeze()
    return seconds, len(simulation.core.tables.tables["fills"])


def step(folder: Path) -> Figure:
    """W1 in step beside the plain Python loop."""
    return _beside_bars("step", config(write_bars(ROWS, folder)), bound=3)


def limits(folder: Path) -> Figure:
    """W1 in step with every limit set, beside the plain Python loop."""
    return _beside_bars("limits", config(write_bars(ROWS, folder), all_limits()), bound=3)


def stops(folder: Path) -> Figure:
    """W1 in step with a stop at each entry, beside the plain Python loop that has none."""
    whole = config(write_bars(ROWS, folder), exits=(ExitConfig(kind="atr_stop"),))
    return _beside_bars("stops", whole, bound=6)


def _beside_bars(name: str, whole: Config, bound: float) -> Figure:
    feed = bars(ROWS)
    ours, bare = [], []
    for _ in range(3):
        seconds, fills = step_seconds(whole)
        least, fills_bare, _ = python_bars([feed])
        assert fills >= fills_bare, (fills, fills_bare)
        ours.append(seconds)
        bare.append(least)
    note = f"{min(ours):.3f} s beside {min(bare):.3f} s, {fills} fills"
    ratio = min(ours) / min(bare)
    return Figure(name=name, value=ratio, unit="x bare Python", bound=bound, note=note)


def quotes_(folder: Path) -> Figure:
    """W3 in step beside the plain Python loop: an order each ten thousand quotes."""
    whole, feed = quotes_config(write_quotes(QUOTES, folder)), quotes(QUOTES)
    ours, bare = [], []
    for _ in range(3):
        seconds, fills = step_seconds(whole)
        least, fills_bare, _ = python_quotes(feed)
        assert fills >= fills_bare, (fills, fills_bare)
        ours.append(seconds)
        bare.append(least)
    note = f"{min(ours):.3f} s beside {min(bare):.3f} s, {fills} fills"
    ratio = min(ours) / min(bare)
    return Figure(name="quotes", value=ratio, unit="x bare Python", bound=3.5, note=note)


def fused(folder: Path) -> Figure:
    """W1 fused beside the compiled loop."""
    whole = config(write_bars(ROWS, folder))
    columns = read_columns(open_sources(whole)[0])
    feed, room = bars(ROWS), np.empty((3, ROWS), np.int64)
    ours, bare = [], []
    for _ in range(12):
        begun = perf_counter()
        run = run_fused(whole, columns)
        ours.append(perf_counter() - begun)
        seconds, fills_bare, _ = numba_bars(feed, room)
        bare.append(seconds)
    fills = len(run.tables().tables["fills"])
    assert fills == fills_bare, (fills, fills_bare)
    note = f"{1e3 * min(ours):.2f} ms beside {1e3 * min(bare):.2f} ms, {fills} fills"
    ratio = min(ours) / min(bare)
    return Figure(name="fused", value=ratio, unit="x bare numba", bound=3, note=note)


def growth(folder: Path) -> Figure:
    """Time per event in step when the run grows tenfold."""
    small = min(step_seconds(config(write_bars(ROWS // 10, folder)))[0] for _ in range(3))
    large = min(step_seconds(config(write_bars(ROWS, folder)))[0] for _ in range(2))
    note = f"{10 * small:.3f} s for ten times {ROWS // 10} bars, {large:.3f} s for {ROWS}"
    return Figure(name="growth", value=large / (10 * small), unit="x", bound=1.3, note=note)


def bystanders(folder: Path) -> Figure:
    """Time of W1 in step beside the same in an account with 50 strategies that hear nothing."""
    path, idle = write_bars(ROWS // 2, folder), write_bars(2, folder)
    few, many = [], []
    for _ in range(3):
        few.append(step_seconds(config(path))[0])
        many.append(step_seconds(crowded(path, idle, BYSTANDERS))[0])
    note = f"{min(many):.3f} s with {BYSTANDERS} others, {min(few):.3f} s alone"
    return Figure(name="bystanders", value=min(many) / min(few), unit="x", bound=1.1, note=note)


def memory(folder: Path) -> Figure:
    """Peak memory of a process that runs W1 in step, above that of a bare interpreter."""
    path = write_bars(ROWS, folder)
    ours = _peak(
        "from pathlib import Path; from bench.measures import config, step_seconds; "
        f"step_seconds(config(Path({str(path)!r})))"
    )
    bare = _peak("pass")
    note = f"{ours / MIB:.0f} MiB beside {bare / MIB:.0f} MiB"
    return Figure(name="memory", value=(ours - bare) / MIB, unit="MiB", bound=600, note=note)


def help_(folder: Path) -> Figure:
    """`traderd --help`, the whole process."""
    del folder
    seconds = min(_seconds("--help") for _ in range(7))
    return Figure(name="help", value=seconds, unit="s", bound=0.25, note="best of 7")


def demonstration(folder: Path) -> Figure:
    """`traderd --sim`, the whole process, warm."""
    count = iter(range(9))
    _seconds("--sim", "--out", str(folder / "demonstration-warm"))
    seconds = min(
        _seconds("--sim", "--out", str(folder / f"demonstration-{next(count)}")) for _ in range(3)
    )
    return Figure(name="demonstration", value=seconds, unit="s", bound=5, note="best of 3")


def report(folder: Path) -> Figure:
    """Writing a run down: the slower one of a long run by the day and one of a million bars."""
    runs = {"decade": decade(folder), "million": million(folder)}
    found = {}
    for name, configuration in runs.items():
        # The first page of a process reads the files that all pages hold.
        found[name] = min(write_seconds(configuration, folder / f"{name}-{k}") for k in range(2))
    note = " · ".join(
        f"{name} {seconds:.2f} s, {trades} trades, {size / 1_000:.0f} kB"
        for name, (seconds, trades, size) in found.items()
    )
    slowest = max(seconds for seconds, _, _ in found.values())
    return Figure(name="report", value=slowest, unit="s", bound=2, note=note)


MEASURES: Final[Mapping[str, Callable[[Path], Figure]]] = MappingProxyType(
    {
        "step": step,
        "limits": limits,
        "stops": stops,
        "quotes": quotes_,
        "fused": fused,
        "growth": growth,
        "bystanders": bystanders,
        "memory": memory,
        "help": help_,
        "demonstration": demonstration,
        "report": report,
        "live_p50": live_p50,
        "live_p99": live_p99,
        "crowd": crowd,
        "recovery": recovery.tail,
        "snapshot": recovery.snapshot,
    }
)


def _seconds(*arguments: str) -> float:
    begun = perf_counter()
    subprocess.run(
        [ROOT / "scripts" / "traderd", *arguments],
        check=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    return perf_counter() - begun


def _peak(statement: str) -> int:
    """Peak resident bytes of a fresh interpreter that executes the statement."""
    # The kernel's other count, ru_maxrss, is handed down by the parent that forked us.
    report = "; print(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])"
    done = subprocess.run(
        [sys.executable, "-c", statement + report],
        check=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    return int(done.stdout.split()[-1]) * 1024
