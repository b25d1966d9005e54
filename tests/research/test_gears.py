"""Which gear runs, and what is said about it."""

from pathlib import Path

import pytest

from tests.research.making import CROSS, FADE, configuration, project
from trader.config.loader import load
from trader.config.schema import Config
from trader.errors import UsageError
from trader.research.gears import Gear, choose

COVERED = ("venue.participation=null", "venue.taker_bps=0")


def config(folder: Path, *strategies: str, gear: str) -> Config:
    path = project(folder, configuration(strategies))
    return load(path, sets=[*COVERED, f"run.gear={gear}"]).config


def test_auto_takes_fused_where_it_can(tmp_path: Path) -> None:
    assert choose(config(tmp_path, CROSS, gear="auto")) == Gear("fused", "it covers this run")


def test_auto_takes_step_elsewhere_and_says_why(tmp_path: Path) -> None:
    gear = choose(config(tmp_path, FADE, gear="auto"))

    assert gear.name == "step"
    assert "fade" in gear.why


@pytest.mark.parametrize("gear", ["step", "fused"])
def test_what_is_asked_for_is_taken(tmp_path: Path, gear: str) -> None:
    assert choose(config(tmp_path, CROSS, gear=gear)) == Gear(gear, "asked for")


def test_fused_is_refused_by_name_where_it_cannot(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="fade"):
        choose(config(tmp_path, FADE, gear="fused"))


def test_a_paced_run_goes_by_step(tmp_path: Path) -> None:
    gear = choose(config(tmp_path, CROSS, gear="auto"), is_paced=True)

    assert gear == Gear("step", "a paced run goes bar by bar")
