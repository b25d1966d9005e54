"""What the feed lets through, what it drops, and when it says that something is missing."""

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from actors.core.feed import Feed
from tests.core.making import A, B, bar, given, reborn
from trader.model.market import BarClosed, FeedState, FeedStatus
from trader.model.units import MINUTE_NS

LIVE, GAP, DOWN = FeedState.LIVE, FeedState.GAP, FeedState.DOWN


def rows(*numbers: int, instrument: str = A) -> list[BarClosed]:
    return [bar(100 + row, row=row, instrument=instrument) for row in numbers]


@pytest.mark.parametrize(
    ("came", "passed", "told", "dropped"),
    [
        ([1, 2, 3], [1, 2, 3], [LIVE], 0),
        ([5], [5], [LIVE], 0),  # the first bar joins nothing, wherever it lies
        ([0, 1], [0, 1], [LIVE], 0),
        ([-9, -8, 0], [-9, -8, 0], [LIVE, GAP], 0),  # 1970 is a date like others
        ([1, 1, 2], [1, 2], [LIVE], 1),  # repeated
        ([3, 1, 2, 4], [3, 4], [LIVE], 2),  # older than what is known
        ([1, 2, 5, 6, 7], [1, 2, 5, 6, 7], [LIVE, GAP, LIVE], 0),
        ([1, 3, 5, 6], [1, 3, 5, 6], [LIVE, GAP, LIVE], 0),  # one gap after another is one
        ([1, 3, 3, 4], [1, 3, 4], [LIVE, GAP, LIVE], 1),
    ],
)
def test_a_bar_passes_once_and_in_order(
    came: list[int], passed: list[int], told: list[FeedState], dropped: int
) -> None:
    feed = Feed([A])

    answers = given(feed, *rows(*came))

    assert [each for each in answers if isinstance(each, BarClosed)] == rows(*passed)
    assert [each.status for each in answers if isinstance(each, FeedStatus)] == told
    assert feed.state.symbols[A].dropped == dropped


def test_a_bar_that_overlaps_the_last_one_is_dropped() -> None:
    longer = BarClosed(A, MINUTE_NS, 1, 1, 1, 1, 1, MINUTE_NS + 1, 2 * MINUTE_NS + 1)
    feed = Feed([A])

    assert given(feed, bar(100, row=1), longer)[2:] == []


def test_the_opinion_comes_before_the_bar_and_tells_since_when() -> None:
    """Whoever hears the bar knows already whether it can be trusted."""
    feed = Feed([A])
    first = bar(100, row=7)

    assert given(feed, first, now=99) == [FeedStatus(instrument=A, status=LIVE, since=99), first]


def test_instruments_are_judged_apart() -> None:
    feed = Feed([A, B])
    given(feed, *rows(1, 2, 9))

    assert [type(m) for m in given(feed, *rows(1, 2, instrument=B))] == [
        FeedStatus,
        BarClosed,
        BarClosed,
    ]
    assert [feed.state.symbols[name].status for name in (A, B)] == [GAP, LIVE]


def test_what_passes_is_the_bar_itself() -> None:
    """It is not copied: a lane knows by that that nothing was changed."""
    feed = Feed([A])
    one, two = rows(1, 2)

    assert given(feed, one)[1] is one
    assert given(feed, two)[0] is two


@generated(st.lists(st.integers(0, 12), max_size=30), st.integers(0, 30))
def test_whatever_comes_the_feed_goes_on_after_a_restart_as_before(
    numbers: list[int], at: int
) -> None:
    """And what passes is in order, without overlap."""
    feed = Feed([A])
    given(feed, *rows(*numbers[:at]))
    again = reborn(feed, Feed([A]))

    answers = given(feed, *rows(*numbers[at:]))

    assert given(again, *rows(*numbers[at:])) == answers
    assert again.dump() == feed.dump()
    opened = [each.ts_open for each in answers if isinstance(each, BarClosed)]
    assert opened == sorted(set(opened))
