"""Two runs beside one another, as a person reads them: where they part first, and by what."""

from collections.abc import Iterator
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from trader.ui.messages import Told, inputs_said, said

_PARTS: Final = ("decision", "order", "fill")
_DIGITS: Final = 16


def print_comparison(console: Console, told: Told) -> None:
    """Prints the answer to a `runs compare`."""
    console.print(Text(f"{told['a']} and {told['b']}", "bold"), soft_wrap=True)
    for line in _about(told):
        console.print(Text(line), soft_wrap=True)
    for part in _PARTS:
        console.print()
        console.print(Text(f"first {part} that differs", "bold"))
        for line in _first(part, told):
            console.print(Text(line), soft_wrap=True)
    for title, rows in _tables(told):
        console.print()
        console.print(Text(title, "bold"))
        for line in _table(told, rows) if rows else ("  none",):
            console.print(Text(line), soft_wrap=True)


def _about(told: Told) -> Iterator[str]:
    compared = told["compared"]
    yield "the same to the bit" if told["same"] else "two digests: they are not the same run"
    if told["code_version"]["a"] != told["code_version"]["b"]:
        yield f"made by other code: {told['code_version']['a']}, {told['code_version']['b']}"
    names = ", ".join(compared["strategies"]) or "none: they have no strategy in common"
    yield f"compared from {compared['from']} to {compared['to']}: {names}"
    for side in ("a", "b"):
        alone = compared[f"only_{side}"]
        if alone:
            yield f"only in {told[side]}: {', '.join(alone)}"


def _first(part: str, told: Told) -> Iterator[str]:
    found = told[part]
    if found is None:
        yield "  none"
        return
    yield f"  after {found['same_before']:,} that are the same"
    for side in ("a", "b"):
        message = found[side]
        if message is not None:
            name, ts = message["name"], message["ts"]
            yield from _indented(f"{name}  {ts}  {_said(message, told)}", told[side])
        else:
            yield from _indented(_missing(side, found), told[side])


def _missing(side: str, found: Told) -> str:
    """Nothing happened on this side; of a decision, where its strategy stood then."""
    stood = (found.get("stood") or {}).get(side)
    if stood is None:
        return "none at that instant"
    if "error" in stood:
        return f"none at that instant; where it stood cannot be told: {stood['error']}"
    seen = inputs_said(stood["inputs"])
    back = "\n".join(stood["held_back"])
    where = f"position {stood['position_lots']:,}, target {stood['target_lots']:,}"
    return "\n".join(each for each in ("none at that instant", seen, where, back) if each)


def _said(message: Told, told: Told) -> str:
    currency = {"currency": told["currency"]}
    return said(message, currency)


def _indented(text: str, run: str) -> Iterator[str]:
    first, *more = text.split("\n")
    yield f"  {run}: {first}"
    for each in more:
        yield " " * (len(run) + 4) + each


def _tables(told: Told) -> Iterator[tuple[str, list[tuple[str, Any, Any]]]]:
    yield "configuration", [(row["key"], row["a"], row["b"]) for row in told["config"]]
    inputs = [(row["source"], _source(row["a"]), _source(row["b"])) for row in told["inputs"]]
    yield "inputs", inputs
    figures = [(row["key"], row["a"], row["b"]) for row in told["metrics"]]
    yield "figures", [each for each in figures if each[1] != each[2]]


def _source(source: Told | None) -> str | None:
    if source is None:
        return None
    digest = source["digest"][:_DIGITS]
    return f"{source['rows']:,} rows, {source['from']} to {source['to']}, {digest}…"


def _table(told: Told, rows: list[tuple[str, Any, Any]]) -> Iterator[str]:
    """Aligned, and rather wider than the screen than folded."""
    lines = [("", told["a"], told["b"]), *((key, _shown(a), _shown(b)) for key, a, b in rows)]
    first, second, _ = (max(map(len, column)) for column in zip(*lines, strict=True))
    for key, a, b in lines:
        yield f"  {key:<{first}}    {a:<{second}}    {b}"


def _shown(value: Any) -> str:  # noqa: ANN401 - of JSON
    if value is None:
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) else str(value)
