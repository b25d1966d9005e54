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
        "8436bfb4e7eddf9a43dfbcb4330469acbb8930e4c2750d583ddb909e2b336f58",
    ),
    "config/fx.yaml": (
        "3bffbca507dc095d351665863451139c1ad325478e49561b1150aecf30f53997",
        "79ce7ae7cc069a7cb38ec03c6e07ca8016ac0ba776f4137267f96b3df61c53ab",
    ),
    "config/ticks.yaml": (
        "138f2877d78056166b2038c7117e24e65ecf202cd9977b0c56eecca9a2877480",
        "63642a7180a08c062cb918ae90db866ad6c4664f9bfbbbfbac43fcb12d48f4bf",
    ),
    "docs/examples/cross.yaml": (
        "a7ae0cad70f60488d833209154f8b841f43de2163438aedb4b7a3a9f34f86be2",
        "a706b14a0685b621433a30aac87a7b0844e73eb2cacce6609b397f7834c79f40",
    ),
    "docs/examples/split.yaml": (
        "ba42d1c23fdadae7668bd02cd0a366ed2abed59e7a8cdca88da1f3d86aa51b14",
        "f0ac52d0277be6278180d4e2b9776b47d73b840a0b00c11c9fa16106e0f7c7f2",
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_bundled_run_comes_to_what_it_came_to(name: str) -> None:
    config = load(ROOT / name).config
    simulation = build(config, open_sources(config), perf_counter)

    simulation.run()

    assert (simulation.core.tables.digest(), simulation.core.state_hash()) == GOLDEN[name]
