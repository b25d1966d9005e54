"""Between which ends a run lies whose bars could not tell what came first in them.

A bar that reaches both a stop and a target of one group has no order of events. The run takes the
stop; a second whole run takes the targets. What lies between is what the bars do not know.
"""

from typing import Any

from msgspec import structs

from sims.build import build
from sims.simulation import Simulation
from sims.streams import Source
from trader.config.schema import Config
from trader.research.interruption import Interruption
from trader.research.outcome import Outcome
from trader.research.pacing import Clock
from trader.research.stepping import Watch, moment_of

STAGE = "targets first"


def honest_band(
    config: Config,
    sources: list[Source],
    outcome: Outcome,
    watch: Watch,
    interruption: Interruption,
    clock: Clock,
) -> dict[str, Any] | None:
    """The account's end with stops first and with targets first, as text.

    None where no bar was ambiguous, where the run itself takes targets first, or was interrupted.
    """
    if not outcome.ambiguous_bars or config.venue.targets_first:
        return None
    venue = structs.replace(config.venue, targets_first=True)
    simulation = build(structs.replace(config, venue=venue), sources, clock)

    def look(simulation: Simulation) -> None:
        watch(moment_of(simulation, STAGE))
        simulation.stopped = interruption.wanted

    try:
        simulation.run(look)
    except KeyboardInterrupt:
        # The run itself is whole and worth more than its other end.
        interruption.wanted = True
    if simulation.rows != simulation.rows_total:
        return None
    equity = outcome.tables.tables["equity"]
    last = equity.row(len(equity) - 1)["equity"]
    return {
        "equity_final_stops_first": outcome.scale.text(last),
        "equity_final_targets_first": outcome.scale.text(simulation.core.portfolio.state.equity),
    }
