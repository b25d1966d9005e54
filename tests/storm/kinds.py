"""Which storms there are, by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tests.semantics.coverage import EXPECTED
from tests.semantics.trying import tried
from tests.storm.trial import Storm

KINDS: Final[Mapping[str, Storm]] = MappingProxyType(
    {
        "semantics": Storm(
            about="generated runs, the core against the independent calculator",
            trial=tried,
            expected=EXPECTED,
            seeds_enough=2_000,
        ),
    }
)
