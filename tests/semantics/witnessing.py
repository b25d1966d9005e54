"""What witnesses are made of: a run of one script on few bars, which both must agree on."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.oracle.cases import X, unit_instrument
from tests.oracle.exits import AtrStop, Exit
from tests.oracle.market import Bar, Source
from tests.oracle.orders import VenueRules
from tests.oracle.run import OracleResult, OracleRun, compute
from tests.oracle.strategies import Action, Actions, Scripted, Send, Strategy
from tests.semantics.bridge import simulate
from tests.semantics.reading import differences

WIDE = (100, 102, 98, 100, 1_000)
STOP = AtrStop(1, Fraction(1))  # after WIDE, four ticks from the close
TENTH = VenueRules(participation=Fraction(1, 10))


def agreed(run: OracleRun) -> OracleResult:
    """What the core makes of the run, once the calculator has said the same."""
    ours = simulate(run)
    assert differences(ours, compute(run)) == []
    return ours


def scripted(
    market: tuple[Bar, ...], at_bar: Actions, exits: Sequence[Exit] = (STOP,), **settings: Any
) -> OracleResult:
    return agreed(
        OracleRun(
            Fraction(10_000),
            (unit_instrument(X),),
            (Source(X, market),),
            (Strategy("s", X, Scripted(at_bar), tuple(exits)),),
            **settings,
        )
    )


def sale(tag: str, lots: int) -> Action:
    return Send(tag, "market", -lots)
