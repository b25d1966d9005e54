"""When the rows of a table were: from texts to nanoseconds UTC, or an error that asks.

The form of the times is the one that all of them have. Whose clock they show is told by an offset,
by the name of the column, or by whoever knows; days alone begin at 00:00 UTC. A table that is
newest first is turned round.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from trader.config.spelling import shown
from trader.data.order import YEAR_MAX, YEAR_MIN
from trader.data.tables.cells import RECORD, Cells
from trader.data.tables.findings import Finding
from trader.data.tables.forms import (
    CLOCKS,
    FORMS,
    MAYBE_SHORT,
    Order,
    Parsed,
    counted_size,
    first_and_second,
    has_short_year,
    is_far,
    matches,
    parsed,
    parts,
    unit_of,
)
from trader.data.tables.numbers import text
from trader.data.tables.roles import plain
from trader.data.tables.zones import UTC, Trouble, is_zone, placed
from trader.model.units import DAY_NS

MONTHS_MAX: Final = 12
ASK_ZONE: Final = (
    "give time_zone: UTC, or the zone they are in, such as America/New_York"
    " (--time-zone in `traderd data`)"
)
ASK_DATES: Final = "write them like 2020-12-31"
ASK_CENTURY: Final = "write all four digits of the year, like 2020-12-31: it may be 1920 too"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Written:
    """The times of a column as they are written, with the numbers of their records."""

    role: str
    form: str
    frame: pl.DataFrame
    """Columns record, naive, offset, has_clock."""
    findings: tuple[Finding, ...]


def written(cells: Cells, role: str) -> Written:
    """Read a column of times, with the time of day of a column of its own if there is one.

    Raises `DataError` for the first text that is no time, or not of the form of the others.
    """
    form = _form(cells, role, FORMS)
    if form == "count":
        _check_units(cells, role)
    if form in MAYBE_SHORT:
        for record, cell in cells.some(role, has_short_year(role, form)):
            raise cells.defect(f"{shown(cell)} names no century", record, role, ASK_CENTURY)
    order, findings = _order(cells, role) if form == "year last" else ("day_first", [])
    times, before = parsed(role, form, order), [parts(role, form)]
    if role == "time" and "clock" in cells.titles:
        clock = _form(cells, "clock", CLOCKS)
        times = _joined(times, parsed("clock", clock, order))
        before.append(parts("clock", clock))
    frame = cells.collect(
        pl.col(RECORD),
        times.naive.alias("naive"),
        times.offset.alias("offset"),
        times.has_clock.alias("has_clock"),
        before=before,
    )
    _check(cells, role, form, frame)
    why = f"column {shown(cells.titles[role])}"
    if "clock" in cells.titles and role == "time":
        why += f" and {shown(cells.titles['clock'])}"
    return Written(
        role=role,
        form=form,
        frame=frame,
        findings=(
            Finding(what="times", value=_described(cells, role, form), origin="found", why=why),
            *findings,
        ),
    )


def _form(cells: Cells, role: str, forms: Mapping[str, str]) -> str:
    """The form that the most texts have; all of them must."""
    counts = cells.collect(text(role).count().alias("all"), *matches(role, forms))
    seen = counts.row(0, named=True)
    form = max(reversed(list(forms)), key=lambda each: int(seen[each]))
    if seen[form] == seen["all"] and seen["all"]:
        return form
    if not seen[form]:
        record, cell = cells.first(role, pl.lit(value=True))
        hint = "write it like 2020-12-31 14:30:00"
        if seen["spreadsheet"]:
            hint = "it looks like a spreadsheet's number of a day: " + hint
        raise cells.defect(f"{shown(cell)} is no time", record, role, hint)
    _, one = cells.first(role, text(role).str.contains(f"^{forms[form]}$"))
    record, cell = cells.first(role, ~text(role).str.contains(f"^{forms[form]}$"))
    raise cells.defect(
        f"{shown(cell)} is no time like {shown(one)}", record, role, "write all times in one form"
    )


def _described(cells: Cells, role: str, form: str) -> str:
    _, one = cells.first(role, text(role).is_not_null())
    if form != "count":
        return f"like {shown(one)}"
    return f"in {unit_of(int(one.partition('.')[0]))[0]} since 1970"


def _check_units(cells: Cells, role: str) -> None:
    """All counts since 1970 are of one unit, which their sizes show."""
    counts = counted_size(role)
    least, most = cells.collect(counts.min().alias("least"), counts.max().alias("most")).row(0)
    if least is None or unit_of(least)[0] == unit_of(most)[0]:
        return
    _, one = cells.first(role, text(role).is_not_null())
    unit = unit_of(int(one.partition(".")[0]))[0]
    odd = most if unit_of(least)[0] == unit else least
    record, cell = cells.first(role, counts == odd)
    raise cells.defect(
        f"{shown(cell)} counts in {unit_of(odd)[0]}, and others in {unit}",
        record,
        role,
        "count all times in one unit",
    )


def _joined(day: Parsed, clock: Parsed) -> Parsed:
    """A date and a time of day; an offset stands with the latter."""
    return Parsed(
        naive=pl.when(~day.has_clock).then(day.naive + clock.naive),
        offset=clock.offset,
        has_clock=clock.has_clock,
    )


def _check(cells: Cells, role: str, form: str, frame: pl.DataFrame) -> None:
    """Every record has an instant, and all of them are written alike."""
    if frame["naive"].null_count():
        record = frame.filter(pl.col("naive").is_null())[RECORD][0]
        _, cell = cells.first(role, pl.col(RECORD) == record)
        if not cell.strip():
            raise cells.defect("there is no time", record, role)
        if is_far(cell, form):
            far = f"{shown(cell)} is outside {YEAR_MIN} to {YEAR_MAX}"
            raise cells.defect(far, record, role, "correct the year, or leave the row out")
        raise cells.defect(f"there is no time {shown(cell)}", record, role, ASK_DATES)
    for column, what in (("offset", "an offset from UTC"), ("has_clock", "a time of day")):
        has = frame[column].is_not_null() if column == "offset" else frame[column]
        if has.any() and not has.all():
            record = frame.filter(~has)[RECORD][0]
            _, cell = cells.first(role, pl.col(RECORD) == record)
            raise cells.defect(
                f"{shown(cell)} has not {what}, as others have", record, role, "write all alike"
            )


def _order(cells: Cells, role: str) -> tuple[Order, list[Finding]]:
    """Whether day or month comes first, by a number that is no month, or by the order of rows."""
    largest = cells.collect(*first_and_second(role)).row(0)
    beyond = [number > MONTHS_MAX for number in largest]
    if all(beyond):
        record, cell = cells.first(role, text(role).str.extract(r"^(\d+)").cast(pl.Int64) > 12)  # noqa: PLR2004 - months
        raise cells.defect(
            f"{shown(cell)} begins with a day, and other dates begin with a month",
            record,
            role,
            ASK_DATES,
        )
    if any(beyond):
        order: Order = "day_first" if beyond[0] else "month_first"
        record_at = 0 if beyond[0] else 1
        why = f"a {largest[record_at]} is no month"
        return order, [_dates(order, why)]
    runs = [each for each in _ORDERS if _is_run(cells, role, each)]
    if len(runs) == 1:
        return runs[0], [_dates(runs[0], "the rows are in order only so")]
    _, cell = cells.first(role, text(role).is_not_null())
    raise cells.source.defect(
        f"dates such as {shown(cell)} may begin with the day or with the month", hint=ASK_DATES
    )


_ORDERS: Final[tuple[Order, ...]] = ("day_first", "month_first")


def _dates(order: Order, why: str) -> Finding:
    return Finding(what="dates", value=order.replace("_", " "), origin="found", why=why)


def _is_run(cells: Cells, role: str, order: Order) -> bool:
    """Whether the times never go back, or never forward, if dates are read so."""
    form = "year last"
    times = parsed(role, form, order).naive.alias("naive")
    naive = cells.collect(times, before=[parts(role, form)])["naive"]
    steps = naive.diff().drop_nulls()
    return not naive.null_count() and bool((steps >= 0).all() or (steps <= 0).all())


def zone_of(cells: Cells, times: Written, asked: str | None) -> tuple[str, Finding]:
    """In which zone the times are written; what nobody says is asked for."""
    frame = times.frame
    if times.form == "count":
        return UTC, Finding(what="zone", value=UTC, origin="found", why="counted since 1970")
    if frame["offset"].null_count() == 0:
        offsets = frame["offset"].n_unique()
        why = "the times have offsets" if offsets > 1 else "the times have an offset"
        return UTC, Finding(what="zone", value=UTC, origin="found", why=why)
    if asked is not None:
        if not is_zone(asked):
            raise cells.source.defect(
                f"there is no time zone {shown(asked)}",
                hint="name it like UTC or America/New_York",
            )
        return asked, Finding(what="zone", value=asked, origin="given")
    title = cells.titles[times.role]
    if {"utc", "gmt"} & set(plain(title).split()):
        why = f"column {shown(title)}"
        return UTC, Finding(what="zone", value=UTC, origin="found", why=why)
    if (frame["naive"] % DAY_NS == 0).all():
        why = "days begin at 00:00 UTC"
        return UTC, Finding(what="zone", value=UTC, origin="default", why=why)
    _, cell = cells.first(times.role, text(times.role).is_not_null())
    raise cells.source.defect(f"times such as {shown(cell)} name no zone", hint=ASK_ZONE)


def is_newest_first(times: Written) -> bool:
    """Whether more rows are earlier than the row before them than are later."""
    at = times.frame["naive"] - times.frame["offset"].fill_null(0)
    steps = np.diff(at.to_numpy())
    return int((steps < 0).sum()) > int((steps > 0).sum())


def instants(
    cells: Cells, times: Written, zone: str, *, is_turned: bool, equal_is_back: bool
) -> tuple[pl.Series, list[Finding]]:
    """The instants of rows in nanoseconds UTC, in the order of time if `is_turned` tells it."""
    frame = times.frame.reverse() if is_turned else times.frame
    if not frame["offset"].null_count():
        return (frame["naive"] - frame["offset"]).alias("ts"), []
    made = placed(frame["naive"], zone, equal_is_back=equal_is_back)
    if isinstance(made, Trouble):
        raise cells.defect(
            made.message,
            frame[RECORD][made.row],
            times.role,
            "give times in UTC or with an offset, or correct time_zone",
        )
    if not made.doubled:
        return made.instants.alias("ts"), []
    told = Finding(
        what="hours",
        value=f"{made.doubled} rows of hours that came twice",
        origin="found",
        why="told apart by their order",
    )
    return made.instants.alias("ts"), [told]
