"""The promise: what a strategy need not write, and what its answers are."""

import pytest
from msgspec import Struct

from tests.kernels.slow import bar
from trader.model.orders import OrderType
from trader.strategies.strategy import Cancel, Order, Side, Strategy, Target


class Quiet(Strategy):
    """Declares what it must and no more."""

    class Params(Struct):
        """One number."""

        n: int = 3

    class State(Struct):
        """One count."""

        count: int = 0


def test_a_strategy_starts_with_its_declared_state() -> None:
    one, other = Quiet(Quiet.Params(n=5)), Quiet(Quiet.Params())
    one.state.count += 1

    assert (one.params.n, other.params.n) == (5, 3)
    assert (one.state, other.state) == (Quiet.State(1), Quiet.State(0))


def test_what_it_does_not_say_is_harmless() -> None:
    quiet = Quiet(Quiet.Params())
    quiet.on_flat(exited=True)
    quiet.on_flat(exited=False)

    assert quiet.state == Quiet.State()
    assert (quiet.warmup_bars, quiet.inputs, quiet.kernel) == (100, (), None)


def test_what_it_must_say_is_missed() -> None:
    quiet = Quiet(Quiet.Params())
    with pytest.raises(NotImplementedError):
        quiet.on_bar(bar(100))
    with pytest.raises(NotImplementedError):
        quiet.answer(1, 100)


@pytest.mark.parametrize(
    ("order", "order_type"),
    [
        (Order("k", 5), OrderType.MARKET),
        (Order("k", 5, limit_ticks=100), OrderType.LIMIT),
        (Order("k", 5, stop_ticks=100), OrderType.STOP),
        (Order("k", 5, limit_ticks=100, stop_ticks=99), OrderType.LIMIT),  # a limit wins
        (Order("k", 5, limit_ticks=0), OrderType.LIMIT),  # a bad price is not a missing one
    ],
)
def test_its_prices_make_an_order_what_it_is(order: Order, order_type: OrderType) -> None:
    assert order.order_type is order_type


def test_answers_are_plain_values() -> None:
    """Two that say the same are the same."""
    assert Target(5) == Target(5, "target")
    assert Side(1, "up") == Side(1, "up", withheld=False)
    assert Cancel("k") == Cancel("k")
    assert Side(0, "up", withheld=True) != Side(0, "up")
