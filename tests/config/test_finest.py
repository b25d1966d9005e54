"""The finest data of an instrument are what it is matched and marked on."""

import pytest

from tests.sims.making import config, instrument
from trader.config.finest import Finest, finest, heard_interval, matches
from trader.config.schema import Config, DataSource, StrategyConfig
from trader.model.units import MINUTE_NS

X = "X.sim"
BARS_1M = Finest("bars", MINUTE_NS)


def having(*kinds: str) -> Config:
    """A configuration of one instrument with these kinds of data; bars by their interval."""
    ticks = ("depth", "quotes", "trades", "actions")
    sources = tuple(
        DataSource(
            kind=kind if kind in ticks else "bars",  # type: ignore[arg-type]
            interval=None if kind in ticks else kind,
            instrument=X,
            path="memory",
        )
        for kind in kinds
    )
    return config(instruments=(instrument(X),), data=sources)


@pytest.mark.parametrize(
    ("kinds", "best"),
    [
        (("1m",), BARS_1M),
        (("5m", "1m", "1h"), BARS_1M),
        (("1m", "trades"), Finest("trades")),
        (("trades", "quotes"), Finest("quotes")),
        (("quotes", "1m"), Finest("quotes")),
        (("trades", "depth", "1m"), Finest("depth")),
        (("actions", "1m"), BARS_1M),
    ],
)
def test_what_is_finest(kinds: tuple[str, ...], best: Finest) -> None:
    assert finest(having(*kinds)) == {X: best}


@pytest.mark.parametrize(
    ("kinds", "met"),
    [
        (("5m", "1m"), [False, True]),
        (("quotes", "trades", "1m"), [True, True, False]),
        (("depth", "trades"), [True, True]),
        (("trades", "1m"), [True, False]),
        (("actions", "1m"), [False, True]),
        (("actions", "quotes"), [True, True]),
    ],
)
def test_what_the_venue_meets(kinds: tuple[str, ...], met: list[bool]) -> None:
    """Actions count as met where they come before ticks, not between closes and openings."""
    whole = having(*kinds)
    assert [matches(whole, source) for source in whole.data] == met


@pytest.mark.parametrize(
    ("asked", "heard"), [(None, MINUTE_NS), ("1m", MINUTE_NS), ("5m", 5 * MINUTE_NS)]
)
def test_which_bars_a_strategy_hears(asked: str | None, heard: int) -> None:
    own = StrategyConfig(name="own", type="buy_and_hold", instrument=X, interval=asked)
    assert heard_interval(having("5m", "1m"), own) == heard


def test_without_bars_there_is_no_interval() -> None:
    own = StrategyConfig(name="own", type="buy_and_hold", instrument=X)
    assert heard_interval(having("quotes"), own) == 0
