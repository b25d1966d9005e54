"""The two documents of a run folder: `run.json` says what was run, `metrics.json` how it went."""

import resource
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from trader.config.check import warnings
from trader.config.describe import config_digest
from trader.config.loaded import Loaded
from trader.config.notation import instant_text
from trader.config.schema import Config
from trader.model.control import TradingState
from trader.model.money import plain
from trader.research.code_version import code_version
from trader.research.gears import Gear
from trader.research.inputs import ORDER_OF_INPUTS, InputReference
from trader.research.metrics import (
    account_metrics,
    denials_by_code,
    orders_by_status,
    strategy_metrics,
)
from trader.research.outcome import Outcome
from trader.research.trades import RoundTrip

_RSS_UNIT: Final = 1 if sys.platform == "darwin" else 1_024
_MIB: Final = 1_048_576


def run_document(
    loaded: Loaded,
    outcome: Outcome,
    gear: Gear,
    inputs: Sequence[InputReference],
    *,
    folder: Path,
    command: str,
) -> dict[str, Any]:
    """What was run and what it came to; `seconds` are added when all is written."""
    config = loaded.config
    return {
        "id": folder.resolve().name,
        "name": config.run.name,
        "command": command,
        "config_digest": config_digest(loaded),
        "code_version": code_version(),
        "seed": config.run.seed,
        "gear": gear.name,
        "gear_why": gear.why,
        "period": _period(config, outcome, inputs),
        "complete": outcome.complete,
        "reached": {
            "rows": outcome.rows,
            "rows_total": outcome.rows_total,
            "ts": instant_text(outcome.now),
        },
        "inputs": msgspec.to_builtins(inputs),
        "digest": outcome.digest,
        "state_hash": outcome.state_hash,
        "counts": counts(outcome),
        "order_of_inputs": ORDER_OF_INPUTS,
        "money_quantum": outcome.scale.quantum,
        "account": {
            "currency": config.account.currency,
            "cash": plain(config.account.cash),
        },
        "trading_state": outcome.trading_state,
        "quarantined": outcome.faults,
        "warnings": [*warnings(config), *_warnings(outcome)],
    }


def metrics_document(
    outcome: Outcome,
    config: Config,
    trips: Sequence[RoundTrip],
    baselines: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """How it went: the account, each strategy, and the baselines if they were run."""
    return {
        **account_metrics(outcome, config, trips),
        "strategies": strategy_metrics(outcome, config, trips),
        "orders_by_status": orders_by_status(outcome),
        "denials_by_code": denials_by_code(outcome),
        "baselines": baselines,
    }


def counts(outcome: Outcome) -> dict[str, int]:
    """How much of each there was."""
    tables = outcome.tables.tables
    return {
        "inputs": outcome.rows,
        "events": outcome.events,
        **{name: len(tables[name]) for name in ("orders", "fills", "denials")},
        "in_flight": outcome.in_flight,
    }


def rss_mib() -> float:
    """The most memory that this process has held so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * _RSS_UNIT / _MIB, 1)


def _period(config: Config, outcome: Outcome, inputs: Sequence[InputReference]) -> dict[str, str]:
    """When trading began, and the opening of the last bar: what people call the run's dates."""
    begun = config.run.from_
    last = outcome.now - min(data.interval_ns for data in config.data if data.kind != "actions")
    return {
        "from": min(each.from_ for each in inputs) if begun is None else instant_text(begun),
        "to": instant_text(last),
    }


def _warnings(outcome: Outcome) -> list[str]:
    found = []
    equity = outcome.tables.tables["equity"]
    negative = (
        ts for ts, worth in zip(*map(equity.column, ("ts", "equity")), strict=True) if worth < 0
    )
    first = next(negative, None)
    if first is not None:
        found.append(f"equity is negative, first at {instant_text(first)}")
    if not outcome.complete:
        found.append(f"stopped after {outcome.rows} of {outcome.rows_total} rows")
    if outcome.broken_off:
        found.append(f"interrupted while a strategy was asked, in {outcome.broken_off}")
    found += [f"strategy {name} is quarantined: {text}" for name, text in outcome.faults.items()]
    found += outcome.notes
    if outcome.trading_state != TradingState.ACTIVE.name:
        found.append(f"ended {outcome.trading_state}: {_last_reason(outcome)}")
    return found


def _last_reason(outcome: Outcome) -> str:
    states = outcome.tables.tables["states"]
    codes = list(outcome.tables.names["codes"])
    return codes[states.column("code")[-1]] if len(states) else "never reconciled"
