"""The door to the compiler: what is in a module, what it is called, and when it is made anew."""

import math
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from trader.kernels.accounting import booked, released_cost, truncated
from trader.kernels.jit import compiled
from trader.kernels.kernel import REGISTER
from trader.kernels.scalarised import NotFusible, scan_of
from trader.model.orders import OrderStatus

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test keeps what is compiled in a folder of its own."""
    monkeypatch.setenv("TRADERD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "traderd"


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Kernels and modules that a test makes are gone after it."""
    kernels, modules = dict(REGISTER), set(sys.modules)
    yield
    REGISTER.clear()
    REGISTER.update(kernels)
    for name in set(sys.modules) - modules:
        if name.startswith(("traderd_kernels_", "kernels_")):
            del sys.modules[name]


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., ModuleType]:
    """Writes a module of kernels and imports it, as often as one likes."""

    def write(text: str, name: str = "kernels_of_a_test") -> ModuleType:
        path = tmp_path / f"{name}.py"
        head = "from math import sqrt\nfrom trader.kernels.kernel import kernel\n"
        path.write_text(head + textwrap.dedent(text), encoding="utf-8")
        spec = spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        # Two versions within a second and of one size would be one to the byte code's cache.
        exec(compile(path.read_text(encoding="utf-8"), path, "exec"), vars(module))
        return module

    return write


def text_of(module: ModuleType) -> str:
    assert module.__file__ is not None
    return Path(module.__file__).read_text(encoding="utf-8")


# -- what is compiled -----------------------------------------------------------------------------


def test_a_compiled_kernel_gives_the_plain_ones_numbers() -> None:
    module = compiled([booked])

    for case in ((0, 0, 5, 100), (5, 500, -2, 130), (5, 500, -9, 90), (-7, -701, 3, 99)):
        assert module.booked(*case) == booked(*case)


def test_callees_come_along_once() -> None:
    text = text_of(compiled([booked, released_cost]))

    for name in ("booked", "closed_lots", "released_cost", "truncated"):
        assert text.count(f"@_compiled\ndef {name}(") == 1
    assert text.count("@_compiled") == 4


def test_a_scan_comes_with_the_helpers_of_its_step(written: Callable[..., ModuleType]) -> None:
    module = written(
        """
        FACTOR = 3

        class State:
            total: int

        @kernel
        def doubled(x: int) -> int:
            return 2 * x

        def step(s, bar):
            s.total += doubled(bar.lots) * FACTOR
            return s.total
        """
    )
    scan = scan_of(module.step, module.State, ["total"])

    made = compiled([], [scan, scan])

    column = np.array([1, 10], np.int64)
    state, rows, says = np.array([1]), np.zeros(2, np.int64), np.zeros(2, np.int64)
    told = np.zeros((1, 2), np.int64)
    found = made.scan_step(*[column] * 5, state, np.zeros(0), rows, says, told, told.view(float))
    assert (found, rows.tolist(), says.tolist()) == (2, [0, 1], [7, 67])
    assert told.tolist() == [[7, 67]]
    assert state.tolist() == [67]
    assert "def step(" not in text_of(made)


def test_numbers_of_their_modules_are_constants(written: Callable[..., ModuleType]) -> None:
    """Members of enumerations too, as plain numbers; what is only an attribute's name is none."""
    module = written(
        """
        from trader.model.orders import OrderStatus
        FILLED = OrderStatus.FILLED
        HALF = 0.5
        shape = 7

        @kernel
        def scaled(x: int, rows: object) -> float:
            y: float = x * HALF + FILLED + rows.shape[0]
            return sqrt(abs(y))
        """
    )

    made = compiled([module.scaled])

    text = text_of(made)
    assert f"\nHALF = 0.5\nFILLED = {int(OrderStatus.FILLED)}\n" in text
    assert "shape = 7" not in text
    assert made.scaled(14, np.zeros(4)) == math.sqrt(20.0)


def test_the_text_holds_nothing_but_the_functions(written: Callable[..., ModuleType]) -> None:
    """No path, no decorator, no annotation: the same text wherever the project lies."""
    module = written(
        """
        @kernel
        def plain(a: "int", *, b: int = 2) -> "int":
            return a + b
        """
    )

    text = text_of(compiled([module.plain]))

    assert text == (
        '"""Compiled from the kernels; the file\'s name is the digest of its text."""\n'
        "from math import ceil, floor, sqrt\n"
        "import numba as _numba\n"
        '_compiled = _numba.njit(cache=True, error_model="numpy", fastmath=False, nogil=True)\n'
        "\n\n"
        "@_compiled\n"
        "def plain(a, *, b=2):\n"
        "    return a + b\n"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def f(a): return g(a)\ndef g(a): return a", "^f: g is neither a kernel nor a number"),
        ("import math\ndef f(a): return math.sin(a)", "^f: math is neither a kernel nor a number"),
        ("def f(a): return unheard_of", "^f: unheard_of is neither a kernel nor a number"),
        ("N = []\ndef f(a): return N", "^f: N is neither"),
        ("N = float('nan')\ndef f(a): return N", "^f: N is neither"),
        ("N = float('inf')\ndef f(a): return N", "^f: N is neither"),
        ("abs = len\ndef f(a): return abs(a)", "^f: abs is neither"),
        (
            "from trader.kernels.accounting import truncated as t\ndef f(a): return t(a, 2)",
            "^f: t is neither",
        ),
        (
            "def outer(n):\n    def f(a):\n        return a + n\n    return f\nf = outer(1)",
            "^f: n is neither",
        ),
        ("_numba = 3\ndef f(a): return _numba", "^_numba means two things"),
        ("f = 3\ndef g(a): return f\ng.__name__ = 'f'\nf, g = g, f", "^f means two things"),
    ],
)
def test_what_a_kernel_may_not_name_is_refused(
    written: Callable[..., ModuleType], text: str, reason: str
) -> None:
    module = written(textwrap.dedent(text))

    with pytest.raises(NotFusible, match=reason):
        compiled([module.f])
