"""One scalar becomes a value of the type that its key declares, or is Unfit.

Bounds and patterns are those of the type's description (see `schema`). A number keeps its text
until here, so that a decimal is exact; quotes make a text out of anything but a decimal, which
may be quoted or not.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from msgspec import inspect

from trader.config import notation
from trader.config.notation import Unfit
from trader.config.spelling import MASK, is_secret, nearest, shown
from trader.config.tree import ListNode, MapNode, Node, Scalar, is_null, resolve
from trader.model.money import places_of
from trader.model.units import INT64_MAX

_USER_IN_URL: Final = re.compile(r"://[^/]*@")


def read_scalar(node: Scalar, kind: inspect.Type, at: str, extra: Mapping[str, Any]) -> object:
    """The value; `at` is its dotted key, `extra` what its description says beyond the type."""
    if isinstance(kind, inspect.IntType):
        return _instant(node, at) if extra.get("kind") == "instant" else _int(node, kind, at)
    if isinstance(kind, inspect.DecimalType):
        return _decimal(node, at, extra)
    if isinstance(kind, inspect.BoolType):
        return _bool(node, at)
    if isinstance(kind, inspect.LiteralType):
        return _choice(node, kind, at, extra)
    assert isinstance(kind, inspect.StrType), kind
    return _text(node, kind, at, extra)


def seen(node: Node, at: str) -> str:
    """What stands there, in words for an error; nothing of a secret."""
    if isinstance(node, ListNode):
        return "a list"
    if isinstance(node, MapNode):
        return "keys with values"
    if is_null(node):
        return "nothing"
    if is_secret(at) or at.startswith("account.keys") or _USER_IN_URL.search(node.text):
        return MASK
    if node.quoted and not isinstance(_unquoted(node), str):
        return f"the text {shown(node.text)}"
    return shown(node.text)


def _bool(node: Scalar, at: str) -> bool:
    value = resolve(node)
    if not isinstance(value, bool):
        raise Unfit(f"expected true or false, got {seen(node, at)}", _without_quotes(node))
    return value


def _int(node: Scalar, kind: inspect.IntType, at: str) -> int:
    value = resolve(node)
    if isinstance(value, bool) or not isinstance(value, int):
        hint = _without_quotes(node) or _bare(node.text)
        raise Unfit(f"expected a whole number, got {seen(node, at)}", hint)
    least = -INT64_MAX if kind.ge is None else int(kind.ge)
    most = INT64_MAX if kind.le is None else int(kind.le)
    if value < least:
        raise Unfit(f"must be at least {least}, got {seen(node, at)}")
    if value > most:
        raise Unfit(f"must be at most {most}, got {seen(node, at)}")
    return value


def _instant(node: Scalar, at: str) -> int:
    value = resolve(node)
    if isinstance(value, str):
        return notation.instant(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unfit(f"expected a date or a time, got {seen(node, at)}")
    return notation.whole_instant(value)


def _decimal(node: Scalar, at: str, extra: Mapping[str, Any]) -> Decimal:
    if is_null(node) or isinstance(resolve(node), bool):
        raise Unfit(f"expected a decimal number, got {seen(node, at)}")
    value = notation.decimal(node.text)
    limits = {name: Decimal(extra[name]) for name in ("above", "least", "most") if name in extra}
    if "above" in limits and value <= limits["above"]:
        raise Unfit(f"must be above {limits['above']}, got {seen(node, at)}")
    if "least" in limits and value < limits["least"]:
        raise Unfit(f"must be at least {limits['least']}, got {seen(node, at)}")
    if "most" in limits and value > limits["most"]:
        raise Unfit(f"must be at most {limits['most']}, got {seen(node, at)}")
    if places_of(value) > extra.get("places", notation.DIGITS_MAX):
        raise Unfit(f"has more than {extra['places']} decimal places: {seen(node, at)}")
    return value


def _choice(
    node: Scalar, kind: inspect.LiteralType, at: str, extra: Mapping[str, Any]
) -> int | str | None:
    if node.text in kind.values and not is_null(node):
        return node.text
    del extra
    message = f"expected one of {_listed(kind)}, got {seen(node, at)}"
    raise Unfit(message, nearest(node.text, [str(value) for value in kind.values]))


def _listed(kind: inspect.LiteralType) -> str:
    return ", ".join(str(value) for value in kind.values)


def _text(node: Scalar, kind: inspect.StrType, at: str, extra: Mapping[str, Any]) -> str:
    value = resolve(node)
    # On a command line quotes are hard to keep, so there a number may be a name.
    if not isinstance(value, str) and (node.origin.line or is_null(node)):
        hint = "" if is_null(node) else "put it in quotes to make it a text"
        raise Unfit(f"expected a text, got {seen(node, at)}", hint)
    text = node.text
    if not text and kind.min_length:
        raise Unfit("expected a text, got an empty one")
    if kind.max_length is not None and len(text) > kind.max_length:
        raise Unfit(f"must have at most {kind.max_length} characters, got {seen(node, at)}")
    if kind.pattern is not None and not re.fullmatch(kind.pattern, text):
        raise Unfit(f"expected {extra['says']}, got {seen(node, at)}")
    if extra.get("kind") == "interval":
        notation.interval_ns(text)
    return text


def _without_quotes(node: Scalar) -> str:
    is_other = isinstance(_unquoted(node), bool | int)
    return "write it without quotes" if node.quoted and is_other else ""


def _unquoted(node: Scalar) -> bool | int | Decimal | str | None:
    return resolve(Scalar(node.text, quoted=False, origin=node.origin))


def _bare(text: str) -> str:
    bare = text.replace("_", "").replace(",", "")
    return f"write {bare}" if bare != text and re.fullmatch(r"[-+]?[1-9][0-9]{0,18}", bare) else ""
