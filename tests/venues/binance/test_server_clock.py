"""The venue's time: within bounds that hold, whatever the way there and back takes."""

from hypothesis import given
from hypothesis import strategies as st

from trader.model.units import INT64_MAX, MILLISECOND_NS, SECOND_NS
from trader.venues.binance.server_clock import DRIFT_PER_MILLION, ServerClock

MS = MILLISECOND_NS
trips = st.tuples(
    st.integers(0, 300 * MS), st.integers(0, 300 * MS), st.integers(0, 60 * SECOND_NS)
)


@given(offset=st.integers(-10 * SECOND_NS, 10 * SECOND_NS), trips=st.lists(trips, min_size=1))
def test_the_true_offset_lies_within_the_bounds(
    offset: int, trips: list[tuple[int, int, int]]
) -> None:
    clock, now = ServerClock(), 1_700_000_000 * SECOND_NS
    for there, back, pause in trips:
        told_ms = (now + there + offset) // MS
        clock.learn(now, told_ms, now + there + back)
        now += there + back
        assert abs(offset - clock.offset_ns) <= clock.uncertainty_ns(now)
        now += pause
    assert abs(offset - clock.offset_ns) <= clock.uncertainty_ns(now)


def test_a_short_trip_after_a_long_one_tightens_the_bounds() -> None:
    clock = ServerClock()
    clock.learn(0, 0, 200 * MS)
    wide = clock.uncertainty_ns(200 * MS)
    clock.learn(200 * MS, 201, 202 * MS)

    assert clock.uncertainty_ns(202 * MS) <= 2 * MS < wide
    clock.learn(202 * MS, 300, 402 * MS)
    assert clock.uncertainty_ns(402 * MS) <= 3 * MS


def test_a_bound_widens_as_it_ages() -> None:
    clock = ServerClock()
    clock.learn(0, 0, 2 * MS)
    later = clock.uncertainty_ns(2 * MS + 1_000 * SECOND_NS)

    assert later - clock.uncertainty_ns(2 * MS) == 1_000 * SECOND_NS * DRIFT_PER_MILLION // 10**6


def test_a_clock_that_was_set_is_believed_anew() -> None:
    clock = ServerClock()
    clock.learn(0, 0, 2 * MS)
    clock.learn(10 * MS, 3_600_011, 12 * MS)

    assert abs(clock.offset_ns - 3_600 * SECOND_NS) < 2 * MS
    assert clock.uncertainty_ns(12 * MS) < 2 * MS


def test_a_clock_that_was_never_told_anything_is_ours() -> None:
    clock = ServerClock()

    assert not clock.is_set
    assert (clock.stamp(7 * MS), clock.offset_ns) == (7, 0)
    assert clock.uncertainty_ns(0) == INT64_MAX


def test_an_instant_is_stamped_in_the_venues_time() -> None:
    clock = ServerClock()
    clock.learn(0, 5_000, 0)

    assert clock.is_set
    assert clock.stamp(100 * MS) == 5_100
