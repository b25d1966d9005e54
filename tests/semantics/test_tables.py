"""Each row of each table on the page of semantics, worked by hand: what comes in, what goes out.

The core and the calculator both have to say what is written here. A row of the page that has no
case, or a case whose row is gone, is a failure too.

All markets are hourly; a bar is (open, high, low, close, lots). An order is sent at the close of
the first bar, so the second one's opening is the first that it meets. Slippage is two ticks.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Final

import pytest

from tests.oracle.cases import Row, Told, X, bar, bars, flat, told, unit_instrument
from tests.oracle.market import DAY_NS, Bar, Instrument, Sessions, Source
from tests.oracle.orders import VenueRules
from tests.oracle.run import OracleRun
from tests.oracle.strategies import Action, Actions, Cancel, Scripted, Send, Strategy
from tests.semantics.witnessing import agreed

PAGE: Final = Path(__file__).parents[2] / "docs" / "semantics.md"
HOUR_NS: Final = DAY_NS // 24
SLIPS: Final = VenueRules(slippage_ticks=2)
TOUCHES: Final = VenueRules(slippage_ticks=2, touch_fills=True)
TENTH: Final = VenueRules(participation=Fraction(1, 10))


@dataclass(frozen=True)
class Case:
    """`row` is how the page's row begins; fills are (bars known, hours since, lots, ticks)."""

    row: tuple[str, ...]
    orders: tuple[Action, ...]
    market: tuple[Row, ...]
    fills: list[Told] = field(default_factory=list)
    status: str = "FILLED"
    rules: VenueRules = SLIPS
    taker: bool = True
    later: Actions = field(default_factory=dict)

    def run(self) -> OracleRun:
        whole = bars(flat(100), *self.market)
        return run_of(whole, {0: self.orders, **self.later}, self.rules)


def run_of(
    whole: tuple[Bar, ...],
    at_bar: Actions,
    rules: VenueRules,
    calendar: str | None = None,
    sessions: Sessions = (),
) -> OracleRun:
    unit = unit_instrument(X)
    return OracleRun(
        Fraction(10_000),
        (Instrument(X, unit.tick, unit.lot, calendar),),
        (Source(X, whole),),
        (Strategy("s", X, Scripted(at_bar)),),
        rules=rules,
        calendars={} if calendar is None else {calendar: sessions},
    )


def market(lots: int, life: str = "GTC") -> tuple[Action, ...]:
    return (Send("o", "market", lots, time_in_force=life),)


def limit(lots: int, ticks: int, life: str = "GTC") -> tuple[Action, ...]:
    return (Send("o", "limit", lots, limit_ticks=ticks, time_in_force=life),)


def stop(lots: int, ticks: int) -> tuple[Action, ...]:
    return (Send("o", "stop", lots, stop_ticks=ticks),)


def stop_limit(lots: int, ticks: int, then: int) -> tuple[Action, ...]:
    return (Send("o", "stop_limit", lots, stop_ticks=ticks, limit_ticks=then),)


MARKET: Final = ("market", "it meets an opening")
LIMIT_OPEN: Final = ("limit", "the open is at or through the limit")
LIMIT_INSIDE: Final = (
    "limit",
    "else the inside goes through the limit (`touch_fills`: reaches it)",
)
STOP_OPEN: Final = ("stop", "the open is at or beyond the stop")
STOP_INSIDE: Final = ("stop", "else the inside reaches the stop")
STOP_LIMIT: Final = (
    "stop-limit",
    "triggered as a stop, it is a limit from the next opening it meets on",
)
RISES: Final = (103, 106, 102, 104, 900)
FALLS: Final = (97, 98, 94, 96, 900)

