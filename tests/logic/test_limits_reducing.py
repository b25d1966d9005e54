"""Reducing means that the position falls and never crosses zero, whichever open orders fill."""

from tests.logic.making import NOW, knows, submit
from trader.logic.limits import gross_exceeds_max, position_exceeds_max, trading_halted
from trader.model.control import TradingState


def test_two_ways_out_are_one_too_many() -> None:
    """Ten lots are held and ten are being sold: ten more would leave the account short."""
    view = knows(lots=10, sells=-10)
    view.trading = TradingState.REDUCING

    denial = trading_halted(submit(-10), view, NOW)

    assert denial is not None
    assert denial.code == "reducing_only"


def test_a_position_that_outgrew_its_limit_can_be_reduced() -> None:
    """The price rose: 10 lots at 100 are worth 1000, 900 is allowed. Selling is no worse."""
    view = knows(lots=10)

    assert gross_exceeds_max(900)(submit(-5), view, NOW) is None
    assert position_exceeds_max(9)(submit(-5), view, NOW) is None
