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

ROOT: Final = Path(__file__).parent.parent.parent

GOLDEN: Final = {
    "config/demo.yaml": (
        "e7e1a0f7b505507ff7bda03d1dc8816f0bb6ffea1bc150bdee3840e746ef47d8",
        "e297847976e6a4c1301908c0ccd5a2c8e54e418700fec19a27e4a110eb7e020c",
    ),
    "config/fx.yaml": (
        "3bffbca507dc095d351665863451139c1ad325478e49561b1150aecf30f53997",
        "02a2dd5078a6486bd7e11816d08d3914935e5ede6215a5f23dcb682d142b4051",
    ),
    "config/ticks.yaml": (
        "138f2877d78056166b2038c7117e24e65ecf202cd9977b0c56eecca9a2877480",
        "ead88709d945e921679d7182cda92db2d5afed4df263eb68b3d456954b6dd93d",
    ),
    "docs/examples/cross.yaml": (
        "a7ae0cad70f60488d833209154f8b841f43de2163438aedb4b7a3a9f34f86be2",
        "012a1b21d08e2f2964092d3213f9bcbd6ecc78cc13beb370950258e2c8ae8a72",
    ),
    "docs/examples/split.yaml": (
        "ba42d1c23fdadae7668bd02cd0a366ed2abed59e7a8cdca88da1f3d86aa51b14",
        "093cd99157f0f2d0b414092049cb20eadebf849c9673106f30cc1721a9f0dec5",
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_bundled_run_comes_to_what_it_came_to(name: str) -> None:
    config = load(ROOT / name).config
    simulation = build(config, open_sources(config), perf_counter)

    simulation.run()

    assert (simulation.core.tables.digest(), simulation.core.state_hash()) == GOLDEN[name]
