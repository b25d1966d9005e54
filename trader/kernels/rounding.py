"""Whole numbers that stay whole: a quotient rounded half to even, and a value times a ratio."""

from trader.kernels.kernel import kernel


@kernel
def half_even(a: int, b: int) -> int:
    """The quotient a / b, b > 0, rounded half to even."""
    whole = a // b
    twice = 2 * (a - whole * b)
    return whole + 1 if twice > b or (twice == b and whole % 2 == 1) else whole


@kernel
def scaled(value: int, up: int, down: int) -> int:
    """The value x up / down, rounded half to even."""
    return half_even(value * up, down)