CASES: Final = (
    # 101 and two ticks; 101 less two.
    Case(MARKET, market(3), (flat(101),), [(1, 1, 3, 103)]),
    Case(MARKET, market(-3), (flat(101),), [(1, 1, -3, 99)]),
    # At the open, which is as good or better, and never worsened.
    Case(LIMIT_OPEN, limit(3, 100), (flat(98),), [(1, 1, 3, 98)]),
    Case(LIMIT_OPEN, limit(3, 100), (flat(100),), [(1, 1, 3, 100)]),
    Case(LIMIT_OPEN, limit(-3, 100), (flat(102),), [(1, 1, -3, 102)]),
    Case(LIMIT_OPEN, limit(-3, 100), (flat(100),), [(1, 1, -3, 100)]),
    # The low is 102: through 103, and only at 102. The high is 106.
    Case(LIMIT_INSIDE, limit(3, 102), (RISES,), status="ACCEPTED"),
    Case(LIMIT_INSIDE, limit(3, 102), (RISES,), [(1, 2, 3, 102)], rules=TOUCHES, taker=False),
    Case(LIMIT_INSIDE, limit(-3, 105), (RISES,), [(1, 2, -3, 105)], taker=False),
    Case(LIMIT_INSIDE, limit(-3, 106), (RISES,), status="ACCEPTED"),
    Case(LIMIT_INSIDE, limit(3, 95), (FALLS,), [(1, 2, 3, 95)], taker=False),
    Case(LIMIT_INSIDE, limit(3, 94), (FALLS,), status="ACCEPTED"),
    # A gap over the stop costs the gap, and two ticks more.
    Case(STOP_OPEN, stop(3, 101), (flat(103),), [(1, 1, 3, 105)]),
    Case(STOP_OPEN, stop(3, 103), (flat(103),), [(1, 1, 3, 105)]),
    Case(STOP_OPEN, stop(-3, 99), (flat(97),), [(1, 1, -3, 95)]),
    Case(STOP_OPEN, stop(-3, 97), (flat(97),), [(1, 1, -3, 95)]),
    # To reach it is enough: 106 is the high, 94 the low.
    Case(STOP_INSIDE, stop(3, 106), (RISES,), [(1, 2, 3, 108)]),
    Case(STOP_INSIDE, stop(3, 107), (RISES,), status="ACCEPTED"),
    Case(STOP_INSIDE, stop(-3, 94), (FALLS,), [(1, 2, -3, 92)]),
    Case(STOP_INSIDE, stop(-3, 93), (FALLS,), status="ACCEPTED"),
    # Triggered inside at 105 it rests at 104: the next bar opens there, or falls through it.
    Case(STOP_LIMIT, stop_limit(3, 105, 104), (RISES, flat(103)), [(2, 2, 3, 103)]),
    Case(
        STOP_LIMIT,
        stop_limit(3, 105, 104),
        (RISES, (106, 106, 103, 104, 900)),
        [(2, 3, 3, 104)],
        taker=False,
    ),
    # Triggered by the open at 103, it does nothing in that bar, though its low lies below 103.
    Case(STOP_LIMIT, stop_limit(3, 103, 103), (RISES, flat(103)), [(2, 2, 3, 103)]),
    Case(STOP_LIMIT, stop_limit(-3, 95, 96), (FALLS, flat(97)), [(2, 2, -3, 97)]),
    Case(STOP_LIMIT, stop_limit(3, 107, 108), (RISES, flat(103)), status="ACCEPTED"),
    # Two bars pass it by; it is canceled before the one that would have filled it.
    Case(("GTC",), limit(3, 90), (flat(100), flat(100), flat(80)), [(3, 3, 3, 80)], taker=False),
    Case(
        ("GTC",),
        limit(3, 90),
        (flat(100), flat(100), flat(80)),
        status="CANCELED",
        later={2: (Cancel("o"),)},
    ),
    # A tenth of fifty lots is five of the eight; the next bar would have the rest.
    Case(
        ("IOC",),
        market(8, "IOC"),
        (flat(101, 50), flat(101, 50)),
        [(1, 1, 5, 101)],
        status="CANCELED",
        rules=TENTH,
    ),
    Case(("IOC",), limit(3, 99, "IOC"), (flat(100), flat(90)), status="CANCELED"),
    Case(
        ("FOK",),
        market(8, "FOK"),
        (flat(101, 50), flat(101, 500)),
        status="CANCELED",
        rules=TENTH,
    ),
    Case(("FOK",), market(5, "FOK"), (flat(101, 50),), [(1, 1, 5, 101)], rules=TENTH),
    # It would take at 100, and at 99; at 101 it rests, and makes when the price falls through it.
    Case(("GTX",), limit(3, 100, "GTX"), (flat(100), flat(90)), status="REJECTED"),
    Case(("GTX",), limit(3, 100, "GTX"), (flat(99), flat(90)), status="REJECTED"),
    Case(
        ("GTX",),
        limit(3, 100, "GTX"),
        ((101, 102, 99, 100, 900),),
        [(1, 2, 3, 100)],
        taker=False,
    ),
)


@pytest.mark.parametrize("case", CASES)
def test_a_row_worked_by_hand(case: Case) -> None:
    result = agreed(case.run())

    assert told(result) == case.fills
    assert [order.status for order in result.orders] == [case.status]
    assert {fill.taker for fill in result.fills} <= {case.taker}


def test_a_day_without_a_calendar_ends_at_midnight() -> None:
    """Sent at 22:00, it lives for two bars; the one that opens at 00:00 would have filled it."""
    whole = (*bars(*[flat(100)] * 24), bar(24, flat(80)))
    result = agreed(run_of(whole, {21: limit(3, 90, "DAY")}, SLIPS))

    assert [order.status for order in result.orders] == ["EXPIRED"]
    assert result.fills == ()


def test_a_day_ends_with_the_session_of_its_instrument() -> None:
    """New York on 14 and 15 February 2011: from 14:30 to 21:00 UTC, and again the day after.

    Sent at 20:00 it lives for one bar, until 21:00; midnight would have been too late for it.
    """
    day = 15_019 * DAY_NS
    opens, closes = 14 * HOUR_NS + HOUR_NS // 2, 21 * HOUR_NS
    sessions = tuple((day + k * DAY_NS + opens, day + k * DAY_NS + closes) for k in (0, 1))
    labels = (day + 19 * HOUR_NS, day + 20 * HOUR_NS, day + DAY_NS + 15 * HOUR_NS)
    whole = tuple(
        bar(0, row, start=label)
        for label, row in zip(labels, (flat(100), flat(100), flat(80)), strict=True)
    )
    expired = agreed(run_of(whole, {0: limit(3, 90, "DAY")}, SLIPS, "XNYS", sessions))
    lasting = agreed(run_of(whole, {0: limit(3, 90)}, SLIPS, "XNYS", sessions))

    assert ([order.status for order in expired.orders], expired.fills) == (["EXPIRED"], ())
    assert [(fill.lots, fill.ticks) for fill in lasting.fills] == [(3, 80)]


WORKED: Final = {*(case.row for case in CASES), ("DAY",)}
"""Rows with a case; the two that DAY has are the two tests above."""
COLUMNS: Final = {"order": 2, "time in force": 1}
"""By the first heading of each table, how many of its columns name a row."""


def rows_of_the_page() -> set[tuple[str, ...]]:
    """The first cells of all rows of all tables; a table nobody knows of is a KeyError."""
    found: set[tuple[str, ...]] = set()
    columns, before = 0, ""
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and not before.startswith("|"):
            columns = COLUMNS[cells[0]]
        elif line.startswith("|") and not line.startswith("|---"):
            found.add(tuple(cells[:columns]))
        before = line
    return found


def test_every_row_of_the_page_has_a_case() -> None:
    assert rows_of_the_page() == WORKED
