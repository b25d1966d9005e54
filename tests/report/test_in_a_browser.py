"""The page in a real browser: it draws, fits, follows the hand, and stays at home."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.report.browsers import browser
from tests.report.making import EVIL, content
from trader.report.page import page

SIZES = [(1440, "light"), (1440, "dark"), (420, "light"), (420, "dark")]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = browser()
    assert path is not None, "install chromium: the page is looked at in it"
    with sync_playwright() as driver:
        # A container's root has no sandbox to put pages in; these are our own.
        started = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


def opened(chromium: Browser, path: Path, *, width: int = 1440, scheme: Any = "light") -> Page:
    """The file in the browser, which must report no error, no refusal and no request outward."""
    context = chromium.new_context(
        viewport={"width": width, "height": 1000}, color_scheme=scheme, offline=True
    )
    shown = context.new_page()
    told: list[str] = []
    shown.on("console", lambda message: told.append(message.text))
    shown.on("pageerror", lambda error: told.append(str(error)))
    shown.on(
        "request",
        lambda asked: None if asked.url.startswith(("file:", "data:")) else told.append(asked.url),
    )
    shown.goto(path.as_uri())
    shown.wait_for_selector(".uplot canvas")
    assert told == []
    return shown


def written(folder: Path, html: str) -> Path:
    path = folder / "report.html"
    path.write_text(html, encoding="utf-8")
    return path


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_it_draws_and_fits(chromium: Browser, tmp_path: Path, width: int, scheme: str) -> None:
    shown = opened(chromium, written(tmp_path, page(content(900, 60))), width=width, scheme=scheme)

    assert shown.locator(".uplot canvas").count() == 6
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ground = shown.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(15, 17, 20)") is (scheme == "dark")
    assert drawn_colours(shown, ".plot.equity canvas") > 20


def drawn_colours(shown: Page, selector: str) -> int:
    """How many different colours a canvas has."""
    found: int = shown.locator(selector).evaluate(
        """canvas => {
            const { width, height } = canvas;
            const bytes = canvas.getContext("2d").getImageData(0, 0, width, height).data;
            return new Set(new Uint32Array(bytes.buffer)).size;
        }"""
    )
    return found


@pytest.mark.parametrize(("days", "count"), [(1, 0), (2, 1), (5_000, 3_000)])
def test_short_and_long_runs_draw_without_an_error(
    chromium: Browser, tmp_path: Path, days: int, count: int
) -> None:
    bare = content(days, count, metrics={"baselines": None})

    shown = opened(chromium, written(tmp_path, page(bare)))

    assert shown.locator(".plot.price canvas").count() == 1


def test_a_name_is_text_in_the_browser_too(chromium: Browser, tmp_path: Path) -> None:
    html = page(content(names=EVIL, run_={"id": EVIL, "warnings": [EVIL]}))

    shown = opened(chromium, written(tmp_path, html))

    assert shown.locator("img").count() == 0
    assert EVIL in shown.locator("h1").inner_text()
    assert shown.locator(".plot.price canvas").count() == 1


def test_a_closer_look_is_one_in_all_charts_of_time(chromium: Browser, tmp_path: Path) -> None:
    shown = opened(chromium, written(tmp_path, page(content(900, 60))))
    button = shown.locator("button.whole").first
    assert not button.is_visible()
    legend = shown.locator(".plot.price .u-series").nth(1)

    over = shown.locator(".plot.equity .u-over").bounding_box()
    assert over is not None
    shown.mouse.move(over["x"] + 0.4 * over["width"], over["y"] + 50)
    shown.mouse.down()
    shown.mouse.move(over["x"] + 0.5 * over["width"], over["y"] + 50, steps=4)
    shown.mouse.up()

    assert button.is_visible()
    assert legend.inner_text() != ""
    button.click()
    assert not button.is_visible()


def test_columns_of_trades_can_be_sorted(chromium: Browser, tmp_path: Path) -> None:
    shown = opened(chromium, written(tmp_path, page(content(60, 6))))
    head = shown.locator("table.sorts th", has_text="pnl")

    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert shown.locator("table.sorts tbody tr").first.locator("td.gain").count() > 0
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert shown.locator("table.sorts tbody tr").first.locator("td.loss").count() > 0


def test_without_scripts_the_tables_tell_it(chromium: Browser, tmp_path: Path) -> None:
    path = written(tmp_path, page(content(60, 6)))
    context = chromium.new_context(java_script_enabled=False)
    shown = context.new_page()
    shown.goto(path.as_uri())

    assert shown.locator("table").count() >= 7
    assert "the tables have the same figures" in shown.locator("noscript").inner_text()
