"""The page: one file, which asks for nothing and which no name can break."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest

from tests.report.making import EVIL, content, figures
from trader.report.assets import SCRIPTS, STYLES, asset, policy
from trader.report.page import page

OUTWARD = re.compile(r"\s(?:src|href|action|srcset)=\"(?!data:)|@import|url\(|<base|<iframe")


def without_notice(html: str) -> str:
    """The page without the licence in its comment."""
    return re.sub(r"<!--.*?-->", "", html, count=1, flags=re.DOTALL)


def markup_of(html: str) -> str:
    """The page without scripts and styles."""
    return re.sub(r"<(script|style)[^>]*>.*?</\1>", "", without_notice(html), flags=re.DOTALL)


def test_it_refers_to_nothing_outside() -> None:
    html = page(content())

    assert not OUTWARD.search(markup_of(html))
    for name in (*STYLES, "assets/charts.js", "assets/page.js"):
        assert "://" not in asset(name)
        assert "url(" not in asset(name)


def test_the_policy_names_what_is_in_the_page_and_nothing_else() -> None:
    html = page(content())
    told = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert told is not None
    allowed = told[1].replace("&#x27;", "'")

    assert allowed == policy()
    assert "default-src 'none'" in allowed
    assert "unsafe" not in allowed
    for kind in ("script", "style"):
        for block in re.findall(rf"<{kind}>(.*?)</{kind}>", html, re.DOTALL):
            digest = b64encode(sha256(block.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in allowed
    assert allowed.count("sha256-") == len(STYLES) + len(SCRIPTS)
    assert not re.search(r"<[^>]*\sstyle=", markup_of(html))
    assert not re.search(r"<[^>]*\son\w+=", markup_of(html))


def test_names_are_text_wherever_they_stand() -> None:
    run: dict[str, Any] = {"id": EVIL, "warnings": [EVIL], "command": EVIL}

    html = page(content(names=EVIL, run_=run))

    assert "<img" not in without_notice(html)
    assert html.count("</script>") == len(SCRIPTS) + 1


@pytest.mark.parametrize(
    ("days", "count"), [(1, 0), (2, 1), (3, 3), (40, 5), (900, 50), (4_000, 800), (9_000, 9_000)]
)
def test_every_length_of_run_has_a_page_that_is_not_large(days: int, count: int) -> None:
    html = page(content(days, count))

    assert len(html) < 2_000_000
    assert "NaN" not in markup_of(html)
    assert not re.search(
        r"[:,\[](NaN|Infinity|nan|inf)\b", html[html.index('id="points"') :][:9_000]
    )


def test_of_very_many_trades_those_that_moved_the_account_most_are_shown() -> None:
    html = page(content(4_000, 3_000))

    assert "the 2,000 of 3,000 trades that moved the account most" in html
    assert "These are the 400 of 3,000 that moved the account most" in html


@pytest.mark.parametrize(
    ("metrics", "said"),
    [
        ({}, "No ambiguous bar"),
        ({"ambiguous_bars": 3}, "The other order of events was not run."),
        (
            {
                "ambiguous_bars": 1,
                "band": {
                    "equity_final_stops_first": "100000",
                    "equity_final_targets_first": "100250.5",
                },
            },
            "100,250.50",
        ),
    ],
)
def test_the_band_is_told(metrics: dict[str, Any], said: str) -> None:
    assert said in page(content(metrics=metrics))


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ({}, "badge good"),
        ({"complete": False}, "stopped early"),
        ({"quarantined": {"a": "ValueError"}}, "strategy quarantined"),
        ({"trading_state": "HALTED"}, "ended halted"),
    ],
)
def test_how_it_ended_is_told(run: dict[str, Any], said: str) -> None:
    assert said in page(content(run_=run))


def test_a_run_without_trades_and_baselines_says_so() -> None:
    bare: dict[str, Any] = {"baselines": None, "denials_by_code": {}, "orders_by_status": {}}

    html = page(content(10, 0, metrics=bare))

    for said in ("There were no trades.", "No trade was closed.", "No order was denied."):
        assert said in html
    assert "There were no orders." in html


def test_a_figure_without_a_value_is_a_dash() -> None:
    blank = dict.fromkeys(("cagr", "sharpe", "hit_rate", "holding_time", "average_trade"))
    fallen = {"max_drawdown": 0.0, "max_drawdown_from": None, "max_drawdown_lowest": None}

    html = page(content(metrics={**figures(), **blank, **fallen}))

    assert ">–</p>" in html
    assert "None" not in markup_of(html)


def test_a_run_of_a_day_has_no_figures_a_year() -> None:
    day = {"period": {"from": "2020-01-01T00:00:00Z", "to": "2020-01-01T06:00:00Z"}}

    html = markup_of(page(content(run_=day)))

    assert html.count("6.0 h are too short, from 30 days on") == 4
    assert html.count("n/a") >= 10
    assert "6.0 h" not in markup_of(page(content()))


def test_every_drawing_says_what_it_shows_and_has_figures_beside_it() -> None:
    html = markup_of(page(content()))

    plots = re.findall(r'<div class="plot[^>]*>', html)
    assert len(plots) == 6
    assert all('role="img"' in each and 'aria-label="' in each for each in plots)
    assert html.count("<caption>") >= 7
    assert html.count("<details>") == 2
    assert '<html lang="en">' in html
