"""When a breaker trips: in figures worked out by hand, and against plain arithmetic."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.logic.breakers import Breach, Naked, Slippage, Slips, alarm_line, lost
from trader.model.units import INT64_MAX, NONE, SECOND_NS

FRACTIONS = st.integers(1, 50).flatmap(lambda den: st.tuples(st.integers(0, den), st.just(den)))
WORTHS = st.integers(-10_000, 10_000) | st.integers(-INT64_MAX, INT64_MAX)

# -- losses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whole", "equity", "allowed", "breach"),
    [
        (100, 91, (1, 10), None),
        (100, 90, (1, 10), None),  # exactly as much as allowed
        (100, 89, (1, 10), Breach(11, 10)),
        (100, 120, (1, 10), None),
        (100, -5, (1, 10), Breach(105, 10)),
        (11, 10, (1, 10), None),  # 1 of 1.1
        (11, 9, (1, 10), Breach(2, 1)),
        (100, 70, (3, 10), None),
        (100, 69, (3, 10), Breach(31, 30)),
        (100, 100, (0, 1), None),
        (100, 99, (0, 1), Breach(1, 0)),
        (INT64_MAX, 0, (1, 1), None),
        (INT64_MAX, -1, (1, 1), Breach(INT64_MAX + 1, INT64_MAX)),
    ],
)
def test_a_loss_is_a_fraction_of_what_there_was(
    whole: int, equity: int, allowed: tuple[int, int], breach: Breach | None
) -> None:
    assert lost(whole, equity, allowed) == breach


@pytest.mark.parametrize(
    ("drawdown", "daily_loss", "line"),
    [
        (None, None, NONE),
        ((1, 10), None, 900),
        (None, (1, 10), 450),
        ((1, 10), (1, 100), 900),
        ((1, 2), (1, 100), 500),
        ((1, 2), (1, 1_000), 500),  # 499.5: worth 499 has tripped it, 500 has not
    ],
)
def test_the_line_is_the_higher_of_both(
    drawdown: tuple[int, int] | None, daily_loss: tuple[int, int] | None, line: int
) -> None:
    assert alarm_line(1_000, 500, drawdown, daily_loss) == line


@given(WORTHS, WORTHS, WORTHS, st.none() | FRACTIONS, st.none() | FRACTIONS)
def test_below_the_line_a_breaker_has_tripped_and_above_it_none_has(
    peak: int,
    session: int,
    equity: int,
    drawdown: tuple[int, int] | None,
    daily_loss: tuple[int, int] | None,
) -> None:
    """So nobody has to be told of a worth on the line or above."""
    trips = [
        whole - equity > Fraction(*allowed) * whole
        for whole, allowed in ((peak, drawdown), (session, daily_loss))
        if allowed is not None
    ]

    assert (equity < alarm_line(peak, session, drawdown, daily_loss)) is any(trips)


# -- slippage ------------------------------------------------------------------------------------


def test_the_mean_of_a_full_window_in_figures() -> None:
    """Three fills of 10 lots, expected at 1000, each 20000 quanta worth at 2 a tick x lot.

    Bought at 1001 (20 quanta: 10 bp), sold at 998 (40: 20 bp), bought at 1000 (0). Mean: 10 bp.
    """
    fills = [(10, 1_001), (-10, 998), (10, 1_000)]
    breaker = Slippage(Slips(), 3, (10, 1))

    assert [breaker.add(lots, at, 1_000, 2) for lots, at in fills] == [None] * 3
    # The first leaves, one at 1001 comes: the same mean. Then 998 leaves and 1005 comes: 20 bp.
    assert breaker.add(10, 1_001, 1_000, 2) is None
    assert breaker.add(10, 1_005, 1_000, 2) == Breach(20, 10)


@pytest.mark.parametrize(
    ("at", "breach"), [(1_000, None), (1_001, None), (1_002, Breach(20, 10)), (990, None)]
)
def test_the_bound_itself_is_allowed_and_a_gain_is_no_cost(at: int, breach: Breach | None) -> None:
    assert Slippage(Slips(), 1, (10, 1)).add(7, at, 1_000, 2) == breach


@pytest.mark.parametrize(("at", "breach"), [(998, Breach(20, 10)), (999, None), (1_010, None)])
def test_a_sale_costs_what_it_brings_less(at: int, breach: Breach | None) -> None:
    assert Slippage(Slips(), 1, (10, 1)).add(-7, at, 1_000, 2) == breach


def test_fills_weigh_by_what_they_are_worth() -> None:
    """90 lots at no cost and 10 at 100 bp are 10 bp; with 11 it is more."""
    for lots, breach in ((10, None), (11, Breach(10, 10))):
        breaker = Slippage(Slips(), 2, (10, 1))
        breaker.add(90, 1_000, 1_000, 1)
        assert breaker.add(lots, 1_010, 1_000, 1) == breach


def test_nothing_overflows() -> None:
    breaker = Slippage(Slips(), 1, (1, 10))

    breach = breaker.add(INT64_MAX, INT64_MAX, 1, INT64_MAX)
    assert breach == Breach((INT64_MAX - 1) * 10_000, 0)


FILLS = st.lists(
    st.tuples(st.integers(-9, 9).filter(bool), st.integers(90, 110), st.integers(95, 105)),
    max_size=25,
)


@given(FILLS, st.lists(st.integers(1, 6), min_size=1, max_size=4), FRACTIONS)
def test_it_is_the_mean_of_the_last_fills_whatever_the_window_was_before(
    fills: list[tuple[int, int, int]], windows: list[int], allowed: tuple[int, int]
) -> None:
    """The window is changed while it runs; fills that a smaller one forgot are gone."""
    slips, kept = Slips(), list[tuple[int, int, int]]()
    for k, window in enumerate(windows):
        breaker = Slippage(slips, window, allowed)
        kept = kept[-window:]
        for fill in fills[k :: len(windows)]:
            kept = [*kept, fill][-window:]
            lots, at, expected = fill
            breach = breaker.add(lots, at, expected, 3)

            cost = sum(n * (price - meant) for n, price, meant in kept)
            whole = sum(abs(n) * meant for n, _, meant in kept)
            trips = len(kept) == window and 10_000 * Fraction(cost, whole) > Fraction(*allowed)
            assert (breach is not None) is trips
            if breach is not None:
                assert breach == (10_000 * cost // whole, allowed[0] // allowed[1])


# -- without a stop ------------------------------------------------------------------------------


def test_money_times_seconds_in_figures() -> None:
    """100 quanta for 2 s, then 50 for 1 s: 250. Of 300 the last 50 last one more second."""
    naked = Naked()
    naked.turn(100, 0)
    assert naked.due(300) == 3 * SECOND_NS + 1
    naked.turn(50, 2 * SECOND_NS)
    assert naked.seconds == 200
    assert naked.due(300) == 4 * SECOND_NS + 1
    naked.turn(50, 3 * SECOND_NS)
    assert (naked.seconds, naked.rest, naked.spent(300)) == (250, 0, None)
    naked.turn(50, 4 * SECOND_NS)
    assert naked.spent(300) is None  # exactly as much as allowed
    naked.turn(50, 4 * SECOND_NS + 1)
    assert (naked.seconds, naked.rest) == (300, 50)
    assert naked.spent(300) == Breach(300, 300)


def test_a_pause_keeps_what_was_used_up_and_a_new_count_does_not() -> None:
    naked = Naked()
    naked.turn(100, 0)
    naked.turn(0, 2 * SECOND_NS)
    naked.turn(100, 50 * SECOND_NS)
    assert (naked.seconds, naked.due(300)) == (200, 51 * SECOND_NS + 1)

    naked.clear()
    assert (naked.seconds, naked.due(300)) == (0, 53 * SECOND_NS + 1)


def test_what_is_used_up_already_is_due_now() -> None:
    """The bound was made narrower."""
    naked = Naked()
    naked.turn(100, 0)
    naked.turn(100, 5 * SECOND_NS)

    assert naked.due(400) == 5 * SECOND_NS
    assert naked.spent(400) == Breach(500, 400)


def test_a_count_does_not_leave_int64() -> None:
    naked = Naked()
    naked.turn(INT64_MAX, 0)
    naked.turn(1, 9 * SECOND_NS)

    assert naked.seconds == INT64_MAX


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 3 * SECOND_NS)), max_size=8),
    st.integers(1, 500),
    st.integers(0, 3_000),
)
def test_due_is_the_first_instant_at_which_too_much_is_used_up(
    turns: list[tuple[int, int]], worth: int, allowed: int
) -> None:
    naked, now = Naked(), 0
    for each, lasted in turns:
        naked.turn(each, now)
        now += lasted
    naked.turn(worth, now)
    due = naked.due(allowed)
    if due == now:
        return

    naked.turn(worth, due - 1)
    assert naked.spent(allowed) is None
    naked.turn(worth, due)
    assert naked.spent(allowed) is not None
