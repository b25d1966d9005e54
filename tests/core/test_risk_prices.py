"""The price at which risk judges, where a bar is left with it."""

from tests.core.making import A, bar, given
from tests.core.risking import NOW, risk
from trader.model.market import BarClosed, Quote
from trader.model.units import MINUTE_NS


def test_a_bar_that_is_left_with_risk_is_a_bar_that_it_has_heard() -> None:
    """Of other prices not every one counts, so none can be left."""
    left, told = risk(), risk()
    last = bar(140, row=2)
    keeper = left.keeper(BarClosed, (A, MINUTE_NS))
    assert keeper is not None

    keeper.last = last
    given(told, last, now=NOW)

    assert left.state == told.state
    assert left.keeper(Quote, A) is None
