"""A venue with two accounts and a standing clock, and a desk at it that hears the first one."""

import pytest

from sims.servers.binance.engine import Engine
from tests.sims.servers.binance.desk import MAIN, OTHER, Clock, Desk


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(clock: Clock) -> Engine:
    return Engine(now=clock, accounts=(MAIN, OTHER))


@pytest.fixture
def desk(engine: Engine, clock: Clock) -> Desk:
    desk = Desk(engine, clock)
    desk.subscribe()
    return desk
