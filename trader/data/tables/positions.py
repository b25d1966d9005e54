"""Which column is which where no header says so.

Only orders that prove themselves are taken: a high that is the highest of four prices, a bid that
never lies above its ask. Three numbers after a time could be anything, so those need a kind.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

from trader.data.defects import Source
from trader.data.tables.findings import Finding
from trader.data.tables.forms import CLOCKS, FORMS
from trader.data.tables.roles import Kind, Roles

Rows: TypeAlias = Sequence[Sequence[str]]

HEADERS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        "bars": "time,open,high,low,close,volume",
        "quotes": "time,bid,bid_size,ask,ask_size",
        "trades": "time,price,size,side",
        "depth": "time,first_id,last_id,is_snapshot,side,price,size",
    }
)
_TRUTHS: Final = frozenset({"true", "false"})
_NEAR: Final = 0.05
"""Two prices of one market lie closer together than this share of them."""
_TRADE_COLUMNS: Final = {6: 4, 7: 4, 8: 5}
"""Where the time stands in trades that begin with an id, by how many columns there are."""


def positioned(source: Source, body: Rows, kind: Kind | None) -> tuple[Kind, Roles, list[Finding]]:
    """The kind of the rows and the columns of its roles, from the first records.

    Raises `DataError` if the order of the columns does not prove itself.
    """
    rows = [[cell.strip() for cell in row] for row in body if len(row) == len(body[0])]
    for each, attempt in _ATTEMPTS.items():
        if kind not in {None, each}:
            continue
        roles = attempt(rows)
        if roles is None or (kind is None and each != "bars" and "maker" not in roles):
            continue
        why = ", ".join(f"column {number + 1} {role}" for role, number in roles.items())
        told = Finding(what="kind", value=each, origin="given" if kind else "found", why=why)
        return each, roles, [told]
    raise source.defect(
        "there is no header, and the columns do not show what they are",
        hint=f"give it one, such as {HEADERS[kind or 'bars']}",
    )


def _bars(rows: Rows) -> Roles | None:
    made = (_bars_after(rows, times, at) for times, at in _after_time(rows))
    return next((roles for roles in made if roles is not None), None)


def _bars_after(rows: Rows, times: Mapping[str, int], at: int) -> Roles | None:
    prices = [_numbers(rows, at + number) for number in range(4)]
    if any(column is None for column in prices):
        return None
    opens, highs, lows, closes = (column or [] for column in prices)
    for open_, high, low, close in zip(opens, highs, lows, closes, strict=True):
        if not low <= min(open_, close) <= max(open_, close) <= high:
            return None
    named = {**times, "open": at, "high": at + 1, "low": at + 2, "close": at + 3}
    if _numbers(rows, at + 4) is not None:
        named["volume"] = at + 4
    return named


def _trades(rows: Rows) -> Roles | None:
    """A time, a price and a size; or an id, price, size, ..., time, and who was resting."""
    width = len(rows[0])
    time = _TRADE_COLUMNS.get(width)
    ids = _numbers(rows, 0)
    if time and ids == sorted(ids or []) and _is_time(rows, time):
        maker = time + 1
        if all(row[maker].lower() in _TRUTHS for row in rows):
            return {"trade_id": 0, "price": 1, "size": 2, "time": time, "maker": maker}
    begin = next(_after_time(rows), None)
    if begin is None:
        return None
    times, at = begin
    if width != at + 2 or _numbers(rows, at) is None or _numbers(rows, at + 1) is None:
        return None
    return {**times, "price": at, "size": at + 1}


def _quotes(rows: Rows) -> Roles | None:
    """A time, then bid and ask, with sizes after each or after both."""
    begin = next(_after_time(rows), None)
    if begin is None:
        return None
    times, at = begin
    columns = [_numbers(rows, number) for number in range(at, len(rows[0]))]
    numbers = [column for column in columns if column is not None]
    if len(numbers) != len(columns) or len(numbers) not in {2, 3, 4}:
        return None
    if _is_pair(numbers[0], numbers[1]):
        sizes = {"bid_size": at + 2, "ask_size": at + 3} if len(numbers) == 4 else {}  # noqa: PLR2004
        return {**times, "bid": at, "ask": at + 1, **sizes}
    if len(numbers) == 4 and _is_pair(numbers[0], numbers[2]):  # noqa: PLR2004 - both with sizes
        return {**times, "bid": at, "bid_size": at + 1, "ask": at + 2, "ask_size": at + 3}
    return None


_ATTEMPTS: Final[Mapping[Kind, Callable[[Rows], Roles | None]]] = MappingProxyType(
    {"bars": _bars, "trades": _trades, "quotes": _quotes}
)


def _after_time(rows: Rows) -> Iterator[tuple[dict[str, int], int]]:
    """The columns of the time, which come first but for a name, and the column after them.

    Digits after a date may be a time of day, or the first number.
    """
    for at in (0, 1):
        if at >= len(rows[0]) or not _is_time(rows, at):
            continue
        two = ({"time": at, "clock": at + 1}, at + 2)
        if at + 1 < len(rows[0]) and _has_form(rows, at + 1, CLOCKS["clock"]):
            yield two
            return
        yield {"time": at}, at + 1
        if at + 1 < len(rows[0]) and _has_form(rows, at + 1, CLOCKS["clock digits"]):
            yield two
        return


def _is_time(rows: Rows, at: int) -> bool:
    return any(_has_form(rows, at, form) for form in FORMS.values())


def _has_form(rows: Rows, at: int, form: str) -> bool:
    pattern = re.compile(form)
    return all(pattern.fullmatch(row[at]) for row in rows)


def _numbers(rows: Rows, at: int) -> list[float] | None:
    """The column's numbers, with whatever sign is decimal; None if some cell is none."""
    if at >= len(rows[0]):
        return None
    try:
        return [float(row[at].replace(",", ".")) for row in rows]
    except ValueError:
        return None


def _is_pair(bids: Sequence[float], asks: Sequence[float]) -> bool:
    pairs = zip(bids, asks, strict=True)
    return all(0 < bid <= ask <= bid * (1 + _NEAR) for bid, ask in pairs)
