"""Exits: the average range against a plain list, and what each of them does with it."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernels import slow
from trader.config.schema import ExitConfig
from trader.kernels.indicators import Atr
from trader.model.orders import OrderType, Protection
from trader.strategies.exits import (
    AtrExit,
    AtrStop,
    ExitPolicy,
    Held,
    TakeProfit,
    TimeStop,
    Trailing,
    make_exit,
    protections,
)

# (high, low, close) of bars whose close lies inside them.
BARS = st.lists(
    st.tuples(st.integers(1, 200), st.integers(0, 60), st.integers(0, 60)).map(
        lambda drawn: (drawn[0] + drawn[1] + drawn[2], drawn[0], drawn[0] + drawn[1])
    ),
    min_size=1,
    max_size=60,
)
KS = st.sampled_from([Decimal(3), Decimal("0.5"), Decimal("1.25"), Decimal(10)])


def watch(stop: ExitPolicy, bars: list[tuple[int, int, int]]) -> None:
    for high, low, close in bars:
        if stop.kernel is not None:
            stop.kernel(stop.state, slow.bar(close, high=high, low=low))


@given(BARS, st.integers(1, 14), KS)
def test_it_stands_k_average_ranges_away(
    bars: list[tuple[int, int, int]], n: int, k: Decimal
) -> None:
    """It is ready when the average is, with n + 1 bars."""
    stop = AtrStop(n, k)
    watch(stop, bars)
    [*_, average] = slow.atrs(bars, n)

    assert stop.ready is (average is not None)
    if average is not None:
        distance = int(np.rint(float(k) * average))
        assert stop.protection() == Protection("atr_stop", distance)


@pytest.mark.parametrize(
    ("k", "distance"),
    [
        ("1", 5),
        ("3", 15),
        ("0.5", 2),  # 2.5: half to even
        ("0.3", 2),  # 1.5: half to even
        ("0.7", 4),  # 3.5
        ("0.49", 2),
        ("0", 0),
    ],
)
def test_distances_worked_by_hand(k: str, distance: int) -> None:
    """The first bar has no range; then one of 4, and one of 6 from the close before it."""
    stop = AtrStop(2, Decimal(k))
    watch(stop, [(110, 90, 100), (104, 100, 101), (98, 95, 96)])

    assert stop.ready
    assert stop.protection() == Protection("atr_stop", distance)


def test_without_its_average_it_cannot_protect() -> None:
    stop = AtrStop(2, Decimal(3))
    readiness = []
    for close in (100, 101, 102):
        readiness.append(stop.ready)
        watch(stop, [(close, close, close)])

    assert readiness == [False, False, False]
    assert stop.ready


@pytest.mark.parametrize(("n", "bars"), [(1, 3), (14, 42)])
def test_the_warm_up_is_three_averages(n: int, bars: int) -> None:
    assert AtrStop(n, Decimal(3)).warmup_bars == bars


@given(BARS, st.integers(0, 60))
def test_its_state_is_all_it_remembers(bars: list[tuple[int, int, int]], at: int) -> None:
    """Put into a fresh one in the middle, it goes on as if nothing had happened."""
    whole, first, second = (AtrStop(3, Decimal(2)) for _ in range(3))
    watch(whole, bars)
    watch(first, bars[:at])
    second.state = replace(first.state)
    watch(second, bars[at:])

    assert second.state == whole.state
    assert second.ready is whole.ready


def ranging(exit_: AtrExit, *, average: float = 4.0) -> AtrExit:
    """With this average range."""
    exit_.state.atr = average
    exit_.state.count = exit_.state.n + 1
    return exit_


def test_a_target_stands_in_front_and_a_stop_behind() -> None:
    assert ranging(AtrStop(5, Decimal(2))).protection() == Protection("atr_stop", 8, OrderType.STOP)
    assert ranging(TakeProfit(5, Decimal(3))).protection() == Protection(
        "take_profit", 12, OrderType.LIMIT
    )
    assert ranging(Trailing(5, Decimal(2))).protection() == Protection("trailing", 8)


def test_a_stop_that_waits_for_a_profit_goes_with_no_entry() -> None:
    trailing = ranging(Trailing(5, Decimal(2), Decimal(1)))

    assert trailing.protection() is None
    assert trailing.ready


@pytest.mark.parametrize(
    ("side", "best", "activate", "level"),
    [
        (1, 110, "0", 102),
        (1, 95, "0", 87),  # at once, also where nothing was ever won
        (-1, 90, "0", 98),
        (1, 104, "1", 96),  # exactly one range of 4 in profit
        (1, 103, "1", None),
        (-1, 96, "1", 104),
        (-1, 97, "1", None),
        (1, 106, "1.5", 98),
        (1, 105, "1.5", None),
        (1, 6, "0", 1),  # one tick at least
    ],
)
def test_a_trailing_stop_follows_the_best_close(
    side: int, best: int, activate: str, level: int | None
) -> None:
    """Two ranges of four ticks behind it; the entry was at 100."""
    trailing = ranging(Trailing(5, Decimal(2), Decimal(activate)))

    assert trailing.trail(Held(side, 100, best, 3)) == level


@pytest.mark.parametrize(("bars", "ends"), [(1, False), (3, False), (4, True), (5, True)])
def test_a_time_stop_ends_at_the_close_of_its_bar(bars: int, ends: bool) -> None:
    """The bar of the fill is the first, so the third after it is the fourth."""
    assert TimeStop(3).ends(Held(1, 100, 100, bars)) is ends


def test_a_policy_does_nothing_that_it_is_not_for() -> None:
    held = Held(1, 100, 120, 50)
    time_stop = TimeStop(3)
    watch(time_stop, [(110, 90, 100)])
    time_stop.on_split(7, 1)

    assert (time_stop.ready, time_stop.warmup_bars) == (True, 0)
    assert (time_stop.protection(), time_stop.trail(held)) == (None, None)
    assert not ranging(AtrStop(5, Decimal(2))).ends(held)
    assert ranging(TakeProfit(5, Decimal(2))).trail(held) is None


def test_a_split_scales_the_average_and_the_close_it_reaches_to() -> None:
    stop = AtrStop(2, Decimal(1))
    watch(stop, [(110, 90, 100), (104, 100, 101), (98, 95, 96)])
    stop.on_split(2, 1)

    assert stop.state == Atr(n=2, count=3, previous=48, atr=2.5)
    assert stop.protection() == Protection("atr_stop", 2)


@pytest.mark.parametrize(
    ("config", "cls", "n"),
    [
        (ExitConfig(kind="atr_stop"), AtrStop, 14),
        (ExitConfig(kind="take_profit", n=3, k=Decimal(2)), TakeProfit, 3),
        (ExitConfig(kind="trailing", n=7, activate=Decimal(1)), Trailing, 7),
    ],
)
def test_a_configuration_names_its_policy(
    config: ExitConfig, cls: type[ExitPolicy], n: int
) -> None:
    made = make_exit(config)

    assert type(made) is cls
    assert made.reason == config.kind
    assert (made.state.n, made.warmup_bars) == (n, 3 * n)


def test_what_a_configuration_sets_is_what_the_policy_does() -> None:
    stop, target, trailing, time_stop = (
        make_exit(config)
        for config in (
            ExitConfig(kind="atr_stop", k=Decimal("2.5")),
            ExitConfig(kind="take_profit", k=Decimal("1.5")),
            ExitConfig(kind="trailing", k=Decimal(2), activate=Decimal(1)),
            ExitConfig(kind="time_stop", bars=2),
        )
    )
    for exit_ in (stop, target, trailing):
        assert isinstance(exit_, AtrExit)
        ranging(exit_)

    assert stop.protection() == Protection("atr_stop", 10)
    assert target.protection() == Protection("take_profit", 6, OrderType.LIMIT)
    assert trailing.trail(Held(1, 100, 104, 1)) == 96
    assert [time_stop.ends(Held(1, 100, 100, bars)) for bars in (2, 3)] == [False, True]


def test_one_stop_and_one_target_go_with_an_entry() -> None:
    """The nearest of each kind; of two equally near ones the first."""
    far, near = (ranging(AtrStop(5, Decimal(k))) for k in (3, 2))
    trailing = ranging(Trailing(5, Decimal(2)))
    waiting = ranging(Trailing(5, Decimal(1), Decimal(1)))
    target, nearer = (ranging(TakeProfit(5, Decimal(k))) for k in (4, 3))
    time_stop = TimeStop(3)

    assert protections([]) == protections([time_stop, waiting]) == ()
    assert protections([far, near, trailing]) == (Protection("atr_stop", 8),)
    assert protections([trailing, near]) == (Protection("trailing", 8),)
    assert protections([target, time_stop, far, waiting, nearer]) == (
        Protection("atr_stop", 12),
        Protection("take_profit", 12, OrderType.LIMIT),
    )


@pytest.mark.parametrize(
    ("cls", "done"),
    [
        (AtrStop, ["kernel", "protection", "on_split"]),
        (TakeProfit, ["kernel", "protection", "on_split"]),
        (Trailing, ["kernel", "protection", "trail", "on_split"]),
        (TimeStop, ["ends"]),
    ],
)
def test_a_policy_is_asked_for_what_it_does(cls: type[ExitPolicy], done: list[str]) -> None:
    """So that at each bar nobody need be asked who has nothing to say."""
    methods = ("kernel", "protection", "trail", "ends", "on_split")

    assert [method for method in methods if cls.does(method)] == done
