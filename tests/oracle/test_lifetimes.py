"""Stop-limits, and how long orders work; every order is sent at the close of a bar at 100."""

from fractions import Fraction

import pytest

from tests.oracle.cases import (
    HOUR_NS,
    START,
    Row,
    Told,
    bars,
    flat,
    makers,
    run_script,
    statuses,
    told,
)
from tests.oracle.market import DAY_NS
from tests.oracle.orders import VenueRules
from tests.oracle.strategies import Actions, Replace, Send

TENTH = VenueRules(participation=Fraction(1, 10))
QUIET = (101, 104, 96, 102, 1_000)  # open, high, low, close, lots


def limit(lots: int, ticks: int, tif: str = "GTC") -> Send:
    return Send("l", "limit", lots, limit_ticks=ticks, time_in_force=tif)


def market(lots: int, tif: str) -> Send:
    return Send("m", "market", lots, time_in_force=tif)


def stop(lots: int, ticks: int, tif: str = "GTC") -> Send:
    return Send("s", "stop", lots, stop_ticks=ticks, time_in_force=tif)


def stop_limit(lots: int, at: int, to: int, tif: str = "GTC") -> Send:
    return Send("x", "stop_limit", lots, limit_ticks=to, stop_ticks=at, time_in_force=tif)


@pytest.mark.parametrize(
    ("order", "rows", "fills", "is_maker"),
    [
        # triggered inside bar 1 at 104; bar 2 opens at the limit or better
        (stop_limit(5, 104, 104), [QUIET, flat(103)], [(2, 2, 5, 103)], False),
        (stop_limit(5, 104, 104), [QUIET, flat(104)], [(2, 2, 5, 104)], False),
        # ... or is gone through inside
        (stop_limit(5, 104, 104), [QUIET, (105, 106, 103, 104, 9)], [(2, 3, 5, 104)], True),
        (stop_limit(5, 104, 104), [QUIET, (105, 106, 104, 104, 9)], [], True),
        # triggered at the opening of bar 1: neither that opening nor that inside fills it
        (stop_limit(5, 101, 103), [QUIET, flat(102)], [(2, 2, 5, 102)], False),
        # the second opening after the trigger makes it a maker
        (stop_limit(5, 101, 103), [QUIET, flat(105), flat(102)], [(3, 3, 5, 102)], True),
        # already beyond the market on arrival: it rests at the very next opening
        (stop_limit(5, 100, 103), [QUIET], [(1, 1, 5, 101)], False),
        (stop_limit(5, 99, 100), [QUIET], [(1, 2, 5, 100)], True),
        # never reached
        (stop_limit(5, 105, 110), [QUIET, QUIET], [], True),
        # sells
        (stop_limit(-5, 96, 96), [QUIET, flat(97)], [(2, 2, -5, 97)], False),
        (stop_limit(-5, 100, 101), [QUIET], [(1, 1, -5, 101)], False),
    ],
)
def test_a_stop_limit_rests_from_the_bar_after_its_trigger(
    order: Send, rows: list[Row], fills: list[Told], is_maker: bool
) -> None:
    result = run_script(bars(flat(100), *rows), {0: (order,)})

    assert told(result) == fills
    assert makers(result) == [is_maker] * len(fills)


@pytest.mark.parametrize(
    ("order", "rows", "fills", "status"),
    [
        # bars of 50 give 5 lots, bars of 1,000 give 100
        (market(8, "IOC"), [flat(101, 50), flat(102)], [(1, 1, 5, 101)], "CANCELED"),
        (market(8, "IOC"), [flat(101, 0), flat(102)], [], "CANCELED"),
        (market(8, "IOC"), [flat(101)], [(1, 1, 8, 101)], "FILLED"),
        (market(8, "FOK"), [flat(101, 50), flat(102)], [], "CANCELED"),
        (market(8, "FOK"), [flat(101)], [(1, 1, 8, 101)], "FILLED"),
        (limit(8, 101, "IOC"), [flat(101, 50), flat(90)], [(1, 1, 5, 101)], "CANCELED"),
        (limit(8, 99, "IOC"), [QUIET, flat(90)], [], "CANCELED"),
        (limit(8, 99, "FOK"), [QUIET, flat(90)], [], "CANCELED"),
        (limit(8, 101, "FOK"), [QUIET], [(1, 1, 8, 101)], "FILLED"),
        # a stop's moment is its trigger, at an opening or inside
        (stop(8, 110, "IOC"), [QUIET, flat(111, 50), flat(90)], [(2, 2, 5, 111)], "CANCELED"),
        (stop(8, 104, "IOC"), [(101, 104, 96, 102, 50), flat(90)], [(1, 2, 5, 104)], "CANCELED"),
        (stop(8, 104, "FOK"), [(101, 104, 96, 102, 50), flat(90)], [], "CANCELED"),
        (stop(8, 104, "FOK"), [QUIET], [(1, 2, 8, 104)], "FILLED"),
        (stop(8, 105, "IOC"), [QUIET], [], "ACCEPTED"),
        # already beyond the market: the next opening
        (stop(8, 100, "FOK"), [flat(99, 50), flat(99)], [], "CANCELED"),
        # a stop-limit's is the opening after its trigger
        (stop_limit(8, 104, 103, "IOC"), [QUIET, flat(102, 50)], [(2, 2, 5, 102)], "CANCELED"),
        (stop_limit(8, 101, 103, "IOC"), [QUIET, flat(102, 50)], [(2, 2, 5, 102)], "CANCELED"),
        (stop_limit(8, 104, 103, "FOK"), [QUIET, flat(104), flat(100)], [], "CANCELED"),
    ],
)
def test_ioc_and_fok_have_one_opening(
    order: Send, rows: list[Row], fills: list[Told], status: str
) -> None:
    result = run_script(bars(flat(100), *rows), {0: (order,)}, TENTH)

    assert told(result) == fills
    assert statuses(result) == [status]


