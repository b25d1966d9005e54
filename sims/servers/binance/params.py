"""Reading a request's parameters: each one typed, none overlooked.

Reading stops at the first parameter that cannot be read, with `RefusedError`. Whoever has read
all that a method knows calls `done`, which refuses the rest.
"""

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from sims.servers.binance import refusals
from sims.servers.binance.amounts import PATTERN, PLACES, amount, is_amount
from sims.servers.binance.refusals import Refusal, RefusedError

Choice = TypeVar("Choice", bound=StrEnum)

COMMON: Final = frozenset({"apiKey", "timestamp", "signature", "recvWindow", "returnRateLimits"})
NAME_PATTERN: Final = "^[a-zA-Z0-9-_]{1,36}$"

_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,36}")
_INTEGER: Final = re.compile(r"[0-9]{1,18}")


class Params:
    """The parameters of one request, and which of them have been read."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values: Final = values
        self._read: Final[set[str]] = set()

    def text(self, name: str) -> str | None:
        """Return a text, or None if it was not sent or is empty."""
        self._read.add(name)
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise RefusedError(refusals.invalid(name))
        return str(value)

    def required(self, name: str) -> str:
        """Return a text that must be there."""
        return _demand(name, self.text(name))

    def integer(self, name: str) -> int | None:
        """Return a non-negative integer, sent as a number or as its digits."""
        text = self.text(name)
        if text is None:
            return None
        if not _INTEGER.fullmatch(text):
            raise RefusedError(refusals.illegal_characters(name, "^[0-9]{1,20}$"))
        return int(text)

    def required_integer(self, name: str) -> int:
        """Return a non-negative integer that must be there."""
        return _demand(name, self.integer(name))

    def amount(self, name: str) -> int | None:
        """Return a decimal number in units of 10^-8."""
        text = self.text(name)
        if text is None:
            return None
        if not is_amount(text):
            raise RefusedError(refusals.illegal_characters(name, PATTERN))
        if len(text.partition(".")[2]) > PLACES:
            raise RefusedError(refusals.too_precise(name))
        return amount(text)

    def required_amount(self, name: str) -> int:
        """Return a decimal number that must be there."""
        return _demand(name, self.amount(name))

    def name(self, name: str) -> str | None:
        """Return a client order id."""
        text = self.text(name)
        if text is not None and not _NAME.fullmatch(text):
            raise RefusedError(refusals.illegal_characters(name, NAME_PATTERN))
        return text

    def choice(self, name: str, kind: type[Choice], otherwise: Refusal) -> Choice | None:
        """Return the member of `kind` so called; any other is refused with `otherwise`."""
        text = self.text(name)
        if text is None:
            return None
        if text not in kind.__members__:
            raise RefusedError(otherwise)
        return kind[text]

    def required_choice(self, name: str, kind: type[Choice], otherwise: Refusal) -> Choice:
        """Return the member of `kind` so called, which must be there."""
        return _demand(name, self.choice(name, kind, otherwise))

    def flag(self, name: str) -> bool | None:
        """Return a truth value, sent as JSON's or as its word."""
        self._read.add(name)
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return value
        if value == "true":
            return True
        if value == "false":
            return False
        raise RefusedError(refusals.invalid(name))

    def texts(self, name: str) -> list[str] | None:
        """Return a list of texts, sent as JSON's or as its text."""
        self._read.add(name)
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, str):
            value = _decoded(value)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise RefusedError(refusals.invalid(name))
        return value

    def forbid(self, *names: str) -> None:
        """Refuse the first of `names` that was sent."""
        for name in names:
            if self.text(name) is not None:
                raise RefusedError(refusals.not_required(name))

    def done(self) -> None:
        """Refuse whatever was sent and not read."""
        known = self._read | COMMON
        read = sum(name in known for name in self.values)
        if read < len(self.values):
            raise RefusedError(refusals.unread(read, len(self.values)))


def _decoded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


Value = TypeVar("Value")


def _demand(name: str, value: Value | None) -> Value:
    if value is None:
        raise RefusedError(refusals.missing(name))
    return value
