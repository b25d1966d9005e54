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
        "1ea76e4caed7eb39bbd992578f66dee7552d07b815a345192cf24424ccb28c24",
    ),
    "config/fx.yaml": (
        "3bffbca507dc095d351665863451139c1ad325478e49561b1150aecf30f53997",
        "d93a7026fa14d305b6e2e8e10568a90a8c5525493b20dcf5c84387e87736edd3",
    ),
    "config/ticks.yaml": (
        "138f2877d78056166b2038c7117e24e65ecf202cd9977b0c56eecca9a2877480",
        "8edb75607ed2f78d186bddc43d3e74538d991ea6bf2e3981d86e499c41dbbb20",
    ),
    "docs/examples/cross.yaml": (
        "a7ae0cad70f60488d833209154f8b841f43de2163438aedb4b7a3a9f34f86be2",
        "439cafff1086983c6d5b0a6ef42672a00e2c44ab7c1885b8e01099835a8de5a3",
    ),
    "docs/examples/split.yaml": (
        "ba42d1c23fdadae7668bd02cd0a366ed2abed59e7a8cdca88da1f3d86aa51b14",
        "a69caa1f13c79b1176c31c9a3cb0b16b1cfcce0bca7e0f8bddb240cb1778e99a",
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_bundled_run_comes_to_what_it_came_to(name: str) -> None:
    config = load(ROOT / name).config
    simulation = build(config, open_sources(config), perf_counter)

    simulation.run()

    assert (simulation.core.tables.digest(), simulation.core.state_hash()) == GOLDEN[name]
