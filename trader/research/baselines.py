"""Two runs beside the run: what the same money would have made by hardly any rule at all.

Each baseline trades every instrument of the run with an equal weight, on an account of its own,
at the same venue, without limits. They stand in the metrics; digest and timings know nothing of
them.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from msgspec import structs

from actors.assembly import warmup_bars
from sims.build import build
from sims.history import Source
from sims.simulation import Simulation
from trader.config.schema import Config, RiskConfig, StrategyConfig
from trader.research.interruption import Interruption
from trader.research.metrics import account_metrics
from trader.research.pacing import Clock
from trader.research.stepping import Watch, moment_of, outcome_of
from trader.strategies.library import BASELINES

WEIGHT_STEP: Final = Decimal("1e-9")


def baseline_metrics(
    config: Config,
    sources: Sequence[Source],
    watch: Watch,
    interruption: Interruption,
    clock: Clock,
) -> dict[str, Any]:
    """By baseline its account's metrics; None for one that was interrupted."""
    found: dict[str, Any] = {}
    for kind in BASELINES:
        own = baseline(config, kind)
        simulation = build(own, _own_window(own, sources), clock)

        def look(simulation: Simulation, kind: str = kind) -> None:
            watch(moment_of(simulation, kind))
            simulation.stopped = interruption.wanted

        simulation.run(look)
        cash = simulation.core.scale.of(config.account.cash)
        is_whole = simulation.rows == simulation.rows_total
        found[kind] = account_metrics(outcome_of(simulation), cash) if is_whole else None
    return found


def baseline(config: Config, kind: str) -> Config:
    """The run's configuration with nothing but this baseline in it."""
    names = [data.instrument for data in config.data]
    weight = (Decimal(1) / len(names)).quantize(WEIGHT_STEP, ROUND_DOWN)
    strategies = tuple(
        StrategyConfig(
            name=f"baseline-{number}", type=kind, instrument=name, params={"weight": weight}
        )
        for number, name in enumerate(names, 1)
    )
    return structs.replace(config, strategies=strategies, risk=RiskConfig())


def _own_window(config: Config, sources: Sequence[Source]) -> list[Source]:
    """The same files from where the baseline's own warm-up begins."""
    run = config.run
    own = []
    for source, strategy in zip(sources, config.strategies, strict=True):
        start, stop = source.file.window(run.from_, run.to, warmup_bars(strategy))
        own.append(replace(source, start=start, stop=stop))
    return own
