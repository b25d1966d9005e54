"""One row of actions: what is taken, and every way to get it wrong."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.data.acting import csv, opened
from trader.config.notation import instant
from trader.errors import DataError
from trader.model.control import InstrumentHalted
from trader.model.money import MoneyScale

FRIDAY = "the nearest is from 2014-06-06T13:30:00Z to 2014-06-06T20:00:00Z"
MONDAY = "the nearest is from 2014-06-09T13:30:00Z to 2014-06-09T20:00:00Z"


def refusal(folder: Path, row: str, market: str = "UTC") -> DataError:
    with pytest.raises(DataError) as caught:
        opened(csv(folder, row), market=market)
    return caught.value


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("2014-06-09,,splitt,7,1,", "action", "unknown action 'splitt'"),
        ("2014-06-09,,,7,1,", "action", "there is no action"),
        ("2014-06-09,,split,0,1,", "numerator", "whole number from 1 to 1000000, got '0'"),
        ("2014-06-09,,split,7,0,", "denominator", "whole number from 1 to 1000000, got '0'"),
        ("2014-06-09,,split,-7,1,", "numerator", "whole number from 1 to 1000000, got '-7'"),
        ("2014-06-09,,split,7.5,1,", "numerator", "whole number from 1 to 1000000, got '7.5'"),
        ("2014-06-09,,split,1000001,1,", "numerator", "got '1000001'"),
        ("2014-06-09,,split,7:1,1,", "numerator", "got '7:1'"),
        ("2014-06-09,,split,³,1,", "numerator", "got '³'"),
        ("2014-06-09,,split,7,,", "denominator", "a split needs it"),
        ("2014-06-09,,split,7,1,0.5", "amount", "a split has none, and here is '0.5'"),
        ("2014-06-09,,dividend,,,", "amount", "a dividend needs it"),
        ("2014-06-09,,dividend,,,0", "amount", "dividend 0 is not positive"),
        ("2014-06-09,,dividend,,,-0.5", "amount", "dividend -0.5 is not positive"),
        ("2014-06-09,,dividend,,,1e-2", "amount", "expected a decimal number, got '1e-2'"),
        ("2014-06-09,,dividend,,,0.000000001", "amount", "is no multiple of 0.00000001"),
        ("2014-06-09,,dividend,,,100000000000", "amount", "is more than any account can hold"),
        ("2014-06-09,,dividend,2,,0.5", "numerator", "a dividend has none, and here is '2'"),
        ("2014-06-09,,halt,,,1", "amount", "a halt has none, and here is '1'"),
        ("2014-06-09,,resume,1,,", "numerator", "a resume has none"),
        ("2014-02-30,,split,7,1,", "ex_date", "there is no date '2014-02-30'"),
        ("9.6.2014,,split,7,1,", "ex_date", "expected a date, got '9.6.2014'"),
        ("2014-06-09T13:30:00Z,,split,7,1,", "ex_date", "expected a date"),
        (",2014-06-09,split,7,1,", "ts", "expected a time, got '2014-06-09'"),
        (",2014-06-09T13:30:00,split,7,1,", "ts", "has no offset"),
        (",2014,split,7,1,", "ts", "expected a date, got the year 2014"),
        (",9223372036854775807,split,7,1,", "ts", "is outside 1824 to 2115"),
        (",--5,split,7,1,", "ts", "expected a date or a time"),
    ],
)
def test_a_broken_cell_is_named(tmp_path: Path, row: str, column: str, says: str) -> None:
    error = refusal(tmp_path, row)

    assert says in error.message
    assert error.where.endswith(f"actions.csv, line 2, column {column}")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (",,split,7,1,", "one of ex_date and ts says when: neither is given"),
        (
            "2014-06-09,2014-06-09T13:30:00Z,split,7,1,",
            "one of ex_date and ts says when: both are given",
        ),
        ("2014-06-09,,split,2,2,", "2 for 2 is no split"),
    ],
)
def test_a_row_that_says_nothing_is_named(tmp_path: Path, row: str, says: str) -> None:
    error = refusal(tmp_path, row)

    assert says in error.message
    assert error.where.endswith("actions.csv, line 2")


def test_hints_say_what_to_write(tmp_path: Path) -> None:
    assert refusal(tmp_path, "2014-06-09,,splitt,7,1,").hint == "did you mean split?"
    assert refusal(tmp_path, "2014-06-09,,bonus,7,1,").hint == (
        "known: split, dividend, halt, resume"
    )
    assert refusal(tmp_path, ",2014-06-09,split,7,1,").hint == "a date stands in `ex_date`"
    assert refusal(tmp_path, "2014-06-09T00:00:00Z,,split,7,1,").hint == (
        "write it like 2020-12-31; a time stands in `ts`"
    )


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (
            "2014-06-08,,split,7,1,",
            "ex_date",
            f"2014-06-08 is in no session of XNYS; {FRIDAY}",
        ),
        (
            ",2014-06-09T20:00:00Z,split,7,1,",  # the close itself is no longer in the session
            "ts",
            f"2014-06-09T20:00:00Z is in no session of XNYS; {MONDAY}",
        ),
        (
            ",2014-06-09T12:00:00Z,dividend,,,1",
            "ts",
            "2014-06-09T12:00:00Z is in no session of XNYS",
        ),
        ("1985-06-10,,split,7,1,", "ex_date", "the sessions of XNYS are known from 1990-01-02"),
        ("2061-06-10,,halt,,,", "ex_date", "the last session of XNYS that is known is"),
    ],
)
def test_an_action_outside_every_session_is_refused(
    tmp_path: Path, row: str, column: str, says: str
) -> None:
    error = refusal(tmp_path, row, "XNYS")

    assert says in error.message
    assert error.where.endswith(f"line 2, column {column}")
    assert "scripts/calendars" in error.hint or "calendar?" in error.hint


@pytest.mark.parametrize(
    ("row", "market", "ts"),
    [
        ("2014-06-09,,halt,,,", "XNYS", "2014-06-09T13:30:00Z"),
        (
            "2014-12-10,,halt,,,",
            "XASX",
            "2014-12-09T23:00:00Z",
        ),  # where it opens the evening before
        ("2014-06-09,,halt,,,", "UTC", "2014-06-09T00:00:00Z"),
        ("2014-06-08,,halt,,,", "24/7", "2014-06-08T00:00:00Z"),
        (",2014-06-09T09:30:00-04:00,halt,,,", "XNYS", "2014-06-09T13:30:00Z"),
        (",1402320600000000000,halt,,,", "XNYS", "2014-06-09T13:30:00Z"),
        (",2014-06-09T11:00:00Z,halt,,,", "XNYS", "2014-06-09T11:00:00Z"),  # before the bell
    ],
)
def test_a_date_is_the_opening_of_its_session(
    tmp_path: Path, row: str, market: str, ts: str
) -> None:
    file = opened(csv(tmp_path, row), market=market)

    assert file.ts.tolist() == [instant(ts)]


def test_a_halt_may_say_why(tmp_path: Path) -> None:
    path = csv(tmp_path, "2014-06-09,halt,news pending", head="ex_date,action,reason")

    assert opened(path).messages == (
        InstrumentHalted(instrument="AAPL.usa", reason="news pending"),
    )


def test_a_dividend_is_exact_or_refused(tmp_path: Path) -> None:
    """Whatever the scale of the run's money and the size of a lot."""
    path = csv(tmp_path, "2014-08-07,,dividend,,,0.4375")

    with pytest.raises(DataError, match=r"dividend 0.4375 for a lot of 10 is no multiple of 0.01"):
        opened(path, lot=Decimal(10), scale=MoneyScale(places=2, half={}))
    exact = opened(path, lot=Decimal(100), scale=MoneyScale(places=2, half={}))
    assert getattr(exact.messages[0], "amount", None) == 4_375
