"""Errors about a key find the place that is to blame."""

import pytest

from tests.config.loading import LoadText


@pytest.mark.parametrize(
    ("key", "where"),
    [
        ("run.seed", "--set (run.seed)"),
        ("run.name", "traderd.yaml:1 (run.name)"),
        ("run.gear", "traderd.yaml:1 (run.gear)"),
        ("strategies.cross.params.trend", "traderd.yaml:16 (strategies.cross.params.trend)"),
        ("report.baselines", "traderd.yaml (report.baselines)"),
        ("instruments.ETHUSDT.binance.none", "traderd.yaml:5 (instruments.ETHUSDT.binance.none)"),
    ],
)
def test_a_key_that_nobody_gave_lies_where_it_would_stand(
    load_text: LoadText, key: str, where: str
) -> None:
    assert load_text(sets=["run.seed=9"]).where(key) == where


def test_an_error_has_that_place(load_text: LoadText) -> None:
    error = load_text().error("run.seed", "no luck", "try 8")

    assert str(error) == "no luck, traderd.yaml:1 (run.seed), try 8"
