"""The venue's clock and ours: when they part, and when they meet again."""

from sims.servers.binance.engine import Engine
from sims.servers.binance.scenarios.clock import SkewedClock
from sims.servers.binance.scenarios.deeds import Skew
from sims.servers.binance.scenarios.director import Director
from sims.servers.binance.scenarios.wires import Wires
from tests.sims.servers.binance.desk import Clock
from tests.venues.binance.wire import MS, Wire
from trader.model.control import ClockCompared
from trader.model.envelope import Message

MINUTE_MS = 60_000


def compared(told: list[Message]) -> list[tuple[int, bool]]:
    found = [each for each in told if isinstance(each, ClockCompared)]
    return [(round(each.skew / MS), each.is_trusted) for each in found]


def never(*_: object) -> None:
    """No connection is touched here."""


def test_a_clock_that_goes_wrong_is_told_of_and_one_that_is_right_again() -> None:
    clock = Clock()
    skewed = SkewedClock(clock)
    engine = Engine(now=skewed)
    wire = Wire(engine, clock)
    director = Director(engine, Wires({}, clock, never), clock)
    wire.connect()
    assert compared(wire.news()) == []

    told = []
    for ms in (400, -600, -600, 0):
        director.do(Skew(ms=ms))
        told.append(compared(wire.wait(MINUTE_MS)))

    assert told == [[], [(600, False)], [], [(0, True)]]
    assert abs(wire.dialogue.clock_skew_ns) <= MS


def test_a_core_that_distrusts_the_clock_is_told_when_it_is_right() -> None:
    clock = Clock()
    wire = Wire(Engine(now=clock), clock)
    wire.dialogue.know_clock_off()

    wire.connect()

    assert compared(wire.news()) == [(0, True)]
