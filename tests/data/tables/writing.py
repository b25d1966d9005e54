"""Tables of bars written down as vendors do, from the same numbers in many ways."""

import gzip
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000_000
KOLKATA = ZoneInfo("Asia/Kolkata")  # never puts its clock forward or back

Row = tuple[int, Decimal, Decimal, Decimal, Decimal, Decimal]
"""The opening in seconds since 1970, then open, high, low, close and volume."""
Times = Callable[[datetime], Sequence[str]]


def _clock(at: datetime) -> str:
    return at.strftime("%H:%M:%S")


TIMES: Mapping[str, Times] = {
    "seconds": lambda at: [str(int(at.timestamp()))],
    "milliseconds": lambda at: [f"{int(at.timestamp())}000"],
    "microseconds": lambda at: [f"{int(at.timestamp())}000000"],
    "nanoseconds": lambda at: [f"{int(at.timestamp())}000000000"],
    "seconds and a fraction": lambda at: [f"{int(at.timestamp())}.000"],
    "ISO": lambda at: [at.strftime("%Y-%m-%dT%H:%M:%SZ")],
    "ISO, an offset": lambda at: [at.astimezone(KOLKATA).isoformat()],
    "ISO, a fraction": lambda at: [at.strftime("%Y-%m-%d %H:%M:%S.000000+00:00")],
    "UTC in words": lambda at: [at.strftime("%Y/%m/%d %H:%M UTC")],
}
"""Ways to write an instant that leave nothing open."""
LOCAL: Mapping[str, Times] = {
    "year first": lambda at: [at.strftime("%Y-%m-%d %H:%M:%S")],
    "dots": lambda at: [at.strftime("%Y.%m.%d %H:%M")],
    "month first": lambda at: [at.strftime("%m/%d/%Y %H:%M:%S")],
    "day first": lambda at: [at.strftime("%d.%m.%Y %H:%M:%S")],
    "halves of the day": lambda at: [at.strftime("%m/%d/%Y %I:%M:%S %p")],
    "the month's name": lambda at: [at.strftime("%d-%b-%Y %H:%M:%S")],
    "the month's name first": lambda at: [at.strftime("%b %d, %Y %H:%M:%S")],
    "digits": lambda at: [at.strftime("%Y%m%d %H%M%S")],
    "digits together": lambda at: [at.strftime("%Y%m%d%H%M%S")],
    "two columns": lambda at: [at.strftime("%Y-%m-%d"), _clock(at)],
    "two columns of digits": lambda at: [at.strftime("%Y%m%d"), at.strftime("%H%M%S")],
    "two columns, month first": lambda at: [at.strftime("%m/%d/%Y"), at.strftime("%H:%M")],
}
"""Ways that leave open in whose zone it is."""
HEADERS = (
    ("timestamp", "open", "high", "low", "close", "volume"),
    ("Date", "Open", "High", "Low", "Close", "Volume"),
    ("<DATE>", "<OPEN>", "<HIGH>", "<LOW>", "<CLOSE>", "<VOL>"),
    ("Open time", "O", "H", "L", "C", "V"),
    ("datetime", "open_price", "HIGH PRICE", "low-price", "Close/Last", "base volume"),
)
CLOCKS = {"Date": "Time", "<DATE>": "<TIME>"}


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a table is written."""

    times: Times
    zone: ZoneInfo | None = None
    delimiter: str = ","
    decimal: str = "."
    group: str = ""
    quoted: bool = False
    end: str = "\n"
    mark: bool = False
    header: tuple[str, ...] | None = HEADERS[0]
    more: bool = False
    titles: int = 0
    blanks: int = 0
    padded: bool = False
    newest_first: bool = False
    packed: bool = False

    def write(self, rows: Sequence[Row]) -> bytes:
        """The bytes of the table."""
        lines = [self._line(row) for row in rows]
        if self.newest_first:
            lines.reverse()
        if self.header is not None:
            lines.insert(0, self._header(len(self.times(EPOCH))))
        lines = [*(["made by nobody"] * self.titles), *lines, *([""] * self.blanks)]
        text = ("\ufeff" if self.mark else "") + self.end.join(lines) + self.end
        return gzip.compress(text.encode()) if self.packed else text.encode()

    def _line(self, row: Row) -> str:
        at = EPOCH + timedelta(seconds=row[0])
        if self.zone is not None:
            at = at.astimezone(self.zone)
        cells = [*self.times(at), *(self._number(each) for each in row[1:])]
        return self._joined([*cells, "x"] if self.more else cells)

    def _number(self, number: Decimal) -> str:
        whole, _, places = f"{number:,f}".partition(".")
        return whole.replace(",", self.group) + (self.decimal + places if places else "")

    def _header(self, columns: int) -> str:
        assert self.header is not None
        first = self.header[0]
        names = list(self.header)
        if columns > 1:
            names = ["Date", CLOCKS.get(first, "Time"), *self.header[1:]]
        return self._joined([*names, "note"] if self.more else names)

    def _joined(self, cells: Sequence[str]) -> str:
        pad = " " if self.padded else ""
        needs = [self.quoted or self.delimiter in each or '"' in each for each in cells]
        written = [
            f'"{each}"' if need else pad + each + pad
            for each, need in zip(cells, needs, strict=True)
        ]
        return self.delimiter.join(written)
