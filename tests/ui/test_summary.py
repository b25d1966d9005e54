"""The page that a run ends with."""

import io
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from rich.console import Console

from trader.ui.summary import Page, print_summary

ACCOUNT = {
    "equity_final": "240587.7768",
    "realized": "140000",
    "unrealized": "587.7768",
    "return": 1.405877768,
    "max_drawdown": 0.2767,
    "fills": 186,
}
RUN: Mapping[str, Any] = {
    "id": "demo-1",
    "seed": 1,
    "period": {"from": "2006-01-03T00:00:00Z", "to": "2013-03-01T05:00:00Z"},
    "inputs": [
        {"instrument": "A.v", "rows": 4_000, "kind": "bars"},
        {"instrument": "B.v", "rows": 4_188, "kind": "bars"},
    ],
    "complete": True,
    "account": {"currency": "USD", "cash": "100000"},
    "counts": {"inputs": 8_188},
    "seconds": {"load": 0.04, "run": 0.1, "write": 0.08},
    "rss_mib": 111.4,
    "gear": "step",
    "gear_why": "asked for",
    "digest": "8848c196b770db4ff051d20edbeaedd1481782228b387b1f37744929737d01d7",
    "warnings": [],
}
METRICS: Mapping[str, Any] = {
    **ACCOUNT,
    "strategies": {
        "apple-cross": {**ACCOUNT, "instrument": "AAPL.usa"},
        "a-name-of-sixteen": {**ACCOUNT, "instrument": "GOOG.usa", "return": -0.03},
    },
    "orders_by_status": {"FILLED": 186, "DENIED": 5},
    "denials_by_code": {"gross_exceeds_max": 5},
    "baselines": {"buy_and_hold": ACCOUNT, "naive_mean_reversion": ACCOUNT},
}


def shown(
    width: int,
    run: Mapping[str, Any] = RUN,
    metrics: Mapping[str, Any] = METRICS,
    *,
    trades: Sequence[Mapping[str, Any]] = (),
    report: str = "",
) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, highlight=False)
    page = Page(
        run=run,
        metrics=metrics,
        equity=[100_000.0, 120_000.0, 240_587.78],
        drawdown=[0.0, 0.1, 0.0],
        folder="runs/demo-1",
        report=report,
        trades=trades,
        commands=[
            ("traderd replay runs/demo-1", "make it again from its journal, to the bit"),
            ("traderd init my-trader", "a strategy of your own to start from"),
        ],
    )
    print_summary(console, page)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_everything_is_there_and_fits(width: int) -> None:
    text = shown(width)

    assert max(len(line) for line in text.splitlines()) <= width
    for part in (
        "demo-1  2006-01-03 to 2013-03-01 · 2 instruments · 8,188 bars · seed 1",
        "apple-cross",
        "a-name-of-sixteen",
        "140,000.00",
        "587.78",
        "+140.6 %",
        "-3.0 %",
        "-27.7 %",
        "buy_and_hold",
        "naive_mean_reversion",
        "▁▂█",
        "100,000.00 to 240,587.78 USD, between 100,000.00 and 240,587.78",
        "186 FILLED · 5 DENIED",
        "5 gross_exceeds_max",
        "step: asked for",
        "0.10 run (81,880 rows/s)",
        RUN["digest"],
        "runs/demo-1",
        "traderd replay runs/demo-1",
        "make it again from its journal",
    ):
        assert part in text


def test_a_wide_page_says_what_each_trades() -> None:
    assert "AAPL.usa" in shown(120)
    assert "AAPL.usa" not in shown(80)


def test_warnings_are_words() -> None:
    text = shown(80, {**RUN, "warnings": ["risk sets no limit"], "complete": False})

    assert "warning   risk sets no limit" in text
    assert "demo-1  (stopped early)" in text


def test_without_baselines_and_without_fills_there_is_still_a_page() -> None:
    metrics = {**METRICS, "baselines": None, "orders_by_status": {}, "denials_by_code": {}}
    run = {**RUN, "seconds": {"load": 0.0, "run": 0.0, "write": 0.0}}

    text = shown(80, run, metrics)

    assert "buy_and_hold" not in text
    assert re.search(r"orders +none", text)


