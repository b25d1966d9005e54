"""The order of events at one instant."""

from tests.oracle.agenda import Agenda, Event, Kind

T = 1_000


def drained(agenda: Agenda, until: int = T) -> list[Event]:
    events = []
    while (event := agenda.next(until)) is not None:
        events.append(event)
    return events


def test_kinds_come_in_their_order_and_sources_within_a_kind() -> None:
    agenda = Agenda()
    for kind in reversed(Kind):
        for source in (1, 0):
            agenda.recorded(kind, source, [T])

    assert [(e.kind, e.source) for e in drained(agenda)] == [(k, s) for k in Kind for s in (0, 1)]
    assert list(Kind) == [
        Kind.INSIDE,
        Kind.TIMER,
        Kind.SESSION,
        Kind.COMMAND,
        Kind.EARLY,
        Kind.PRINT,
        Kind.QUOTE,
        Kind.DEPTH,
        Kind.SEND,
        Kind.REPORT,
        Kind.CLOSE,
        Kind.EQUITY,
        Kind.HAPPENING,
        Kind.OPENING,
    ]


def test_rows_come_in_their_order_and_instants_before_all() -> None:
    agenda = Agenda()
    agenda.recorded(Kind.CLOSE, 0, [T, T])
    agenda.recorded(Kind.OPENING, 0, [T - 1])

    assert [(e.ts, e.row) for e in drained(agenda)] == [(T - 1, 0), (T, 0), (T, 1)]


def test_a_report_of_an_inside_is_in_time_for_the_closes_one_of_an_opening_is_not() -> None:
    agenda = Agenda()
    agenda.recorded(Kind.CLOSE, 0, [T])
    agenda.caused(Event(T, 0, Kind.OPENING, 0, 1), Kind.REPORT, 7)
    agenda.caused(Event(T, 0, Kind.INSIDE, 0, 0), Kind.REPORT, 8)
    agenda.caused(Event(T, 1, Kind.REPORT, 0, 7), Kind.REPORT, 9)

    assert [(e.kind, e.round_no, e.row) for e in drained(agenda)] == [
        (Kind.REPORT, 0, 8),
        (Kind.CLOSE, 0, 0),
        (Kind.REPORT, 1, 7),
        (Kind.REPORT, 1, 9),
    ]


def test_what_is_under_way_arrives_among_what_is_recorded_and_after_the_end_it_does_not() -> None:
    agenda = Agenda()
    agenda.recorded(Kind.CLOSE, 0, [T])
    agenda.under_way(T, Kind.COMMAND, 1)
    agenda.under_way(T + 1, Kind.REPORT, 0)

    assert [e.kind for e in drained(agenda)] == [Kind.COMMAND, Kind.CLOSE]
    assert agenda.count(Kind.REPORT) == 1


def test_one_kind_of_an_instant_can_be_told_before_all_others() -> None:
    agenda = Agenda()
    agenda.recorded(Kind.OPENING, 0, [T])
    agenda.under_way(T + 1, Kind.REPORT, 3)
    agenda.caused(Event(T, 0, Kind.CLOSE, 0, 0), Kind.REPORT, 1)
    agenda.caused(Event(T, 0, Kind.CLOSE, 0, 0), Kind.REPORT, 0)

    told = [agenda.at_once(Kind.REPORT, T) for _ in range(3)]

    assert [None if event is None else event.row for event in told] == [0, 1, None]
    assert [event.kind for event in drained(agenda)] == [Kind.OPENING]
