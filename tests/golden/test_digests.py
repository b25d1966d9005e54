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
        "fbc33259b9fa6ab0af1be99df8a389603b79d1549c64a5ed274737685019dfe9",
    ),
    "config/fx.yaml": (
        "3bffbca507dc095d351665863451139c1ad325478e49561b1150aecf30f53997",
        "88bcd52dea429b68fae0efd3f28fa136fb8847e07929d0af46c728ddfccbb4be",
    ),
    "config/ticks.yaml": (
        "138f2877d78056166b2038c7117e24e65ecf202cd9977b0c56eecca9a2877480",
        "e941411177e360831ee652201fad4f8c23f35e80d020fb77a30a0159a3f452ed",
    ),
    "docs/examples/cross.yaml": (
        "a7ae0cad70f60488d833209154f8b841f43de2163438aedb4b7a3a9f34f86be2",
        "d55881234d6010e43ae152a2716c32535cc3517e296cba7213c8bad7c8aec097",
    ),
    "docs/examples/split.yaml": (
        "ba42d1c23fdadae7668bd02cd0a366ed2abed59e7a8cdca88da1f3d86aa51b14",
        "1aee2e2c8f6b3ca79a2726eb0d8be1d740d923e798036fcd6f349abd879866bb",
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_bundled_run_comes_to_what_it_came_to(name: str) -> None:
    config = load(ROOT / name).config
    simulation = build(config, open_sources(config), perf_counter)

    simulation.run()

    assert (simulation.core.tables.digest(), simulation.core.state_hash()) == GOLDEN[name]
