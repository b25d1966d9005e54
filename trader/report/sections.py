"""The blocks of a page between its heading and its receipt."""

from collections.abc import Mapping, Sequence
from typing import Any

from trader.report import account_tables, order_tables
from trader.report.charts import notes_trades, plot, says_drawdown, says_equity, says_trades
from trader.report.content import Content
from trader.report.heading import facts
from trader.report.markup import Markup, join, tag
from trader.report.sampling import Bin
from trader.report.words import amount, share


def curves(content: Content) -> Markup:
    """Equity, drawdown and exposure below one another."""
    return tag(
        "figure",
        tag(
            "figcaption",
            tag("h2", "Equity, drawdown, exposure"),
            tag("p", "Drag over a time to look closer; all charts of time follow.", class_="hint"),
            _whole(),
        ),
        tag("h3", "Equity"),
        plot("equity", says_equity(content)),
        tag("h3", "Below the peak"),
        plot("drawdown", says_drawdown(content)),
        tag("h3", "At work, as a share of the equity"),
        plot("exposure", f"In the market {share(content.metrics['exposure'])} of the time."),
        _details("The curves as a table", account_tables.by_period(content)),
        class_="card",
    )


def turnover() -> Markup:
    """How much was traded when."""
    return tag(
        "figure",
        tag(
            "figcaption",
            tag("h2", "Turnover"),
            tag("p", "Traded, in multiples of the mean equity.", class_="hint"),
        ),
        plot("turnover", "Turnover by period; the table of the curves has the figures."),
        class_="card",
    )


def holding(found: Sequence[Bin]) -> Markup:
    """How long trades were held."""
    return tag(
        "figure",
        tag(
            "figcaption",
            tag("h2", "Holding time"),
            tag("p", "Closed trades by how long they were held.", class_="hint"),
        ),
        plot("holding", "Trades by holding time.") if found else _quiet("No trade was closed."),
        _details("As a table", order_tables.bins(found)) if found else None,
        class_="card",
    )


def months(content: Content) -> Markup:
    """The returns of each month."""
    opening = float(content.run["account"]["cash"])
    return tag(
        "section",
        tag("h2", "Months"),
        account_tables.monthly(content.account, opening),
        class_="card",
    )


def prices(points: Mapping[str, Any]) -> Markup | None:
    """Trades on the price of each instrument; nothing where no price is known."""
    figures = []
    for number, each in enumerate(points["prices"]):
        figures.append(
            tag(
                "div",
                tag("h3", each["name"], tag("span", notes_trades(each), class_="hint")),
                plot("price", says_trades(each), number=number),
                class_="priced",
            )
        )
    if not figures:
        return None
    return tag(
        "figure",
        tag(
            "figcaption",
            tag("h2", "Trades on price"),
            tag(
                "p",
                "Triangles are entries, pointing the way that was bet on; dots are exits."
                " A line joins them: solid for a gain, dashed for a loss.",
                class_="hint",
            ),
            _whole(),
        ),
        *figures,
        class_="card",
    )


def comparison(content: Content) -> Markup:
    """The strategies beside one another, and the account beside the baselines."""
    return join(
        tag(
            "section",
            tag("h2", "Strategies"),
            account_tables.strategies(content),
            _quiet("A strategy's return is on an equal share of the opening cash."),
            class_="card",
        ),
        tag(
            "section",
            tag("h2", "Against the baselines"),
            account_tables.accounts(content),
            class_="card",
        ),
    )


def orders(content: Content) -> Markup:
    """How orders ended, what was denied, and how much inside bars is not known."""
    metrics = content.metrics
    blocks = (
        ("Orders", order_tables.statuses(metrics)),
        ("Denials", order_tables.denials(metrics)),
        ("What bars cannot tell", _band(content)),
    )
    return tag(
        "div",
        *(tag("section", tag("h2", title), block, class_="card") for title, block in blocks),
        class_="triple",
    )


def _band(content: Content) -> Markup:
    """The two ends of what may have happened inside bars in which a stop and a target were met."""
    metrics, band = content.metrics, content.metrics.get("band")
    number = metrics["ambiguous_bars"]
    if not number and not band:
        return _quiet(
            "No ambiguous bar: in none was a stop and a target of one group in reach at once,"
            " so the order of events inside bars decided nothing."
        )
    said = tag(
        "p",
        f"In {number:,} bar{'s' * (number != 1)} a stop and a target of one group were both in"
        " reach, and a bar does not tell which came first.",
    )
    if not band:
        return join(said, _quiet("The other order of events was not run."))
    ends = (
        ("stops first", amount(band["equity_final_stops_first"])),
        ("targets first", amount(band["equity_final_targets_first"])),
    )
    return join(said, tag("p", "Equity at the end lies between:"), facts(ends, "band"))


def trades(content: Content) -> Markup:
    """The list of trades."""
    total = len(content.trades["trade"])
    if not total:
        listed = _quiet("There were no trades.")
    else:
        listed = join(order_tables.trades(content), _quiet(_where(total)))
    return tag("section", tag("h2", "Trades"), listed, class_="card")


def _where(total: int) -> str:
    if total <= order_tables.TRADES_LISTED:
        return "They are also in trades.parquet beside this file, with fees and extremes."
    return (
        f"These are the {order_tables.TRADES_LISTED:,} of {total:,} that moved the account most;"
        " all are in trades.parquet beside this file."
    )


def _whole() -> Markup:
    """The way back from a closer look."""
    return tag("button", "Whole run", type="button", class_="whole", hidden=True)


def _details(summary: str, content: Markup) -> Markup:
    return tag("details", tag("summary", summary), content)


def _quiet(text: str) -> Markup:
    return tag("p", text, class_="quiet")
