"""Rules that join the parts of a configuration, each with the mistake that breaks it."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec import structs

from tests.config.loading import RIGHT, LoadText
from trader.config.check import LIMITS_LIVE, check_live, check_sessions, is_there, warnings
from trader.config.notation import instant
from trader.config.parts import Keys
from trader.config.schema import Config, Gateway, RiskConfig
from trader.errors import ConfigError

# Settings laid over the right configuration, place, parts of message and hint.
BROKEN = [
    (["strategies.fade.name=cross"], "--set (strategies.1.name)",
     "the name 'cross' occurs twice in strategies", "rename one"),
    (["strategies.fade.name=CROSS"], "--set (strategies.CROSS.name)",
     "'CROSS' occurs twice in strategies, upper and lower case aside, as 'cross'", "rename one"),
    (["instruments.1.symbol=BTCUSDT"], "(instruments.1.symbol)",
     "the name 'BTCUSDT.binance' occurs twice in instruments", "rename one"),
    (["instruments.1.symbol=btcusdt"], "(instruments.btcusdt.binance.symbol)",
     "upper and lower case aside, as 'BTCUSDT.binance'", "rename one"),
    (["run.from=2024-01-02", "run.to=2024-01-01"], "--set (run.to)", "must be after `from`", ""),
    (["run.from=2024-01-01", "run.to=2024-01-01"], "--set (run.to)", "must be after `from`", ""),
    (["account.keys={}"], "--set (account.keys)", "exactly one of `env` and `file`", ""),
    (["account.keys={env: A, file: b}"], "(account.keys)", "exactly one of `env` and `file`", ""),
    (["account.venue=alpaca", "gateway.venue=binance"], "--set (gateway.venue)",
     "the account is held at 'alpaca'", "make them agree"),
    (["instruments.ETHUSDT.binance.currency=EUR"], "(instruments.ETHUSDT.binance.currency)",
     "priced in EUR, the account is in USD, and there is no rate", "priced in USD"),
    (["instruments.ETHUSDT.binance.calendar=NYSE"], "(instruments.ETHUSDT.binance.calendar)",
     "unknown calendar 'NYSE'", "did you mean XNYS?"),
    (["instruments.ETHUSDT.binance.calendar=0"], "(instruments.ETHUSDT.binance.calendar)",
     "unknown calendar '0'", "24/7"),
    (["data.0.instrument=BTCUSD.binance"], "--set (data.0.instrument)",
     "unknown instrument 'BTCUSD.binance'", "did you mean BTCUSDT.binance?"),
    (["strategies.cross.instrument=BTCUSDT"], "--set (strategies.cross.instrument)",
     "unknown instrument 'BTCUSDT'", "did you mean BTCUSDT.binance?"),
    (["strategies.cross.instrument=ETHUSDT.binance"], "--set (strategies.cross.instrument)",
     "there are no data for ETHUSDT.binance", "which has BTCUSDT.binance"),
    (["strategies.cross.file=my.py"], "traderd.yaml:13 (strategies.cross)",
     "either `type` or `file`, got both", "types: ema_cross"),
    (["strategies.cross.type=null"], "traderd.yaml:13 (strategies.cross)",
     "either `type` or `file`, got neither", "types: ema_cross"),
    (["strategies.cross.type=ema_crossing"], "--set (strategies.cross.type)",
     "unknown strategy type 'ema_crossing'", "did you mean ema_cross?"),
    (["strategies.cross.type=Ema_Cross"], "--set (strategies.cross.type)",
     "unknown strategy type 'Ema_Cross'", "did you mean ema_cross?"),
    (["strategies.cross.params.fast=26"], "--set (strategies.cross.params.fast)",
     "fast must be below slow, got 26 and 26", ""),
    (["strategies.cross.params.weight=1"], "traderd.yaml:16 (strategies.cross.params)",
     "exactly one of `lots` and `weight`, got both", ""),
    (["strategies.cross.params.lots=null"], "traderd.yaml:16 (strategies.cross.params)",
     "exactly one of `lots` and `weight`, got neither", ""),
    (["strategies.fade={name: fade, type: buy_and_hold, instrument: BTCUSDT.binance}"],
     "--set (strategies.fade.params)", "exactly one of `lots` and `weight`, got neither", ""),
    (["strategies.fade.params.exit=2.5"], "--set (strategies.fade.params.exit)",
     "exit must be below entry, got 2.5 and 2.5", ""),
    (["data.0.interval=null"], "(data.0)", "bars need an `interval`", "interval: 1m"),
    (["data.0.kind=quotes"], "(data.0.interval)", "quotes have no interval", "kind: bars"),
    (["data.0.kind=actions", "data.0.interval=null", "data.0.path=null"], "(data.0)",
     "actions need a `path`", "CSV or Parquet"),
    (["data.0.synthetic={start: 2024-01-01, rows: 5, price: 1}"], "(data.0)",
     "one of `path` and `synthetic`", "remove one"),
    (["data.0.kind=depth", "data.0.interval=null", "data.0.path=null",
      "data.0.synthetic={start: 2024-01-01, rows: 5, price: 1}"], "(data.0.synthetic)",
     "depth cannot be made up", "bars, quotes and trades can"),
    (["data.0.kind=quotes", "data.0.interval=null"], "(strategies.cross.type)",
     "ema_cross decides on bars, and BTCUSDT.binance has none", "source of bars"),
    (["strategies.cross.interval=5m"], "--set (strategies.cross.interval)",
     "no bars of 5m for BTCUSDT.binance", "its bars: 1m"),
    (["strategies.cross.exits=[{kind: time_stop}]"], "(strategies.cross.exits.0)",
     "a time_stop needs `bars`", "bars: 20"),
    (["strategies.cross.exits=[{kind: atr_stop, bars: 5}]"], "(strategies.cross.exits.0.bars)",
     "atr_stop counts no bars", "remove it"),
    (["strategies.cross.exits=[{kind: take_profit, activate: 5}]"],
     "(strategies.cross.exits.0.activate)", "take_profit is not activated", "remove it"),
    (["alerts=[{name: phone}]"], "--set (alerts.phone)", "`channel` or `command`, got neither", ""),
    (["alerts=[{name: a, command: [x], channel: {env: A}}]"], "(alerts.a)", "got both", ""),
    (["alerts=[{name: a, command: [x]}, {name: a, command: [y]}]"], "(alerts.", "'a' occurs twice",
     "rename one"),
    (["risk.restricted=[BTCUSD.binance]"], "--set (risk.restricted", "unknown instrument",
     "did you mean BTCUSDT.binance?"),
]  # fmt: skip


@pytest.mark.parametrize("row", BROKEN, ids=lambda row: " ".join(row[0]))
def test_a_broken_rule_is_told(
    load_text: LoadText, row: tuple[Sequence[str], str, str, str]
) -> None:
    sets, where, message, hint = row

    with pytest.raises(ConfigError) as caught:
        load_text(sets=sets)

    assert where in caught.value.where
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_book_has_no_quotes_beside_it(load_text: LoadText) -> None:
    """The core hears a book as quotes, so nobody could tell the two apart."""
    both = "".join(
        f"  - {{kind: {kind}, instrument: BTCUSDT.binance, path: {kind}.parquet}}\n"
        for kind in ("quotes", "depth")
    )
    with pytest.raises(ConfigError, match="has quotes and depth") as caught:
        load_text(RIGHT.replace("strategies:\n", both + "strategies:\n"))

    assert "data.2" in caught.value.where


SECOND_SOURCE = "  - {kind: bars, instrument: BTCUSDT.binance, interval: %s, path: b.parquet}\n"


@pytest.mark.parametrize(
    ("interval", "where", "message"),
    [
        ("1m", "traderd.yaml:12 (data.1)", "two sources of bars of 1m"),
        ("60s", "traderd.yaml:12 (data.1)", "two sources of bars of 60s"),
    ],
)
def test_one_instrument_has_one_source(
    load_text: LoadText, interval: str, where: str, message: str
) -> None:
    text = RIGHT.replace("strategies:\n", SECOND_SOURCE % interval + "strategies:\n")

    with pytest.raises(ConfigError) as caught:
        load_text(text)

    assert caught.value.where == where
    assert message in caught.value.message


def test_an_instrument_may_have_bars_of_several_intervals(load_text: LoadText) -> None:
    loaded = load_text(RIGHT.replace("strategies:\n", SECOND_SOURCE % "1h" + "strategies:\n"))

    assert [each.interval for each in loaded.config.data] == ["1m", "1h"]


def test_exits_need_bars(load_text: LoadText) -> None:
    own = "{name: a, file: a.py, instrument: BTCUSDT.binance, exits: [{kind: atr_stop}]}"
    sets = ["data.0.kind=quotes", "data.0.interval=null", f"strategies=[{own}]"]
    with pytest.raises(ConfigError, match=r"exits need bars, and BTCUSDT\.binance has none"):
        load_text(sets=sets)


def test_one_place_holds_the_data_of_several_instruments(load_text: LoadText) -> None:
    second = (SECOND_SOURCE % "1h").replace("BTCUSDT", "ETHUSDT")

    loaded = load_text(RIGHT.replace("strategies:\n", second + "strategies:\n"))

    assert [each.interval for each in loaded.config.data] == ["1m", "1h"]


@pytest.mark.parametrize(
    ("sets", "missing", "where"),
    [
        ((), "bars.parquet", "traderd.yaml:11 (data.0.path)"),
        (
            ("strategies.cross={name: x, file: my.py, instrument: BTCUSDT.binance}",),
            "my.py",
            "--set (strategies.x.file)",
        ),
    ],
)
def test_a_file_that_is_not_there_is_told(
    load_text: LoadText, tmp_path: Path, sets: Sequence[str], missing: str, where: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_text(sets=sets, exists=lambda path: path.name != missing)

    assert caught.value.message == f"there is no file '{missing}'"
    assert caught.value.where == where
    assert caught.value.hint == f"relative paths count from {tmp_path}"


def test_files_are_looked_for_on_disk(load_text: LoadText, tmp_path: Path) -> None:
    (tmp_path / "folder.parquet").mkdir()
    (tmp_path / "bars.parquet").touch()

    load_text(exists=is_there)
    with pytest.raises(ConfigError, match=r"there is no file 'folder\.parquet'"):
        load_text(sets=["data.0.path=folder.parquet"], exists=is_there)
    with pytest.raises(ConfigError, match="there is no file 'xxxx"):
        load_text(sets=[f"data.0.path={'x' * 3000}"], exists=is_there)


@pytest.fixture
def config(load_text: LoadText) -> Config:
    """A configuration fit for a live daemon."""
    right = load_text(
        sets=[
            "risk={lots_max: 1, notional_max: 1, position_max: 1, gross_max: 1, orders_max: 1}",
            "risk.drawdown_max=0.1",
        ]
    ).config
    account = structs.replace(right.account, keys=Keys(env="KEYS"))
    return structs.replace(right, account=account, gateway=Gateway(venue="binance"))


def test_a_complete_configuration_may_go_live(config: Config) -> None:
    check_live(config)


@pytest.mark.parametrize("name", LIMITS_LIVE)
def test_an_unset_limit_refuses_the_live_start_by_name(config: Config, name: str) -> None:
    unset = structs.replace(config, risk=structs.replace(config.risk, **{name: None}))

    with pytest.raises(ConfigError, match=f"unset: risk.{name},"):
        check_live(unset)


def test_all_unset_limits_are_named_at_once(config: Config) -> None:
    with pytest.raises(ConfigError) as caught:
        check_live(structs.replace(config, risk=RiskConfig()))

    assert all(f"risk.{name}" in caught.value.message for name in LIMITS_LIVE)


def test_keys_and_gateway_are_needed_live(config: Config) -> None:
    with pytest.raises(ConfigError, match="needs the account's keys"):
        check_live(structs.replace(config, account=structs.replace(config.account, keys=None)))
    with pytest.raises(ConfigError, match="needs a gateway"):
        check_live(structs.replace(config, gateway=None))


def test_what_is_probably_not_meant_is_a_warning(load_text: LoadText, config: Config) -> None:
    loaded = load_text(sets=["instruments.0.shortable=false"])

    assert warnings(loaded.config) == [
        "risk sets no limit: only plain errors are denied",
        "venue.participation is null: fills may exceed the market's volume",
        "strategies.cross may turn short, but BTCUSDT.binance is not shortable",
    ]
    assert warnings(structs.replace(config, venue=type(config.venue)())) == []


def test_a_live_daemon_wants_sessions_of_today(load_text: LoadText) -> None:
    """A table that has ended would tell it that the market is closed for good."""
    config = load_text(RIGHT).config
    [first, *others] = config.instruments
    trading = structs.replace(
        config, instruments=(structs.replace(first, calendar="XNYS"), *others)
    )

    check_sessions(config, instant("2061-01-03"))
    check_sessions(trading, instant("2014-06-07"))
    with pytest.raises(ConfigError, match="the last session of XNYS that is known is") as caught:
        check_sessions(trading, instant("2061-01-03"))

    assert caught.value.where == f"instruments.{first.name}.calendar"
    assert "`scripts/calendars 2061`" in caught.value.hint
