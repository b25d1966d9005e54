"""`scripts/bench [NAME ...] [--json]`: measures, prints, and exits 1 if a bound is broken."""

import argparse
import json
import os
import platform
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from bench.figure import Figure
from bench.measures import MEASURES


def main() -> int:
    """Runs the measures that were named, or all of them."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASURES))
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    options = parser.parse_args()
    unknown = sorted({*options.names} - MEASURES.keys())
    if unknown:
        parser.error(f"no measure is called {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    figures = []
    with tempfile.TemporaryDirectory(prefix="traderd-bench-") as folder:
        for name in options.names or MEASURES:
            figure = MEASURES[name](Path(folder))
            figures.append(figure)
            if not options.json:
                sys.stdout.write(f"{_line(figure)}\n")
                sys.stdout.flush()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    if options.json:
        document = {"machine": machine, "figures": [asdict(figure) for figure in figures]}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        sys.stdout.write(f"{machine}; only ratios travel\n")
    return any(figure.value > figure.bound for figure in figures)


def _line(figure: Figure) -> str:
    verdict = "within" if figure.value <= figure.bound else "BEYOND"
    value = f"{figure.value:8.2f} {figure.unit}"
    return f"{figure.name:14} {value:24} {verdict} {figure.bound:g}   {figure.note}"


if __name__ == "__main__":
    sys.exit(main())
