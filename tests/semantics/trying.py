"""One seed: the core and the calculator work out the same run, and must say the same."""

import struct
import traceback
from itertools import chain
from typing import Final

from sims.simulation import Simulation
from tests.oracle.money import quantum_of
from tests.oracle.run import OracleResult, OracleRun, compute
from tests.oracle.tape.run import compute_tape
from tests.semantics.bridge import simulation
from tests.semantics.cases import case
from tests.semantics.coverage import reached
from tests.semantics.reading import differences, observed
from tests.semantics.taped import taped
from tests.semantics.tick_cases import tick_case
from tests.storm.trial import Verdict

INT64_MAX: Final = 2**63 - 1


def tried(seed: int) -> Verdict:
    """The verdict on the run of a seed; an exception is a fault as well."""
    try:
        return compared(case(seed))
    except Exception:  # noqa: BLE001 - whatever it is, the storm goes on and tells the seed
        return Verdict((traceback.format_exc(limit=-4),))


def compared(run: OracleRun) -> Verdict:
    """The first difference of each part, if there are any."""
    return _judged(run, compute(run), simulation(run))


def _judged(run: OracleRun, right: OracleResult, whole: Simulation) -> Verdict:
    try:
        whole.run()
    except struct.error:
        if leaves_int64(run, right):
            return Verdict((), right.met)
        raise
    return Verdict(tuple(differences(observed(whole), right)), reached(right, whole))


def leaves_int64(run: OracleRun, right: OracleResult) -> bool:
    """Whether the account comes to money that no table can hold: such a run is refused."""
    rows = chain.from_iterable((row.equity, row.cash, row.realized) for row in right.equity_rows)
    return any(abs(amount) / quantum_of(run) > INT64_MAX for amount in rows)


def tried_on_ticks(seed: int) -> Verdict:
    """The verdict on the run on ticks of a seed."""
    try:
        run = tick_case(seed)
        return _judged(run, compute_tape(run), taped(run))
    except Exception:  # noqa: BLE001 - as above
        return Verdict((traceback.format_exc(limit=-4),))
