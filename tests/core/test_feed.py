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

LIVE, GAP, STALE = FeedState.LIVE, FeedState.GAP, FeedState.STALE
CALENDAR = calendar("XNYS")


def feed_of(*names: str, jump: tuple[int, int] | None = None, protocol: str = PLAIN) -> Feed:
    """A feed of bars of a minute of instruments that are never closed."""
    watched = Watched(sessions=UTC_DAYS, intervals=(MINUTE_NS,), protocol=protocol)
    return Feed(dict.fromkeys(names, watched), jump)


def status(state: FeedState, reason: str, *, since: int = 0) -> FeedStatus:
    return FeedStatus(instrument=A, status=state, since=since, reason=reason)


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
    assert feed.state.symbols[A].bars[0].dropped == dropped


def test_a_bar_that_overlaps_the_last_one_is_dropped() -> None:
    longer = BarClosed(A, MINUTE_NS, 1, 1, 1, 1, 1, MINUTE_NS + 1, 2 * MINUTE_NS + 1)
    feed = feed_of(A)

    assert given(feed, bar(100, row=1), longer)[2:] == []


def test_the_opinion_comes_before_the_bar_and_tells_since_when() -> None:
    """Whoever hears the bar knows already whether it can be trusted."""
    feed = feed_of(A)
    first = bar(100, row=7)

    assert given(feed, first, now=99) == [status(LIVE, "first", since=99), first]


def test_instruments_are_judged_apart() -> None:
    feed = feed_of(A, B)
    given(feed, *rows(1, 2, 9))

    assert [type(m) for m in given(feed, *rows(1, 2, instrument=B))] == [
        FeedStatus,
        BarClosed,
        BarClosed,
    ]
    assert [feed.state.symbols[name].bars[0].status for name in (A, B)] == [GAP, LIVE]


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


@pytest.mark.parametrize("jump", [None, (1, 5)])
@pytest.mark.parametrize("intervals", [(), (MINUTE_NS,), (MINUTE_NS, 2 * MINUTE_NS)])
def test_bars_of_a_length_that_nobody_asked_for_are_dropped(
    intervals: tuple[int, ...], jump: tuple[int, int] | None
) -> None:
    feed = Feed({A: Watched(sessions=UTC_DAYS, intervals=intervals)}, jump)

    assert given(feed, BarClosed(A, HOUR_NS, 1, 1, 1, 1, 1, 0, HOUR_NS)) == []


def test_an_hour_that_begins_where_a_minute_ended_is_no_minute() -> None:
    """Each interval is followed by itself."""
    feed = Feed({A: Watched(sessions=UTC_DAYS, intervals=(MINUTE_NS, HOUR_NS))})
    minute = bar(100, row=59)
    hour = BarClosed(A, HOUR_NS, 1, 1, 1, 1, 1, HOUR_NS, 2 * HOUR_NS)

    told = given(feed, minute, hour, bar(100, row=60))

    assert [each for each in told if isinstance(each, BarClosed)] == [
        minute,
        hour,
        bar(100, row=60),
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
        status(LIVE, "book"),
        Quote(A, 99, 101, 5, 6, 7),
        Quote(A, 100, 101, 2, 6, 7),
        status(GAP, "sequence"),
    ]


@pytest.mark.parametrize("jump", [None, (1, 5)])
def test_a_crossed_quote_never_passes(jump: tuple[int, int] | None) -> None:
    feed = feed_of(A, jump=jump)

    assert given(feed, quote(99, 101), quote(102, 101), quote(100, 102)) == [
        quote(99, 101),
        quote(100, 102),
    ]
    assert feed.state.symbols[A].dropped == 1


# -- jumps ----------------------------------------------------------------------------------------


def wide(row: int, low: int, high: int, close: int) -> BarClosed:
    return bar(close, row=row, low=low, high=high)


def test_a_price_that_jumps_waits_for_one_that_confirms_it() -> None:
    """A fifth of 120 is 24; what never came again was a slip."""
    feed = feed_of(A, jump=(1, 5))
    far, back = status(STALE, "jump"), status(LIVE, "confirmed")

    assert given(feed, trade(100), trade(120)) == [trade(100), trade(120)]
    assert given(feed, trade(145)) == [far]
    assert given(feed, trade(121)) == [back, trade(121)]
    assert given(feed, trade(90)) == [far]
    assert given(feed, trade(91)) == [back, trade(91)]
    assert given(feed, trade(9), trade(900)) == [far]  # neither is near the other
    assert feed.state.symbols[A].trades.withheld == 4


@pytest.mark.parametrize(("ticks", "passes"), [(144, True), (145, False), (96, True), (95, False)])
def test_a_price_that_is_just_as_far_as_it_may_passes(ticks: int, *, passes: bool) -> None:
    """A fifth of 120 is 24."""
    feed = feed_of(A, jump=(1, 5))
    given(feed, trade(120))

    assert given(feed, trade(ticks)) == ([trade(ticks)] if passes else [status(STALE, "jump")])


