"""Where a strategy stood at a moment, as a person reads it: first what held it back."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

from rich.console import Console
from rich.text import Text

from trader.ui.messages import Told, inputs_said, row_said, said

Line: TypeAlias = tuple[str, str]
"""A label and a text, whose later lines are details."""

_LABEL: Final = 14
_SHOWN_MAX: Final = 50
_WORDS: Final = {
    "quarantined": "quarantined",
    "disabled": "disabled by a rule of risk",
    "not_yet": "not taken yet",
    "no_size": "only the strategy knows its size",
    "size_zero": "its size comes to 0 lots",
    "target_already": "that is its target already",
    "blocked": "blocked until its rule has let go of it",
    "warming_up": "exits are warming up",
}


def print_why_not(console: Console, told: Told) -> None:
    """Prints the answer to a `why-not`."""
    title = f"{told['run']}: {told['strategy']} on {told['instrument']} at {told['time']}"
    console.print(Text(title, "bold"), soft_wrap=True)
    for lines in (_verdict(told), _seen(told), _stands(told), _could(told)):
        console.print()
        for label, text in lines:
            first, *more = text.split("\n")
            console.print(Text.assemble((f"{label:<{_LABEL}}", "bold"), first), soft_wrap=True)
            for each in more:
                console.print(Text(" " * _LABEL + each, "dim"), soft_wrap=True)


def _verdict(told: Told) -> Iterator[Line]:
    tells = any(each["needs"] for each in told["conditions"])
    nothing = "nothing held it back" + ("" if tells else "; its rule tells no conditions")
    reasons = told["held_back"] or [nothing]
    yield from zip(_once("held back"), reasons, strict=False)


def _seen(told: Told) -> Iterator[Line]:
    saw = told["saw"]
    if saw is None:
        yield "saw", "nothing yet"
    else:
        text = f"{saw['name']}  {saw['ts']}  {said(saw, told)}"
        if saw["heard"] is None:
            text += "\nthe feed did not let it through"
        elif saw["heard"] != saw["row"]:
            text += f"\nthe feed made of it: {row_said(saw['heard'])}"
        yield "saw", text
    if told["inputs"]:
        yield "inputs", inputs_said(told["inputs"])
    for label, condition in zip(_once("conditions"), told["conditions"], strict=False):
        yield label, _condition(condition)
    for label, pair in zip(_once("state"), told["state"].items(), strict=False):
        yield label, f"{pair[0]} {_shown(pair[1])}"


def _condition(condition: Told) -> str:
    if not condition["needs"]:
        return f"{condition['name']}: {condition['value']}"
    sign = "holds" if condition["holds"] else "fails"
    return f"{sign}  {condition['name']}: {condition['value']}, needs {condition['needs']}"


def _stands(told: Told) -> Iterator[Line]:
    yield "position", f"{told['position_lots']:,} lots, target {told['target_lots']:,}"
    if told["blocked"]:
        yield "blocked", f"{told['blocked'].lower()}s, until its rule has let go of them"
    if told["decides_from"]:
        yield "decides", f"not before {told['decides_from']}"
    if told["quarantined"]:
        yield "quarantined", told["quarantined"]
    for label, order in zip(_once("orders"), told["working"], strict=False):
        yield label, _order(order)
    for label, exit_ in zip(_once("exits"), told["exits"], strict=False):
        yield label, _exit(exit_, told["held"])
    last = told["last_decision"]
    text = "none yet" if last is None else f"{last['name']}  {last['ts']}  {said(last, told)}"
    yield "decided last", text


def _order(order: Told) -> str:
    prices = [f"{name} {order[name]}" for name in ("stop", "limit") if order[name] is not None]
    how = ", ".join(prices) or "at the market"
    filled = f", {abs(order['lots_filled']):,} filled" if order["lots_filled"] else ""
    return (
        f"{order['client_order_id']}: {order['side']} {abs(order['lots']):,} {how}"
        f"{filled}, {order['status']}"
    )


def _exit(exit_: Told, held: Told | None) -> str:
    parts = [exit_["kind"]]
    if not exit_["ready"]:
        parts.append("warming up")
    if exit_["distance"] is not None:
        parts.append(f"{exit_['distance']} away")
    if exit_["level"] is not None:
        parts.append(f"level {exit_['level']}")
    if exit_["ends_now"]:
        parts.append("ends the position now")
    if held is not None and exit_["kind"] in {"trailing", "time_stop"}:
        best = f", best close {held['best']}" if held["best"] is not None else ""
        parts.append(f"entry at {held['entry']}{best}, {held['bars']} bars held")
    return ", ".join(parts)


def _could(told: Told) -> Iterator[Line]:
    trading = told["trading"]
    why = f": {trading['reason']}" if trading["reason"] else ""
    latched = ", until a person lifts it" if trading["latched"] else ""
    yield "trading", f"{trading['state']}{why}{latched}"
    for label, entry in zip(_once("an entry"), told["entries"], strict=False):
        yield label, _entry(entry)
    same = f"{told['rows_compared']:,} rows of its {told['compared_with']} are the same"
    yield "played", f"again to row {told['rows']:,}: {same}"


def _entry(entry: Told) -> str:
    lots = entry["lots"]
    if not lots:
        what = entry["side"]
    else:
        what = f"{'BUY' if lots > 0 else 'SELL'} {abs(lots):,} to {entry['target_lots']:,}"
    denied = entry["denied"]
    verdict = "risk would let it pass"
    if denied is not None:
        verdict = f"risk would deny it, {denied['code']}: {denied['compared']}"
    elif lots is None or not lots:
        verdict = "there is no order to judge"
    if entry["withheld"]:
        verdict = f"{_WORDS[entry['withheld']]}; {verdict}"
    return f"{what}: {verdict}"


def _shown(value: Any) -> str:  # noqa: ANN401 - whatever a state holds
    text = f"{value:.10g}" if isinstance(value, float) else str(value)
    if len(text) <= _SHOWN_MAX:
        return text
    count = f" ({len(value):,} in all)" if isinstance(value, list | dict) else ""
    return f"{text[:_SHOWN_MAX]}…{count}"


def _once(label: str) -> Iterable[str]:
    """The label, and then blanks below it."""
    yield label
    while True:
        yield ""
