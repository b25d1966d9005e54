"""A daemon as a process in real time, at a venue that errs at random: two short lives of it."""

from pathlib import Path

import anyio
import pytest

from tests.faults.dooms import DOOMS
from tests.faults.storming import doomed, weathered

pytestmark = pytest.mark.anyio

SECONDS = 8.0
"""Of bad weather; `scripts/storm faults --seconds 600` goes on for longer."""


async def test_in_bad_weather_both_sides_agree_to_the_unit(tmp_path: Path) -> None:
    with anyio.fail_after(120):
        met = await weathered(tmp_path, 5, SECONDS)

    assert met["fills"] > 5
    assert met["connections"] > 1


async def test_what_no_daemon_can_mend_is_met_as_expected(tmp_path: Path) -> None:
    with anyio.fail_after(120):
        met = await doomed(tmp_path, 1)

    assert {doom.name for doom in DOOMS if not doom.halts} <= met.keys()
    assert sum(met[doom.name] for doom in DOOMS if doom.halts) == 1
    assert met["fills"] > 5
