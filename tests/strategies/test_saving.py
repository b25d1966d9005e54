"""A strategy's state as bytes and back, and what cannot be one."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import pytest
from msgspec import Struct

from trader.errors import ConfigError
from trader.strategies.saving import check_types, restored, saveable, saved


class Inner(Struct):
    """A struct within."""

    n: int = 0


class State(Struct):
    """Whatever can be saved."""

    count: int = 0
    mean: float = 0.0
    name: str = ""
    window: list[int] = []
    by_key: dict[str, tuple[int, float]] = {}
    inner: Inner = msgspec.field(default_factory=Inner)
    any_: Any = None


@dataclass
class Data:
    """A dataclass will do."""

    seen: list[int] = field(default_factory=list)


FULL = State(3, 0.1, "x", [1, 2], {"k": (1, 2.0)}, Inner(7))


@pytest.mark.parametrize("state", [State(), FULL, Data([1, 2])])
def test_a_state_comes_back_as_it_was(state: Any) -> None:
    assert saveable(state) is None
    assert restored(saved(state), type(state), "one") == state


def test_a_number_of_a_library_is_the_number_it_is() -> None:
    assert saved(State(mean=np.float64(0.1))) == saved(State(mean=0.1))
    assert saved(State(count=np.int64(3))) == saved(State(count=3))  # type: ignore[arg-type]


def endless() -> list[Any]:
    """A list that holds itself."""
    within: list[Any] = []
    within.append(within)
    return within


@pytest.mark.parametrize(
    "value", [object(), 2**64, -(2**63) - 1, "\ud800", np.zeros(3), endless(), {1: object()}]
)
def test_what_cannot_be_saved_is_told_by_its_field(value: Any) -> None:
    """It ends no run, its bytes are always the same, and nothing goes on from it."""
    state = State(any_=value)

    lost = saveable(state)
    assert lost is not None
    assert lost.field == "any_"
    assert saved(state) == saved(State(count=9, any_=value))
    with pytest.raises(ConfigError, match="strategy one could not be saved: any_"):
        restored(saved(state), State, "one")


def test_the_first_field_that_cannot_is_told() -> None:
    lost = saveable(Data([2**70]))
    assert lost is not None
    assert lost.field == "seen"


def test_the_state_of_another_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        restored(msgspec.msgpack.encode({"n": "text"}), Inner, "one")


class Unordered(Struct):
    """Its order depends on hashing."""

    deep: dict[str, list[frozenset[int]]] = {}


class Bare(Struct):
    """A set without a word on what is in it."""

    seen: set = set()  # type: ignore[type-arg]


class Perhaps(Struct):
    """Or none."""

    seen: set[int] | None = None


@pytest.mark.parametrize("state", [Unordered, Bare, Perhaps])
def test_a_set_is_refused_however_deep(state: type) -> None:
    name = "deep" if state is Unordered else "seen"
    with pytest.raises(ConfigError, match=f"strategy one keeps a set in its state: {name}"):
        check_types("one", state)


@pytest.mark.parametrize("state", [State, Data, Inner])
def test_everything_else_may_be_declared(state: type) -> None:
    check_types("one", state)
