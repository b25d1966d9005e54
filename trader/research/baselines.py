"""Two runs beside the run: what the same money would have made by hardly any rule at all.

Each baseline trades every instrument of the run with an equal weight, on an account of its own,
at the same venue, without limits. They stand in the metrics; digest and timings know nothing of
them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final, cast

from msgspec import Struct, structs

from actors.assembly import warmup_bars
from sims.build import build
from sims.simulation import Simulation
from sims.streams import BARS, Source
from trader.config.schema import Config, RiskConfig, StrategyConfig
from trader.data.bars import BarFile
from trader.research.interruption import Interruption
from trader.research.metrics import account_metrics
from trader.research.outcome import Outcome
from trader.research.pacing import Clock
from trader.research.stepping import Watch, moment_of, outcome_of
from trader.strategies.library import BASELINES

WEIGHT_STEP: Final = Decimal("1e-9")


class Baseline(Struct, frozen=True, kw_only=True):
    """A baseline's figures, and what it left behind."""

    metrics: dict[str, Any]
    outcome: Outcome


def run_baselines(
    config: Config,
    sources: Sequence[Source],
    watch: Watch,
    interruption: Interruption,
    clock: Clock,
) -> dict[str, Baseline | None]:
    """Runs each baseline; None for one that was interrupted.

    They decide on bars: where a run has none there is none of them.
    """
    found: dict[str, Baseline | None] = {}
    if not any(source.kind == BARS for source in sources):
        return found
    for kind in BASELINES:
        own = baseline(config, kind)
        simulation = build(own, _own_window(own, sources), clock)

        def look(simulation: Simulation, kind: str = kind) -> None:
            watch(moment_of(simulation, kind))
            simulation.stopped = interruption.wanted

        simulation.run(look)
        whole = simulation.rows == simulation.rows_total
        found[kind] = _measured(outcome_of(simulation), own) if whole else None
    return found


def figures(baselines: Mapping[str, Baseline | None] | None) -> dict[str, Any] | None:
    """The baselines' figures as they stand in the metrics."""
    if baselines is None:
        return None
    return {name: None if each is None else each.metrics for name, each in baselines.items()}


def _measured(outcome: Outcome, config: Config) -> Baseline:
    return Baseline(metrics=account_metrics(outcome, config), outcome=outcome)


def baseline(config: Config, kind: str) -> Config:
    """The run's configuration with nothing but this baseline in it."""
    names = list(dict.fromkeys(d.instrument for d in config.data if d.kind == BARS))
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
    warmups = {each.instrument: warmup_bars(each) for each in config.strategies}
    own = []
    for source in sources:
        if source.kind == BARS:
            warmup = warmups[source.instrument]
            file = cast("BarFile", source.file)
            start, stop = file.window(run.from_, run.to, warmup)
            own.append(replace(source, start=start, stop=stop))
        else:
            own.append(source)
    return own
