"""From a configuration to a run folder: load, run, measure, write.

The seconds are counted apart: `load` is opening and reading the data, `run` the events alone,
`write` what comes after them; `baselines` is what runs beside, and is in none of the others. A
signal while it runs does not lose what was done: the run stops at a row and is written as far as it
came.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

from msgspec import Struct

from sims.build import open_sources
from sims.streams import Source
from trader.config.describe import resolved_yaml
from trader.config.loaded import Loaded
from trader.config.schema import Config
from trader.errors import ENDED_HALTED, INTERRUPTED, RangeError
from trader.model.control import TradingState
from trader.research.band import honest_band
from trader.research.baselines import figures, run_baselines
from trader.research.documents import metrics_document, rss_mib, run_document
from trader.research.drawing import Traded, write_trades
from trader.research.folder import JOURNAL, RUN, write_document, write_folder
from trader.research.frames import Frames
from trader.research.fusing import run_compiled
from trader.research.gears import FUSED, STEP, Gear, choose
from trader.research.ids import claim, claim_given, release, runs_root
from trader.research.inputs import (
    InputReference,
    data_notes,
    data_warnings,
    order_of_inputs,
    references,
    strategy_files,
)
from trader.research.interruption import Interruption
from trader.research.outcome import Outcome
from trader.research.pacing import Clock, Pacer
from trader.research.records import End, Header, write_journal
from trader.research.stepping import Follower, Watch, declared_inputs, run_step
from trader.research.trades import round_trips
from trader.research.writing import written_whole

Tell: TypeAlias = Callable[[str], None]


class Request(Struct, frozen=True, kw_only=True):
    """What to run, by which command line; `pace` is simulated seconds a real one, None for max."""

    loaded: Loaded
    command: str
    out: Path | None = None
    pace: Fraction | None = None


class Report(Struct, frozen=True, kw_only=True):
    """A finished run: its folder and the two documents in it."""

    folder: Path
    run: dict[str, Any]
    metrics: dict[str, Any]
    interrupted: bool = False

    @property
    def exit_code(self) -> int:
        """130 if interrupted, 5 if it ended halted or with a strategy quarantined, else 0."""
        if self.interrupted:
            return INTERRUPTED
        sound = (
            self.run["trading_state"] == TradingState.ACTIVE.name and not self.run["quarantined"]
        )
        return 0 if sound else ENDED_HALTED


def silence(note: str) -> None:
    """Tells nobody."""
    del note


def simulate(request: Request, watch: Watch, clock: Clock, tell: Tell = silence) -> Report:
    """Runs it and returns the report; `watch` hears how far it has come, `clock` counts seconds.

    `tell` hears, before anything runs, what was inferred about the data.
    """
    config = request.loaded.config
    gear = choose(config, is_paced=request.pace is not None)
    with Interruption() as interruption:
        begun = clock()
        sources = open_sources(config)
        for note in data_notes(sources):
            tell(note)
        inputs = references(sources)
        opening = clock() - begun
        folder = _claimed(request)
        try:
            interruption.be_patient()
            pacer = Pacer(request.pace, clock, interruption.wait) if request.pace else None
            follower = Follower(watch, interruption, pacer)
            gear, outcome = _driven(config, sources, gear, follower, clock)
            baselines, measuring = None, clock()
            if config.report.baselines and outcome.complete:
                baselines = run_baselines(config, sources, watch, interruption, clock)
            band = honest_band(config, sources, outcome, watch, interruption, clock)
            writing = clock()
            run = run_document(
                request.loaded, outcome, gear, inputs, folder=folder, command=request.command
            )
            run["order_of_inputs"] = order_of_inputs(sources)
            run["warnings"] += data_warnings(config, sources)
            trips = round_trips(outcome)
            metrics = metrics_document(outcome, config, trips, figures(baselines))
            metrics["band"] = band
            with written_whole(folder):
                _write(folder, request.loaded, outcome, inputs, run, metrics)
                traded = Traded(config, outcome, sources, trips, run, metrics, baselines)
                write_trades(folder, traded)
                run["seconds"] = {
                    "load": round(opening + outcome.load_seconds, 6),
                    "run": round(outcome.run_seconds, 6),
                    "baselines": round(writing - measuring, 6),
                    "write": round(clock() - writing, 6),
                }
                run["rss_mib"] = rss_mib()
                write_document(folder / RUN, run)
        finally:
            release(folder)
        return Report(folder=folder, run=run, metrics=metrics, interrupted=interruption.wanted)


def _driven(
    config: Config, sources: list[Source], gear: Gear, follower: Follower, clock: Clock
) -> tuple[Gear, Outcome]:
    """The run in its gear; where the choice was ours, step takes what fused cannot hold."""
    if gear.name == FUSED:
        try:
            return gear, run_compiled(config, sources[0], follower.watch, clock)
        except RangeError as error:
            if config.run.gear == FUSED:
                raise
            gear = Gear(STEP, f"fused cannot hold it: {error.message}")
    return gear, run_step(config, sources, follower, clock)


def _claimed(request: Request) -> Path:
    if request.out is not None:
        return claim_given(request.out)
    config = request.loaded.config
    return claim(runs_root(config), config.run.name)


def _write(
    folder: Path,
    loaded: Loaded,
    outcome: Outcome,
    inputs: Sequence[InputReference],
    run: Mapping[str, Any],
    metrics: Mapping[str, Any],
) -> None:
    """Everything but `run.json`."""
    config = loaded.config
    cash = outcome.scale.of(config.account.cash)
    text = resolved_yaml(loaded)
    frames = Frames(outcome.tables, outcome.scale, cash, declared_inputs(config)).all()
    write_folder(folder, frames=frames, config=text, metrics=metrics)
    header = Header(
        id=run["id"],
        config=text,
        config_digest=run["config_digest"],
        inputs=tuple(inputs),
        strategy_files=strategy_files(config),
        seed=run["seed"],
        gear=run["gear"],
        code_version=run["code_version"],
        money_quantum=run["money_quantum"],
    )
    end = End(
        digest=outcome.digest,
        state_hash=outcome.state_hash,
        counts=run["counts"],
        complete=outcome.complete,
    )
    write_journal(folder / JOURNAL, header, end)
