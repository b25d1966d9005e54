"""Two runs on the screen."""

import io
from typing import Any

import pytest
from rich.console import Console

from tests.ui.test_why import DECISION, FILL
from trader.ui.compare import print_comparison

SOURCE = {"rows": 1_000, "from": "2024-01-01", "to": "2024-01-02", "digest": "0123456789abcdef99"}
TOLD: dict[str, Any] = {
    "a": "one",
    "b": "two",
    "currency": "USD",
    "same": False,
    "digest": {"a": "aa", "b": "bb"},
    "code_version": {"a": "1+x", "b": "1+x"},
    "compared": {
        "from": "2024-01-01T00:00:00Z",
        "to": "2024-01-02T00:00:00Z",
        "strategies": ["s", "t"],
        "only_a": [],
        "only_b": ["u"],
    },
    "decision": {"same_before": 1_234, "a": DECISION, "b": None, "stood": {"a": None, "b": None}},
    "order": None,
    "fill": {"same_before": 0, "a": FILL, "b": {**FILL, "price": "100.2"}},
    "config": [{"key": "venue.slippage_ticks", "a": 0, "b": 3}],
    "inputs": [{"source": "X.y bars", "a": SOURCE, "b": None}],
    "metrics": [
        {"key": "equity_final", "a": "10", "b": "12"},
        {"key": "fills", "a": 3, "b": 3},
        {"key": "sharpe", "a": 0.123456789, "b": None},
    ],
}


def shown(**changes: Any) -> list[str]:
    console = Console(file=io.StringIO(), width=100, color_system=None, highlight=False)
    print_comparison(console, {**TOLD, **changes})
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_the_whole_page() -> None:
    lines = shown()

    assert lines[:4] == [
        "one and two",
        "two digests: they are not the same run",
        "compared from 2024-01-01T00:00:00Z to 2024-01-02T00:00:00Z: s, t",
        "only in two: u",
    ]
    at = lines.index("first decision that differs")
    assert lines[at + 1 : at + 5] == [
        "  after 1,234 that are the same",
        "  one: 3.1  2024-01-02T00:03:00Z  s decides 1,000 lots: up",
        "       close 100, z 0",
        "  two: none at that instant",
    ]
    assert lines[lines.index("first order that differs") + 1] == "  none"
    assert any("two: 3.8" in line and "100.2" in line for line in lines)
    assert any(line.split() == ["venue.slippage_ticks", "0", "3"] for line in lines)
    assert any(line.startswith("  X.y bars ") and "1,000 rows" in line for line in lines)


def test_figures_that_are_the_same_are_left_out() -> None:
    lines = shown()

    assert any(line.split() == ["equity_final", "10", "12"] for line in lines)
    assert any(line.split() == ["sharpe", "0.123457", "-"] for line in lines)
    assert not any(line.startswith("  fills ") for line in lines)


def test_the_same_run_has_nothing_to_show() -> None:
    lines = shown(same=True, decision=None, fill=None, config=[], inputs=[], metrics=[], order=None)

    assert lines[1] == "the same to the bit"
    assert lines.count("  none") == 6


@pytest.mark.parametrize(
    ("stood", "text"),
    [
        (
            {
                "inputs": [{"name": "z", "value": 1, "price": None}],
                "held_back": ["its rule: no"],
                "position_lots": 0,
                "target_lots": 5,
            },
            [
                "  two: none at that instant",
                "       z 1",
                "       position 0, target 5",
                "       its rule: no",
            ],
        ),
        (
            {"error": "no such file"},
            ["  two: none at that instant; where it stood cannot be told: no such file"],
        ),
    ],
)
def test_where_a_strategy_stood_that_decided_nothing(stood: Any, text: list[str]) -> None:
    first = {**TOLD["decision"], "stood": {"a": None, "b": stood}}

    lines = shown(decision=first)

    at = lines.index(text[0])
    assert lines[at : at + len(text)] == text


def test_other_code_and_no_common_strategy_are_told() -> None:
    common = {**TOLD["compared"], "strategies": [], "only_b": []}

    lines = shown(code_version={"a": "1+x", "b": "1+y"}, compared=common)

    assert "made by other code: 1+x, 1+y" in lines
    assert any("none: they have no strategy in common" in line for line in lines)
