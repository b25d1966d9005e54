"""Which part of a long history is asked for."""

from collections.abc import Sequence
from typing import Final, TypeVar

from sims.servers.binance import refusals
from sims.servers.binance.params import Params
from sims.servers.binance.refusals import RefusedError

ROWS_DEFAULT: Final = 500
ROWS_MAX: Final = 1_000
SPAN_MS_MAX: Final = 86_400_000

Row = TypeVar("Row")


def read_span(params: Params) -> tuple[int | None, int | None]:
    """Read from when to when, in milliseconds; both together span a day at most."""
    start_ms = params.integer("startTime")
    end_ms = params.integer("endTime")
    if start_ms is not None and end_ms is not None and end_ms - start_ms > SPAN_MS_MAX:
        raise RefusedError(refusals.WINDOW_TOO_LONG)
    return start_ms, end_ms


def page(rows: Sequence[Row], limit: int | None, *, is_forward: bool) -> Sequence[Row]:
    """Return the first rows, or the last ones."""
    count = min(limit or ROWS_DEFAULT, ROWS_MAX)
    return rows[:count] if is_forward else rows[-count:]
