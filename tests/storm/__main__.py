"""Runs a storm: `scripts/storm KIND [--seeds N] [--seed S] [--jobs J] [--on] [--seconds T]`.

With `--seconds` the faults of one seed go on for so long, and one seed is all, unless told.

Exit 0 if all seeds are well and every expected cell was met; 1 with the first failing seed and
how to repeat it, or with the cells that were missed; 2 if it was asked for in a wrong way.
"""

import argparse
import os
import sys
from time import perf_counter

from tests.storm.kinds import KINDS
from tests.storm.running import Asked, run

SEEDS = 2_000


def main(words: list[str]) -> int:
    """Parses the command line, and storms."""
    about = "; ".join(f"{name}: {storm.about}" for name, storm in KINDS.items())
    parser = argparse.ArgumentParser(prog="scripts/storm", description=about)
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("--seeds", type=int, metavar="N", help="how many seeds: 2000 unless told")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="the first of them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="J")
    parser.add_argument("--on", action="store_true", help="go on after a seed that fails")
    parser.add_argument("--seconds", type=float, metavar="T", help="how long each seed goes on")
    words_read = parser.parse_args(words)
    storm, seconds = KINDS[words_read.kind], words_read.seconds
    if seconds is not None:
        try:
            storm = storm.lasting(seconds)
        except ValueError as error:
            parser.error(f"argument --seconds: {words_read.kind}: {error}")
    asked = Asked(
        name=words_read.kind,
        storm=storm,
        first=words_read.seed,
        count=words_read.seeds or (SEEDS if seconds is None else 1),
        jobs=words_read.jobs,
        on=words_read.on,
        more="" if seconds is None else f" --seconds {seconds:g}",
    )
    return run(asked, say=sys.stdout.write, progress=sys.stderr.write, clock=perf_counter)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
