"""Two runs beside one another: the first decision, order and fill in which they part.

Decisions are compared where both runs could make them: for the strategies that both have, in the
time that both cover. What made two decisions differ stands beside them: what each strategy wrote
down, and where one of them decided nothing, where it stood then.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import polars as pl
from msgspec import Struct

from trader.config.notation import instant, instant_text
from trader.errors import DataError, TraderdError
from trader.model.units import Nanoseconds
from trader.research.config_keys import differing, keys_of
from trader.research.folder import RunFolder
from trader.research.messages import KINDS, message
from trader.research.reopening import configuration
from trader.research.telling import Telling, Told

TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "decisions": ("ts", "strategy", "instrument", "target_lots", "reason"),
    "orders": (
        "ts",
        "strategy",
        "instrument",
        "order_type",
        "role",
        "lots_made",
        "limit_ticks_made",
        "stop_ticks_made",
        "time_in_force",
    ),
    "fills": ("ts", "strategy", "instrument", "lots", "ticks", "fee"),
}
"""What makes rows of two runs the same; their names and ids may differ."""

_BESIDE: Final = ("ts", "strategy")
_NO_METRICS: Final = frozenset({"baselines"})

Ask: TypeAlias = Callable[[RunFolder, str, str], Told]
"""Where a strategy of a run stood at an instant."""


class Common(Struct, frozen=True):
    """What two runs both cover: from when to when, and which strategies."""

    begins: Nanoseconds
    ends: Nanoseconds
    strategies: tuple[str, ...]


class Comparison:
    """Compares two runs, `a` and `b`."""

    def __init__(self, a: RunFolder, b: RunFolder, ask: Ask | None = None) -> None:
        """`ask` plays a run again to tell where a strategy stood that decided nothing."""
        self._folders = (a, b)
        self._loaded = tuple(configuration(each) for each in self._folders)
        self._telling = tuple(Telling(each.config) for each in self._loaded)
        self._ask = ask

    def document(self) -> Told:
        """All of it."""
        a, b = self._folders
        common = self._common()
        firsts = {KINDS[name]: self._first(name, common) for name in TABLES}
        names = [[each.name for each in loaded.config.strategies] for loaded in self._loaded]
        return {
            "a": a.run["id"],
            "b": b.run["id"],
            "currency": self._telling[0].currency,
            "same": a.run["digest"] == b.run["digest"],
            "digest": {"a": a.run["digest"], "b": b.run["digest"]},
            "code_version": {"a": a.run["code_version"], "b": b.run["code_version"]},
            "compared": {
                "from": instant_text(common.begins),
                "to": instant_text(common.ends),
                "strategies": list(common.strategies),
                "only_a": [each for each in names[0] if each not in names[1]],
                "only_b": [each for each in names[1] if each not in names[0]],
            },
            **firsts,
            "config": differing(*map(keys_of, self._loaded)),
            "inputs": _inputs(a, b),
            "metrics": _beside(*(_figures(each.metrics) for each in self._folders)),
        }

    def _common(self) -> Common:
        a, b = self._folders
        begins = max(instant(each.run["period"]["from"]) for each in (a, b))
        ends = min(instant(each.run["reached"]["ts"]) for each in (a, b))
        there = {each.name for each in self._loaded[1].config.strategies}
        names = (each.name for each in self._loaded[0].config.strategies)
        return Common(begins, ends, tuple(name for name in names if name in there))

    # -- where they part ------------------------------------------------------------------------

    def _first(self, table: str, common: Common) -> Told | None:
        """The first row that the runs do not share; None if they share all of them."""
        keys = TABLES[table]
        frames = [_rows(folder, table, common) for folder in self._folders]
        shortest = min(map(len, frames))
        heads = [each.select(keys).head(shortest) for each in frames]
        unequal = pl.Series(values=[False], dtype=pl.Boolean).new_from_index(0, shortest)
        for key in keys:
            unequal |= heads[0][key].ne_missing(heads[1][key])
        row = int(unequal.arg_max() or 0) if unequal.any() else shortest
        if row == max(map(len, frames)):
            return None
        sides = _paired([each.row(row, named=True) if row < len(each) else None for each in frames])
        told: Told = {"same_before": row}
        for name, telling, side in zip("ab", self._telling, sides, strict=True):
            told[name] = None
            if side is not None:
                told[name] = telling.message(message(KINDS[table], side))
        if table == "decisions":
            told["stood"] = self._stood(sides)
        return told

    def _stood(self, sides: Sequence[dict[str, Any] | None]) -> Told:
        """Where the strategy stood in the run in which it decided nothing."""
        told: Told = {"a": None, "b": None}
        [row, *_] = [each for each in sides if each is not None]
        if self._ask is None:
            return told
        for name, folder, side in zip("ab", self._folders, sides, strict=True):
            if side is None:
                try:
                    told[name] = self._ask(folder, row["strategy"], instant_text(row["ts"]))
                except TraderdError as error:
                    told[name] = {"error": str(error)}
        return told


def _rows(folder: RunFolder, table: str, common: Common) -> pl.DataFrame:
    """What both runs could have, in an order that does not depend on who else trades."""
    frame = folder.frame(table)
    missing = [name for name in TABLES[table] if name not in frame.columns]
    if missing:
        raise DataError(
            f"the {table} have no column {missing[0]}",
            where=str(folder.path / f"{table}.parquet"),
            hint="another version wrote it: run it anew",
        )
    inside = pl.col("ts").is_between(common.begins, common.ends)
    mine = pl.col("strategy").is_in(common.strategies)
    return frame.filter(inside & mine).sort(_BESIDE, maintain_order=True)


def _paired(sides: list[dict[str, Any] | None]) -> list[dict[str, Any] | None]:
    """Both rows if they are of one strategy at one instant, else the earlier one alone."""
    a, b = sides
    if a is None or b is None:
        return sides
    places = [tuple(each[key] for key in _BESIDE) for each in (a, b)]
    if places[0] == places[1]:
        return sides
    return [a, None] if places[0] < places[1] else [None, b]


# -- what they are made of, and what they came to -------------------------------------------------


def _inputs(a: RunFolder, b: RunFolder) -> list[Told]:
    """The inputs that are not the same bytes and rows."""
    sides = [_by_source(each) for each in (a, b)]
    return [
        {"source": key, "a": sides[0].get(key), "b": sides[1].get(key)}
        for key in dict.fromkeys((*sides[0], *sides[1]))
        if _content(sides[0].get(key)) != _content(sides[1].get(key))
    ]


def _by_source(folder: RunFolder) -> dict[str, Told]:
    """Each input under its instrument and kind, with a number where there are several."""
    found: dict[str, Told] = {}
    for each in folder.run["inputs"]:
        name = f"{each['instrument']} {each.get('kind', 'bars')}"
        count = sum(key.partition(" #")[0] == name for key in found)
        found[f"{name} #{count + 1}" if count else name] = each
    return found


def _content(source: Told | None) -> Told | None:
    """What of an input matters: not where it lies."""
    return None if source is None else {k: v for k, v in source.items() if k != "path"}


def _beside(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Told]:
    """Every figure that one of the runs has."""
    return [{"key": key, "a": a.get(key), "b": b.get(key)} for key in dict.fromkeys((*a, *b))]


def _figures(metrics: Mapping[str, Any], at: str = "") -> dict[str, Any]:
    """The figures of a run by dotted names, without the baselines."""
    found: dict[str, Any] = {}
    for name, value in metrics.items():
        if isinstance(value, dict) and name not in _NO_METRICS:
            found |= _figures(value, f"{at}{name}.")
        elif not isinstance(value, dict | list):
            found[f"{at}{name}"] = value
    return found
