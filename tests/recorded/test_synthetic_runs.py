"""Markets that are made up are played like recorded files: whatever happens in them adds up.

Jumps, holes and rows of one instant come more often there than in any file.
"""

from pathlib import Path
from time import process_time
from typing import Final

import pytest

from sims.build import build, open_sources
from sims.simulation import Simulation
from tests.recorded import sundry
from tests.recorded.auditing import audited
from trader.config.loader import load

ROWS: Final = 3_000
TEXT: Final = f"""\
run: {{name: made-up}}
account: {{currency: USD, cash: 1000000}}
instruments:
  - {{symbol: A, venue: x, tick: 0.01, lot: 1, currency: USD}}
data:
  - kind: KIND
    instrument: A.x
    synthetic: {{start: 2024-01-01, rows: {ROWS}, price: 50, volatility: 2, RARE,
      spread_ticks: 3, rate: 0.5, bursts: 0.3, lots: 40}}
strategies:
  - {{name: sundry, file: {sundry.__file__}, instrument: A.x, params: {{lots: 30, every: 5}}}}
venue: {{taker_bps: 1, maker_bps: -0.5, slippage_bps: 2}}
risk: {{notional_max: 100000}}
"""
TICKS: Final = "jumps: 300, gaps: 200"
BARS: Final = "jumps: 30"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("kind", "rare"),
    [("quotes", TICKS), ("trades", TICKS), ("bars\n    interval: 1m", BARS)],
    ids=["quotes", "trades", "bars"],
)
def test_a_market_that_is_made_up_adds_up(tmp_path: Path, kind: str, rare: str, seed: int) -> None:
    path = tmp_path / "made-up.yaml"
    path.write_text(TEXT.replace("KIND", kind).replace("RARE", rare), encoding="utf-8")
    config = load(path, sets=[f"run.seed={seed}"]).config

    def make() -> Simulation:
        return build(config, open_sources(config), process_time)

    run, again = audited(config, make), make()
    again.run()

    assert again.core.tables.digest() == run.digest
    # Prints come with a part of the rows alone.
    assert ROWS // 4 < run.rows <= ROWS
    assert run.fills > 100
