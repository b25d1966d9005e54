"""Which storms there are, by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tests.crash import storming
from tests.faults import storming as faulting
from tests.semantics.coverage import EXPECTED
from tests.semantics.tick_coverage import EXPECTED_ON_TICKS
from tests.semantics.trying import tried, tried_on_ticks
from tests.storm.trial import Storm
from tests.venues.binance.ambiguity import FAULTS, ambiguous

KINDS: Final[Mapping[str, Storm]] = MappingProxyType(
    {
        "semantics": Storm(
            about="generated runs, the core against the independent calculator",
            trial=tried,
            expected=EXPECTED,
            seeds_enough=100_000,
        ),
        "ticks": Storm(
            about="generated runs on quotes, prints and books against the calculator",
            trial=tried_on_ticks,
            expected=EXPECTED_ON_TICKS,
            seeds_enough=400,
        ),
        "ambiguity": Storm(
            about="orders and lists over a wire that loses, delays, doubles and contradicts",
            trial=ambiguous,
            expected=FAULTS,
            seeds_enough=40,
        ),
        "crash": Storm(
            about="a live daemon killed six times a seed, at every point, whatever is under way",
            trial=storming.killed,
            expected=storming.EXPECTED,
            seeds_enough=storming.SEEDS_ENOUGH,
        ),
        "paper": Storm(
            about="the same on paper, where the venue dies with the daemon",
            trial=storming.killed_on_paper,
            expected=storming.ON_PAPER,
            seeds_enough=storming.SEEDS_ENOUGH,
        ),
        "faults": Storm(
            about="a live daemon in real time while its venue and its line err at random",
            trial=faulting.faulted,
            expected=faulting.EXPECTED,
            seeds_enough=40,
            seconds=faulting.SECONDS,
            for_long=faulting.faulted,
        ),
        "dooms": Storm(
            about="a live daemon whose venue does what nobody can mend, and what has to follow",
            trial=faulting.struck,
            expected=faulting.DOOMED,
            seeds_enough=12,
        ),
    }
)