@pytest.mark.parametrize(
    ("order", "rows", "fills", "status"),
    [
        (limit(5, 101, "GTX"), [flat(101)], [], "REJECTED"),
        (limit(5, 102, "GTX"), [flat(101)], [], "REJECTED"),
        (limit(5, 97, "GTX"), [QUIET], [(1, 2, 5, 97)], "FILLED"),
        (limit(5, 97, "GTX"), [flat(98), flat(96)], [(2, 2, 5, 96)], "FILLED"),
        (limit(-5, 103, "GTX"), [flat(101), flat(104)], [(2, 2, -5, 104)], "FILLED"),
        (limit(-5, 101, "GTX"), [flat(101)], [], "REJECTED"),
        (market(5, "GTX"), [flat(101)], [], "REJECTED"),
        (stop(5, 105, "GTX"), [flat(101)], [], "REJECTED"),
        (stop_limit(5, 105, 105, "GTX"), [flat(101)], [], "REJECTED"),
    ],
)
def test_gtx_never_takes(order: Send, rows: list[Row], fills: list[Told], status: str) -> None:
    result = run_script(bars(flat(100), *rows), {0: (order,)})

    assert told(result) == fills
    assert makers(result) == [True] * len(fills)
    assert statuses(result) == [status]


@pytest.mark.parametrize(("ticks", "status"), [(100, "REJECTED"), (99, "FILLED")])
def test_a_gtx_that_joins_after_an_opening_is_judged_by_it(ticks: int, status: str) -> None:
    """Sent on the fill of the opening at 100; the inside goes down to 96."""
    late = Send("g", "limit", 5, limit_ticks=ticks, time_in_force="GTX")
    rows = (flat(100), (100, 104, 96, 102, 9))
    result = run_script(bars(*rows), {0: (market(1, "GTC"),)}, on_fill={1: (late,)})

    assert statuses(result) == ["FILLED", status]


def test_a_gtx_that_was_filled_and_replaced_into_the_market_is_canceled() -> None:
    rows = (flat(100), (101, 104, 96, 102, 50), flat(102))
    at_bar: Actions = {0: (limit(8, 97, "GTX"),), 1: (Replace("l", limit_ticks=102),)}
    result = run_script(bars(*rows), at_bar, TENTH)

    assert told(result) == [(1, 2, 5, 97)]
    assert statuses(result) == ["CANCELED"]


DAY_START = START + DAY_NS - 3 * HOUR_NS  # closes at -2, -1 and 0 hours from midnight


@pytest.mark.parametrize(
    ("sent_at", "fill", "status"),
    [
        # the inside of the bar that closes with the day still fills it
        (0, None, "EXPIRED"),
        (1, 2, "FILLED"),
        # placed at the boundary it is of the new day
        (2, 4, "FILLED"),
    ],
)
def test_a_day_order_works_until_its_session_closes(
    sent_at: int, fill: int | None, status: str
) -> None:
    low = (100, 100, 94, 100, 9)
    rows = {1: [flat(100), flat(100), low], 2: [flat(100)] * 4 + [low]}
    day = rows[sent_at] if sent_at else [flat(100)] * 3 + [low]
    at_bar: Actions = {sent_at: (limit(5, 95, "DAY"),)}
    result = run_script(bars(*day, start=DAY_START), at_bar)

    assert statuses(result) == [status]
    assert [each.seq for each in result.fills] == ([] if fill is None else [fill])


def test_a_day_order_expires_inside_a_bar_at_its_close() -> None:
    """A bar of four hours spans midnight; its low fills what expires in it."""
    rows: list[Row] = [flat(100), (100, 100, 94, 100, 9), (100, 100, 90, 100, 9)]
    two = (limit(5, 95, "DAY"), Send("n", "limit", 5, limit_ticks=92, time_in_force="DAY"))
    market = bars(*rows, interval=4 * HOUR_NS, start=START + DAY_NS - 6 * HOUR_NS)
    result = run_script(market, {0: two})

    assert statuses(result) == ["FILLED", "EXPIRED"]


@pytest.mark.parametrize(
    ("tif", "rows", "fills", "expected"),
    [
        # five of the entry's ten are filled at the opening; the child's life begins then
        ("IOC", [flat(100, 50), flat(101, 50), flat(102, 50)], [(2, 2, 5, 101)], "PARTIALLY"),
        ("FOK", [flat(100), flat(101)], [(2, 2, -10, 101)], "FILLED"),
    ],
)
def test_a_childs_moment_is_after_its_parents_fill(
    tif: str, rows: list[Row], fills: list[Told], expected: str
) -> None:
    entry = Send("e", "market", 10)
    child = Send("c", "market", -10, parent="e", time_in_force=tif)
    result = run_script(bars(flat(100), *rows), {0: (entry, child)}, TENTH)

    assert told(result)[1:2] == fills
    assert statuses(result)[1] == ("CANCELED" if expected == "PARTIALLY" else expected)


def test_what_a_partly_filled_parent_lets_an_ioc_child_take_is_all_it_gets() -> None:
    """Bar 1 gives 5 of 10; bar 2 has 20 lots: 5 more for the parent, 5 for the child, no more."""
    entry = Send("e", "market", 10)
    child = Send("c", "market", -10, parent="e", time_in_force="IOC")
    rows = [flat(100), flat(101, 50), flat(102, 200), flat(103, 200)]
    result = run_script(bars(*rows), {0: (entry, child)}, TENTH)

    assert told(result) == [(1, 1, 5, 101), (2, 2, 5, 102), (2, 2, -5, 102)]
    assert statuses(result) == ["FILLED", "CANCELED"]
