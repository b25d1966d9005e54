"""What the bundled configurations have come to, to the bit.

A digest moves only when what is traded moves; then the changelog says why, under Trading, in the
same commit. A state hash moves as well when an actor remembers something else.
"""

from pathlib import Path
from time import perf_counter
from typing import Final

import pytest

from sims.build import build, open_sources
from trader.config.loader import load

CONFIG: Final = Path(__file__).parent.parent.parent / "config"

GOLDEN: Final = {
    "demo.yaml": (
        "1e8c2b3cc1f08254c44cda29d2394b1af83d40a7448338ffc4749d60ad60c275",
        "97957215ea71be01162a8d173ab24ebd78872472ec90d82cb5c25d589cf6e4bd",
    ),
    "fx.yaml": (
        "6defcb19dc24488c693d1776878a84428e9d0b1a3a668fc3de0876802cca731d",
        "efe0f26c1130e3ff75380a1cf96a333d336f17621f2f376e8ac9c1eb3b7bc54e",
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_bundled_run_comes_to_what_it_came_to(name: str) -> None:
    config = load(CONFIG / name).config
    simulation = build(config, open_sources(config), perf_counter)

    simulation.run()

    assert (simulation.core.tables.digest(), simulation.core.state_hash()) == GOLDEN[name]
