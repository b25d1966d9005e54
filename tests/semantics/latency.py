"""How long commands and reports of generated runs are under way."""

from dataclasses import replace

from sims.seeds import stream
from tests.oracle.run import OracleRun
from tests.semantics.markets import HOUR_NS, MINUTE_NS, Chance


def latency(rng: Chance) -> int:
    """From less than a bar to several, on and off the instants of bars."""
    return rng.choice((1, MINUTE_NS, 30 * MINUTE_NS, HOUR_NS, HOUR_NS + 7, 5 * HOUR_NS))


def delayed(seed: int, run: OracleRun) -> OracleRun:
    """Some runs to which something happens take time as well, drawn for itself: all else stays."""
    rng = stream(seed, "delayed")
    is_slow = run.happenings and rng.random() < 0.4
    return replace(run, latency_ns=latency(rng)) if is_slow else run