def test_each_kind_of_price_is_watched_by_itself() -> None:
    feed = feed_of(A, jump=(1, 5))
    given(feed, trade(100))

    assert given(feed, quote(500, 501)) == [quote(500, 501)]
    assert given(feed, quote(499, 502)) == [quote(499, 502)]
    assert given(feed, quote(700, 701)) == [status(STALE, "jump")]
    assert given(feed, quote(NONE, 701)) == [quote(NONE, 701)]  # nothing to measure
    assert given(feed, quote(690, 700))[-1] == quote(690, 700)
    assert given(feed, trade(101)) == [trade(101)]


def test_the_quotes_of_a_book_are_watched_as_well() -> None:
    feed = feed_of(A, jump=(1, 5))

    given(feed, level(1, 99, 5, snapshot=1, last=0), level(-1, 101, 6, snapshot=1))
    told = given(feed, level(1, 99, 0, last=0), level(-1, 101, 0, last=0), level(1, 500, 1, last=0))

    assert told + given(feed, level(-1, 501, 1)) == [status(STALE, "jump")]


def test_all_of_a_bar_has_to_be_near() -> None:
    """A single print far away makes a bar that nobody should measure ranges by."""
    feed = feed_of(A, jump=(1, 5))

    first = given(feed, wide(0, 99, 101, 100), wide(1, 98, 102, 100))
    assert first == [status(LIVE, "first"), wide(0, 99, 101, 100), wide(1, 98, 102, 100)]
    assert given(feed, wide(2, 79, 101, 100)) == [status(STALE, "jump")]
    assert given(feed, wide(3, 99, 121, 100)) == []
    assert given(feed, wide(4, 80, 120, 100)) == [status(GAP, "hole"), wide(4, 80, 120, 100)]
    assert given(feed, wide(5, 99, 101, 100)) == [status(LIVE, "joined"), wide(5, 99, 101, 100)]
    assert feed.state.symbols[A].bars[0].withheld == 2


def test_a_bar_does_not_confirm_itself_by_coming_twice() -> None:
    feed = feed_of(A, jump=(1, 5))
    given(feed, bar(100, row=0))

    assert given(feed, bar(500, row=1)) == [status(STALE, "jump")]
    assert given(feed, bar(500, row=1)) == []
    assert given(feed, bar(510, row=2))[-1] == bar(510, row=2)


def test_bars_of_several_intervals_are_watched_as_well() -> None:
    watched = Watched(sessions=UTC_DAYS, intervals=(MINUTE_NS, HOUR_NS))
    feed = Feed({A: watched}, (1, 5))

    assert given(feed, bar(100, row=0), bar(500, row=1))[-1] == status(STALE, "jump")


def test_after_a_split_the_new_price_is_no_jump() -> None:
    feed = feed_of(A, jump=(1, 5))
    given(feed, trade(700), trade(702), trade(9_000), bar(700, row=0), bar(701, row=1))
    split = SplitEffective(instrument=A, numerator=7, denominator=1, ts_event=0)

    assert given(feed, split) == []
    assert given(feed, trade(101))[-1] == trade(101)
    assert given(feed, bar(100, row=2)) == [bar(100, row=2)]
    assert given(feed_of(A, jump=(1, 5)), split) == []


def test_how_far_a_price_may_jump_can_be_changed() -> None:
    feed = feed_of(A, jump=(1, 5))
    given(feed, *rows(0, 1), trade(100))

    def changed(limit: str, new: str) -> Message:
        return LimitChanged(limit=limit, old="0.2", new=new, by="me", reason="r", version=2)

    assert given(feed, changed("lots_max", "5"), changed("jump_max", "0.5")) == []
    assert given(feed, trade(140)) == [trade(140)]
    given(feed, changed("jump_max", "0.01"))
    assert given(feed, trade(142)) == [status(STALE, "jump")]


PRICES = st.lists(st.integers(1, 400), max_size=40)


@generated(PRICES, st.integers(1, 10), st.integers(0, 40))
def test_the_band_lets_through_what_measuring_every_price_would(
    prices: list[int], tenths: int, at: int
) -> None:
    """And so does a feed that took over the state in the middle."""
    feed = feed_of(A, jump=(tenths, 10))
    last = doubted = 0
    wanted = []
    for price in prices:
        known = [other for other in (last, doubted) if other]
        if not last or any(10 * abs(price - other) <= tenths * other for other in known):
            wanted.append(trade(price))
            last, doubted = price, 0
        else:
            doubted = price

    passed = given(feed, *map(trade, prices[:at]))
    again = reborn(feed, feed_of(A, jump=(tenths, 10)))
    passed += given(again, *map(trade, prices[at:]))

    assert [each for each in passed if isinstance(each, Trade)] == wanted
