"""What `run.json` says beyond counts."""

from pathlib import Path

import pytest

from tests.research.making import configuration, project, ran, run
from trader.config.describe import config_digest
from trader.config.loader import load


def test_a_run_without_limits_says_so(tmp_path: Path) -> None:
    folder = ran(tmp_path, configuration(more="risk: {}\nreport: {baselines: false}"))

    assert any("sets no limit" in warning for warning in folder.run["warnings"])


def test_negative_equity_is_told_with_its_first_instant(tmp_path: Path) -> None:
    text = configuration(
        ["{name: hold, type: buy_and_hold, params: {lots: 3000}}"],
        more="report: {baselines: false, equity_interval: 1m}",
    )
    closes = [100.0] * 50 + [60.0] * 250 + [99.0] * 100

    report = run(project(tmp_path, text, closes), tmp_path / "out", ["venue.participation=null"])

    assert "equity is negative, first at 2020-09-13T13:18:00Z" in report.run["warnings"]


@pytest.mark.parametrize(
    ("sets", "quantum"),
    [(("venue.taker_bps=0",), "0.0001"), ((), "0.00000001")],
)
def test_the_quantum_divides_every_amount(
    tmp_path: Path, sets: tuple[str, ...], quantum: str
) -> None:
    assert ran(tmp_path, sets=sets).run["money_quantum"] == quantum


def test_the_digest_of_the_configuration_is_the_configurations(tmp_path: Path) -> None:
    folder = ran(tmp_path)

    assert folder.run["config_digest"] == config_digest(load(tmp_path / "traderd.yaml"))


def test_the_period_is_from_the_first_bar_to_the_opening_of_the_last(tmp_path: Path) -> None:
    folder = ran(tmp_path)

    assert folder.run["period"] == {"from": "2020-09-13T12:27:00Z", "to": "2020-09-14T13:26:00Z"}
    assert folder.run["reached"] == {
        "rows": 1_500,
        "rows_total": 1_500,
        "ts": "2020-09-14T13:27:00Z",
    }
