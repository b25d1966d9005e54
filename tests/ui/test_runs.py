"""Runs beside one another."""

import io
from typing import Any

import pytest
from rich.console import Console

from trader.ui.runs import print_runs

METRICS = {"equity_final": "240587.77", "return": 1.4, "max_drawdown": 0.27, "fills": 1_186}


def run(**changes: Any) -> dict[str, Any]:
    return {
        "id": "demo-1",
        "period": {"from": "2006-01-03T00:00:00Z", "to": "2013-03-01T05:00:00Z"},
        "complete": True,
        "quarantined": {},
        "trading_state": "ACTIVE",
        "digest": "8848c196b770db4f",
        **changes,
    }


def shown(width: int, *runs: dict[str, Any]) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, highlight=False)
    print_runs(console, [(each, METRICS) for each in runs])
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_each_run_is_a_line_that_fits(width: int) -> None:
    lines = shown(width, run(), run(id="trial-12")).splitlines()

    assert len(lines) == 3
    assert max(len(line) for line in lines) <= width
    for part in ("demo-1", "2006-01 to 2013-03", "240,587.77", "+140.0 %", "-27.0 %", "1,186"):
        assert part in lines[1]
    assert ("8848c196b770" in lines[1]) is (width > 100)


@pytest.mark.parametrize(
    ("changes", "ended"),
    [
        ({}, "complete"),
        ({"trading_state": "HALTED"}, "halted"),
        ({"quarantined": {"a": "why"}}, "quarantined"),
        ({"complete": False}, "stopped"),
    ],
)
def test_how_it_ended_is_a_word(changes: dict[str, Any], ended: str) -> None:
    assert ended in shown(100, run(**changes))
