"""The tables that a run's outputs fill, as rows of int64, and the digest over them.

A table is one flat array of rows, so that appending costs one call and a compiled gear can hand
over its rows as they lie in memory. Names (of strategies, orders, reasons, ...) are kept as
indices into dictionaries in the order of first appearance. The hash of a column grows with it, a
chunk at a time, so the digest at the end has only the rest to read.
"""

from array import array
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from itertools import count
from struct import Struct
from typing import Final

import msgspec

HEAD: Final = ("seq", "n", "ts", "cause_seq", "cause_n")
INPUTS_MAX: Final = 4

SCHEMAS: Final[Mapping[str, tuple[str, ...]]] = {
    "orders": (
        *HEAD,
        "order",
        "strategy",
        "instrument",
        "order_type",
        "lots",
        "limit_ticks",
        "stop_ticks",
        "time_in_force",
        "role",
        "parent",
    ),
    "statuses": (*HEAD, "order", "status", "lots_filled"),
    "replacements": (*HEAD, "order", "lots", "limit_ticks", "stop_ticks"),
    "denials": (*HEAD, "order", "strategy", "instrument", "lots", "code"),
    "fills": (
        *HEAD,
        "order",
        "trade",
        "strategy",
        "instrument",
        "lots",
        "ticks",
        "fee",
        "liquidity",
    ),
    "adjustments": (
        *HEAD,
        "strategy",
        "instrument",
        "lots",
        "cost",
        "income",
        "reason",
    ),
    "decisions": (
        *HEAD,
        "strategy",
        "instrument",
        "target_lots",
        "reason",
        *(f"input_{k}" for k in range(INPUTS_MAX)),
    ),
    "states": (*HEAD, "state", "previous", "code", "by"),
    "equity": (*HEAD, "equity", "cash", "realized", "unrealized", "peak"),
}

DICTIONARIES: Final = ("orders", "trades", "strategies", "instruments", "reasons", "codes")

_CHUNK_ROWS: Final = 4_096


class Table:
    """Rows of int64 under the columns of one schema, hashed as they grow."""

    __slots__ = ("_hashed", "_hashes", "columns", "data", "name", "pack", "width")

    def __init__(self, name: str, columns: tuple[str, ...]) -> None:
        self.name = name
        self.columns = columns
        self.width = len(columns)
        self.data = array("q")
        self.pack: Final = Struct(f"<{self.width}q").pack
        self._hashes = [blake2b(digest_size=32) for _ in columns]
        self._hashed = 0

    def __len__(self) -> int:
        return len(self.data) // self.width

    def append(self, *row: int) -> None:
        """Adds a row; raises `struct.error` for a value beyond int64 or another width."""
        self.data.frombytes(self.pack(*row))

    def extend_bytes(self, rows: bytes) -> None:
        """Adds rows as they lie in memory: little-endian int64, row after row."""
        assert len(rows) % (8 * self.width) == 0, (self.name, len(rows))
        self.data.frombytes(rows)

    def column(self, name: str) -> "array[int]":
        """A copy of one column."""
        return self.data[self.columns.index(name) :: self.width]

    def row(self, index: int) -> dict[str, int]:
        """One row by the names of its columns."""
        start = index * self.width
        return dict(zip(self.columns, self.data[start : start + self.width], strict=True))

    def hash_new(self, *, at_least: int = 1) -> None:
        """Takes the rows since the last call into the columns' hashes, if there are enough."""
        rows = len(self)
        if rows - self._hashed < at_least:
            return
        new = self.data[self._hashed * self.width :]
        for k, column in enumerate(self._hashes):
            column.update(new[k :: self.width].tobytes())
        self._hashed = rows

    def hash_into(self, whole: "blake2b") -> None:
        """Adds the columns' hashes, the table's name and its number of rows to `whole`."""
        self.hash_new()
        for column in self._hashes:
            whole.update(column.digest())
        whole.update(self.name.encode())
        whole.update(len(self).to_bytes(8, "little"))


class Names(dict[str, int]):
    """The index of each name in the order of first appearance; looking one up gives it one."""

    def __missing__(self, name: str) -> int:
        index = self[name] = len(self)
        return index

    def take(self, names: Iterable[str]) -> None:
        """Gives many names, none of which is known yet, the next indices at once."""
        self.update(zip(names, count(len(self)), strict=False))


class Tables:
    """All tables of a run and the dictionaries of the names in them."""

    def __init__(self) -> None:
        self.tables: Final = {name: Table(name, columns) for name, columns in SCHEMAS.items()}
        self.names: Final = {kind: Names() for kind in DICTIONARIES}

    def stream(self) -> None:
        """Hashes what has become a chunk; called now and then while a run grows."""
        for table in self.tables.values():
            table.hash_new(at_least=_CHUNK_ROWS)

    def digest(self) -> str:
        """BLAKE2b-256, in hex, over the tables in their fixed order and then the dictionaries."""
        whole = blake2b(digest_size=32)
        for table in self.tables.values():
            table.hash_into(whole)
        for kind, names in self.names.items():
            whole.update(kind.encode())
            whole.update(len(names).to_bytes(8, "little"))
            # Packed, each name stands behind its length: no two lists of names look alike.
            whole.update(msgspec.msgpack.encode(list(names)))
        return whole.hexdigest()
