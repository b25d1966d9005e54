"""A step and its scan: the same text, the same bits, and a reason where there can be no scan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.kernels import fades, indicators, signals
from trader.kernels.fades import ScoreFade, StrengthFade, bollinger_reversion, rsi_reversion
from trader.kernels.indicators import Bar, rolled
from trader.kernels.kernel import HOLD, kernel
from trader.kernels.scalarised import COLUMNS, NotFusible, Scan, scan_of
from trader.kernels.signals import ema_cross
from trader.strategies.averages import EmaCrossState


@dataclass
class Numbers:
    """A state with what a scan can hold, and a field that it cannot."""

    unused: int = 0
    mean: float = 0.0
    count: int = 0
    best: int = 0
    weight: float = 0.5
    ring: list[int] = field(default_factory=lambda: [0, 0, 0])
    parts: list[float] = field(default_factory=lambda: [0.0, 0.5])
    n: int = 3
    total: int = 0
    name: str = ""


@kernel
def nearer(a: int, b: int, x: int) -> int:
    """The one of two numbers that is nearer to x."""
    return a if abs(a - x) <= abs(b - x) else b


def rising(s: Numbers, bar: Bar) -> int:
    """Says 1 at each new highest close."""
    s.count += 1
    says = HOLD
    if bar.close_ticks > s.best:
        s.best = bar.close_ticks
        says = 1
    return says


RISING = """\
def scan_rising(bar_open_ticks, bar_high_ticks, bar_low_ticks, bar_close_ticks, bar_lots, \
_ints, _floats, _rows, _says, _told_ints, _told_floats):
    s_count = _ints[0]
    s_best = _ints[1]
    s_mean = _floats[0]
    _found = 0
    for _row in range(bar_close_ticks.shape[0]):
        s_count += 1
        says = HOLD
        if bar_close_ticks[_row] > s_best:
            s_best = bar_close_ticks[_row]
            says = 1
        _answer = says
        if _answer != -2:
            _rows[_found] = _row
            _says[_found] = _answer
            _told_floats[0, _found] = s_mean
            _told_ints[1, _found] = s_best
            _found += 1
    _ints[0] = s_count
    _ints[1] = s_best
    _floats[0] = s_mean
    return _found
