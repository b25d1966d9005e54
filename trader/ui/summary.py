"""The page that a run ends with: who earned what, against whom, and where to look next.

It is drawn from the documents of the run folder, so that it can be shown again at any time. Signs
and words carry every meaning; colour only repeats it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

from msgspec import Struct
from rich.console import Console
from rich.table import Table
from rich.text import Text

from trader.config.notation import instant_text
from trader.ui import yearly
from trader.ui.sparkline import sparkline
from trader.ui.wording import counted, day, duration, money, percent

WIDE: Final = 100
LABEL: Final = 10
BASELINES_SHOWN: Final = 0.005
BASELINES_NOTICED: Final = 1.0
"""Seconds from which it is worth saying that there is a way around the baselines."""

Figure: TypeAlias = tuple[str, Callable[[Any], str]]
"""The key of a figure, and how it is told."""


class Page(Struct, frozen=True, kw_only=True):
    """What is shown: the documents of a run, its curves, its folder, and what to type next.

    `report` is the file that shows the run in a browser, if there is one; `trades` are the rows of
    the trade table that are shown; `commands` are pairs of a command line and what it does.
    """

    run: Mapping[str, Any]
    metrics: Mapping[str, Any]
    equity: Sequence[float]
    drawdown: Sequence[float]
    folder: str
    report: str = ""
    trades: Sequence[Mapping[str, Any]] = ()
    commands: Sequence[tuple[str, str]] = ()


def print_summary(console: Console, page: Page) -> None:
    """Prints the page as wide as the console is."""
    console.print()
    console.print(_title(page.run), soft_wrap=True)
    console.print()
    console.print(_table(page, is_wide=console.width >= WIDE))
    console.print(Text("A strategy's return is on an equal share of the opening cash.", "dim"))
    room = console.width - LABEL - 1
    for block in (_curves(page, room), _trading(page, room), _facts(page)):
        console.print()
        for label, text in block:
            console.print(Text.assemble((f"{label:<{LABEL}}", "bold"), text), soft_wrap=True)
    for warning in page.run["warnings"]:
        console.print(Text.assemble(("warning   ", "bold yellow"), warning), soft_wrap=True)
    if page.commands:
        console.print()
        console.print(_commands(page.commands, console.width), soft_wrap=True)


def _commands(commands: Sequence[tuple[str, str]], width: int) -> Text:
    """The commands to copy, what they do beside them where there is room, else above."""
    longest = max(len(command) for command, _ in commands)
    beside = all(longest + len(does) + len("    # ") <= width for _, does in commands)
    lines = []
    for command, does in commands:
        comment = (f"  # {does}", "dim")
        typed = (f"  {command:<{longest}}" if beside else f"  {command}", "cyan")
        pieces = (typed, comment) if beside else (comment, "\n", typed)
        lines.append(Text.assemble(*pieces))
    return Text("\n").join(lines)


def _title(run: Mapping[str, Any]) -> Text:
    period = run["period"]
    inputs = run["inputs"]
    rows = sum(each["rows"] for each in inputs)
    count = len({each["instrument"] for each in inputs})
    what = "bars" if {each.get("kind", "bars") for each in inputs} == {"bars"} else "rows"
    facts = [
        f"{day(period['from'])} to {day(period['to'])}",
        f"{count} instrument{'s' * (count > 1)}",
        f"{rows:,} {what}",
        f"seed {run['seed']}",
    ]
    state = "" if run["complete"] else "  (stopped early)"
    return Text.assemble((run["id"], "bold"), (state, "bold yellow"), "  ", " · ".join(facts))


def _table(page: Page, *, is_wide: bool) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 1), header_style="dim")
    table.add_column("")
    if is_wide:
        table.add_column("trades on")
    for header in ("fills", "realized", "unrealized", "return", "drawdown"):
        table.add_column(header, justify="right", no_wrap=True)
    for name, cells, style in _rows(page):
        where, *figures = cells
        table.add_row(Text(name, style), *([where] if is_wide else []), *figures)
    return table


def _rows(page: Page) -> Iterator[tuple[str, list[str | Text], str]]:
    """Name, cells and style of each row: the strategies, the account, the baselines."""
    metrics = page.metrics
    for name, share in metrics["strategies"].items():
        yield name, [share["instrument"], *_figures(share), ""], ""
    currency = page.run["account"]["currency"]
    yield "account", [f"in {currency}", *_figures(metrics), _fall(metrics)], "bold"
    for name, other in (metrics["baselines"] or {}).items():
        if other is not None:
            yield name, ["all", *_figures(other), _fall(other)], "dim"


def _figures(figures: Mapping[str, Any]) -> list[str | Text]:
    gain = figures["return"]
    return [
        f"{figures['fills']:,}",
        money(figures["realized"]),
        money(figures["unrealized"]),
        Text(percent(gain), "green" if gain >= 0 else "red"),
    ]


def _fall(figures: Mapping[str, Any]) -> str:
    return percent(-figures["max_drawdown"])


def _curves(page: Page, width: int) -> Iterator[tuple[str, Text]]:
    currency, metrics = page.run["account"]["currency"], page.metrics
    begun, ended = money(page.run["account"]["cash"]), money(metrics["equity_final"])
    # The first row may lie after the first trades; what the account began with counts as well.
    worth = (float(page.run["account"]["cash"]), *page.equity)
    highest, lowest = (f"{pick(worth):,.2f}" for pick in (max, min))
    yield "equity", Text(sparkline(page.equity, width), "green")
    yield "", Text(f"{begun} to {ended} {currency}, between {lowest} and {highest}")
    yield "drawdown", Text(sparkline(page.drawdown, width, max), "red")
    yield "", Text(f"at most {metrics['max_drawdown']:.1%} below the highest".replace("%", " %"))


def _trading(page: Page, width: int) -> Iterator[tuple[str, Text]]:
    """What growth and trades were like, and the trades that moved the account most."""
    metrics = page.metrics
    measured = [*_measured(yearly.shown(metrics, page.run), _FIGURES)]
    why = yearly.too_short(page.run)
    if why and metrics.get("cagr") is not None:
        measured.insert(0, f"a year n/a: {why}")
    yield from _listed("figures", measured, width)
    if metrics.get("trades") is not None:
        closed = f"{metrics['trades']:,} closed"
        yield from _listed("trades", (closed, *_measured(metrics, _OF_TRADES)), width)
    for trade in page.trades:
        yield "", _trade(trade)


def _listed(label: str, parts: Iterable[str], width: int) -> Iterator[tuple[str, Text]]:
    """The parts one after the other, in as many lines as they need."""
    line = ""
    for part in parts:
        longer = f"{line} · {part}" if line else part
        if line and len(longer) > width:
            yield label, Text(line)
            label, longer = "", part
        line = longer
    if line:
        yield label, Text(line)


def _measured(metrics: Mapping[str, Any], figures: Sequence[Figure]) -> Iterator[str]:
    """The figures that have a value."""
    for key, spell in figures:
        if metrics.get(key) is not None:
            yield spell(metrics[key])


def _trade(trade: Mapping[str, Any]) -> Text:
    pnl = Decimal(trade["pnl"])
    left = trade["ts_exit"]
    return Text.assemble(
        (f"{pnl:>+12,.2f}", "green" if pnl > 0 else "red"),
        f"  {trade['strategy']}, {trade['side'].lower()} {trade['lots']:,}"
        f", {day(instant_text(trade['ts_entry']))}"
        f" to {'the end' if left is None else day(instant_text(left))}"
        f", {trade['exit_reason'] or 'open'}",
    )


_FIGURES: Final[Sequence[Figure]] = (
    ("cagr", lambda growth: f"{percent(growth)} a year"),
    ("sharpe", "Sharpe {:,.2f}".format),
    ("sortino", "Sortino {:,.2f}".format),
    ("exposure", lambda part: f"in the market {percent(part).removeprefix('+')} of the time"),
)
_OF_TRADES: Final[Sequence[Figure]] = (
    ("hit_rate", lambda part: f"{percent(part).removeprefix('+')} won"),
    ("profit_factor", "factor {:,.2f}".format),
    ("average_trade", lambda amount: f"average {money(amount)}"),
    ("holding_time", lambda seconds: f"held {duration(seconds)}"),
)


def _facts(page: Page) -> Iterator[tuple[str, Text]]:
    run, metrics = page.run, page.metrics
    seconds = run["seconds"]
    speed = run["counts"]["inputs"] / seconds["run"] if seconds["run"] else 0.0
    yield "orders", Text(counted(metrics["orders_by_status"]))
    yield "denials", Text(counted(metrics["denials_by_code"]))
    yield "gear", Text(f"{run['gear']}: {run['gear_why']}")
    yield (
        "seconds",
        Text(
            f"{seconds['run']:.2f} run ({speed:,.0f} rows/s) · {seconds['load']:.2f} load"
            f" · {seconds['write']:.2f} write{_beside(seconds)} · {run['rss_mib']:,.0f} MiB"
        ),
    )
    if seconds.get("baselines", 0.0) > max(seconds["run"], BASELINES_NOTICED):
        yield "", Text("the baselines took longest: --set report.baselines=false leaves them out")
    yield "digest", Text(run["digest"])
    yield "folder", Text(page.folder)
    if page.report:
        yield "report", Text(page.report)


def _beside(seconds: Mapping[str, float]) -> str:
    """The baselines' part, where there were any."""
    beside = seconds.get("baselines", 0.0)
    return f" · {beside:.2f} baselines" if beside >= BASELINES_SHOWN else ""