def test_a_baseline_that_was_interrupted_is_left_out() -> None:
    metrics = {**METRICS, "baselines": {"buy_and_hold": ACCOUNT, "naive_mean_reversion": None}}

    assert "naive_mean_reversion" not in shown(80, RUN, metrics)


TRADES = [
    {
        "pnl": Decimal(pnl),
        "strategy": "cross",
        "side": side,
        "lots": 1_200,
        "ts_entry": 1_136_246_400_000_000_000,
        "ts_exit": left,
        "exit_reason": why,
    }
    for pnl, side, left, why in (
        ("1234.5", "LONG", 1_138_000_000_000_000_000, "cross_down"),
        ("-7", "SHORT", None, None),
    )
]
MEASURED = {
    "cagr": 0.13,
    "sharpe": 0.98,
    "sortino": None,
    "exposure": 0.878,
    "trades": 93,
    "hit_rate": 0.613,
    "profit_factor": 3.234,
    "average_trade": "1511.7",
    "holding_time": 86_400.0 * 44.8,
}


def test_figures_and_the_largest_trades_are_told() -> None:
    text = shown(80, RUN, {**METRICS, **MEASURED}, trades=TRADES, report="runs/demo-1/report.html")

    assert max(len(line) for line in text.splitlines()) <= 80
    for part in (
        "figures   +13.0 % a year · Sharpe 0.98 · in the market 87.8 % of the time",
        "trades    93 closed · 61.3 % won · factor 3.23 · average 1,511.70 · held 44.8 d",
        "+1,234.50  cross, long 1,200, 2006-01-03 to 2006-01-23, cross_down",
        "-7.00  cross, short 1,200, 2006-01-03 to the end, open",
        "report    runs/demo-1/report.html",
    ):
        assert part in text
    assert "Sortino" not in text


def test_a_run_of_a_day_has_no_figures_a_year() -> None:
    day = {"from": "2006-01-03T00:00:00Z", "to": "2006-01-03T06:00:00Z"}
    text = shown(80, {**RUN, "period": day}, {**METRICS, **MEASURED})

    assert "figures   a year n/a: 6.0 h are too short, from 30 days on" in text
    assert "in the market 87.8 % of the time" in text
    assert "Sharpe" not in text


def test_the_range_of_equity_has_what_the_account_began_with() -> None:
    """The first row may be later than the first trades."""
    text = shown(80, {**RUN, "account": {"currency": "USD", "cash": "90000"}})

    assert "90,000.00 to 240,587.78 USD, between 90,000.00 and 240,587.78" in text


def test_figures_that_need_more_room_take_another_line() -> None:
    text = shown(50, RUN, {**METRICS, **MEASURED})

    assert "figures   +13.0 % a year · Sharpe 0.98\n          in the market" in text


def test_a_run_from_before_there_were_figures_has_its_page() -> None:
    text = shown(80)

    assert "figures" not in text
    assert "trades  " not in text.replace("trades on", "")


@pytest.mark.parametrize(("width", "beside"), [(80, True), (60, False)])
def test_commands_can_be_copied_whole(width: int, beside: bool) -> None:
    """What they do stands beside them where there is room, else above."""
    lines = shown(width).splitlines()
    [at] = [k for k, line in enumerate(lines) if line.startswith("  traderd replay runs/demo-1")]

    assert ("# make" in lines[at]) is beside
    assert ("# make" in lines[at - 1]) is not beside


def test_colour_only_repeats_what_signs_say() -> None:
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system="standard")
    page = Page(run=RUN, metrics=METRICS, equity=[1.0], drawdown=[0.0], folder="f")
    print_summary(console, page)
    assert isinstance(console.file, io.StringIO)

    assert "\x1b[31m  -3.0 %" in console.file.getvalue()


@pytest.mark.parametrize(("seconds", "told"), [(0.9, False), (2.5, True)])
def test_baselines_that_took_longest_come_with_a_way_around(seconds: float, told: bool) -> None:
    text = shown(80, {**RUN, "seconds": {**RUN["seconds"], "baselines": seconds}})

    assert f"{seconds:.2f} baselines" in text
    assert ("--set report.baselines=false" in text) is told
