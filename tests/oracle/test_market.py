"""Sessions, and bars within them."""

import pytest

from tests.oracle.market import DAY_NS, Bar, Source, clipped, closings, session_of

DAYS = ((100, 200), (300, 400), (500, 550))


def ten(start: int, stop: int) -> Bar:
    return Bar(start, stop, 10, 10, 10, 10, 1)


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ((0, 150), (100, 150)),
        ((90, 210), (100, 200)),  # a day's bar is the session
        ((120, 160), (120, 160)),
        ((180, 250), (180, 200)),
        ((150, 520), (150, 520)),  # a week's bar goes from the first opening to the last close
        ((0, 600), (100, 550)),
        ((200, 300), None),  # between two sessions
        ((550, 600), None),
    ],
)
def test_a_bar_opens_and_closes_with_its_sessions(
    label: tuple[int, int], found: tuple[int, int] | None
) -> None:
    bars = clipped(Source("X", (ten(*label),)), DAYS).bars

    assert [(bar.ts_open, bar.ts_close) for bar in bars] == ([] if found is None else [found])


def test_sessions_close_where_they_close_and_without_a_calendar_at_midnight() -> None:
    assert list(closings(DAYS, 200, 549)) == [200, 400]
    assert list(closings(None, 1, 2 * DAY_NS)) == [DAY_NS, 2 * DAY_NS]


@pytest.mark.parametrize(("ts", "session"), [(0, 0), (100, 0), (199, 0), (200, 1), (350, 1)])
def test_an_instant_at_a_close_is_of_the_next_session(ts: int, session: int) -> None:
    assert session_of(DAYS, ts) == DAYS[session]
    assert session_of(None, DAY_NS) == (DAY_NS, 2 * DAY_NS)
