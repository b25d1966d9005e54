"""Instruments and the dated versions of their grid."""

from decimal import Decimal

import pytest

from trader.model.instrument import VERSIONS_MAX, Instrument, InstrumentVersion


def version(since: int, tick: str = "0.01") -> InstrumentVersion:
    return InstrumentVersion(since=since, tick=Decimal(tick), lot=Decimal(1))


def instrument(*versions: InstrumentVersion) -> Instrument:
    return Instrument(symbol="BTCUSDT", venue="binance", currency="USDT", versions=versions)


@pytest.mark.parametrize(
    ("ts", "since"),
    [
        (-1, 100),  # before the first version that one holds already
        (99, 100),
        (100, 100),
        (199, 100),
        (200, 200),  # from its instant on
        (299, 200),
        (300, 300),
        (10**18, 300),
    ],
)
def test_the_grid_in_force(ts: int, since: int) -> None:
    changed = instrument(version(100, "0.01"), version(200, "0.005"), version(300, "0.001"))

    assert changed.version(ts).since == since


@pytest.mark.parametrize("ts", [-1, 0, 5])
def test_an_instrument_that_never_changed(ts: int) -> None:
    only = version(0)

    assert instrument(only).version(ts) is only


def test_a_version_that_is_dated_before_the_last_one_counts_from_right_after_it() -> None:
    """A clock may go back; what the venue says last holds all the same."""
    back = instrument(version(100, "0.01")).followed_by(version(90, "0.005"))

    assert [each.since for each in back.versions] == [100, 101]
    assert back.version(101).tick == Decimal("0.005")


def test_only_the_latest_versions_are_remembered() -> None:
    changing = instrument(version(0))
    for since in range(1, VERSIONS_MAX + 2):
        changing = changing.followed_by(version(since, "0.01" if since % 2 == 0 else "0.02"))

    assert len(changing.versions) == VERSIONS_MAX
    assert changing.versions[0].since == 2


def test_an_instrument_is_named_with_its_venue() -> None:
    assert instrument(version(0)).name == "BTCUSDT.binance"
    assert instrument(version(0)).shortable
