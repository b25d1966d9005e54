"""The order of events at one instant."""

from tests.oracle.cases import HOUR_NS, START, X, Y, bars, flat
from tests.oracle.market import Agenda, Event, Kind, Source

ROW = flat(100)


def drained(agenda: Agenda) -> list[Event]:
    events = []
    while agenda:
        events.append(agenda.next())
    return events


def test_at_one_instant_insides_come_first_then_closes_then_openings() -> None:
    """Two sources meet; within a kind the order is that of the sources."""
    agenda = Agenda((Source(X, bars(ROW, ROW)), Source(Y, bars(ROW, ROW))), 10**18)

    met = [e for e in drained(agenda) if e.ts == START + HOUR_NS]

    assert [(e.kind, e.source, e.row) for e in met] == [
        (Kind.INSIDE, 0, 0),
        (Kind.INSIDE, 1, 0),
        (Kind.CLOSE, 0, 0),
        (Kind.CLOSE, 1, 0),
        (Kind.OPENING, 0, 1),
        (Kind.OPENING, 1, 1),
    ]


def test_a_report_of_an_inside_is_in_time_for_the_closes_one_of_an_opening_is_not() -> None:
    agenda = Agenda((Source(X, bars(ROW, ROW)),), 10**18)
    ts = START + HOUR_NS
    agenda.report(Event(ts, 0, Kind.OPENING, 0, 1), 7)
    agenda.report(Event(ts, 0, Kind.INSIDE, 0, 0), 8)

    met = [(e.kind, e.round_no, e.row) for e in drained(agenda) if e.ts == ts]

    assert met == [
        (Kind.INSIDE, 0, 0),
        (Kind.REPORT, 0, 8),
        (Kind.CLOSE, 0, 0),
        (Kind.OPENING, 0, 1),
        (Kind.REPORT, 1, 7),
    ]


def test_equity_is_looked_at_after_the_closes_of_its_instant_and_before_the_openings() -> None:
    """From the first close to the last one, both included; an instant without bars counts too."""
    market = (*bars(ROW, ROW, interval=4 * HOUR_NS), *bars(ROW, start=START + 9 * HOUR_NS))
    agenda = Agenda((Source(X, market),), 2 * HOUR_NS)

    events = drained(agenda)

    looked = [(e.ts - START) // HOUR_NS for e in events if e.kind is Kind.EQUITY]
    assert looked == [4, 6, 8, 10]
    assert [e.kind for e in events if e.ts == START + 4 * HOUR_NS] == [
        Kind.INSIDE,
        Kind.CLOSE,
        Kind.EQUITY,
        Kind.OPENING,
    ]
