"""What the feed lets through, what it drops, and when it says that something is missing."""

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from actors.core.feed import Feed, Watched
from tests.core.making import A, B, bar, given, reborn
from trader.calendars.sessions import UTC_DAYS
from trader.calendars.table import calendar
from trader.logic.order_book import PLAIN, SPOT
from trader.model.control import LimitChanged, SplitEffective
from trader.model.envelope import Message
from trader.model.market import BarClosed, BookDelta, FeedState, FeedStatus, Quote, Trade
from trader.model.units import HOUR_NS, MINUTE_NS, NONE

LIVE, GAP, DOWN = FeedState.LIVE, FeedState.GAP, FeedState.DOWN


CALENDAR = calendar("XNYS")


def feed_of(*names: str, jump: tuple[int, int] | None = None, protocol: str = PLAIN) -> Feed:
    """A feed of bars of a minute of instruments that are never closed."""
    watched = Watched(sessions=UTC_DAYS, intervals=(MINUTE_NS,), protocol=protocol)
    return Feed(dict.fromkeys(names, watched), jump)


def quote(bid: int, ask: int) -> Quote:
    return Quote(A, bid, ask, 5, 5, 0)


def trade(ticks: int) -> Trade:
    return Trade(A, ticks, 5, 1, 1, 0)


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
    feed = feed_of(A)

    answers = given(feed, *rows(*came))

    assert [each for each in answers if isinstance(each, BarClosed)] == rows(*passed)
    assert [each.status for each in answers if isinstance(each, FeedStatus)] == told
    assert feed.state.symbols[A].bars[MINUTE_NS].dropped == dropped


def test_a_bar_that_overlaps_the_last_one_is_dropped() -> None:
    longer = BarClosed(A, MINUTE_NS, 1, 1, 1, 1, 1, MINUTE_NS + 1, 2 * MINUTE_NS + 1)
    feed = feed_of(A)

    assert given(feed, bar(100, row=1), longer)[2:] == []


def test_the_opinion_comes_before_the_bar_and_tells_since_when() -> None:
    """Whoever hears the bar knows already whether it can be trusted."""
    feed = feed_of(A)
    first = bar(100, row=7)

    assert given(feed, first, now=99) == [FeedStatus(instrument=A, status=LIVE, since=99), first]


def test_instruments_are_judged_apart() -> None:
    feed = feed_of(A, B)
    given(feed, *rows(1, 2, 9))

    assert [type(m) for m in given(feed, *rows(1, 2, instrument=B))] == [
        FeedStatus,
        BarClosed,
        BarClosed,
    ]
    assert [feed.state.symbols[name].bars[MINUTE_NS].status for name in (A, B)] == [GAP, LIVE]


def test_what_passes_is_the_bar_itself() -> None:
    """It is not copied: a lane knows by that that nothing was changed."""
    feed = feed_of(A)
    one, two = rows(1, 2)

    assert given(feed, one)[1] is one
    assert given(feed, two)[0] is two


@generated(st.lists(st.integers(0, 12), max_size=30), st.integers(0, 30))
def test_whatever_comes_the_feed_goes_on_after_a_restart_as_before(
    numbers: list[int], at: int
) -> None:
    """And what passes is in order, without overlap."""
    feed = feed_of(A)
    given(feed, *rows(*numbers[:at]))
    again = reborn(feed, feed_of(A))

    answers = given(feed, *rows(*numbers[at:]))

    assert given(again, *rows(*numbers[at:])) == answers
    assert again.dump() == feed.dump()
    opened = [each.ts_open for each in answers if isinstance(each, BarClosed)]
    assert opened == sorted(set(opened))


# -- intervals and sessions ----------------------------------------------------------------------


def test_bars_of_several_intervals_are_judged_apart() -> None:
    watched = Watched(sessions=UTC_DAYS, intervals=(MINUTE_NS, HOUR_NS))
    feed = Feed({A: watched})
    hour = BarClosed(A, HOUR_NS, 1, 1, 1, 1, 1, 0, HOUR_NS)

    passed = given(feed, *rows(0, 1, 2), hour, *rows(60))

    assert [each for each in passed if isinstance(each, BarClosed)] == [
        *rows(0, 1, 2),
        hour,
        *rows(60),
    ]


