"""Marks the functions that exist once and run twice: called by the actors, compiled by the gears.

A kernel is plain Python over integers and floats. Marking it only writes it into a register, from
which `trader.kernels.jit` takes the text it compiles; a process that never compiles never imports
a compiler.
"""

from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

HOLD: Final = -2
"""The answer of a step that says nothing."""

REGISTER: Final[dict[str, Callable[..., object]]] = {}


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Registers the function under its name, which no other kernel may bear, and returns it."""
    name = function.__name__
    assert name not in REGISTER or REGISTER[name].__module__ == function.__module__, name
    REGISTER[name] = function
    return function
