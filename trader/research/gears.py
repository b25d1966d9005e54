"""Which gear a run takes, and why: the one place where that is decided."""

from typing import Final

from msgspec import Struct

from sims.fused.covers import covers
from trader.config.schema import Config
from trader.errors import UsageError

STEP: Final = "step"
FUSED: Final = "fused"


class Gear(Struct, frozen=True):
    """The gear that runs, and the reason to give."""

    name: str
    why: str


def choose(config: Config, *, is_paced: bool = False) -> Gear:
    """The gear for `run.gear`; `UsageError` where `fused` is asked for and cannot do it.

    A paced run is watched bar by bar, which is what step is for.
    """
    wanted = config.run.gear
    if wanted == STEP:
        return Gear(STEP, "asked for")
    reason = "a paced run goes bar by bar" if is_paced else covers(config)
    if reason is None:
        return Gear(FUSED, "asked for" if wanted == FUSED else "it covers this run")
    if wanted == FUSED:
        raise UsageError(
            f"the fused gear cannot do this run: {reason}",
            where="run.gear",
            hint="--gear auto takes it wherever it can",
        )
    return Gear(STEP, reason)