"""


def test_a_scan_loads_runs_keeps_and_stores() -> None:
    """Fields come in the order of the state, told ones also where the step does not name them."""
    scan = scan_of(rising, Numbers, ["mean", "best"])

    assert scan.text == RISING
    assert scan == Scan(
        name="scan_rising",
        step=rising,
        text=RISING,
        ints=("count", "best"),
        floats=("mean",),
        told=("mean", "best"),
        parts=(rising,),
    )


def wandering(s: Numbers, bar: Bar) -> int:
    for price in (bar.open_ticks, bar.high_ticks, bar.low_ticks):
        s.best = nearer(s.best, price, bar.close_ticks)
    span = bar.high_ticks - bar.low_ticks
    while span > 3:
        span //= 2
        s.count += 1
    count = s.count % 7
    s.mean += s.weight * (float(bar.close_ticks) - s.mean) / (1.0 + count)
    s.unused = range(count + 1)[-1] + bar.lots
    return -1 if s.mean > s.best else HOLD if count else count


def ringing(s: Numbers, bar: Bar) -> int:
    """Keeps two rings, one of them by a kernel that takes the state whole."""
    rolled(s, bar.close_ticks)
    s.parts[s.count % 2] += s.weight * float(bar.lots)
    s.mean = s.parts[0] - s.parts[1]
    return s.total if s.count % 3 == 0 else HOLD


def silent(s: Numbers, bar: Bar) -> int:
    return HOLD if bar.lots >= 0 else s.count


BARS = st.lists(
    st.tuples(*[st.integers(1, 10**9)] * 4, st.integers(0, 10**6)).map(
        lambda b: (b[0], max(b[:4]), min(b[:4]), b[3], b[4])
    ),
    max_size=60,
)
STEPS: list[tuple[Callable[..., int], Callable[[], Any], Sequence[str]]] = [
    (rising, Numbers, ("best", "count")),
    (wandering, Numbers, ("mean", "best", "weight", "unused")),
    (ringing, Numbers, ("mean", "total")),
    (silent, Numbers, ()),
    (
        bollinger_reversion,
        lambda: ScoreFade(n=3, entry=1.0, exit=0.25, short=1, blocked=3),
        ("close", "z"),
    ),
    (
        rsi_reversion,
        lambda: StrengthFade(n=2, low=40.0, high=60.0, exit=50.0, short=1, ready=4),
        ("close", "rsi"),
    ),
    (
        ema_cross,
        lambda: EmaCrossState(fast=2, slow=3, ready=3, fast_alpha=2 / 3, slow_alpha=0.5),
        ("close", "fast_ema", "slow_ema"),
    ),
]


@pytest.mark.parametrize(("step", "begin", "told"), STEPS)
@given(bars=BARS, cut=st.integers(0, 60))
def test_the_scan_says_what_the_step_says(
    step: Callable[..., int],
    begin: Callable[[], Any],
    told: Sequence[str],
    bars: list[tuple[int, ...]],
    cut: int,
) -> None:
    """Bit for bit: rows, answers, what is told with them, and the state at the end.

    The scan is cut in two somewhere, so the state it stores is one from which it goes on.
    """
    state, again = begin(), begin()
    scan = scan_of(step, type(state), told)
    expected = [said for said in walked(step, state, told, bars) if said[1] != HOLD]

    first = scanned(scan, again, bars[:cut])
    rest = [(row + cut, says, seen) for row, says, seen in scanned(scan, again, bars[cut:])]

    assert first + rest == expected
    fields = [*scan.ints, *scan.floats, *scan.rings]
    assert bits(again, fields) == bits(state, fields)


def walked(
    step: Callable[..., int], state: object, told: Sequence[str], bars: list[tuple[int, ...]]
) -> list[tuple[int, int, list[bytes]]]:
    """The step called bar by bar: row, answer, what it tells."""
    columns = [SimpleNamespace(**dict(zip(COLUMNS, bar, strict=True))) for bar in bars]
    return [(row, step(state, bar), bits(state, told)) for row, bar in enumerate(columns)]


def scanned(scan: Scan, state: object, bars: list[tuple[int, ...]]) -> list[Any]:
    """The scan's text as it stands, run over the bars from this state on, which it renews."""
    space = {**vars(signals), **vars(indicators), **vars(fades), "nearer": nearer}
    exec(scan.text, space)
    table = np.array(bars, np.int64).reshape(len(bars), len(COLUMNS))
    ints = np.array([getattr(state, name) for name in scan.ints], np.int64)
    floats = np.array([getattr(state, name) for name in scan.floats], np.float64)
    rings = [getattr(state, name) for name in scan.rings]
    rows, says = np.empty((2, len(bars)), np.int64)
    seen = np.zeros((len(scan.told), len(bars)), np.int64)
    columns = [[*map(int, column)] for column in table.T]
    columns[3] = np.array(columns[3], object)  # type: ignore[call-overload] # Python's own numbers
    room = (rows, says, seen, seen.view(np.float64))
    found = space[scan.name](*columns, ints, floats, *rings, *room)
    for names, values in ((scan.ints, ints), (scan.floats, floats)):
        for name, value in zip(names, values.tolist(), strict=True):
            setattr(state, name, value)
    answers = zip(rows[:found].tolist(), says[:found].tolist(), seen.T[:found], strict=True)
    return [(row, said, [word.tobytes() for word in words]) for row, said, words in answers]


def bits(state: object, names: Sequence[str]) -> list[bytes]:
    """Fields of a state as eight bytes each."""
    return [np.array(getattr(state, name)).tobytes() for name in names]


