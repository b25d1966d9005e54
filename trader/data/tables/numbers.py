"""Prices and sizes written in decimal, with whatever signs a country or a vendor likes.

One style holds for all numbers of a table. A comma (or point) is decimal where that is certain:
it does not stand before groups of three digits. If all of them do, 1,234 may be a thousand or one
and a quarter, and that has to be said. The text becomes the float64 nearest to it, at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import polars as pl

from trader.data.tables.findings import Finding, Origin

Decimal: TypeAlias = Literal["point", "comma"]

MISSING: Final = ("", "-", "--", "null", "none", "nan", "n/a", "na", "#n/a")
"""What stands, in small letters, for no value."""
SIGNS: Final[Mapping[Decimal, str]] = MappingProxyType({"point": ".", "comma": ","})
_OTHER: Final[Mapping[Decimal, Decimal]] = MappingProxyType({"point": "comma", "comma": "point"})
_GAPS: Final = "'\u2019 \u00a0\u202f_"
"""What also parts groups of digits: apostrophes, blanks, underscores."""
_TAIL: Final = "([eE][-+]?[0-9]{1,3})?[kKmMbB]?$"
_CERTAIN: Final = {
    # A point or comma that ends no group of three: 1.5, .123, 0.123, 1234.567, 1,234.5.
    "point": rf"^[-+]?[0-9,{_GAPS}]*\.[0-9]*{_TAIL}",
    "comma": rf"^[-+]?[0-9.{_GAPS}]*,[0-9]*{_TAIL}",
}
_GROUPED: Final = {
    "point": r"^[-+]?[1-9][0-9]{0,2}(\.[0-9]{3})+$",
    "comma": r"^[-+]?[1-9][0-9]{0,2}(,[0-9]{3})+$",
}
_TWICE: Final = {"point": r"\.[0-9]*\.", "comma": r",[0-9]*,"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How often the numbers of a table show one or the other style."""

    point: int
    comma: int
    point_groups: int
    """Numbers such as 1.234, which show nothing."""
    comma_groups: int


def text(column: str) -> pl.Expr:
    """A column's texts without blanks around them; null where there is no value."""
    stripped = pl.col(column).str.strip_chars()
    return (
        pl.when(~stripped.str.to_lowercase().is_in(MISSING)).then(stripped).otherwise(None)
    ).alias(column)


def evidence(columns: Sequence[str]) -> list[pl.Expr]:
    """Expressions that count what `style` asks for, over columns of texts."""
    counts: dict[str, list[pl.Expr]] = {
        name: [] for name in ("point", "comma", "point_groups", "comma_groups")
    }
    for column in columns:
        cell = text(column)
        for sign, other in _OTHER.items():
            grouped = cell.str.contains(_GROUPED[sign])
            certain = cell.str.contains(_CERTAIN[sign]) & ~grouped
            doubled = grouped & cell.str.contains(_TWICE[sign])
            counts[sign].append(certain.sum())
            counts[other].append(doubled.sum())  # 1.234.567: its points part groups
            counts[f"{sign}_groups"].append((grouped & ~doubled).sum())
    return [pl.sum_horizontal(parts).alias(name) for name, parts in counts.items()]


def style(seen: Evidence, given: Decimal | None) -> tuple[Decimal, Finding] | str:
    """Which sign is decimal; a text says why that cannot be told."""
    if given is not None:
        return given, written(given, "given")
    if seen.point and seen.comma:
        return "some numbers have a decimal point and some a decimal comma"
    if seen.comma:
        return "comma", written("comma", "found")
    if seen.point:
        return "point", written("point", "found")
    if seen.comma_groups:
        return "numbers such as 1,234 may have a decimal comma, or mean thousands"
    return "point", written("point", "default")


def written(sign: Decimal, origin: Origin) -> Finding:
    """What was made of the numbers' signs."""
    return Finding(what="decimal", value=sign, origin=origin)


def plainly(column: str) -> pl.Expr:
    """The column's numbers where they have a decimal point and no other sign; much faster."""
    return pl.col(column).str.strip_chars().cast(pl.Float64, strict=False).alias(column)


def unplain(columns: Sequence[str]) -> pl.Expr:
    """How many cells are neither empty nor plain numbers."""
    filled = (pl.col(column).str.len_bytes() > 0 for column in columns)
    plain = (plainly(column).is_finite().fill_null(value=False) for column in columns)
    odd = [(has & ~fits).sum() for has, fits in zip(filled, plain, strict=True)]
    return pl.sum_horizontal(odd).alias("unplain")


def has_point(columns: Sequence[str]) -> pl.Expr:
    """Whether some cell has a decimal point."""
    found = [pl.col(column).str.contains(".", literal=True).any() for column in columns]
    return pl.any_horizontal(found).alias("point")


def number(column: str, sign: Decimal) -> pl.Expr:
    """The column's numbers as Float64; null where a text is none in the style."""
    gaps = f"[{SIGNS[_OTHER[sign]]}{_GAPS}]"
    decimal = f"(\\{SIGNS[sign]}[0-9]*)?"
    cell = text(column)
    plain = rf"^[-+]?[0-9]*{decimal}{_TAIL}"
    groups = rf"^[-+]?[0-9]{{1,3}}({gaps}[0-9]{{3}})+{decimal}$"
    bare = (
        cell.str.replace_all(gaps, "")
        .str.replace(SIGNS[sign], ".", literal=True)
        .str.replace(r"[kK]$", "e3")
        .str.replace(r"[mM]$", "e6")
        .str.replace(r"[bB]$", "e9")
    )
    fits = cell.str.contains(plain) | cell.str.contains(groups)
    return pl.when(fits).then(bare).cast(pl.Float64, strict=False).alias(column)
