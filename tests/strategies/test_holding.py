"""Buy and hold: once, for good."""

from tests.strategies.making import answers, bundled
from trader.strategies.explaining import Condition
from trader.strategies.strategy import Side


def test_it_buys_on_the_first_bar_and_is_silent_then() -> None:
    assert answers(bundled("buy_and_hold"), [100, 90, 200]) == [Side(1, "first_bar"), None, None]


def test_it_buys_again_after_a_withheld_start() -> None:
    """The warm-up ends, or the equity suffices, one bar later."""
    holder = bundled("buy_and_hold")
    answers(holder, [100])
    holder.on_flat(exited=False)

    assert answers(holder, [101, 102]) == [Side(1, "first_bar"), None]


def test_an_exit_is_final() -> None:
    holder = bundled("buy_and_hold")
    answers(holder, [100])
    holder.on_flat(exited=True)

    assert answers(holder, [50, 40]) == [None, None]


def test_it_needs_no_bars_before() -> None:
    assert bundled("buy_and_hold").warmup_bars == 0


def test_it_tells_whether_it_has_bought() -> None:
    holder = bundled("buy_and_hold")
    assert holder.explain() == (Condition("bought", "no", "no", holds=True),)

    answers(holder, [100])
    assert holder.explain() == (Condition("bought", "yes", "no", holds=False),)
