"""The register of what exists once and runs twice."""

import pytest

from trader.kernels import accounting, fades, indicators, matching, rounding, signals, sizing
from trader.kernels.kernel import REGISTER, kernel


def truncated(a: int, b: int) -> int:
    """Bears the name of a kernel of another module."""
    return a // b


def test_a_kernel_stays_the_plain_function() -> None:
    """Marking it again, as a second import would, changes nothing."""
    assert kernel(accounting.truncated) is accounting.truncated
    assert REGISTER["truncated"] is accounting.truncated


def test_two_kernels_of_one_name_are_a_mistake() -> None:
    with pytest.raises(AssertionError, match="truncated"):
        kernel(truncated)

    assert REGISTER["truncated"] is accounting.truncated


@pytest.mark.parametrize(
    "module", [accounting, fades, indicators, matching, rounding, signals, sizing]
)
def test_every_function_of_a_kernel_file_is_a_kernel(module: object) -> None:
    """Else a compiled gear would call what it cannot compile."""
    own = {
        name: value
        for name, value in vars(module).items()
        if getattr(value, "__module__", "") == getattr(module, "__name__", "")
        and not isinstance(value, type)
        and callable(value)
    }

    assert own
    assert {name: REGISTER.get(name) for name in own} == own
