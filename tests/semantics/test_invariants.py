from dataclasses import replace
from fractions import Fraction
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracle.run import OracleRun
from tests.semantics.bridge import simulation
from tests.semantics.cases import runs
from tests.semantics.watching import Watch, WatchedVenue


@settings(max_examples=200)
@given(run=runs())
def test_generated_runs(run: OracleRun) -> None:
    watch = Watch(simulation(run, WatchedVenue))
    watch.play()
    assert watch.steps


@settings(max_examples=200)
@given(run=runs(limited=True), drawdown=st.sampled_from((None, Fraction(1, 10), Fraction(1, 1000))))
def test_limited_runs(run: OracleRun, drawdown) -> None:
    watch = Watch(simulation(run, WatchedVenue, drawdown_max=drawdown), run.limits.position_max)
    watch.play()
