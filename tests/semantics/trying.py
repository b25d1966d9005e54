"""One seed: the core and the calculator work out the same run, and must say the same."""

import traceback

from tests.oracle.run import OracleRun, compute
from tests.semantics.bridge import simulation
from tests.semantics.cases import case
from tests.semantics.coverage import reached
from tests.semantics.reading import differences, observed
from tests.storm.trial import Verdict


def tried(seed: int) -> Verdict:
    """The verdict on the run of a seed; an exception is a fault as well."""
    try:
        return compared(case(seed))
    except Exception:  # noqa: BLE001 - whatever it is, the storm goes on and tells the seed
        return Verdict((traceback.format_exc(limit=-4),))


def compared(run: OracleRun) -> Verdict:
    """The first difference of each part, if there are any."""
    right = compute(run)
    whole = simulation(run)
    whole.run()
    return Verdict(tuple(differences(observed(whole), right)), reached(right, whole))
