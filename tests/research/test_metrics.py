"""The figures of a run."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from tests.research.making import configuration, project, ran, run
from trader.config.loader import load
from trader.research.folder import RunFolder
from trader.research.metrics import rows_a_year

PROMISED = {
    "equity_final",
    "cash_final",
    "realized",
    "return",
    "cagr",
    "sharpe",
    "sortino",
    "max_drawdown",
    "turnover",
    "hit_rate",
    "holding_time",
    "fills",
    "orders",
    "denials",
    "ambiguous_bars",
    "baselines",
}

OF_THE_RUN = {"strategies", "orders_by_status", "denials_by_code", "baselines", "band"}
NULL_WITHOUT_TRADES = (
    "sharpe",
    "sortino",
    "calmar",
    "max_drawdown_from",
    "hit_rate",
    "profit_factor",
    "average_trade",
    "holding_time",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    more = "risk: {lots_max: 60}\nreport: {equity_interval: 1h}"
    return ran(tmp_path_factory.mktemp("run"), configuration(more=more))


def test_the_promised_figures_are_there(folder: RunFolder) -> None:
    metrics = folder.metrics

    assert metrics.keys() >= PROMISED
    for name in ("fills", "orders", "denials"):
        assert metrics[name] == len(folder.frame(name)) == folder.run["counts"][name]
        assert metrics[name] > 0


def test_money_is_exact_text_and_adds_up(folder: RunFolder) -> None:
    m = {
        name: Decimal(folder.metrics[f"{name}"])
        for name in ("equity_final", "realized", "unrealized")
    }

    assert m["equity_final"] == Decimal(10_000) + m["realized"] + m["unrealized"]
    assert folder.metrics["return"] == pytest.approx(float(m["equity_final"] / 10_000) - 1)


def test_the_strategies_add_up_to_the_account(folder: RunFolder) -> None:
    shares = folder.metrics["strategies"]

    for name in ("realized", "unrealized"):
        total = sum(Decimal(share[name]) for share in shares.values())
        assert total == Decimal(folder.metrics[name])
    assert sum(share["fills"] for share in shares.values()) == folder.metrics["fills"]
    mean = sum(share["return"] for share in shares.values()) / len(shares)
    assert mean == pytest.approx(folder.metrics["return"])


def test_lots_of_a_strategy_are_the_sum_of_its_fills(folder: RunFolder) -> None:
    fills = folder.frame("fills")

    for name, share in folder.metrics["strategies"].items():
        assert share["lots"] == fills.filter(strategy=name)["lots"].sum()


def test_statuses_and_codes_are_counted(folder: RunFolder) -> None:
    statuses = folder.metrics["orders_by_status"]

    assert sum(statuses.values()) == folder.metrics["orders"]
    assert list(statuses.values()) == sorted(statuses.values(), reverse=True)
    assert statuses["DENIED"] == folder.metrics["denials"]
    assert folder.metrics["denials_by_code"] == {"lots_exceed_max": folder.metrics["denials"]}


def test_drawdown_of_the_figures_is_the_deepest_of_the_table(folder: RunFolder) -> None:
    assert folder.metrics["max_drawdown"] == folder.frame("equity")["drawdown"].max()


def test_the_baselines_have_the_same_figures(folder: RunFolder) -> None:
    own = folder.metrics.keys() - OF_THE_RUN

    for each in folder.metrics["baselines"].values():
        assert each.keys() == own
        assert each["sharpe"] is not None


def test_growth_and_risk_are_those_of_the_equity_rows(folder: RunFolder) -> None:
    """Rows an hour apart, of which a year has 8,760."""
    equity = folder.frame("equity")["equity"].to_numpy()
    returns = np.diff(equity) / equity[:-1]
    metrics = folder.metrics

    assert metrics["sharpe"] == pytest.approx(returns.mean() / returns.std(ddof=1) * 8_760**0.5)
    assert metrics["volatility"] == pytest.approx(returns.std(ddof=1) * 8_760**0.5)
    growth = (1 + metrics["return"]) ** (8_760 / len(returns)) - 1
    assert metrics["cagr"] == pytest.approx(growth)


def test_calmar_is_growth_over_the_deepest_drawdown(folder: RunFolder) -> None:
    accounts = [folder.metrics, *folder.metrics["baselines"].values()]
    fallen = [each for each in accounts if each["max_drawdown"]]

    assert 0 < len(fallen) < len(accounts)
    for each in accounts:
        if each in fallen:
            assert each["calmar"] == pytest.approx(each["cagr"] / each["max_drawdown"])
            assert each["max_drawdown_from"] < each["max_drawdown_lowest"]
        else:
            assert each["calmar"] is None


def test_turnover_is_what_was_traded_over_the_mean_equity_a_year(folder: RunFolder) -> None:
    fills, equity = folder.frame("fills"), folder.frame("equity")["equity"]
    paid = sum(abs(lots) * ticks for lots, ticks in fills.select("lots", "ticks").iter_rows())
    years = (len(equity) - 1) / 8_760

    expected = paid * 0.01 * 0.1 / equity.mean() / years
    assert folder.metrics["turnover"] == pytest.approx(expected)
    assert Decimal(folder.metrics["fees"]) == sum(fills["fee"].to_list(), Decimal(0))


def test_exposure_is_the_time_in_which_anything_is_held(tmp_path: Path) -> None:
    """One strategy buys at the second of 100 bars and keeps it: 99 of 100 minutes."""
    hold = "{name: hold, type: buy_and_hold, params: {lots: 10}}"
    closes = [100.0 + k % 3 for k in range(100)]

    metrics = run(project(tmp_path, configuration([hold]), closes), tmp_path / "out").metrics

    assert metrics["exposure"] == pytest.approx(0.99)
    assert metrics["strategies"]["hold"]["exposure"] == pytest.approx(0.99)
    assert metrics["trades"] == 0


def test_a_run_too_short_for_a_figure_has_none_of_it(tmp_path: Path) -> None:
    """One row of equity, nothing traded: null, not a number that is none."""
    closes = [100.0] * 5

    metrics = run(project(tmp_path, configuration(), closes), tmp_path / "out").metrics

    for name in NULL_WITHOUT_TRADES:
        assert metrics[name] is None
    assert metrics["exposure"] == 0


@pytest.mark.parametrize(
    ("calendars", "interval", "expected"),
    [
        (["XNYS"], "", 252),
        (["XNYS", "XNYS"], "", 252),
        (["24/7"], "", 365),
        (["null"], "", 365),
        (["XNYS", "null"], "", 365),
        (["null"], "report: {equity_interval: 1h}", 8_760),
    ],
)
def test_a_year_has_as_many_rows_as_the_calendar_has_sessions(
    tmp_path: Path, calendars: list[str], interval: str, expected: float
) -> None:
    text = configuration(more=interval)
    lines = "".join(
        f'  - {{symbol: W{k}, venue: x, tick: "0.01", lot: "0.1", currency: USD, calendar: {each}}}'
        "\n"
        for k, each in enumerate(calendars)
    )
    head, _, rest = text.partition("  - {symbol: WAVE")
    config = load(project(tmp_path, text)).config
    own = load(project(tmp_path, f"{head}{lines}  - {{symbol: WAVE{rest}")).config

    assert rows_a_year(config) == (8_760 if interval else 365)
    added = structs.replace(own, instruments=own.instruments[: len(calendars)])
    assert rows_a_year(added) == expected
