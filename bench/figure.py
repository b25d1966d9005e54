"""What a measurement comes to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured value in its unit, its bound, and what it came from."""

    name: str
    value: float
    unit: str
    bound: float
    note: str
