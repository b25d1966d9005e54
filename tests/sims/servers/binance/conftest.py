"""A venue with two accounts and a standing clock, and a desk at it that hears the first one."""

import pytest

from sims.servers.binance.engine import Engine
from tests.sims.servers.binance.desk import MAIN, OTHER, START_MS, Clock, Desk
from tests.sims.servers.binance.listening import World


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


@pytest.fixture
def world(engine: Engine, clock: Clock) -> World:
    clock.ms = (START_MS // 60_000 + 1) * 60_000
    world = World(engine, clock)
    world.quote({"100": "1", "99": "2"}, {"101": "1", "102": "2"})
    return world
