"""Rules that join the parameters of a bundled strategy, and parameters within them."""

from decimal import Decimal

import pytest

from tests.config.loading import LoadText
from trader.errors import ConfigError

STRENGTH = "strategies.fade={name: fade, type: rsi_reversion, instrument: BTCUSDT.binance}"
LOTS = "strategies.fade.params.lots=1"


@pytest.mark.parametrize(
    ("sets", "place", "message"),
    [
        (["low=60"], "(strategies.fade.params.exit)", "must lie from 60 to 70, got 50"),
        (["exit=71"], "(strategies.fade.params.exit)", "must lie from 30 to 70, got 71"),
        (
            ["adaptive={window: 9, low_quantile: 0.9}"],
            "(strategies.fade.params.adaptive.low_quantile)",
            "low_quantile must be below high_quantile, got 0.9 and 0.9",
        ),
        (["adaptive={}"], "(strategies.fade.params.adaptive.window)", "missing key 'window'"),
        (
            ["adaptive={window: 9, low: 1}"],
            "(strategies.fade.params.adaptive.low)",
            "unknown key 'low'",
        ),
        (
            ["adaptive={window: 9, low_quantile: 0}"],
            "(strategies.fade.params.adaptive.low_quantile)",
            "must be above 0",
        ),
        (["low=101"], "(strategies.fade.params.low)", "101"),
    ],
)
def test_levels_that_cannot_be_are_named(
    load_text: LoadText, sets: list[str], place: str, message: str
) -> None:
    own = [f"strategies.fade.params.{each}" for each in sets]
    with pytest.raises(ConfigError) as raised:
        load_text(sets=[STRENGTH, LOTS, *own])

    assert place in raised.value.where
    assert message in raised.value.message


def test_levels_may_meet(load_text: LoadText) -> None:
    """All of them at 50 is strength against weakness and nothing between."""
    same = [f"strategies.fade.params.{name}=50" for name in ("low", "exit", "high")]

    assert load_text(sets=[STRENGTH, LOTS, *same]).config.strategies[1].params["low"] == 50


def test_parameters_within_parameters_are_plain_values(load_text: LoadText) -> None:
    """Complete, so that what is written down says all of it; each with its place."""
    loaded = load_text(
        sets=[STRENGTH, LOTS, "strategies.fade.params.adaptive={window: 9, high_quantile: 0.8}"]
    )

    assert loaded.config.strategies[1].params["adaptive"] == {
        "window": 9,
        "low_quantile": Decimal("0.1"),
        "high_quantile": Decimal("0.8"),
    }
    assert loaded.origins["strategies.fade.params.adaptive.low_quantile"] == "default"


def test_a_distance_has_to_be_given(load_text: LoadText) -> None:
    fade = STRENGTH.replace("rsi_reversion", "vwap_fade")
    with pytest.raises(ConfigError) as raised:
        load_text(sets=[fade, LOTS])

    assert "missing key 'entry_bps'" in raised.value.message
