"""How a storm goes: seeds on several processes, progress on the way, and what was met in all."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from tests.storm.trial import Storm, Verdict

CHUNK: Final = 50
"""Seeds that a process takes at once."""
TELL_SECONDS: Final = 10.0

Say = Callable[[str], object]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Asked:
    """Which storm, over which seeds, on how many processes; `on` past a failing seed or not.

    `more` are the other words by which it was asked for.
    """

    name: str
    storm: Storm
    first: int
    count: int
    jobs: int = 1
    on: bool = False
    more: str = ""


@dataclass
class Tally:
    """What has come of the seeds so far."""

    seeds: int = 0
    met: Counter[str] = field(default_factory=Counter)
    failed: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def add(self, seed: int, verdict: Verdict) -> None:
        """Counts one seed."""
        self.seeds += 1
        self.met += verdict.met
        if verdict.faults:
            self.failed[seed] = verdict.faults


def run(asked: Asked, *, say: Say, progress: Say, clock: Clock) -> int:
    """Tries the seeds; 0 if all are well and every expected cell was met, else 1."""
    tally = Tally()
    began = told = clock()
    for seed, verdict in verdicts(asked):
        tally.add(seed, verdict)
        if verdict.faults:
            progress(f"seed {seed} fails\n")
            progress("".join(f"  {fault}\n" for fault in verdict.faults))
        if (now := clock()) - told > TELL_SECONDS:
            told = now
            pace = tally.seeds / (now - began)
            progress(f"{tally.seeds} of {asked.count} seeds, {pace:.0f} a second\n")
        if tally.failed and not asked.on:
            break
    return _told(asked, tally, clock() - began, say)


def verdicts(asked: Asked) -> Iterator[tuple[int, Verdict]]:
    """The verdicts in the order of the seeds."""
    trial, seeds = asked.storm.trial, range(asked.first, asked.first + asked.count)
    if asked.jobs == 1:
        yield from ((seed, trial(seed)) for seed in seeds)
        return
    pool = ProcessPoolExecutor(asked.jobs)
    try:
        yield from zip(seeds, pool.map(trial, seeds, chunksize=CHUNK), strict=True)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _told(asked: Asked, tally: Tally, seconds: float, say: Say) -> int:
    """Says what came of it; 0 if all is well."""
    for cell, times in sorted(tally.met.items()):
        say(f"{times:>10}  {cell}\n")
    for seed, faults in sorted(tally.failed.items()):
        say(f"seed {seed} fails:\n")
        for fault in faults:
            say(f"  {fault}\n")
        say(f"  repeat with: scripts/storm {asked.name} --seed {seed} --seeds 1{asked.more}\n")
    tried = f"{tally.seeds} seeds from {asked.first} on"
    say(f"{tried}, {len(tally.failed)} failed, {seconds:.0f} s\n")
    if tally.failed:
        return 1
    missed = sorted(asked.storm.expected - tally.met.keys())
    if missed and tally.seeds >= asked.storm.seeds_enough:
        say("never met: " + "; ".join(missed) + "\n")
        return 1
    return 0
