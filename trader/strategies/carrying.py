"""What a split makes of a state: prices x denominator / numerator, volumes the other way round."""

from typing import Any

from trader.kernels.rounding import scaled


def carried(value: Any, up: int, down: int) -> Any:  # noqa: ANN401 - whatever a state may hold
    """A state's value x up / down; raises TypeError for what is no number and holds none.

    Floats are multiplied and divided in this order, whole numbers rounded half to even. What has
    a method `carry(up, down)`, as the bundled indicators do, carries itself.
    """
    if isinstance(value, float):
        return value * up / down
    if type(value) is int:
        return scaled(value, up, down)
    if value is None:
        return None
    if isinstance(value, dict):
        return {key: carried(each, up, down) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([carried(each, up, down) for each in value])
    carry = getattr(value, "carry", None)
    if carry is None:
        raise TypeError(f"a split cannot carry a {type(value).__name__}")
    carry(up, down)
    return value
