"""What a run wrote down, asked for row by row: by a message's name, an order, or a cause.

Each question filters the tables as they are read, so a run of any length answers at once. A fill,
a denial and a change of an order each stand in a table of their own and among the statuses, under
one name: it is the table of its own that speaks for such a message.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Protocol

import polars as pl
from msgspec import Struct

from trader.config.notation import instant_text
from trader.config.schema import Config
from trader.model.envelope import Name
from trader.model.units import Nanoseconds
from trader.research.folder import TRADES, Query

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fills": "fill",
        "denials": "denial",
        "replacements": "replacement",
        "decisions": "decision",
        "orders": "order",
        "states": "state",
        "adjustments": "adjustment",
        "equity": "equity",
        "statuses": "status",
    }
)
"""By table, what a row of it is; of one message in two tables the first speaks."""


class Message(Struct, frozen=True, kw_only=True):
    """A row of a table: what it is, its name, instant and cause, and all its columns."""

    kind: str
    name: Name
    ts: Nanoseconds
    cause: Name
    row: dict[str, Any]

    @property
    def when(self) -> str:
        """Its instant as text."""
        return instant_text(self.ts)


class TablesOf(Protocol):
    """Where the tables of a run are: its folder, or what its journal was played into."""

    @property
    def path(self) -> Path:
        """Its folder, or its journal."""

    @property
    def run(self) -> Mapping[str, Any]:
        """What is known of the run; its `id` at least."""

    def rows(self, name: str, query: Query) -> pl.DataFrame:
        """What a query finds in one of the tables."""


class Asked(Protocol):
    """The run that is asked about."""

    @property
    def folder(self) -> TablesOf:
        """Where its tables are."""

    @property
    def config(self) -> Config:
        """What it was configured as."""


class Messages:
    """The messages of one run."""

    def __init__(self, folder: TablesOf) -> None:
        self.folder: Final = folder

    def rows(
        self, table: str, where: pl.Expr | None = None, *, last: int | None = None
    ) -> list[dict[str, Any]]:
        """The rows of a table for which `where` holds, or the `last` of them."""

        def query(lazy: pl.LazyFrame) -> pl.LazyFrame:
            found = lazy if where is None else lazy.filter(where)
            return found if last is None else found.tail(last)

        return self.folder.rows(table, query).to_dicts()

    def of(self, table: str, where: pl.Expr, *, last: int | None = None) -> list[Message]:
        """The messages of a table for which `where` holds, or the `last` of them."""
        return [message(KINDS[table], row) for row in self.rows(table, where, last=last)]

    def named(self, name: Name) -> Message | None:
        """The message of this name."""
        seq, n = name
        for table in KINDS:
            for found in self.of(table, (pl.col("seq") == seq) & (pl.col("n") == n)):
                return found
        return None

    def caused_by(self, names: Iterable[Name], tables: Sequence[str]) -> list[Message]:
        """What one of these messages caused directly, in the order of names."""
        causes = [text(name) for name in names]
        found = [each for t in tables for each in self.of(t, pl.col("cause").is_in(causes))]
        return sorted(found, key=lambda each: each.name)

    def trades_with(self, fills: Sequence[Message]) -> list[dict[str, Any]]:
        """The rows of the trade table to which these fills of one order belong."""
        if not fills or not (self.folder.path / TRADES).is_file():
            return []
        first, last = (pick(each.ts for each in fills) for pick in (min, max))
        mine = pl.col("strategy") == fills[0].row["strategy"]
        while_held = (pl.col("ts_entry") <= last) & (pl.col("ts_exit").fill_null(last) >= first)
        return [
            row
            for row in self.rows("trades", mine & while_held)
            if any(
                parsed(row["entry_fill"]) <= each.name
                and (row["exit_fill"] is None or each.name <= parsed(row["exit_fill"]))
                for each in fills
            )
        ]


def message(kind: str, row: dict[str, Any]) -> Message:
    """A row of a table as the message that it is."""
    name = (row["seq"], row["n"])
    return Message(kind=kind, name=name, ts=row["ts"], cause=parsed(row["cause"]), row=row)


def text(name: Name) -> str:
    """A name as the tables write it: `seq.n`."""
    return f"{name[0]}.{name[1]}"


def parsed(name: str) -> Name:
    """The name that `text` wrote."""
    seq, _, n = name.partition(".")
    return int(seq), int(n)
