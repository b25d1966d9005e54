"""A venue, a standing clock, and a dialogue that has subscribed."""

import pytest

from sims.servers.binance.engine import Engine
from tests.sims.servers.binance.desk import Clock
from tests.venues.binance.wire import Wire


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(clock: Clock) -> Engine:
    return Engine(now=clock)


@pytest.fixture
def wire(engine: Engine, clock: Clock) -> Wire:
    wire = Wire(engine, clock)
    wire.connect()
    assert wire.methods() == ["time", "userDataStream.subscribe.signature"]
    return wire
