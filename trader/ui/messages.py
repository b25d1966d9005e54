"""A message of a run in a line or a few: what it says, and in later lines the details of it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from trader.ui.wording import money

Told: TypeAlias = Mapping[str, Any]

_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {"MARKET": "at the market", "LIMIT": "limit", "STOP": "stop", "STOP_LIMIT": "stop-limit"}
)
_OWNERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "decision": "decided at",
        "fill": "of the fill before",
        "stop": "of the stop",
        "limit": "of the limit",
    }
)


def said(each: Told, told: Told) -> str:
    """What a message says; `told` is the document that it is a part of."""
    return _SAID[each["kind"]](each, told)


def row_said(row: Told) -> str:
    """What a row of the input says."""
    return _ROWS[row["kind"]](row)


def _input(each: Told, told: Told) -> str:
    del told
    text = row_said(each["row"])
    place = each["file"]
    return text if place is None else f"{text}\n{place['place']} of {_shorter(place['path'])}"


def _start(each: Told, told: Told) -> str:
    del each, told
    return "the start of the run"


def _bar(row: Told) -> str:
    prices = ", ".join(f"{name} {row[name]}" for name in ("open", "high", "low", "close"))
    return (
        f"bar of {row['instrument']}, {row['interval']} from {row['ts_open']}\n"
        f"{prices}, {row['lots']:,} lots"
    )


def _quote(row: Told) -> str:
    sides = (f"{name} {_at(row[name], row[f'{name}_lots'])}" for name in ("bid", "ask"))
    return f"quote of {row['instrument']}\n{', '.join(sides)}"


def _at(price: str | None, lots: int | None) -> str:
    if price is None:
        return "none"
    return price if lots is None else f"{price} x {lots:,}"


def _print(row: Told) -> str:
    return f"print of {row['instrument']}\n{row['lots']:,} lots at {row['price']}"


def _change(row: Told) -> str:
    side = "bid" if row["side"] > 0 else "ask"
    return f"book of {row['instrument']}\n{side} {row['price']} x {row['lots']:,}"


def _action(row: Told) -> str:
    more = {
        "split": lambda: f" {row['numerator']}:{row['denominator']}",
        "dividend": lambda: f" of {row['amount_per_lot']} a lot",
    }.get(row["action"], str)()
    return f"{row['action']}{more} of {row['instrument']}"


def _message(row: Told) -> str:
    fields = ", ".join(f"{name} {value}" for name, value in row["fields"].items())
    return f"{row['type']}\n{fields}" if fields else str(row["type"])


def inputs_said(inputs: Sequence[Told]) -> str:
    """What a strategy declares, by name; prices in currency."""
    return ", ".join(f"{value['name']} {_value(value)}" for value in inputs)


def _decision(each: Told, told: Told) -> str:
    del told
    inputs = inputs_said(each["inputs"])
    text = f"{each['strategy']} decides {each['target_lots']:,} lots: {each['reason']}"
    return f"{text}\n{inputs}" if inputs else text


def _value(value: Told) -> str:
    if value["price"] is not None:
        return str(value["price"])
    number = value["value"]
    return f"{number + 0.0:.10g}" if isinstance(number, float) else str(number)


def order(each: Told) -> str:
    """An order as it was made: side, size, price, and the exit that it comes from."""
    prices = [f"{name} {each[name]}" for name in ("stop", "limit") if each[name] is not None]
    how = ", ".join(prices) or _TYPES[each["order_type"]]
    why = f", {each['exit']}" if each["exit"] else ""
    force = "" if each["time_in_force"] == "GTC" else f", {each['time_in_force']}"
    return f"{each['side']} {_lots(each)} of {each['instrument']} {how}{force}{why}"


def _status(each: Told, told: Told) -> str:
    del told
    text = str(each["status"])
    if each.get("because"):
        text += f", because of {because(each['because'])}"
    return text


def because(each: Told) -> str:
    """A message named as the cause of something, in a few words."""
    match each["kind"]:
        case "decision":
            what = f"{each['strategy']} decided {each['target_lots']:,}, {each['reason']}"
        case "fill":
            what = f"the fill of {each['client_order_id']}"
        case "state":
            what = f"trading became {each['state']}, {each['reason']}"
        case "status" | "denial":
            what = f"{each['client_order_id']} was {each.get('status', 'DENIED')}"
        case kind:
            what = str(kind)
    return f"{each['name']}: {what}"


def _fill(each: Told, told: Told) -> str:
    text = f"{each['lots']:+,} at {each['price']}"
    if each.get("slippage_bps") is not None:
        text += f", {_against(each)}"
    fee = f"fee {each['fee']} {told['currency']}, {each['liquidity'].lower()}"
    left = f": {each['status']}" if "status" in each else f" for {each['client_order_id']}"
    text = f"{text}{left}\ntrade {each['trade_id']}, {fee}"
    is_late = each.get("told") not in {None, each["ts"]}
    return f"{text}, told {each['told']}" if is_late else text


def _against(each: Told) -> str:
    cost = each["slippage_bps"]
    price = f"the {each['reference_price']} {_OWNERS[each['reference']]}"
    if not cost:
        return f"just {price}"
    return f"{abs(cost):,.1f} bps {'worse' if cost > 0 else 'better'} than {price}"


def _replacement(each: Told, told: Told) -> str:
    del told
    parts = [f"{name} {each[name]}" for name in ("stop", "limit") if each.get(name) is not None]
    return f"is {', '.join([f'{_lots(each)} lots', *parts])} from here on"


def _split(each: Told, told: Told) -> str:
    del told
    return f"split {each['numerator']}:{each['denominator']}: lots and prices are carried over"


def _denial(each: Told, told: Told) -> str:
    text = f"risk denies {each['client_order_id']}: {each['code']}"
    found = told["denial"]
    if found is None:
        return text
    return "\n".join(part for part in (text, found["compared"], found["rule"]) if part)


def _state(each: Told, told: Told) -> str:
    text = (
        f"{each['by']} moves trading from {each['previous']} to {each['state']}: {each['reason']}"
    )
    found = told["breach"]
    if found is None or found["limit"] != each["reason"]:
        return text
    return f"{text}\n{found['limit']}: {found['value']} {found['unit']}, allowed {found['bound']}"


def _adjustment(each: Told, told: Told) -> str:
    income = f", {each['income']} {told['currency']} came with it"
    return f"{each['reason']}: {each['strategy']} holds {each['lots']:,} lots{income}"


def _equity(each: Told, told: Told) -> str:
    return f"equity {money(each['equity'])} {told['currency']}"


def _shorter(path: str) -> str:
    """A path as one would type it from here."""
    here = Path.cwd()
    given = Path(path)
    return str(given.relative_to(here)) if given.is_relative_to(here) else path


def _lots(each: Told) -> str:
    """An unsigned size.

    >>> _lots({"lots": -1200})
    '1,200'
    """
    return f"{abs(each['lots']):,}"


_ROWS: Final[Mapping[str, Callable[[Told], str]]] = MappingProxyType(
    {
        "bars": _bar,
        "quotes": _quote,
        "trades": _print,
        "depth": _change,
        "actions": _action,
        "message": _message,
    }
)
_SAID: Final[Mapping[str, Callable[[Told, Told], str]]] = MappingProxyType(
    {
        "input": _input,
        "start": _start,
        "decision": _decision,
        "order": lambda each, _: order(each),
        "status": _status,
        "fill": _fill,
        "replacement": _replacement,
        "split": _split,
        "denial": _denial,
        "state": _state,
        "adjustment": _adjustment,
        "equity": _equity,
    }
)
