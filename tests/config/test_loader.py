"""What a text becomes in memory, who said what, and files that are none."""

import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.config.loading import RIGHT, LoadText
from trader.config.loader import load
from trader.config.schema import Config, ExitConfig, ReportConfig, RiskConfig, Run, VenueConfig
from trader.errors import ConfigError
from trader.strategies.params import BollingerParams, EmaCrossParams

MINIMAL = """\
run: {name: trial, seed: 7}
account: {currency: USD, cash: "100000"}
instruments:
  - {symbol: BTCUSDT, venue: binance, tick: "0.01", lot: "0.00001", currency: USD}
data:
  - {kind: bars, instrument: BTCUSDT.binance, interval: 1m, path: bars.parquet}   # no path
strategies:
  - {name: cross, type: ema_cross, instrument: BTCUSDT.binance, params: {fast: 12, slow: 26, lots: 100, direction: both}}
venue: {slippage_bps: 0, slippage_ticks: 0, participation: null, latency_ns: 0, touch_fills: false, maker_bps: 0, taker_bps: 0}
risk: {}
"""  # noqa: E501 - as people write it


def test_the_minimal_configuration_loads(load_text: LoadText, tmp_path: Path) -> None:
    config = load_text(MINIMAL).config

    assert config.run == Run(name="trial", seed=7)
    assert (config.account.cash, config.account.id) == (Decimal(100000), "main")
    assert config.instruments[0].name == "BTCUSDT.binance"
    assert config.instruments[0].lot == Decimal("0.00001")
    assert config.data[0].interval_ns == 60_000_000_000
    assert config.data[0].path == str(tmp_path / "bars.parquet")
    assert config.venue == VenueConfig(participation=None)
    assert (config.risk, config.report) == (RiskConfig(), ReportConfig())
    assert (config.state_dir, config.gateway) == (None, None)
    assert config.base_dir == str(tmp_path)


def test_parameters_of_bundled_strategies_are_complete(load_text: LoadText) -> None:
    cross, fade = load_text().config.strategies

    assert EmaCrossParams(**cross.params) == EmaCrossParams(
        fast=12, slow=26, lots=100, direction="both"
    )
    assert BollingerParams(**fade.params) == BollingerParams(
        entry=Decimal("2.5"), weight=Decimal("0.25")
    )


def test_parameters_of_a_strategy_of_ones_own_stay_as_written(load_text: LoadText) -> None:
    text = RIGHT.replace("type: ema_cross", "file: my.py").replace(
        "{fast: 12, slow: 26, lots: 100, direction: both}",
        "{a: 1, b: 0.10, c: 'x', d: [true, ~, {e: on}]}",
    )

    params = load_text(text).config.strategies[0].params

    assert params == {"a": 1, "b": Decimal("0.1"), "c": "x", "d": [True, None, {"e": "on"}]}
    assert isinstance(params["b"], Decimal)


def test_instants_are_nanoseconds(load_text: LoadText) -> None:
    loaded = load_text(sets=["run.from=2024-01-01", "run.to=1704153600000000001"])

    assert loaded.config.run.from_ == 1704067200_000000000
    assert loaded.config.run.to == 1704153600_000000001


def test_exits_have_defaults(load_text: LoadText) -> None:
    loaded = load_text(sets=["strategies.cross.exits=[{kind: atr_stop, k: 2.5}]"])

    assert loaded.config.strategies[0].exits == (
        ExitConfig(kind="atr_stop", n=14, k=Decimal("2.5")),
    )


def test_decimals_never_pass_through_a_float(load_text: LoadText) -> None:
    long = "0.1234567890123456789"
    quoted = load_text(sets=[f"instruments.0.tick='{long}'"]).config.instruments[0].tick
    bare = load_text(sets=[f"instruments.0.tick={long}"]).config.instruments[0].tick
    whole = load_text(sets=["account.cash=100000.10"]).config.account.cash

    assert str(quoted) == str(bare) == long
    assert str(whole) == "100000.1"


