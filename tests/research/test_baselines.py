"""The two runs beside the run."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.research.making import configuration, project, ran, run
from trader.config.loader import load
from trader.research.baselines import baseline

BESIDE = "report: {baselines: true}"


def test_they_stand_in_the_metrics_and_nowhere_else(tmp_path: Path) -> None:
    path = project(tmp_path)
    without = run(path, tmp_path / "without")
    beside = run(path, tmp_path / "beside", ["report.baselines=true"])

    assert without.metrics["baselines"] is None
    assert beside.metrics["baselines"].keys() == {"buy_and_hold", "naive_mean_reversion"}
    assert beside.run["digest"] == without.run["digest"]
    assert beside.run["state_hash"] == without.run["state_hash"]
    assert beside.run["counts"] == without.run["counts"]


def test_each_has_the_figures_of_an_account(tmp_path: Path) -> None:
    folder = ran(tmp_path, configuration(more=BESIDE))
    hold = folder.metrics["baselines"]["buy_and_hold"]

    assert hold["fills"] >= 1
    assert Decimal(hold["equity_final"]) == Decimal(10_000) + Decimal(hold["realized"]) + Decimal(
        hold["unrealized"]
    )
    assert folder.metrics["baselines"]["naive_mean_reversion"]["fills"] > 10


def test_limits_of_the_run_do_not_bind_them(tmp_path: Path) -> None:
    more = f"risk: {{lots_max: 1}}\n{BESIDE}"

    folder = ran(tmp_path, configuration(more=more))

    assert folder.metrics["denials"] > 0
    assert all(each["denials"] == 0 for each in folder.metrics["baselines"].values())


@pytest.mark.parametrize(("count", "weight"), [(1, "1"), (3, "0.333333333"), (7, "0.142857142")])
def test_weights_are_equal_and_never_more_than_the_whole(
    tmp_path: Path, count: int, weight: str
) -> None:
    names = [f"W{k}" for k in range(count)]
    lines = ["run: {name: many}", 'account: {currency: USD, cash: "1000"}', "instruments:"]
    lines += [f"  - {{symbol: {n}, venue: x, tick: 1, lot: 1, currency: USD}}" for n in names]
    lines += ["data:"]
    lines += [
        f"  - {{kind: bars, instrument: {n}.x, interval: 1m, path: bars.parquet}}" for n in names
    ]
    lines += ["strategies:", "  - {name: a, type: buy_and_hold, instrument: W0.x,"]
    lines += ["     params: {lots: 1}}"]
    config = load(project(tmp_path, "\n".join(lines))).config

    own = baseline(config, "naive_mean_reversion")

    assert [each.instrument for each in own.strategies] == [f"{name}.x" for name in names]
    assert {each.params["weight"] for each in own.strategies} == {Decimal(weight)}
    assert own.venue == config.venue
