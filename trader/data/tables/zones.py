"""From the clock on somebody's wall to UTC.

Twice a year such a clock jumps. An hour that it skips is in no file that is right about its zone,
and is refused. An hour that it shows twice is told apart by the order of the rows: where the clock
steps back inside of it, the second time has begun. Where it never steps back, nothing tells which
of the two is meant, and that is refused as well.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

UTC: Final = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why the clock of a row (counted in the order of time) names no instant."""

    row: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Instants in nanoseconds UTC, and how many rows lay in hours that came twice."""

    instants: pl.Series
    doubled: int


def is_zone(name: str) -> bool:
    """Whether it is a time zone's name, such as America/New_York."""
    try:
        pl.DataFrame({"naive": [0]}, schema={"naive": pl.Datetime("ns")}).select(
            _in_zone(name, "earliest")
        )
    except pl.exceptions.ComputeError:
        return False
    return bool(name)


def placed(naive: pl.Series, zone: str, *, equal_is_back: bool) -> Placed | Trouble:
    """The instants of clock readings in the order of time.

    With `equal_is_back` two equal readings cannot be one instant, so the second is an hour later.
    """
    if zone == UTC:
        return Placed(instants=naive, doubled=0)
    frame = pl.DataFrame({"naive": naive.cast(pl.Datetime("ns"))}).with_columns(
        early=_in_zone(zone, "earliest"), late=_in_zone(zone, "latest")
    )
    skipped = frame["early"].is_null().arg_max()
    if frame["early"].null_count() and skipped is not None:
        reading = frame["naive"][skipped]
        message = f"{reading} does not exist in {zone}, where the clock was put forward"
        return Trouble(row=skipped, message=message)
    doubled = frame["early"] != frame["late"]
    if not doubled.any():
        return Placed(instants=frame["early"].cast(pl.Int64), doubled=0)
    return _told_apart(frame.with_columns(doubled=doubled), zone, equal_is_back=equal_is_back)


def _in_zone(zone: str, which: str) -> pl.Expr:
    at = pl.col("naive").dt.replace_time_zone(zone, ambiguous=pl.lit(which), non_existent="null")
    return at.dt.convert_time_zone(UTC)


def _told_apart(frame: pl.DataFrame, zone: str, *, equal_is_back: bool) -> Placed | Trouble:
    """Say for each reading of a doubled hour whether it is the first or the second time."""
    step = pl.col("naive").diff()
    back = (step <= pl.duration() if equal_is_back else step < pl.duration()).fill_null(value=False)
    frame = frame.with_row_index("row").with_columns(
        back=back & pl.col("doubled") & pl.col("doubled").shift(1, fill_value=False),
        hour=pl.col("doubled").rle_id(),
    )
    second = pl.col("back").cum_sum().over("hour") > 0
    hours = frame.filter(pl.col("doubled")).group_by("hour", maintain_order=True)
    seen = hours.agg(pl.col("back").sum(), pl.col("row").first(), pl.col("naive").first())
    for hour in seen.filter(pl.col("back") != 1).head(1).iter_rows(named=True):
        message = (
            f"{hour['naive']} came twice in {zone}, where the clock was put back,"
            " and the order of the rows does not tell which one is meant"
        )
        return Trouble(row=hour["row"], message=message)
    chosen = pl.when(pl.col("doubled") & second).then("late").otherwise("early")
    instants = frame.select(chosen.cast(pl.Int64).alias("ts"))["ts"]
    return Placed(instants=instants, doubled=int(frame["doubled"].sum()))