def test_each_value_knows_who_said_it(load_text: LoadText) -> None:
    loaded = load_text(
        environ={"TRADERD_STRATEGIES__CROSS__PARAMS__SLOW": "30"}, sets=["run.seed=9"]
    )

    said = {
        key: loaded.origins[key]
        for key in (
            "run.name",
            "run.seed",
            "run.gear",
            "instruments.ETHUSDT.binance.tick",
            "strategies.cross.params.slow",
            "strategies.fade.params.entry",
            "strategies.fade.params.n",
            "report.baselines",
            "state_dir",
        )
    }
    assert said == {
        "run.name": "traderd.yaml:1",
        "run.seed": "--set",
        "run.gear": "default",
        "instruments.ETHUSDT.binance.tick": "traderd.yaml:7",
        "strategies.cross.params.slow": "environment TRADERD_STRATEGIES__CROSS__PARAMS__SLOW",
        "strategies.fade.params.entry": "traderd.yaml:21",
        "strategies.fade.params.n": "default",
        "report.baselines": "default",
        "state_dir": "default",
    }


def test_paths_count_from_the_file_or_from_base_dir(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    path = tmp_path / "conf" / "x.yaml"
    path.write_text(MINIMAL + "state_dir: ../state\n")

    def found(_: Path) -> bool:
        return True

    beside = load(path, exists=found).config
    based = load(path, sets=["base_dir=../data"], exists=found).config
    absolute = load(path, sets=["data.0.path=/bars.parquet"], exists=found).config

    assert beside.data[0].path == str(tmp_path / "conf" / "bars.parquet")
    assert beside.state_dir == str(tmp_path / "conf" / "../state")
    assert based.data[0].path == str(tmp_path / "conf" / "../data" / "bars.parquet")
    assert absolute.data[0].path == "/bars.parquet"


def test_without_a_file_everything_comes_from_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    loaded = load(
        None,
        sets=[
            "run={name: trial}",
            "account={currency: USD, cash: 1}",
            "instruments=[{symbol: A, venue: x, tick: 1, lot: 1, currency: USD}]",
            "data=[{kind: bars, instrument: A.x, interval: 1d, path: a.parquet}]",
            "strategies=[{name: s, type: buy_and_hold, instrument: A.x, params: {weight: 1}}]",
        ],
        exists=lambda _: True,
    )

    assert isinstance(loaded.config, Config)
    assert loaded.config.data[0].path == str(tmp_path / "a.parquet")


def test_nothing_at_all_misses_its_first_key() -> None:
    with pytest.raises(ConfigError, match="missing key 'run'"):
        load(None)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "none.yaml")

    assert caught.value.message == "the configuration does not exist"
    assert caught.value.where == str(tmp_path / "none.yaml")


def test_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder"):
        load(tmp_path)


@pytest.mark.parametrize("name", ["a/b", "a\0b", "x\n" * 5000])
def test_a_path_that_cannot_be_opened_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "a").write_text("")

    with pytest.raises(ConfigError, match="the configuration cannot be read") as caught:
        load(tmp_path / name)

    assert str(caught.value).isprintable()


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    class Locked(type(tmp_path)):  # type: ignore[misc] # whoever runs as root may read anything
        def open(self, *_: object, **__: object) -> None:
            raise PermissionError(13, os.strerror(13), str(self))

    with pytest.raises(ConfigError, match="may not be read"):
        load(Locked(tmp_path / "x.yaml"))


def test_an_endless_file_ends() -> None:
    with pytest.raises(ConfigError, match="more than 1048576 bytes"):
        load(Path("/dev/zero"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cut=st.integers(0, len(RIGHT)),
    length=st.integers(0, 30),
    put=st.text(max_size=8)
    | st.sampled_from(["[", "{", "&a ", "*a", "!!x ", "null", "-1", "\n  "]),
)
def test_any_altered_text_loads_or_is_a_config_error(
    load_text: LoadText, cut: int, length: int, put: str
) -> None:
    """Whatever the alteration, nothing else comes out, and the error fits one line."""
    text = (RIGHT[:cut] + put + RIGHT[cut + length :]).encode("utf-8", "surrogatepass")
    try:
        load_text(text)
    except ConfigError as error:
        assert str(error).isprintable()  # noqa: PT017 - either outcome is right
        assert error.where.startswith("traderd.yaml")  # noqa: PT017


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.sampled_from(
        ["run.seed", "run.from", "account.cash", "strategies.cross.params", "data.0", "venue",
         "instruments.0.tick", "gateway", "strategies.cross.exits", "base_dir", "account.keys"]
    ),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.decimals(),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["fast", "slow", "lots", "kind", "venue"]), inner),
        max_leaves=6,
    ),
)  # fmt: skip
def test_any_value_set_anywhere_loads_or_is_a_config_error(
    load_text: LoadText, key: str, value: object
) -> None:
    try:
        load_text(sets=[f"{key}={value}"])
    except ConfigError as error:
        assert str(error).isprintable()  # noqa: PT017 - either outcome is right
