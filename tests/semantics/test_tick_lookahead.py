"""Nobody sees the future on ticks either: quotes, prints and books altered after an instant."""

from dataclasses import replace
from typing import Final

import pytest

from sims.seeds import stream
from tests.oracle.tape.rows import Book, Tape, TapeRun, Tick
from tests.oracle.ticks import Print, Quote
from tests.semantics.markets import Chance
from tests.semantics.reading import observed
from tests.semantics.taped import taped
from tests.semantics.test_lookahead import Seen, altered, seen
from tests.semantics.tick_cases import tick_case

SEEDS: Final = 60


def poisoned(tape: Tape, since: int, rng: Chance) -> Tape:
    """The tape with other prices and sizes in every row from `since` on."""
    ticks = [_changed(tick, rng) if tick.ts >= since else tick for tick in tape.ticks]
    return replace(tape, ticks=tuple(ticks))


def _changed(tick: Tick, rng: Chance) -> Tick:
    match tick.what:
        case Quote(bid, ask):
            up, lots = rng.randint(1, 40), rng.randint(1, 9)
            higher = Quote(bid and bid + up, ask and ask + up, lots, lots)
            return replace(tick, what=higher)
        case Print(ticks):
            return replace(tick, what=Print(ticks + rng.randint(1, 40), rng.randint(1, 9), 0))
        case Book(levels) as book:
            sizes = [(side, at, lots and rng.randint(1, 60)) for side, at, lots in levels]
            return replace(tick, what=replace(book, levels=tuple(sizes)))


def played(run: TapeRun, until: int) -> Seen:
    """What the core had done by an instant."""
    whole = taped(run)
    whole.run()
    return seen(observed(whole), until)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_rows_altered_later_move_nothing_before(seed: int) -> None:
    rng, run = stream(seed, "tick lookahead"), tick_case(seed)
    times = sorted({tick.ts for tape in run.tapes for tick in tape.ticks})
    since = rng.choice(times[len(times) // 4 :])
    other = replace(
        run,
        tapes=tuple(poisoned(tape, since, rng) for tape in run.tapes),
        sources=tuple(altered(each, since, "random", rng) for each in run.sources),
    )

    assert played(other, since - 1) == played(run, since - 1)


def test_what_is_altered_does_matter_afterwards() -> None:
    run = next(run for run in map(tick_case, range(SEEDS)) if run.tapes)
    since = min(tick.ts for tape in run.tapes for tick in tape.ticks)
    rng = stream(0, "tick lookahead")
    other = replace(run, tapes=tuple(poisoned(tape, since, rng) for tape in run.tapes))

    assert played(other, 2**62) != played(run, 2**62)
