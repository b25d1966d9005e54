"""One row of a file of corporate actions: when it takes effect, and what it says.

A row happens at an instant, `ts`, or on a date, `ex_date`. A date means the opening of its session,
or 00:00 UTC where the instrument has no calendar.
"""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from trader.calendars.sessions import Calendar, Sessions
from trader.config.notation import Unfit, decimal, instant, instant_text, whole_instant
from trader.config.spelling import nearest, shown
from trader.data.action_cells import (
    ACTION,
    AMOUNT,
    DENOMINATOR,
    EX_DATE,
    NUMERATOR,
    REASON,
    TS,
    Cells,
)
from trader.data.order import TS_MAX, YEAR_MAX, YEAR_MIN
from trader.errors import DataError
from trader.model.control import (
    DividendPaid,
    InstrumentHalted,
    InstrumentResumed,
    SplitEffective,
)
from trader.model.envelope import Message
from trader.model.money import MoneyScale
from trader.model.units import DAY_NS, INT64_MAX, Money, Nanoseconds

RATIO_MAX: Final = 1_000_000
"""The most lots that a split may make of one, or one of."""

SPLIT: Final = "split"
DIVIDEND: Final = "dividend"
HALT: Final = "halt"
RESUME: Final = "resume"
NEEDS: Final = {
    SPLIT: (NUMERATOR, DENOMINATOR),
    DIVIDEND: (AMOUNT,),
    HALT: (),
    RESUME: (),
}
"""Every action, and the numbers that it needs; it may have no others."""
_WHOLE: Final = re.compile(r"[0-9]{1,9}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNT: Final = re.compile(r"-?[0-9]{1,19}")


class Terms(NamedTuple):
    """What a file of actions cannot say itself."""

    instrument: str
    sessions: Sessions
    lot: Decimal
    scale: MoneyScale


def action_of(cells: Cells, row: int, terms: Terms) -> tuple[Nanoseconds, Message]:
    """When and what; raises `DataError` for a row that is broken or contradicts the sessions."""
    texts = cells.rows[row]
    action = texts[ACTION]
    if action not in NEEDS:
        message = f"unknown action {shown(action)}" if action else "there is no action"
        raise cells.source.defect(message, row=row, column=ACTION, hint=nearest(action, NEEDS))
    _check_numbers(cells, row)
    ts = _when(cells, row, terms.sessions)
    name = terms.instrument
    if action == SPLIT:
        numerator, denominator = _ratio(cells, row)
        return ts, SplitEffective(
            instrument=name, numerator=numerator, denominator=denominator, ts_event=ts
        )
    if action == DIVIDEND:
        return ts, DividendPaid(instrument=name, amount=_amount(cells, row, terms), ts_event=ts)
    if action == HALT:
        return ts, InstrumentHalted(instrument=name, reason=texts[REASON])
    return ts, InstrumentResumed(instrument=name)


def _check_numbers(cells: Cells, row: int) -> None:
    """The row has the numbers that its action needs and no others."""
    texts = cells.rows[row]
    action = texts[ACTION]
    for column in (NUMERATOR, DENOMINATOR, AMOUNT):
        if column in NEEDS[action] and not texts[column]:
            raise cells.source.defect(f"a {action} needs it", row=row, column=column)
        if column not in NEEDS[action] and texts[column]:
            raise cells.source.defect(
                f"a {action} has none, and here is {shown(texts[column])}", row=row, column=column
            )


def _ratio(cells: Cells, row: int) -> tuple[int, int]:
    found = []
    for column in (NUMERATOR, DENOMINATOR):
        text = cells.rows[row][column]
        if not _WHOLE.fullmatch(text) or not 1 <= int(text) <= RATIO_MAX:
            raise cells.source.defect(
                f"expected a whole number from 1 to {RATIO_MAX}, got {shown(text)}",
                row=row,
                column=column,
            )
        found.append(int(text))
    numerator, denominator = found
    if numerator == denominator:
        raise cells.source.defect(f"{numerator} for {denominator} is no split", row=row)
    return numerator, denominator


def _amount(cells: Cells, row: int, terms: Terms) -> Money:
    """The dividend of a lot, in multiples of the run's money."""
    text = cells.rows[row][AMOUNT]
    try:
        amount = decimal(text)
    except Unfit as unfit:
        raise cells.source.defect(unfit.message, row=row, column=AMOUNT, hint=unfit.hint) from None
    if amount <= 0:
        raise cells.source.defect(f"dividend {text} is not positive", row=row, column=AMOUNT)
    money = Fraction(amount) * Fraction(terms.lot) * 10**terms.scale.places
    if money > INT64_MAX:
        message = f"dividend {text} for a lot of {terms.lot} is more than any account can hold"
        raise cells.source.defect(message, row=row, column=AMOUNT)
    if money.denominator != 1:
        raise cells.source.defect(
            f"dividend {text} for a lot of {terms.lot} is no multiple of {terms.scale.quantum}",
            row=row,
            column=AMOUNT,
            hint="money is exact here: round it yourself",
        )
    return int(money)


def _when(cells: Cells, row: int, sessions: Sessions) -> Nanoseconds:
    """The instant of a row, which its session knows."""
    texts = cells.rows[row]
    if bool(texts[TS]) == bool(texts[EX_DATE]):
        message = "both are given" if texts[TS] else "neither is given"
        raise cells.source.defect(f"one of {EX_DATE} and {TS} says when: {message}", row=row)
    column = TS if texts[TS] else EX_DATE
    text = texts[column]
    try:
        ts = _instant(column, text)
    except Unfit as unfit:
        raise cells.source.defect(unfit.message, row=row, column=column, hint=unfit.hint) from None
    if unknown := sessions.unknown(ts):
        hint = f"`scripts/calendars {instant_text(ts)[:4]}` may make the table reach further"
        raise cells.source.defect(f"{text}: {unknown}", row=row, column=column, hint=hint)
    if column == EX_DATE:
        session = sessions.session_of(ts // DAY_NS)
        if session is not None:
            return session.ts_open
    elif texts[ACTION] in {HALT, RESUME} or sessions.is_open(ts):
        return ts
    assert isinstance(sessions, Calendar)
    raise _outside(cells, row, column, ts, sessions)


def _instant(column: str, text: str) -> Nanoseconds:
    is_date = _DATE.fullmatch(text) is not None
    if column == EX_DATE and not is_date:
        hint = f"write it like 2020-12-31; a time stands in `{TS}`"
        raise Unfit(f"expected a date, got {shown(text)}", hint)
    if column == TS and is_date:
        raise Unfit(f"expected a time, got {shown(text)}", f"a date stands in `{EX_DATE}`")
    ts = whole_instant(int(text)) if _COUNT.fullmatch(text) else instant(text)
    if abs(ts) > TS_MAX:
        raise Unfit(f"{shown(text)} is outside {YEAR_MIN} to {YEAR_MAX}")
    return ts


def _outside(cells: Cells, row: int, column: str, ts: Nanoseconds, calendar: Calendar) -> DataError:
    opens, closes = map(instant_text, calendar.nearest(ts))
    return cells.source.defect(
        f"{cells.rows[row][column]} is in no session of {calendar.name};"
        f" the nearest is from {opens} to {closes}",
        row=row,
        column=column,
        hint="is that the instrument's calendar?",
    )
