"""Hooks that come with the gate."""

import pytest

from sims.servers.binance.gate import Verdict, once, proceed

pytestmark = pytest.mark.anyio


async def test_once_strikes_the_first_request_of_its_method_alone() -> None:
    hook = once("order.place", Verdict.LOSE)

    verdicts = [await hook(method, {}) for method in ("time", "order.place", "order.place")]

    assert verdicts == [Verdict.PROCEED, Verdict.LOSE, Verdict.PROCEED]


async def test_usually_everything_proceeds() -> None:
    assert await proceed("order.place", {}) is Verdict.PROCEED
