"""A strategy's state as bytes and back: what is saved, hashed and replayed.

A state holds numbers, texts, lists, dicts and structs of them. A set is refused when the strategy
is loaded, since its order depends on hashing. What turns out to be unsaveable only later is told
by its type: that ends no run, but from such a save nothing can go on.
"""

from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import msgspec
from msgspec import Struct

from trader.errors import ConfigError

HINT = "a state holds numbers, texts, lists, dicts and structs: what can be saved"


class Unsaveable(Struct, frozen=True, tag=True):
    """Stands in a save for a state that could not be written, and says why."""

    field: str
    why: str


def check_types(strategy: str, state: type) -> None:
    """Raises ConfigError for a state that declares a set, however deep."""
    for name, hint in get_type_hints(state).items():
        if _holds_set(hint):
            raise ConfigError(
                f"strategy {strategy} keeps a set in its state: {name}",
                hint="its order depends on hashing; a sorted list or a dict of True can be saved",
            )


def _holds_set(hint: Any) -> bool:  # noqa: ANN401 - whatever an annotation can be
    if hint in {set, frozenset} or getattr(hint, "__origin__", None) in {set, frozenset}:
        return True
    return any(_holds_set(each) for each in get_args(hint) if not isinstance(each, list))


def saveable(state: Any) -> Unsaveable | None:  # noqa: ANN401 - a struct or a dataclass
    """None if the state can be saved, else what in it cannot."""
    for name in _names(state):
        try:
            msgspec.msgpack.encode(getattr(state, name), enc_hook=_plain)
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            return Unsaveable(name, f"{type(error).__name__}: {error}")
    return None


def _names(state: Any) -> list[str]:  # noqa: ANN401 - a struct or a dataclass
    if is_dataclass(state):
        return [each.name for each in fields(state)]
    return list(state.__struct_fields__)


def saved(state: Any) -> bytes:  # noqa: ANN401 - a struct or a dataclass
    """The state as MessagePack, or what in it cannot be saved."""
    try:
        return msgspec.msgpack.encode(state, enc_hook=_plain)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return msgspec.msgpack.encode(saveable(state))


def _plain(value: object) -> object:
    """A number of a library as the plain number it is; nothing else is kept in a state."""
    item = getattr(value, "item", None)
    if callable(item):
        return item()
    raise TypeError(f"a {type(value).__name__}")


def restored(data: bytes | msgspec.Raw, state: type, strategy: str) -> Any:  # noqa: ANN401
    """The state that `saved` wrote; raises ValidationError for another's, ConfigError for none."""
    try:
        lost = msgspec.msgpack.decode(data, type=Unsaveable)
    except msgspec.ValidationError:
        return msgspec.msgpack.decode(data, type=state)
    raise ConfigError(
        f"the state of strategy {strategy} could not be saved: {lost.field}, {lost.why}", hint=HINT
    )
