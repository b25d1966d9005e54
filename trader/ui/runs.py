"""Runs beside one another, one a line."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from trader.ui.wording import day, money, percent

WIDE: Final = 100
DIGEST_SHOWN: Final = 12


def print_runs(
    console: Console, runs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
) -> None:
    """Prints the documents of runs as a table; where there is room, with their digests."""
    is_wide = console.width >= WIDE
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("run", style="bold", overflow="fold")
    table.add_column("period", no_wrap=True)
    for header in ("equity", "return", "drawdown", "fills"):
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column("ended", no_wrap=True)
    if is_wide:
        table.add_column("digest", no_wrap=True)
    for run, metrics in runs:
        table.add_row(*_cells(run, metrics), *([run["digest"][:DIGEST_SHOWN]] if is_wide else []))
    console.print(table)


def _cells(run: Mapping[str, Any], metrics: Mapping[str, Any]) -> list[str | Text]:
    gain = metrics["return"]
    period = run["period"]
    return [
        run["id"],
        f"{day(period['from'])[:7]} to {day(period['to'])[:7]}",
        money(metrics["equity_final"]),
        Text(percent(gain), "green" if gain >= 0 else "red"),
        percent(-metrics["max_drawdown"]),
        f"{metrics['fills']:,}",
        _ended(run),
    ]


def _ended(run: Mapping[str, Any]) -> str:
    if not run["complete"]:
        return "stopped"
    if run["quarantined"]:
        return "quarantined"
    return "complete" if run["trading_state"] == "ACTIVE" else run["trading_state"].lower()
