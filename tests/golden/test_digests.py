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
        "ca9aed169704b97c5c51d5aae9de4f642364b59aaac2d406e671ddda19fbabd2",
    ),
    "config/fx.yaml": (
        "3bffbca507dc095d351665863451139c1ad325478e49561b1150aecf30f53997",
        "c52ec12e379f2884af35c10e5cbfdee691f0db0fa0db76dc2b50055c5b086760",
    ),
    "config/ticks.yaml": (
        "138f2877d78056166b2038c7117e24e65ecf202cd9977b0c56eecca9a2877480",
        "ed4c082ef4654748b25e7c349b7af3fc31631b2b706c5630c191e6f28132fea9",
    ),
    "docs/examples/cross.yaml": (
        "a7ae0cad70f60488d833209154f8b841f43de2163438aedb4b7a3a9f34f86be2",
        "cef8d557aae25ae290e7116a76f469e0d76d0e4466c55f68cc896a8af7c2dc1d",
    ),
    "docs/examples/split.yaml": (
        "ba42d1c23fdadae7668bd02cd0a366ed2abed59e7a8cdca88da1f3d86aa51b14",
        "7f5069f2836ff2ded7da96afc99a5d0e7f41a3d0d30acf76e248f73e39995fff",
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_bundled_run_comes_to_what_it_came_to(name: str) -> None:
    config = load(ROOT / name).config
    simulation = build(config, open_sources(config), perf_counter)

    simulation.run()

    assert (simulation.core.tables.digest(), simulation.core.state_hash()) == GOLDEN[name]
