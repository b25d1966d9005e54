"""An actor's state as bytes and back."""

from math import inf

import msgspec
import pytest
from msgspec import Struct

from actors.runtime.actor import NOTHING, Stateful


class Kept(Struct):
    """A state with something to point into."""

    numbers: dict[str, int] = {}
    share: float = 0.0


class Other(Struct):
    """Another state."""

    words: list[str]


class Keeper(Stateful[Kept]):
    """Keeps a short cut into its state."""

    def __init__(self) -> None:
        self.state = Kept()
        self.bind()

    def bind(self) -> None:
        """Renews it."""
        self.numbers = self.state.numbers


class Plain(Stateful[Other]):
    """Keeps nothing beside its state."""

    def __init__(self) -> None:
        self.state = Other(words=["a"])


@pytest.mark.parametrize("share", [0.0, -0.0, 0.1, inf, 5e-324])
def test_a_state_comes_back_from_its_bytes(share: float) -> None:
    """Floats by their bits, and whatever points into the state points into the new one."""
    keeper, again = Keeper(), Keeper()
    keeper.state.share = share
    keeper.numbers["b"], keeper.numbers["a"] = 1, 2

    again.load(keeper.dump())

    assert again.dump() == keeper.dump()
    assert list(again.state.numbers) == ["b", "a"]
    assert again.numbers is again.state.numbers
    assert again.state is not keeper.state


def test_most_actors_have_nothing_to_renew() -> None:
    plain = Plain()

    plain.load(msgspec.msgpack.encode(Other(words=["b"])))

    assert plain.state == Other(words=["b"])


@pytest.mark.parametrize("data", [b"", b"\xc1", msgspec.msgpack.encode({"numbers": 3})])
def test_the_state_of_another_is_refused(data: bytes) -> None:
    """And ours stays as it was."""
    plain = Plain()

    with pytest.raises(msgspec.DecodeError):
        plain.load(data)
    assert plain.state == Other(words=["a"])


def test_nothing_is_an_answer() -> None:
    assert NOTHING == ()
