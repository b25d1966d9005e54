"""The door to the compiler: what is in a module, what it is called, and when it is made anew."""

import math
import os
import resource
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from trader.kernels.accounting import booked, released_cost, truncated
from trader.kernels.jit import compiled
from trader.kernels.kernel import REGISTER
from trader.kernels.scalarised import NotFusible, scan_of
from trader.kernels.signals import ema_cross
from trader.model.orders import OrderStatus
from trader.strategies.averages import EmaCrossState

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
    """Writes a module of kernels and executes it."""

    def write(text: str, name: str = "kernels_of_a_test") -> ModuleType:
        head = "from math import sqrt\nfrom trader.kernels.kernel import kernel\n"
        code = head + textwrap.dedent(text)
        path = tmp_path / f"{name}.py"
        path.write_text(code, encoding="utf-8")
        module = ModuleType(name)
        exec(compile(code, path, "exec"), vars(module))
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


def test_kernels_that_are_written_out_bring_their_helpers_along(
    written: Callable[..., ModuleType],
) -> None:
    """But are not compiled themselves: they take a state, which no compiled function has."""
    module = written(
        """
        FACTOR = 3

        class State:
            total: int
            ring: list[int]

        @kernel
        def doubled(x: int) -> int:
            return 2 * x

        @kernel
        def kept(s: State, x: int) -> None:
            s.ring[s.total % FACTOR] = doubled(x)

        def step(s, bar):
            s.total += 1
            kept(s, bar.lots)
            return s.ring[0]
        """
    )
    made = compiled([], [scan_of(module.step, module.State, [])])

    column, ring = np.array([1, 10, 100], np.int64), np.zeros(3, np.int64)
    rows, says, told = np.zeros(3, np.int64), np.zeros(3, np.int64), np.zeros((0, 3), np.int64)
    none = np.zeros(0)
    made.scan_step(*[column] * 5, np.array([0]), none, ring, rows, says, told, told.view(float))
    assert (says.tolist(), ring.tolist()) == ([0, 0, 200], [200, 2, 20])
    assert "def kept(" not in text_of(made)
    assert "def doubled(" in text_of(made)


def test_numbers_of_their_modules_are_constants(written: Callable[..., ModuleType]) -> None:
    """Members of enumerations too, as plain numbers; what is only an attribute's name is none."""
    module = written(
        """
        from trader.model.orders import OrderStatus
        FILLED = OrderStatus.FILLED
        HALF = 0.5
        shape = 7

        @kernel
        def tripled(x: int, rows: object) -> float:
            y: float = x * HALF + FILLED + rows.shape[0]
            return sqrt(abs(y))
        """
    )

    made = compiled([module.tripled])

    text = text_of(made)
    assert "\nHALF = 0.5\n" in text
    assert f"\nFILLED = {int(OrderStatus.FILLED)}\n" in text
    assert "shape = 7" not in text
    assert made.tripled(14, np.zeros(4)) == math.sqrt(20.0)


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
        ("def truncated(a): return a\ndef f(a): return truncated(a)", "^f: truncated is neither"),
        ("_numba = 3\ndef f(a): return _numba", "^_numba means two things"),
    ],
)
def test_what_a_kernel_may_not_name_is_refused(
    written: Callable[..., ModuleType], text: str, reason: str
) -> None:
    module = written(textwrap.dedent(text))

    with pytest.raises(NotFusible, match=reason):
        compiled([module.f])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("N = 1\ndef one(a): return a + N", "N = 2\ndef other(a): return a + N"),
        ("N = 1\ndef one(a): return a + N", "N = 1.0\ndef other(a): return a + N"),
        ("N = 1\ndef one(a): return a + N", "def N(a): return a\nother = N"),
        ("def one(a): return a", "def one(a): return -a\nother = one"),
    ],
)
def test_a_name_means_one_thing(written: Callable[..., ModuleType], one: str, other: str) -> None:
    first, second = written(one, "kernels_one"), written(other, "kernels_other")

    with pytest.raises(NotFusible, match=r" means two things in what is compiled together$"):
        compiled([first.one, second.other])


