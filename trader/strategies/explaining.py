"""How a strategy tells what its rule looks at: conditions, each with what it sees and needs."""

from typing import Any

from msgspec import Struct


class Condition(Struct, frozen=True):
    """One condition of a rule as it stands now: what it sees, what it needs, whether it holds.

    Where `needs` is empty it is something to know and no condition; `holds` is then True.
    """

    name: str
    value: str
    needs: str = ""
    holds: bool = True


def shown(value: Any) -> str:  # noqa: ANN401 - whatever a state may hold
    """A value as a person reads it: floats with ten digits, and none is a zero below zero.

    >>> shown(0.1 + 0.2), shown(-0.0), shown(7)
    ('0.3', '0', '7')
    """
    return f"{value + 0.0:.10g}" if isinstance(value, float) else str(value)


def bars_seen(count: int, needed: int) -> Condition:
    """Whether as many bars were heard as the rule needs."""
    return Condition("ready", f"{count} bars", f"{needed} bars", count >= needed)
