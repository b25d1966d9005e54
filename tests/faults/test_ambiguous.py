"""Five hundred submits of which few go smoothly; the venue's own memory is the judge."""

from pathlib import Path

import anyio
import pytest

from tests.faults.ambiguous import TROUBLES, met_all

pytestmark = pytest.mark.anyio


async def test_no_order_is_doubled_or_lost_and_every_fill_is_told_once(tmp_path: Path) -> None:
    with anyio.fail_after(90):
        faults, met = await met_all(tmp_path, seed=1)

    assert faults == []
    assert [each.name for each in TROUBLES if not met[each.name]] == []
    assert met["submitted"] >= 500
    assert met["doubts"] > 60
    assert met["fills"] > 200
