"""Kernels that take a state whole, written out where a step calls them."""

import ast
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from trader.kernels.indicators import Bar
from trader.kernels.inlined import Inlined, parsed
from trader.kernels.kernel import REGISTER, kernel


@dataclass
class Tally:
    """A number, and what it was before."""

    total: int = 0
    before: int = 0


@kernel
def noted(tally: Tally) -> None:
    """Remembers the number."""
    tally.before = tally.total


@kernel
def added(tally: Tally, x: int, closed: Bar) -> int:
    """Adds to the number, and tells by how much the bar lies above it."""
    noted(tally)
    more = 2 * x
    for _ in range(2):
        tally.total += more
    return closed.close_ticks - tally.total


def plain(tally: Tally, x: int) -> int:
    """No kernel."""
    return tally.total + x


def written_out(step: Callable[..., object]) -> tuple[str, list[object]]:
    """The step's statements as they are then, and what was written out in them."""
    function = parsed(step)
    assert isinstance(function, ast.FunctionDef)
    s, bar = (argument.arg for argument in function.args.args)
    inlined = Inlined(s, bar, step)
    return "\n".join(ast.unparse(each) for each in inlined.statements(function.body)), [
        *inlined.taken
    ]


def adding(s: Tally, bar: Bar) -> int:
    more = 5
    above = added(s, more + bar.lots, bar)
    return above + more


def test_a_call_becomes_the_text_of_what_it_calls() -> None:
    """Its own names get its name in front, state and bar are the step's, its calls come along."""
    text, taken = written_out(adding)

    assert (
        text
        == """\
more = 5
_added_x = more + bar.lots
s.before = s.total
_added_more = 2 * _added_x
for _added__ in range(2):
    s.total += _added_more
above = bar.close_ticks - s.total
return above + more"""
    )
    assert taken == [added, noted]


def branching(s: Tally, bar: Bar) -> int:
    if bar.lots > 0:
        noted(s)
    elif bar.lots < 0:
        added(s, 1, bar)
    else:
        while s.total < 3:
            added(s, 2, bar)
    return 0


def test_calls_within_branches_and_loops_are_found() -> None:
    """What a call returns is left out where nobody takes it; each kernel is named once."""
    text, taken = written_out(branching)

    assert "noted" not in text
    assert "added(" not in text
    assert text.count("s.total += _added_more") == 2
    assert taken == [noted, added]


@pytest.mark.parametrize(
    "call",
    [
        "y = plain(s, 1)",  # no kernel
        "y = 1 + added(s, 1, bar)",  # in the middle of something
        "y = nearby(bar.lots)",  # takes no state
        "y = s.total(s)",  # calls no name
        "y = z = added(s, 1, bar)",
    ],
)
def test_any_other_call_stays(call: str) -> None:
    inlined = Inlined("s", "bar", adding)

    [statement] = inlined.statements(ast.parse(call).body)

    assert ast.unparse(statement) == call
    assert inlined.taken == []


def test_a_kernel_of_that_name_elsewhere_is_not_meant() -> None:
    """The step's own module decides what a name means."""

    @kernel
    def elsewhere(tally: Tally) -> None:
        tally.total = 0

    inlined = Inlined("s", "bar", adding)
    try:
        [statement] = inlined.statements(ast.parse("elsewhere(s)").body)
    finally:
        del REGISTER["elsewhere"]

    assert ast.unparse(statement) == "elsewhere(s)"


def test_nothing_returned_is_none() -> None:
    inlined = Inlined("s", "bar", adding)

    *_, last = inlined.statements(ast.parse("y = noted(s)").body)

    assert ast.unparse(last) == "y = None"


def test_lines_are_counted_as_the_file_counts_them() -> None:
    function = parsed(adding)

    assert function.lineno == adding.__code__.co_firstlineno
