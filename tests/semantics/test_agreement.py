from hypothesis import given, settings
from tests.oracle.run import OracleRun, compute
from tests.semantics.bridge import differences, simulate
from tests.semantics.cases import runs


@settings(max_examples=300)
@given(run=runs())
def test_generated_runs_agree(run: OracleRun) -> None:
    assert differences(simulate(run), compute(run)) == []