def test_two_scans_of_one_step_that_tell_different_things_are_two_things() -> None:
    scans = [scan_of(ema_cross, EmaCrossState, told) for told in (["close"], ["fast_ema"])]

    with pytest.raises(NotFusible, match=r"^scan_ema_cross means two things"):
        compiled([], scans)


# -- what it is called ----------------------------------------------------------------------------


def test_the_same_text_is_the_same_module(cache: Path) -> None:
    module = compiled([booked])

    assert compiled([booked]) is module
    assert [path.stem for path in cache.glob("*.py")] == [module.__name__]


def test_another_text_of_a_helper_is_another_module(
    written: Callable[..., ModuleType], cache: Path
) -> None:
    """Also where the function that is asked for has not changed."""
    text = """
        @kernel
        def helper(x: int) -> int:
            return x + {by}

        @kernel
        def asked(x: int) -> int:
            return 2 * helper(x)
        """
    old = compiled([written(text.format(by=1), "kernels_helped").asked])
    assert old.asked(5) == 12
    REGISTER.clear()

    new = compiled([written(text.format(by=3), "kernels_helped_more").asked])

    assert new.__name__ != old.__name__
    assert new.asked(5) == 16
    assert len(list(cache.glob("*.py"))) == 2


# -- where it is kept -----------------------------------------------------------------------------


def test_a_broken_or_foreign_file_of_that_name_is_written_anew(cache: Path) -> None:
    """Nor does what a killed process left behind disturb anybody."""
    name = compiled([truncated]).__name__
    whole = (cache / f"{name}.py").read_bytes()
    del sys.modules[name]
    (cache / f"{name}.py").write_bytes(whole[: len(whole) // 2])
    (cache / f"{name}.1.part").write_bytes(b"half a li")

    again = compiled([truncated])

    assert (cache / f"{name}.py").read_bytes() == whole
    assert again.truncated(-7, 2) == -3
    assert [path.name for path in cache.glob("*.part")] == [f"{name}.1.part"]


@pytest.mark.parametrize(
    ("settings", "folder"),
    [
        ({"XDG_CACHE_HOME": "xdg"}, "xdg/traderd"),
        ({"HOME": "home"}, "home/.cache/traderd"),
        ({"HOME": "home", "XDG_CACHE_HOME": "xdg", "TRADERD_CACHE": "own"}, "own/traderd"),
    ],
)
def test_the_folder_is_the_users_cache_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], folder: str
) -> None:
    for name in ("TRADERD_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, str(tmp_path / value))

    module = compiled([truncated])

    assert module.__file__ == str(tmp_path / folder / f"{module.__name__}.py")


def test_without_a_folder_each_process_compiles_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder below a regular file can be made by nobody. It is said once a module."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("TRADERD_CACHE", str(tmp_path / "file"))
    before = sorted(tmp_path.rglob("*"))

    with pytest.warns(UserWarning, match="compiled kernels can be kept nowhere"):
        module = compiled([booked])

    assert module.booked(5, 500, -2, 130) == booked(5, 500, -2, 130)
    assert compiled([booked]) is module
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_that_cannot_be_written_is_no_reason_to_stop(cache: Path) -> None:
    cache.mkdir(parents=True)
    name = compiled([truncated]).__name__
    del sys.modules[name]
    (cache / f"{name}.py").unlink()
    (cache / f"{name}.{os.getpid()}.part").mkdir()

    with pytest.warns(UserWarning, match="compiled kernels can be kept nowhere"):
        module = compiled([truncated])

    assert module.truncated(-7, 2) == -3


def test_on_a_full_disk_nothing_half_written_stays(cache: Path) -> None:
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, usual[1]))
    try:
        with pytest.warns(UserWarning, match="compiled kernels can be kept nowhere"):
            module = compiled([truncated])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)

    assert module.truncated(-7, 2) == -3
    assert list(cache.iterdir()) == []
