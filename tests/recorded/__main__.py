"""Plays recorded files as whole runs: `scripts/recorded FOLDER [--kind KIND] [--every N]`.

FOLDER holds files as kind/venue/symbol/interval/name.parquet. Each is played twice, timed and
audited. Exit 0 if all adds up, files that were refused left aside; 1 if something does not.
"""

import argparse
import gc
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from tests.recorded.auditing import audited
from tests.recorded.running import KINDS, config_of, playable, simulation
from trader.config.schema import Config
from trader.data.tables.roles import Kind
from trader.errors import DataError

HEAD = f"{'file':60}{'rows':>9}{'events/s':>10}{'fills':>7}{'dropped':>9}{'gaps':>6}\n"


def main(words: list[str]) -> int:
    """Parses the command line, plays, and prints a table."""
    parser = argparse.ArgumentParser(prog="scripts/recorded", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kind", choices=KINDS, help="only files of this kind")
    parser.add_argument("--every", type=int, default=23, metavar="N", help="rows to an order")
    asked = parser.parse_args(words)
    wrong = 0
    sys.stdout.write(HEAD)
    with tempfile.TemporaryDirectory(prefix="traderd-recorded-") as room:
        for kind in [asked.kind] if asked.kind else KINDS:
            for path in playable(asked.folder, kind, Path(room)):
                line, adds_up = _line(path, kind, asked.every)
                wrong += not adds_up
                name = "/".join(path.with_suffix("").parts[-5:])
                sys.stdout.write(f"{name:60}{line}\n")
                sys.stdout.flush()
    return wrong > 0


def _line(path: Path, kind: Kind, every: int) -> tuple[str, bool]:
    """What is said of a file, and whether its run added up."""
    try:
        config = config_of(path, kind, every=every)
        seconds, digest = _timed(config)
        run = audited(config, lambda: simulation(config))
    except DataError as error:
        return f"  refused: {error.message}", True
    except AssertionError as error:
        return f"  WRONG: {error!r}", False
    if run.digest != digest:
        return "  WRONG: it came to something else when somebody listened", False
    pace = round(run.rows / seconds)
    return f"{run.rows:9}{pace:10}{run.fills:7}{run.dropped:9}{run.gaps:6}", True


def _timed(config: Config) -> tuple[float, str]:
    """Seconds of the events alone, without reading them, and the run's digest."""
    whole = simulation(config)
    gc.collect()
    begun = perf_counter()
    whole.run()
    seconds = perf_counter() - begun - whole.load_seconds
    return seconds, whole.core.tables.digest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
