"""The promise: what a strategy need not write, and what its answers are."""

from typing import ClassVar

import pytest
from msgspec import Struct, field

from tests.kernels.slow import bar
from trader.kernels.indicators import Sma, sma
from trader.model.market import Quote, Trade
from trader.model.orders import OrderType, TimeInForce
from trader.strategies.strategy import (
    Answer,
    Cancel,
    Condition,
    Order,
    Replace,
    Side,
    Strategy,
    Target,
)


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
    quiet.on_session(0, 60)
    quiet.on_split(2, 1)

    assert quiet.state == Quiet.State()
    assert (quiet.warmup_bars, quiet.inputs, quiet.kernel) == (100, (), None)


def test_what_it_must_say_is_missed() -> None:
    quiet = Quiet(Quiet.Params())
    with pytest.raises(NotImplementedError):
        quiet.on_bar(bar(100))
    with pytest.raises(NotImplementedError):
        quiet.answer(1, 100)
    with pytest.raises(NotImplementedError):
        quiet.on_quote(Quote("X.v", 1, 2, 3, 4, 0))
    with pytest.raises(NotImplementedError):
        quiet.on_trade(Trade("X.v", 1, 2, 1, 7, 0))


@pytest.mark.parametrize(
    ("order", "order_type"),
    [
        (Order("k", 5), OrderType.MARKET),
        (Order("k", 5, limit_ticks=100), OrderType.LIMIT),
        (Order("k", 5, stop_ticks=100), OrderType.STOP),
        (Order("k", 5, limit_ticks=100, stop_ticks=99), OrderType.STOP_LIMIT),
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
    assert Replace("k") == Replace("k", lots=None, limit_ticks=None, stop_ticks=None)
    assert Order("k", 5) == Order("k", 5, time_in_force=TimeInForce.GTC, group="", parent="")


class Busy(Strategy):
    """Hears everything, and keeps prices and volumes of all kinds."""

    class Params(Struct):
        """None."""

    class State(Struct):
        """What a split changes, and two things that it does not."""

        close: int = 700
        average: float = 701.4
        closes: list[int] = field(default_factory=lambda: [7, 21])
        levels: dict[str, float] = field(default_factory=lambda: {"high": 14.0})
        pair: tuple[int, int] = (14, 28)
        limit: int | None = None
        mean: Sma = field(default_factory=lambda: Sma(n=2))
        lots: int = 10
        bars: int = 3
        name: str = "x"

    prices: ClassVar[tuple[str, ...]] = (
        "close",
        "average",
        "closes",
        "levels",
        "pair",
        "limit",
        "mean",
    )
    volumes: ClassVar[tuple[str, ...]] = ("lots",)
    inputs: ClassVar[tuple[str, ...]] = ("close", "average")
    state: State

    def on_quote(self, quote: Quote) -> Answer:
        """Nothing."""

    def on_trade(self, trade: Trade) -> Answer:
        """Nothing."""

    def on_session(self, ts_open: int, ts_close: int) -> None:
        """Nothing."""


@pytest.mark.parametrize(
    ("cls", "heard"),
    [
        (Quiet, []),
        (Busy, ["on_quote", "on_trade", "on_session"]),
        (type("Heard", (Quiet,), {"on_bar": lambda _self, _bar: None}), ["on_bar"]),
        (type("Stepped", (Quiet,), {"kernel": None}), ["on_bar"]),
        (type("Further", (Busy,), {}), ["on_quote", "on_trade", "on_session"]),
    ],
)
def test_a_strategy_hears_what_its_class_has_a_method_for(
    cls: type[Strategy], heard: list[str]
) -> None:
    methods = ("on_bar", "on_quote", "on_trade", "on_session")

    assert [method for method in methods if cls.hears(method)] == heard


def test_a_split_changes_the_fields_that_are_named() -> None:
    """Seven for one: floats as they come, whole numbers half to even, indicators by themselves."""
    busy = Busy(Busy.Params())
    sma(busy.state.mean, bar(14))
    busy.on_split(7, 1)

    assert busy.state == Busy.State(
        close=100,
        average=701.4 * 1 / 7,
        closes=[1, 3],
        levels={"high": 2.0},
        pair=(2, 4),
        limit=None,
        mean=Sma(n=2, count=1, ring=[2, 0], total=2),
        lots=70,
        bars=3,
        name="x",
    )


def test_what_it_looks_at_is_its_inputs_unless_it_says_more() -> None:
    assert Busy(Busy.Params()).explain() == (
        Condition("close", "700", "", holds=True),
        Condition("average", "701.4", "", holds=True),
    )
    assert Quiet(Quiet.Params()).explain() == ()