def made(folder: Path, text: str) -> Callable[..., int]:
    """The function `step` of a file with this text."""
    path = folder / "stepped.py"
    path.write_text(text, encoding="utf-8")
    spec = spec_from_file_location("stepped", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    step: Callable[..., int] = module.step
    return step


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("if s.count:\n        return 1\n    return 0", "line 5: .* a return before its end"),
        ("s.count += 1", "line 4: the last statement must return the answer"),
        ("s.count += 1\n    return", "line 5: the last statement must return the answer"),
        ("'''Says nothing.'''", "line 3: the last statement must return the answer"),
        ("return bar.ts_close", "line 4: a scan knows no column 'ts_close'"),
        ("bar.lots += 1\n    return 0", "line 4: bar.lots is written; a bar is only read"),
        ("return int(math.pi)", "line 4: math.pi is neither of the state nor of the bar"),
        ("return s.ring.index(1)", "line 4: s.ring.index is neither of the state nor of the bar"),
        ("s.ring = 3\n    return 0", "line 4: the state's 'ring' is neither int nor float"),
        ("s.ring += 3\n    return 0", "line 4: the state's 'ring' is neither int nor float"),
        ("s_ring = 1\n    return s.ring[0]", "line 4: the scan needs the name s_ring itself"),
        ("return 1 if s.name else 0", "line 4: the state's 'name' is neither int nor float"),
        ("s.count = 1\n    return s.missing", "line 5: the state has no field 'missing'"),
        ("return helper(s)", "line 4: s is used whole; a scan has its fields alone"),
        ("bar = 3\n    return bar", "line 4: bar is used whole"),
        ("s_count = 1\n    return s.count", "line 4: the scan needs the name s_count itself"),
        ("return s_mean if s.mean else 0", "line 4: the scan needs the name s_mean itself"),
        ("for _row in (1, 2):\n        s.count += _row\n    return 0", "the name _row itself"),
        ("return (bar_lots := bar.lots)", "line 4: the scan needs the name bar_lots itself"),
        ("range = 3\n    return range", "line 4: the scan needs the name range itself"),
        ("f = lambda: 1\n    return f()", "line 4: a scan cannot hold a function of its own"),
        ("def f(): ...\n    return 0", "line 4: a scan cannot hold a function of its own"),
        ("async def f(): ...\n    return 0", "line 4: a scan cannot hold a function of its own"),
        ("class F: ...\n    return 0", "line 4: a scan cannot hold a class"),
        ("global G\n    return 0", "line 4: a scan cannot hold global"),
        ("import math\n    return 0", "line 4: a scan cannot hold an import"),
        ("from math import pi\n    return 0", "line 4: a scan cannot hold an import"),
        ("yield 1\n    return 0", "line 4: a scan cannot hold yield"),
        ("yield from ()\n    return 0", "line 4: a scan cannot hold yield"),
        ("try: s.count = 1\n    finally: s.count = 2\n    return 0", "cannot hold try"),
        ("with open('x'): s.count = 1\n    return 0", "line 4: a scan cannot hold with"),
        ("raise ValueError\n    return 0", "line 4: a scan cannot hold raise"),
        ("del s.count\n    return 0", "line 4: a scan cannot hold del"),
    ],
)
def test_what_no_scan_can_do_is_refused_by_name_and_line(
    tmp_path: Path, body: str, reason: str
) -> None:
    step = made(tmp_path, f"import math\n\ndef step(s, bar):\n    {body}\n")

    with pytest.raises(NotFusible, match=f"^step, .*{reason}"):
        scan_of(step, Numbers, [])


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("missing", "^rising: the state has no field 'missing'$"),
        ("ring", "^rising: the state's 'ring' is neither int nor float$"),
    ],
)
def test_only_numbers_of_the_state_are_told(told: str, reason: str) -> None:
    with pytest.raises(NotFusible, match=reason):
        scan_of(rising, Numbers, [told])


@pytest.mark.parametrize(
    "text",
    [
        "def step(s): return 0",
        "def step(s, bar, more): return 0",
        "def step(s, bar=1): return 0",
        "def step(s, bar, *more): return 0",
        "def step(s, bar, **more): return 0",
        "def step(s, bar, *, more): return 0",
        "def step(s, bar, /): return 0",
        "step = lambda s, bar: 0",
        "async def step(s, bar): return 0",
    ],
)
def test_a_step_is_a_function_of_two(tmp_path: Path, text: str) -> None:
    with pytest.raises(NotFusible, match=r": a step is a function of a state and a bar$"):
        scan_of(made(tmp_path, text), Numbers, [])


def test_a_step_without_a_text_is_refused() -> None:
    space: dict[str, Any] = {}
    exec("def typed(s, bar): return 0", space)

    with pytest.raises(NotFusible, match=r"^typed: its text is not at hand$"):
        scan_of(space["typed"], Numbers, [])


def test_a_step_within_a_class_or_function_is_a_step_too() -> None:
    @kernel
    def inner(state: Numbers, closed: Bar) -> int:
        return state.count + closed.lots

    scan = scan_of(inner, Numbers, [])

    assert "_answer = s_count + bar_lots[_row]" in scan.text


def test_rings_follow_the_numbers_of_the_state() -> None:
    """In the order of the state, whichever the step names first."""
    scan = scan_of(ringing, Numbers, [])

    assert scan.rings == ("ring", "parts")
    assert "_ints, _floats, s_ring, s_parts, _rows," in scan.text
    assert scan.parts == (ringing, rolled)
