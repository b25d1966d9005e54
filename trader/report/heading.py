"""The top and the foot of a page: what was run, its key figures, its receipt."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from trader.report.content import Content
from trader.report.markup import Child, Markup, join, tag
from trader.report.words import (
    amount,
    count,
    duration,
    ended,
    ratio,
    reason,
    share,
    signed,
    tone,
)
from trader.ui import yearly
from trader.ui.wording import day

HASH_SHOWN: Final = 16


def header(content: Content) -> Markup:
    """What was run, how it ended, and the facts that make it out."""
    run = content.run
    look, word = ended(run)
    rows = sum(each["rows"] for each in run["inputs"])
    names = list(dict.fromkeys(each["instrument"] for each in run["inputs"]))
    line = " · ".join(
        (
            f"{day(run['period']['from'])} to {day(run['period']['to'])}",
            f"{len(names)} instrument{'s' * (len(names) > 1)}",
            f"{rows:,} rows",
        )
    )
    told = (
        ("digest", _hash(run["digest"])),
        ("configuration", _hash(run["config_digest"])),
        ("seed", str(run["seed"])),
        ("gear", run["gear"]),
    )
    return tag(
        "header",
        tag(
            "div",
            tag("p", "traderd · a simulated run", class_="eyebrow"),
            tag("h1", run["id"], tag("span", word, class_=f"badge {look}")),
            tag("p", line, class_="line"),
        ),
        facts(told, "facts"),
    )


def _hash(digest: str) -> Markup:
    return tag("code", digest[:HASH_SHOWN], "…", title=digest)


def facts(pairs: Iterable[tuple[str, Child]], class_: str) -> Markup:
    """Names and what stands behind them."""
    return tag(
        "dl",
        *(tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs),
        class_=class_,
    )


def warnings(run: Mapping[str, Any]) -> Markup | None:
    """What is allowed but probably not meant, if anything."""
    if not run["warnings"]:
        return None
    items = (tag("li", text) for text in run["warnings"])
    return tag("section", tag("h2", "Mind"), tag("ul", *items), class_="card warnings")


def figures(content: Content) -> Markup:
    """The figures that people look for first."""
    metrics, account = content.metrics, content.run["account"]
    gain = metrics["return"]
    hero = tag(
        "div",
        tag("p", f"Equity at the end, {account['currency']}", class_="label"),
        tag("p", amount(metrics["equity_final"]), class_="figure"),
        tag(
            "p",
            tag("strong", share(gain, sign=True), class_=tone(gain)),
            f" on {amount(account['cash'])}",
            class_="note",
        ),
        class_="hero",
    )
    cards = _cards(metrics, yearly.too_short(content.run))
    return tag("section", hero, *cards, class_="figures", aria_label="Key figures")


def _cards(metrics: Mapping[str, Any], too_short: str) -> list[Markup]:
    """`too_short` says why there are no yearly figures, if there are none."""
    until = metrics["max_drawdown_until"]
    fall = f"back on {until[:10]}" if until else "not made good yet"
    lost = metrics["max_drawdown"]
    growth = metrics["cagr"]

    def a_year(label: str, figure: str, note: str, look: str | None = None) -> Markup:
        return _card(label, "n/a", too_short) if too_short else _card(label, figure, note, look)

    return [
        a_year("Growth a year", share(growth, sign=True), "compounded", tone(growth)),
        _card("Deepest drawdown", share(-lost) if lost else "0.0 %", fall if lost else "none"),
        a_year("Sharpe", ratio(metrics["sharpe"]), f"Sortino {ratio(metrics['sortino'])}"),
        a_year("Volatility", share(metrics["volatility"]), f"Calmar {ratio(metrics['calmar'])}"),
        _card("Hit rate", share(metrics["hit_rate"]), f"of {count(metrics['trades'])} trades"),
        _card(
            "Profit factor",
            ratio(metrics["profit_factor"]),
            f"average {signed(metrics['average_trade'])}",
        ),
        _card("Held", duration(metrics["holding_time"]), "on average"),
        _card("Exposure", share(metrics["exposure"]), "of the time in the market"),
        a_year("Turnover", ratio(metrics["turnover"], "×"), "of the equity a year"),
        _card("Fees", amount(metrics["fees"]), f"for {count(metrics['fills'])} fills"),
    ]


def _card(label: str, figure: str, note: str, look: str | None = None) -> Markup:
    return tag(
        "div",
        tag("p", label, class_="label"),
        tag("p", figure, class_=f"figure {look or ''}".strip()),
        tag("p", note, class_="note"),
        class_="tile",
    )


def receipt(run: Mapping[str, Any]) -> Markup:
    """Everything that it takes to make the run again and to know it by."""
    pairs: list[tuple[str, Child]] = [
        ("command", tag("code", run["command"])),
        ("code version", tag("code", run["code_version"])),
        ("configuration digest", tag("code", run["config_digest"])),
        ("digest", tag("code", run["digest"])),
        ("state hash", tag("code", run["state_hash"] or "none in this gear")),
        ("gear", f"{run['gear']}: {run['gear_why']}"),
        ("seed", str(run["seed"])),
        ("money quantum", run["money_quantum"]),
        ("ended", reason(run["trading_state"]).lower()),
    ]
    pairs += [
        (
            f"input {each['instrument']}",
            join(
                f"{each['rows']:,} rows, {each['from']} to {each['to']}, ",
                tag("code", each["digest"]),
            ),
        )
        for each in run["inputs"]
    ]
    return tag("section", tag("h2", "Receipt"), facts(pairs, "receipt"), class_="card")


def footer() -> Markup:
    """How to read the page, and whose work draws it."""
    return tag(
        "footer",
        tag("p", "Times are UTC. Charts are drawn by uPlot, under the MIT licence."),
        tag(
            "noscript",
            tag("p", "Without scripts there are no charts; the tables have the same figures."),
        ),
    )
