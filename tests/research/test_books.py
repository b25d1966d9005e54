"""Why there was no market in a book is told."""

from pathlib import Path

import polars as pl
import pytest

from tests.research.making import configuration, project, run

HEARS = """\
from msgspec import Struct
from trader.strategies.strategy import Strategy

class Hears(Strategy):
    class Params(Struct):
        pass

    class State(Struct):
        pass

    def on_quote(self, quote):
        return None
"""


@pytest.mark.parametrize(
    ("ids", "snapshots", "says"),
    [
        ([1, 2, 3, 4], [0], None),
        ([1, 2, 3, 4], [], "the depth of WAVE.x has no snapshot: there was no market"),
        ([1, 2, 9, 9], [0, 3], "lost updates once: there was no market from there to the next"),
        (
            [1, 2, 9, 10],
            [0],
            "lost updates once: there was no market from there to a snapshot, and",
        ),
        ([1, 5, 5, 9, 9], [0, 2, 4], "lost updates 2 times"),
    ],
)
def test_a_book_that_is_not_known_is_told(
    tmp_path: Path, ids: list[int], snapshots: list[int], says: str | None
) -> None:
    project(tmp_path, configuration(["{name: hears, file: hears.py}"]))
    (tmp_path / "hears.py").write_text(HEARS)
    count = len(ids)
    frame = pl.DataFrame(
        {
            "ts": [1_600_000_000_000_000_000 + at for at in range(count)],
            "side": [1] * count,
            "price": [99.0] * count,
            "size": [5.0] * count,
            "is_snapshot": [at in snapshots for at in range(count)],
            "first_id": ids,
            "last_id": ids,
        }
    )
    frame.write_parquet(tmp_path / "depth.parquet")
    sets = ["data.0.kind=depth", "data.0.interval=null", "data.0.path=depth.parquet"]

    told = run(tmp_path / "traderd.yaml", tmp_path / "out", sets).run["warnings"]

    found = [each for each in told if "there was no market" in each]
    assert len(found) == (says is not None)
    assert says is None or says in found[0]
