"""What a quarantined strategy said.

The run itself keeps only the names of those it quarantined. The same data through the same core
give the same faults, so the run is made again as far as needed, with somebody listening.
"""

from typing import Final

from sims.build import build
from sims.history import Source
from sims.simulation import Simulation
from trader.config.notation import instant_text
from trader.config.schema import Config
from trader.model.control import StrategyFaulted
from trader.model.envelope import Envelope
from trader.research.pacing import Clock

UNREPEATED: Final = "it raised, but not when run again: it depends on more than its bars"


def faults_of(
    config: Config, sources: list[Source], simulation: Simulation, clock: Clock
) -> dict[str, str]:
    """By quarantined strategy, its error and when it came."""
    names = [actor.partition(":")[2] for actor in simulation.core.reactor.state.quarantined]
    if not names:
        return {}
    heard: dict[str, str] = {}
    again = build(config, sources, clock)

    def listen(envelope: Envelope) -> None:
        if isinstance(envelope.body, StrategyFaulted):
            when = instant_text(envelope.ts)
            heard[envelope.body.strategy] = f"{envelope.body.error} (row {envelope.seq}, {when})"
            if len(heard) == len(names):
                again.until = again.rows + 1

    again.core.reactor.observer = listen
    again.until = simulation.rows
    again.run()
    return {name: heard.get(name, UNREPEATED) for name in names}
