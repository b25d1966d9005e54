"""Plays recorded files as whole runs: `scripts/recorded FOLDER [--kind KIND] [--every N]`.

FOLDER holds files as kind/venue/symbol/interval/name.parquet. Each is played twice: once timed, by
the processor's time, and once audited. Exit 0 if all adds up, files that were refused left aside; 1
if something does not.
"""

import argparse
import gc
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Final

from tests.recorded.auditing import audited
from tests.recorded.running import KINDS, config_of, playable, simulation
from trader.config.schema import Config
from trader.data.tables.roles import Kind
from trader.errors import DataError

HEAD: Final = f"{'file':60}{'rows':>9}{'events/s':>10}{'fills':>8}{'dropped':>9}{'gaps':>7}"


@dataclass(slots=True)
class Line:
    """What a file came to, or several together; `wrong` are those that did not add up."""

    rows: int = 0
    seconds: float = 0.0
    fills: int = 0
    dropped: int = 0
    gaps: int = 0
    wrong: int = 0
    said: str = ""

    def add(self, other: "Line") -> None:
        """Takes the numbers of another one in."""
        for name in ("rows", "seconds", "fills", "dropped", "gaps", "wrong"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def text(self, name: str) -> str:
        """The line in the table."""
        if self.said:
            return f"{name:60}  {self.said}"
        pace = round(self.rows / self.seconds) if self.seconds else 0
        return f"{name:60}{self.rows:9}{pace:10}{self.fills:8}{self.dropped:9}{self.gaps:7}"


def main(words: list[str]) -> int:
    """Parses the command line, plays, and prints a table."""
    parser = argparse.ArgumentParser(prog="scripts/recorded", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kind", choices=KINDS, help="only files of this kind")
    parser.add_argument("--every", type=int, default=23, metavar="N", help="rows to an order")
    asked = parser.parse_args(words)
    sums = {kind: Line() for kind in ([asked.kind] if asked.kind else KINDS)}
    _say(HEAD)
    with tempfile.TemporaryDirectory(prefix="traderd-recorded-") as room:
        for kind, total in sums.items():
            for path in playable(asked.folder, kind, Path(room)):
                line = _played(path, kind, asked.every)
                total.add(line)
                _say(line.text("/".join(path.with_suffix("").parts[-5:])))
    for kind, total in sums.items():
        _say(total.text(f"all {kind}"))
    return any(total.wrong for total in sums.values())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _played(path: Path, kind: Kind, every: int) -> Line:
    try:
        config = config_of(path, kind, every=every)
        seconds, digest = _timed(config)
        run = audited(config, lambda: simulation(config))
    except DataError as error:
        return Line(said=f"refused: {error.message}")
    except AssertionError as error:
        return Line(wrong=1, said=f"WRONG: {error!r}")
    if run.digest != digest:
        return Line(wrong=1, said="WRONG: it came to something else when somebody listened")
    return Line(run.rows, seconds, run.fills, run.dropped, run.gaps)


def _timed(config: Config) -> tuple[float, str]:
    """The processor's seconds for the events alone, without reading them, and the digest."""
    whole = simulation(config)
    gc.collect()
    begun = process_time()
    whole.run()
    seconds = process_time() - begun - whole.load_seconds
    return seconds, whole.core.tables.digest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