def test_the_night_is_no_gap_and_a_missing_hour_is_one() -> None:
    """The sessions of 2024-01-02 and 2024-01-03: 14:30 to 21:00 UTC."""
    session = CALENDAR.session_of(19_724)
    following = CALENDAR.session_of(19_725)
    assert session is not None
    assert following is not None
    feed = Feed({A: Watched(sessions=CALENDAR, intervals=(HOUR_NS,))})

    def hour(ts_open: int, ts_close: int) -> BarClosed:
        return BarClosed(A, HOUR_NS, 1, 1, 1, 1, 1, ts_open, ts_close)

    last = hour(session.ts_close - HOUR_NS, session.ts_close)
    first = hour(following.ts_open, following.ts_open + HOUR_NS)
    third = hour(first.ts_close + HOUR_NS, first.ts_close + 2 * HOUR_NS)

    told = given(feed, last, first, third)

    assert [each.status for each in told if isinstance(each, FeedStatus)] == [LIVE, GAP]


# -- ticks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "passes"),
    [
        (quote(99, 100), True),
        (quote(100, 100), True),
        (quote(101, 100), False),
        (quote(NONE, 100), True),
        (quote(99, NONE), True),
        (trade(100), True),
    ],
)
def test_a_crossed_quote_is_dropped(sent: Message, *, passes: bool) -> None:
    feed = feed_of(A)

    assert given(feed, sent) == ([sent] if passes else [])
    assert feed.state.symbols[A].dropped == (0 if passes else 1)


def level(side: int, ticks: int, lots: int, *ids: int, snapshot: int = 0, last: int = 1) -> Message:
    first, end, before = ids or (NONE, NONE, NONE)
    return BookDelta(A, side, ticks, lots, first, end, before, snapshot, last, 7)


def test_a_book_is_passed_on_as_the_quotes_at_its_top() -> None:
    feed = feed_of(A, protocol=SPOT)

    told = given(
        feed,
        level(1, 99, 5, NONE, 1, NONE, snapshot=1, last=0),
        level(-1, 101, 6, NONE, 1, NONE, snapshot=1),
        level(1, 98, 1, 2, 2, NONE),  # below the top: nothing new
        level(1, 100, 2, 3, 3, NONE),
        level(1, 100, 2, 9, 9, NONE),  # something is missing
        level(1, 90, 1, 10, 10, NONE),
    )

    assert told == [
        FeedStatus(instrument=A, status=LIVE, since=0),
        Quote(A, 99, 101, 5, 6, 7),
        Quote(A, 100, 101, 2, 6, 7),
        FeedStatus(instrument=A, status=GAP, since=0),
    ]


# -- jumps ----------------------------------------------------------------------------------------


def test_a_price_that_jumps_waits_for_one_that_confirms_it() -> None:
    """Twenty percent of 100 are 20; what never came again was a slip."""
    feed = feed_of(A, jump=(1, 5))

    assert given(feed, trade(100), trade(120)) == [trade(100), trade(120)]
    assert given(feed, trade(145)) == []
    assert given(feed, trade(121)) == [trade(121)]
    assert given(feed, trade(90)) == []
    assert given(feed, trade(91)) == [trade(91)]
    assert feed.state.symbols[A].dropped == 2


def test_bars_and_quotes_are_watched_for_jumps_as_well() -> None:
    feed = feed_of(A, jump=(1, 5))
    far = BarClosed(A, MINUTE_NS, 500, 500, 500, 500, 1, MINUTE_NS, 2 * MINUTE_NS)

    assert given(feed, *rows(0))[1:] == rows(0)
    assert given(feed, far) == []
    assert given(feed, quote(99, 101)) == [quote(99, 101)]
    assert given(feed, quote(700, 701)) == []
    assert given(feed, quote(NONE, 701)) == [quote(NONE, 701)]


def test_after_a_split_the_new_price_is_no_jump() -> None:
    feed = feed_of(A, jump=(1, 5))
    given(feed, trade(700), trade(9_000))
    split = SplitEffective(instrument=A, numerator=7, denominator=1, ts_event=0)

    assert given(feed, split) == []
    assert given(feed, trade(101)) == [trade(101)]
    assert given(feed_of(A, jump=(1, 5)), split) == []


def test_how_far_a_price_may_jump_can_be_changed() -> None:
    feed = feed_of(A, jump=(1, 5))
    given(feed, *rows(0, 1), trade(100))

    def changed(limit: str, new: str) -> Message:
        return LimitChanged(limit=limit, old="0.2", new=new, by="me", reason="r", version=2)

    assert given(feed, changed("lots_max", "5"), changed("jump_max", "0.5")) == []
    assert given(feed, trade(140)) == [trade(140)]
    assert given(feed, changed("jump_max", "null"), trade(900), trade(1)) == [trade(900), trade(1)]
