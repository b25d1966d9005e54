"""The figures of a run."""

from decimal import Decimal

import pytest

from tests.research.making import configuration, ran
from trader.research.folder import RunFolder
from trader.research.metrics import max_drawdown

PROMISED = {
    "equity_final",
    "cash_final",
    "realized",
    "return",
    "max_drawdown",
    "fills",
    "orders",
    "denials",
    "ambiguous_bars",
    "baselines",
}


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


@pytest.mark.parametrize(
    ("rows", "expected"),
    [([], 0.0), ([110], 0.0), ([90, 120, 90, 60, 130], 0.5), ([80, 90], 0.2), ([-50], 1.5)],
)
def test_drawdown_begins_at_the_opening_cash(rows: list[int], expected: float) -> None:
    assert max_drawdown(rows, 100) == expected
