"""A running daemon as a person reads it: how it stands, what it holds, what it does."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from trader.model.units import SECOND_NS
from trader.ops.protocol import Acted, Answer, Document, Question, Told, Welcome
from trader.ui.wording import duration, money

_MODES: Final = {"live": "bold white on red", "paper": "bold black on cyan"}
_GOOD: Final = {"ACTIVE"}
_WIDE_MAX: Final = 1_000
_BAD_EVENTS: Final = (
    "denied",
    "rejected",
    "difference_found",
    "limit_breached",
    "strategy_faulted",
    "strategy_disabled",
    "edge_failed",
    "in_doubt",
    "failed",
)


def headline(daemon: Welcome) -> Text:
    """Whose figures these are; live, paper and loopback look different at a glance."""
    mode = Text(f" {daemon.mode.upper()} ", _MODES.get(daemon.mode, "reverse"))
    return Text.assemble(mode, f" {daemon.run}, account {daemon.account}, pid {daemon.pid}")


def print_answer(console: Console, about: Question, daemon: Welcome, answer: Answer) -> None:
    """Prints a document with its instant."""
    console.print(Text.assemble(headline(daemon), ("  " + instant(answer.ts), "dim")))
    _PRINTED[about](console, answer.document)


def print_acted(console: Console, verb: str, acted: Acted) -> None:
    """Prints that something was done, and what came of it at once."""
    console.print(f"{verb}: done, input {acted.seq} of the journal")
    for event in acted.events:
        console.print(event_line(Told(event=event)), soft_wrap=True)


def event_line(told: Told) -> Text:
    """An event on a line: when, what, and all that it says."""
    event = dict(told.event)
    ts, name = event.pop("ts", None), str(event.pop("event"))
    line = Text()
    if told.dropped:
        line.append(f"({told.dropped} dropped) ", "yellow")
    line.append(f"{instant(ts)} " if ts else "  ", "dim")
    line.append(name.replace("_", " "), "bold red" if name.endswith(_BAD_EVENTS) else "bold")
    for key, value in event.items():
        line.append(f" {key}=", "dim")
        line.append(str(value))
    return line


def instant(ts: int) -> str:
    """An instant in UTC, to the millisecond.

    >>> instant(1_500_000_000)
    '1970-01-01T00:00:01.500Z'
    """
    text = datetime.fromtimestamp(ts // SECOND_NS, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{ts % SECOND_NS // 1_000_000:03d}Z"


def _print_status(console: Console, status: Document) -> None:
    trading = status["trading"]
    line = Text(trading, "bold green" if trading in _GOOD else "bold red")
    if status["code"]:
        line.append(f" because of {status['code']}", "red")
    console.print(line)
    if status["lifts"]:
        console.print(f"  what lifts it: {status['lifts']}", markup=False, soft_wrap=True)
    console.print(
        f"equity {money(status['equity'])} · cash {money(status['cash'])} · "
        f"realized {money(status['realized'])} · unrealized {money(status['unrealized'])}"
    )
    doubt = status["orders_in_doubt"]
    console.print(
        Text.assemble(
            f"{status['positions']} positions · {status['orders_working']} orders",
            (f", {doubt} in doubt", "red") if doubt else "",
            f" · input {status['seq']:,} · epoch {status['epoch']}",
        )
    )
    names = ("strategy", "instrument", "state", "position", "target", "fault")
    _table(console, names, status["strategies"])
    prices = [
        {**each, "age": "-" if each["age_s"] is None else duration(each["age_s"])}
        for each in status["prices"]
    ]
    _table(console, ("instrument", "price", "age"), prices)
    _print_unsure(console, status)


def _print_unsure(console: Console, status: Document) -> None:
    """What the daemon is not sure of: quiet where all is well."""
    compared = status["reconciliation"]
    console.print(_compared(compared))
    if compared["differences"]:
        _table(console, ("kind", "key", "ours", "theirs"), compared["differences"])
    if status["doubts"]:
        doubts = [{**each, "in_doubt_for": duration(each["age_s"])} for each in status["doubts"]]
        names = ("client_order_id", "instrument", "lots", "in_doubt_for")
        _table(console, names, doubts)
    if status["limits"]:
        limits = [_headroom(each) for each in status["limits"]]
        console.print(Text(f"left of the venue's limits: {' · '.join(limits)}"))
    for each in status["edges"]:
        if each["state"] != "running" or each["failures"]:
            console.print(_edge(each), soft_wrap=True)
    running = [each["edge"] for each in status["edges"] if each["state"] == "running"]
    if running:
        console.print(Text(f"edges at work: {', '.join(running)}"), soft_wrap=True)


def _compared(compared: Document) -> Text:
    if compared["compared_age_s"] is None:
        return Text("not compared with the venue yet", "yellow")
    line = Text(f"compared with the venue {duration(compared['compared_age_s'])} ago: ")
    count = len(compared["differences"])
    if not count:
        return line.append("both agree")
    line.append(f"{count} differ", "bold red")
    if compared["agreed_age_s"] is not None:
        line.append(f", agreed {duration(compared['agreed_age_s'])} ago")
    return line


def _headroom(limit: Document) -> str:
    share = f"{limit['limit']} {limit['headroom']:.0%}"
    return share if limit["max"] is None else f"{share} ({limit['used']:,} of {limit['max']:,})"


def _edge(edge: Document) -> Text:
    line = Text(f"{edge['edge']} is {edge['state']}", "red" if edge["failures"] else "yellow")
    if edge["failures"]:
        line.append(f", failed {edge['failures']} times of late: {edge['error']}")
    if edge["again_in_s"] is not None:
        line.append(f"; tried again in {duration(edge['again_in_s'])}")
    return line


def _print_orders(console: Console, document: Document) -> None:
    names = ("client_order_id", "instrument", "side", "size", "filled", "order_type", "limit")
    _table(console, (*names, "stop", "role", "status"), document["orders"])


def _print_positions(console: Console, document: Document) -> None:
    names = ("strategy", "instrument", "size", "average", "mark", "unrealized", "realized")
    _table(console, names, document["positions"])


def _print_fills(console: Console, document: Document) -> None:
    fills = [{**each, "when": instant(each["ts"])} for each in document["fills"]]
    names = ("when", "client_order_id", "instrument", "size", "price", "fee", "reason")
    _table(console, names, fills)


def _table(console: Console, names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        console.print("[dim]none[/]")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in names:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*("-" if row[name] is None else str(row[name]) for name in names))
    if "fault" in names:
        console.print(table)
        return
    # An id in two halves can be neither copied nor searched for.
    wide = Measurement.get(console, console.options.update(max_width=_WIDE_MAX), table).maximum
    console.width = max(wide, console.width)
    console.print(table)


_PRINTED: Final[Mapping[Question, Callable[[Console, Document], None]]] = {
    "status": _print_status,
    "orders": _print_orders,
    "positions": _print_positions,
    "fills": _print_fills,
}
