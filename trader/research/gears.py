"""Which gear a run takes, and why: the one place where that is decided."""

from typing import Final

from msgspec import Struct

from trader.config.schema import Config
from trader.errors import UsageError

STEP: Final = "step"
FUSED: Final = "fused"


class Gear(Struct, frozen=True):
    """The gear that runs, and the reason to give."""

    name: str
    why: str


def choose(config: Config) -> Gear:
    """The gear for `run.gear`; `UsageError` where `fused` is asked for and cannot do it."""
    wanted = config.run.gear
    if wanted == STEP:
        return Gear(STEP, "asked for")
    reason = uncovered(config)
    if wanted == FUSED and reason:
        raise UsageError(
            f"the fused gear does not cover this run: {reason}",
            where="run.gear",
            hint="--gear auto takes it wherever it can",
        )
    if reason:
        return Gear(STEP, f"fused does not cover it: {reason}")
    return Gear(FUSED, "asked for" if wanted == FUSED else "it covers the run")


def uncovered(config: Config) -> str:
    """Why the fused gear cannot run this; empty if it can."""
    del config
    return "no strategy is compiled yet"
