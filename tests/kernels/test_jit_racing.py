"""Processes that compile the same kernels at once, and what a later one finds."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent

RUN = """
from trader.kernels.accounting import booked
from trader.kernels.jit import compiled
module = compiled([booked])
assert module.booked(5, 500, -2, 130) == booked(5, 500, -2, 130)
stats = module.booked.stats
print(module.__name__, sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))
"""


def started(cache: Path, project: Path, cwd: Path) -> subprocess.Popen[str]:
    """A process that finds the project there and compiles."""
    return subprocess.Popen(
        [sys.executable, "-c", RUN],
        env={**os.environ, "TRADERD_CACHE": str(cache.parent), "PYTHONPATH": str(project)},
        cwd=cwd,
        stdout=subprocess.PIPE,
        text=True,
    )


def told(process: subprocess.Popen[str]) -> tuple[str, int, int]:
    """The name of its module, how often the cache was hit, how often missed."""
    name, hits, misses = process.communicate(timeout=60)[0].split()
    assert process.returncode == 0
    return name, int(hits), int(misses)


def test_processes_that_race_lose_nothing_and_a_later_one_compiles_nothing(tmp_path: Path) -> None:
    """The later one finds the project under another path and stands in another folder."""
    cache = tmp_path / "cache" / "traderd"
    racers = [started(cache, ROOT, ROOT) for _ in range(2)]
    names = {told(racer)[0] for racer in racers}
    assert len(names) == 1
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(ROOT / "trader" / "kernels", elsewhere / "trader" / "kernels")
    (elsewhere / "trader" / "__init__.py").touch()
    # Written again it is the same file, and what was compiled for it is good.
    next(cache.glob("*.py")).unlink()

    later = told(started(cache, elsewhere, tmp_path))

    assert later == (*names, 1, 0)
    assert [path.name for path in cache.iterdir() if path.is_file()] == [f"{later[0]}.py"]
