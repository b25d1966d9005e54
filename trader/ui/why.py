"""A chain of causes as a person reads it: from what was read to what was asked about, and on."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TypeAlias

from rich.console import Console
from rich.text import Text

from trader.ui.messages import Told, because, order, said

Line: TypeAlias = tuple[str, str, str]
"""A name, an instant and a text, whose later lines are details."""


def print_why(console: Console, told: Told) -> None:
    """Prints the answer to a `why`, the cause first."""
    for title, lines in _parts(told):
        console.print(Text(title, "bold"), soft_wrap=True)
        names = max((len(name) for name, _, _ in lines), default=0)
        for name, instant, text in lines:
            first, *more = text.split("\n")
            head = f"  {name:<{names}}  {instant}  " if instant else f"  {name:<{names}}  "
            console.print(Text.assemble((head, "dim"), first), soft_wrap=True)
            for each in more:
                console.print(Text(" " * len(head) + each, "dim"), soft_wrap=True)
        console.print()


def _parts(told: Told) -> Iterator[tuple[str, list[Line]]]:
    subject = told["chain"][0]
    yield f"{told['run']}: {_title(subject)}", []
    yield "why", [_line(each, told) for each in reversed(told["chain"])]
    causes = {each["name"] for each in told["chain"]}
    for life in told["orders"]:
        if life["decided"] is not None and life["decided"]["name"] not in causes:
            yield "what it was for", [_line(life["decided"], told)]
        yield from _life(life, told, named=subject.get("client_order_id") is None)
    if told["followed"]:
        yield "what followed", [_line(each, told) for each in told["followed"]]


def _life(life: Told, told: Told, *, named: bool) -> Iterator[tuple[str, list[Line]]]:
    title = f"what became of {life['client_order_id']}" if named else "what became of it"
    lines = [_line(each, told) for each in life["events"]]
    ended = life["ended"]
    if ended is None:
        lines.append(("", "", "still works at the end of the run"))
    elif ended["reason"]:
        lines.append(("", "", f"{ended['status']} by the venue: {ended['reason']}"))
    yield title, lines
    if life.get("protection"):
        yield "what protected it", [_protection(each, told) for each in life["protection"]]
    if life["trades"]:
        yield "the trade", [_trade(each, told) for each in life["trades"]]


def _line(each: Told, told: Told) -> Line:
    return each["name"], each["ts"] or "", said(each, told)


# -- what is asked about ------------------------------------------------------------------------


def _title(subject: Told) -> str:
    match subject["kind"]:
        case "order":
            return f"{subject['client_order_id']}, {order(subject)}: {subject['status']}"
        case "denial":
            return f"{subject['client_order_id']} was denied: {subject['code']}"
        case "fill":
            return f"trade {subject['trade_id']}, a fill of {subject['client_order_id']}"
        case "state":
            return f"trading became {subject['state']}: {subject['reason']}"
        case "decision":
            return f"a decision of {subject['strategy']}: {subject['reason']}"
        case kind:
            return f"{kind} {subject['name']}"


# -- what came of an order ------------------------------------------------------------------------


def _protection(life: Told, told: Told) -> Line:
    del told
    text = f"{order(life)}: {life['status']}"
    ended = life["ended"]
    filled = [each for each in life["events"] if each["kind"] == "fill"]
    details = [f"made {life['ts']}"]
    details += [f"{each['lots']:+,} at {each['price']} {each['ts']}" for each in filled]
    moved = [each for each in life["events"] if each["kind"] == "replacement"]
    if moved:
        often = "once" if len(moved) == 1 else f"{len(moved):,} times, the last time"
        details.append(f"changed {often} {moved[-1]['ts']}")
    if ended is not None and ended["status"] != "FILLED":
        why = f", because of {because(ended['because'])}" if ended["because"] else ""
        details.append(f"{ended['status'].lower()} {ended['ts']}{why}")
    return life["client_order_id"], "", "\n".join([text, *details])


def _trade(trade: Told, told: Told) -> Line:
    entry = f"{trade['ts_entry']} at {trade['entry_price']}, {trade['entry_reason']}"
    left = "still open at the end of the run"
    if trade["ts_exit"] is not None:
        left = f"closed {trade['ts_exit']} at {trade['exit_price']}, {trade['exit_reason']}"
    gain = Decimal(trade["pnl"])
    what = f"{trade['side']} {trade['lots']:,}, {trade['part']} by this order"
    text = f"{what}: {gain:+,.2f} {told['currency']}\nopened {entry}\n{left}"
    return str(trade["trade"]), "", text
