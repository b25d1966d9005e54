"""Which part of a long history is asked for."""

from collections.abc import Sequence
from typing import Final, TypeVar

from sims.servers.binance import refusals
from sims.servers.binance.params import Params
from sims.servers.binance.refusals import RefusedError
from sims.servers.binance.reports import MICROSECONDS_FROM, NS_PER_MS, NS_PER_US

ROWS_DEFAULT: Final = 500
ROWS_MAX: Final = 1_000
SPAN_NS_MAX: Final = 86_400 * 10**9

Row = TypeVar("Row")


def read_span(params: Params) -> tuple[int | None, int | None]:
    """Read the first and the last nanosecond; both together span a day at most."""
    start_ns, end_ns = _read_unit(params, "startTime"), _read_unit(params, "endTime")
    if start_ns is not None and end_ns is not None and end_ns[0] - start_ns[0] > SPAN_NS_MAX:
        raise RefusedError(refusals.WINDOW_TOO_LONG)
    return start_ns and start_ns[0], end_ns and end_ns[1]


def _read_unit(params: Params, name: str) -> tuple[int, int] | None:
    """Read an instant as the first and the last nanosecond of its millisecond or microsecond."""
    value = params.integer(name)
    if value is None:
        return None
    unit = NS_PER_US if value >= MICROSECONDS_FROM else NS_PER_MS
    return value * unit, (value + 1) * unit - 1


def page(rows: Sequence[Row], limit: int | None, *, is_forward: bool) -> Sequence[Row]:
    """Return the first rows, or the last ones."""
    count = min(limit or ROWS_DEFAULT, ROWS_MAX)
    return rows[:count] if is_forward else rows[-count:]
