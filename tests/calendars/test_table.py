"""The table that ships: equal to its source in every session, and to what people remember."""

import pytest

from scripts.session_table import NAMES, last_year_of, library_calendar, nanoseconds, table
from trader.calendars.sessions import UTC, Calendar, Days
from trader.calendars.table import TABLE, calendar, known_calendars, read_table, shared, write_table
from trader.config.notation import instant, instant_text
from trader.errors import ConfigError
from trader.model.units import DAY_NS, HOUR_NS

# The library asks its pandas in ways that pandas is about to give up.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

TEXT = TABLE.read_text(encoding="utf-8")
LAST_YEAR = last_year_of(TEXT)


def exchange(name: str) -> Calendar:
    found = calendar(name)
    assert isinstance(found, Calendar)
    return found


def session(name: str, date: str) -> str:
    """The session of a date, as hours of UTC; what lies on another date says so."""
    found = exchange(name).session_of(instant(date) // DAY_NS)
    if found is None:
        return "closed"
    return " ".join(instant_text(ts).removeprefix(f"{date}T") for ts in found)


@pytest.mark.parametrize("name", NAMES)
def test_every_session_is_the_librarys(name: str) -> None:
    """Its opening, its close and its date, from the first to the last."""
    library = library_calendar(name, LAST_YEAR)
    own = exchange(name)

    assert own.opens.tolist() == nanoseconds(library.opens).tolist()
    assert own.closes.tolist() == nanoseconds(library.closes).tolist()
    dates = (nanoseconds(library.sessions) // DAY_NS).tolist()
    assert [own.session_of(date) for date in dates] == [
        (opens, closes)
        for opens, closes in zip(own.opens.tolist(), own.closes.tolist(), strict=True)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_sessions_follow_one_another(name: str) -> None:
    own = exchange(name)

    assert (own.closes > own.opens).all()
    assert (own.opens[1:] >= own.closes[:-1]).all()
    assert len(own.opens) > 7_000
    assert own.ts_from <= own.opens[0] + 2 * HOUR_NS
    assert own.closes[-1] <= own.ts_to


def test_making_it_again_gives_the_same_bytes() -> None:
    """So the table was made by the pinned library, and by nobody's hand."""
    assert table(LAST_YEAR) == TEXT


def test_it_is_small() -> None:
    assert len(TEXT) < 100_000


@pytest.mark.parametrize(
    ("name", "date", "hours"),
    [
        ("XNYS", "2001-09-10", "13:30:00Z 20:00:00Z"),
        ("XNYS", "2001-09-11", "closed"),
        ("XNYS", "2001-09-12", "closed"),
        ("XNYS", "2001-09-13", "closed"),
        ("XNYS", "2001-09-14", "closed"),
        ("XNYS", "2001-09-17", "13:30:00Z 20:00:00Z"),
        ("XNYS", "2012-10-26", "13:30:00Z 20:00:00Z"),
        ("XNYS", "2012-10-29", "closed"),  # the hurricane
        ("XNYS", "2012-10-30", "closed"),
        ("XNYS", "2012-10-31", "13:30:00Z 20:00:00Z"),
        ("XNYS", "2011-03-11", "14:30:00Z 21:00:00Z"),  # the clocks change on the 13th
        ("XNYS", "2011-03-14", "13:30:00Z 20:00:00Z"),
        ("XLON", "2011-03-14", "08:00:00Z 16:30:00Z"),  # but not in London
        ("XLON", "2011-03-28", "07:00:00Z 15:30:00Z"),
        ("XNYS", "2013-11-29", "14:30:00Z 18:00:00Z"),  # the day after Thanksgiving
        ("XNYS", "2015-12-24", "14:30:00Z 18:00:00Z"),
        ("XNYS", "2007-01-02", "closed"),  # mourning for a president
        ("XNYS", "2015-04-03", "closed"),  # Good Friday
        ("XNYS", "2014-06-07", "closed"),  # a Saturday
        ("XLON", "2014-12-24", "08:00:00Z 12:30:00Z"),
        ("XETR", "2014-12-30", "08:00:00Z 13:00:00Z"),
        ("XTKS", "2014-06-09", "00:00:00Z 06:00:00Z"),
        ("XHKG", "2014-06-09", "01:30:00Z 08:00:00Z"),
        ("XASX", "2014-06-10", "00:00:00Z 06:00:00Z"),
        ("XASX", "2014-12-10", "2014-12-09T23:00:00Z 05:00:00Z"),
        ("CMES", "2014-06-09", "2014-06-08T22:00:00Z 22:00:00Z"),
        ("24/5", "2014-06-06", "00:00:00Z 2014-06-07T00:00:00Z"),
        ("24/5", "2014-06-07", "closed"),
    ],
)
def test_days_that_people_remember(name: str, date: str, hours: str) -> None:
    assert session(name, date) == hours


def test_the_half_days_of_a_year_are_those_that_people_remember() -> None:
    own = exchange("XNYS")
    short = own.opens[own.closes - own.opens < 4 * HOUR_NS].astype("datetime64[ns]")

    dates = {str(day) for day in short.astype("datetime64[D]")}

    assert {date for date in dates if date.startswith(("2003", "2012"))} == {
        *("2003-07-03", "2003-11-28", "2003-12-24", "2003-12-26"),
        *("2012-07-03", "2012-11-23", "2012-12-24"),
    }


def test_venues_of_one_exchange_share_its_calendar() -> None:
    assert calendar("XNAS") is calendar("ARCX") is calendar("XNYS")
    assert calendar("XNAS").name == "XNYS"


@pytest.mark.parametrize("name", ["24/7", UTC])
def test_a_market_that_never_closes_needs_no_table(name: str) -> None:
    found = calendar(name)

    assert isinstance(found, Days)
    assert found.name == name


@pytest.mark.parametrize(
    ("configured", "name"),
    [
        (["XNYS", "XNAS"], "XNYS"),
        (["XNYS"], "XNYS"),
        (["XNYS", "XLON"], UTC),
        (["XNYS", None], UTC),
        ([None, None], UTC),
        (["24/7", "24/7"], "24/7"),
        ([], UTC),
    ],
)
def test_instruments_share_a_calendar_or_the_day(configured: list[str | None], name: str) -> None:
    assert shared(configured).name == name


def test_an_unknown_name_is_told_what_there_is() -> None:
    with pytest.raises(ConfigError, match="no calendar is called 'NYSE'") as caught:
        calendar("NYSE")

    assert caught.value.hint == f"there are {', '.join(known_calendars())}"
    assert {"XNYS", "XNAS", "24/7", "24/5", "CMES"} <= set(known_calendars())
    assert len(known_calendars()) == len(NAMES) + 4


def test_a_table_is_written_as_it_was_read() -> None:
    heads = [line[2:] for line in TEXT.splitlines() if line.startswith("#")]

    assert write_table(read_table(TEXT), heads) == TEXT


def test_hours_before_midnight_and_after_are_kept() -> None:
    text = (
        "# a head\n\ncalendar X 2020-01-01 2020-01-05 67\nhours 2020-01-01 -01:30 24:00\n"
        "special 2020-01-02 00:15 01:00\nclosed 2020-01-05\n"
    )
    [rules] = read_table(text).values()

    assert rules.hours[0][1:] == (-90, 1_440)
    assert write_table({"X": rules}, ["a head"]) == text
