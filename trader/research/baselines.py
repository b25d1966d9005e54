"""Two runs beside the run: what the same money would have made by hardly any rule at all.

Each baseline trades every instrument of the run with an equal weight, on an account of its own,
at the same venue, without limits. They stand in the metrics; digest and timings know nothing of
them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from msgspec import structs

from actors.assembly import warmup_bars
from sims.build import build
from sims.history import Source
from sims.simulation import Simulation
from trader.config.schema import Config, RiskConfig, StrategyConfig
from trader.research.metrics import account_metrics
from trader.research.pacing import Clock
from trader.research.stepping import outcome_of
from trader.strategies.library import BASELINES

WEIGHT_PLACES: Final = Decimal("1e-9")


def baseline_metrics(
    config: Config, sources: Sequence[Source], clock: Clock, is_stopped: Callable[[], bool]
) -> dict[str, Any]:
    """By baseline its account's metrics; None for one that `is_stopped` cut short."""
    found: dict[str, Any] = {}
    for kind in BASELINES:
        found[kind] = _metrics(baseline(config, kind), sources, clock, is_stopped)
    return found


def baseline(config: Config, kind: str) -> Config:
    """The run's configuration with nothing but this baseline in it."""
    names = [data.instrument for data in config.data]
    weight = (Decimal(1) / len(names)).quantize(WEIGHT_PLACES, ROUND_DOWN)
    strategies = tuple(
        StrategyConfig(
            name=f"baseline-{number}", type=kind, instrument=name, params={"weight": weight}
        )
        for number, name in enumerate(names, 1)
    )
    return structs.replace(config, strategies=strategies, risk=RiskConfig())


def _metrics(
    config: Config, sources: Sequence[Source], clock: Clock, is_stopped: Callable[[], bool]
) -> dict[str, Any] | None:
    def heed(simulation: Simulation) -> None:
        simulation.stopped = is_stopped()

    simulation = build(config, _own_window(config, sources), clock)
    simulation.run(heed)
    if simulation.stopped:
        return None
    return account_metrics(outcome_of(simulation), simulation.core.scale.of(config.account.cash))


def _own_window(config: Config, sources: Sequence[Source]) -> list[Source]:
    """The same files from where the baseline's own warm-up begins."""
    run = config.run
    own = []
    for source, strategy in zip(sources, config.strategies, strict=True):
        start, stop = source.file.window(run.from_, run.to, warmup_bars(strategy))
        own.append(replace(source, start=start, stop=stop))
    return own
