"""The whole page: one file of HTML that needs nothing beside it."""

from collections.abc import Mapping
from typing import Any, Final

from trader.report import heading, sections
from trader.report.assets import SCRIPTS, STYLES, asset, policy
from trader.report.charts import drawn
from trader.report.content import Content
from trader.report.markup import Markup, data, join, raw, tag
from trader.report.sampling import Bin, histogram

LICENCE: Final = "vendor/LICENSE.uPlot"
SECOND_NS: Final = 1_000_000_000


def page(content: Content) -> str:
    """The page of a run."""
    bins = _bins(content)
    points = drawn(content, bins)
    blocks = (
        heading.warnings(content.run),
        heading.figures(content),
        sections.curves(content),
        tag("div", sections.turnover(), sections.holding(bins), class_="pair"),
        sections.months(content),
        sections.prices(points),
        sections.comparison(content),
        sections.orders(content),
        sections.trades(content),
        heading.receipt(content.run),
    )
    body = join(
        heading.header(content),
        tag("main", *blocks),
        heading.footer(),
        data("points", points),
        *(raw("script", asset(name)) for name in SCRIPTS),
    )
    return f"<!doctype html>\n{_html(content.run, body)}\n"


def _html(run: Mapping[str, Any], body: Markup) -> Markup:
    head = join(
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy()),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{run['id']} · traderd"),
        tag("link", rel="icon", href="data:,"),
        *(raw("style", asset(name)) for name in STYLES),
    )
    notice = Markup(f"<!--\nuPlot, which draws the charts:\n\n{asset(LICENCE)}\n-->")
    return tag("html", notice, tag("head", head), tag("body", body), lang="en")


def _bins(content: Content) -> list[Bin]:
    """The closed trades by how long they were held."""
    columns = (content.trades[name] for name in ("holding_ns", "pnl", "ts_exit"))
    closed = [(held, pnl) for held, pnl, left in zip(*columns, strict=True) if left is not None]
    return histogram([held / SECOND_NS for held, _ in closed], [pnl > 0 for _, pnl in closed])
