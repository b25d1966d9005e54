"""Every recorded file at hand is played as a whole run, and its books add up to the unit."""

from pathlib import Path

import pytest

from sims.simulation import Simulation
from tests.recorded.auditing import Audited, audited
from tests.recorded.running import config_of, playable, simulation
from tests.shared_data import shared
from trader.config.schema import Config
from trader.data.tables.roles import Kind
from trader.errors import DataError

COUNTS: dict[Kind, int] = {"bars": 100, "quotes": 20, "trades": 15, "depth": 4}
ROWS: dict[Kind, int] = {"bars": 200, "quotes": 1_000, "trades": 700, "depth": 20_000}
EVERY: dict[Kind, int] = {"bars": 3, "quotes": 5, "trades": 5, "depth": 1}
"""How many files there are at least, how many rows of each are played, and rows to an order."""

REFUSED = {"bars/eurex/FESX-202406/1m/20240603": "unsorted: row 1152 opens at 2024-06-03T00:15:00Z"}
# A row for each exchange and side: there never is a bid beside an ask, so nobody knows a price.
UNPRICED = "quotes/usa"


def play(config: Config, rows_max: int | None = None) -> Audited:
    """Plays a run with and without a listener."""

    def make() -> Simulation:
        return simulation(config, rows_max)

    run, whole = audited(config, make), make()
    whole.run()
    assert whole.core.tables.digest() == run.digest
    return run


@pytest.mark.parametrize("kind", COUNTS)
def test_recorded_file_adds_up(kind: Kind, tmp_path: Path) -> None:
    refused, idle, fills = {}, set(), 0
    paths = playable(shared("data"), kind, tmp_path)
    for path in paths:
        name = "/".join(path.with_suffix("").parts[-5:])
        try:
            run = play(config_of(path, kind, every=EVERY[kind]), ROWS[kind])
        except DataError as error:
            refused[name] = error.message
            continue
        fills += run.fills
        if run.rows > 100 and not run.fills:
            idle.add(name)

    assert len(paths) >= COUNTS[kind]
    assert refused.keys() == {name for name in REFUSED if name.startswith(f"{kind}/")}
    assert all(REFUSED[name] in message for name, message in refused.items())
    assert {name for name in idle if not name.startswith(UNPRICED)} == set()
    assert fills > 10 * len(paths)
