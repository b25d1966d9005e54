"""The way out of quarantine: a person lets a strategy that raised start anew."""

import msgspec
import pytest

from actors.assembly import Core, Snapshot
from actors.runtime.reactor import Reactor
from tests.core.making import A, awake, bar, config, strategy
from tests.runtime.fakes import Way, both_ways
from trader.config.schema import Config
from trader.model.control import RearmStrategy, StrategyFaulted, StrategyRearmed
from trader.model.units import MINUTE_NS

BOOM = [{"does": "raise", "key": "two"}]
BUY = [{"does": "target", "lots": 10}]
BROKEN, ONE = "strategy:broken", 0


def described() -> Config:
    return config([strategy("broken", script={1: BOOM, 2: BUY}), strategy("other")])


def play(core: Core, way: Way, start: int, rows: int = 1) -> None:
    for row in range(start, start + rows):
        made = bar(100, row=row, instrument=A, high=105, low=95)
        way(core.reactor, made, made.ts_close)


def rearm(core: Core, name: str = "broken") -> None:
    now = 10 * MINUTE_NS
    core.reactor.row(RearmStrategy(strategy=name, by="me", reason="mended"), now)


def faulted(core: Core) -> Core:
    play(core, Reactor.row, 1, 2)
    assert core.reactor.state.quarantined.keys() == {BROKEN}
    return core


@both_ways
def test_it_hears_again_and_has_a_new_state(way: Way) -> None:
    core, _ = awake(described())
    core.reactor.observer = None
    play(core, way, 1, 5)
    assert core.strategies[ONE].strategy.state.bars == 2

    rearm(core)
    assert core.reactor.state.quarantined == {}
    play(core, way, 20)

    assert [each.strategy.state.bars for each in core.strategies] == [1, 6]


def test_that_it_was_rearmed_is_told_once_and_by_whom() -> None:
    core, said = awake(described())
    faulted(core)

    rearm(core)

    assert [e.body for e in said if isinstance(e.body, StrategyRearmed)] == [
        StrategyRearmed(strategy="broken", by="me", reason="mended")
    ]


def test_guilty_again_it_is_quarantined_again() -> None:
    core, said = awake(described())
    faulted(core)
    rearm(core)

    play(core, Reactor.row, 20, 5)

    assert core.reactor.state.quarantined.keys() == {BROKEN}
    assert sum(isinstance(each.body, StrategyFaulted) for each in said) == 2
    assert core.strategies[ONE].strategy.state.bars == 2


@pytest.mark.parametrize("name", ["other", "nobody"])
def test_nobody_else_is_released(name: str) -> None:
    core, _ = awake(described())
    faulted(core)

    rearm(core, name)

    assert core.reactor.state.quarantined.keys() == {BROKEN}


@pytest.mark.parametrize("is_released", [True, False])
def test_a_core_from_a_snapshot_goes_on_alike(is_released: bool) -> None:
    """Whoever is quarantined stays so over a restart; whoever was released hears."""
    core, _ = awake(described())
    faulted(core)
    if is_released:
        rearm(core)
    written = msgspec.msgpack.encode(core.snapshot())

    again = Core(described(), patient=False)
    again.restore(msgspec.msgpack.decode(written, type=Snapshot))
    play(again, Reactor.row, 20)
    play(core, Reactor.row, 20)

    assert again.state_hash() == core.state_hash()
    assert again.reactor.state == core.reactor.state
    assert (BROKEN in again.reactor.state.quarantined) is not is_released
