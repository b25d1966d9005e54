"""What is told about a configuration leads back to it, and tells no secret and no machine."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.config.loading import RIGHT, LoadText
from trader.config.describe import canonical_json, config_digest, resolved_yaml
from trader.config.loaded import Loaded
from trader.config.loader import load
from trader.config.render import flow
from trader.config.tree import Plain

OWN = "strategies.cross={name: cross, file: my.py, instrument: BTCUSDT.binance, params: %s}"


def reloaded(loaded: Loaded, folder: Path) -> Loaded:
    """The configuration that its resolved text gives when it lies in another folder."""
    folder.mkdir(exist_ok=True)
    path = folder / "config.yaml"
    path.write_text(resolved_yaml(loaded), encoding="utf-8")
    return load(path, exists=lambda _: True)


FULL = [
    "run.from=2024-01-01T00:00:00.000000001Z",
    "run.to=2025-01-01",
    "account.keys={file: keys.json}",
    "strategies.cross.exits=[{kind: atr_stop, k: 2.5}, {kind: atr_stop}]",
    "risk={lots_max: 5, notional_max: 0.1, drawdown_max: 0.25, stale_after: 5m}",
    "state_dir=../state",
    "gateway={venue: binance, ws: 'wss://stream.example/ws?streams=a'}",
    "venue.per_lot=-0.00000001",
    "risk.restricted=[BTCUSDT.binance]",
    "alerts=[{name: log, command: [logger, -t, traderd], about: [halt, failed]}]",
]


@pytest.mark.parametrize("sets", [[], FULL], ids=["right", "full"])
def test_the_resolved_text_gives_the_same_configuration(
    load_text: LoadText, tmp_path: Path, sets: list[str]
) -> None:
    loaded = load_text(sets=sets)

    again = reloaded(loaded, tmp_path / "run")

    assert again.config == loaded.config
    assert config_digest(again) == config_digest(loaded)
    assert resolved_yaml(again).count("\n") == resolved_yaml(loaded).count("\n")


leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.decimals(-(10**9), 10**9, places=6).map(str)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    | st.sampled_from(["yes", "NULL", "1:30", "1m", "0x1F", "1e3", "a: b", "# x", "'", '"', "\\n"])
)
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.just("name")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    params=st.dictionaries(
        names,
        st.recursive(
            leaves,
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
            max_leaves=8,
        ),
        max_size=4,
    )
)
def test_any_parameters_of_ones_own_come_back(
    load_text: LoadText, tmp_path: Path, params: dict[str, Plain]
) -> None:
    """Whatever keys and texts they hold."""
    loaded = load_text(sets=[OWN % flow(params)])

    again = reloaded(loaded, tmp_path / "run")

    assert loaded.config.strategies[0].params == params
    assert again.config == loaded.config or "***" in resolved_yaml(loaded)
    assert config_digest(again) == config_digest(loaded)


def test_every_value_stands_there_with_its_origin(load_text: LoadText) -> None:
    text = resolved_yaml(load_text(sets=["run.seed=9"], environ={"TRADERD_RUN__GEAR": "step"}))

    assert "  name: trial                           # traderd.yaml:1\n" in text
    assert "  seed: 9                               # --set\n" in text
    assert "  gear: step                            # environment TRADERD_RUN__GEAR\n" in text
    assert '  tick: "0.01"                        # traderd.yaml:7\n' in text
    assert "      direction: long                   # default\n" in text
    assert "path: bars.parquet" in text


def test_secrets_are_masked_everywhere(load_text: LoadText, tmp_path: Path) -> None:
    secret = "hunter2hunter2"
    params = f"{{api_key: {secret}, deep: [{{password: [{secret}]}}], 'my-token': {secret}, n: 1}}"
    loaded = load_text(
        sets=[OWN % params, f"gateway={{venue: x, rest: 'https://x.example/?a=b&token={secret}'}}"]
    )

    assert secret not in resolved_yaml(loaded)
    assert secret.encode() not in canonical_json(loaded)
    assert resolved_yaml(loaded).count("***") == 4
    assert "https://x.example/?a=b&token=***" in resolved_yaml(loaded)
    assert config_digest(reloaded(loaded, tmp_path / "run")) == config_digest(loaded)


def test_the_digest_knows_no_place(load_text: LoadText, tmp_path: Path) -> None:
    here = load_text()
    (tmp_path / "elsewhere").mkdir()
    path = tmp_path / "elsewhere" / "another.yaml"
    path.write_text(RIGHT)

    there = load(path, exists=lambda _: True)

    assert here.config != there.config
    assert canonical_json(here) == canonical_json(there)
    assert str(tmp_path).encode() not in canonical_json(here)


def test_the_digest_does_not_know_who_said_it(load_text: LoadText) -> None:
    assert config_digest(load_text(sets=["run.seed=7", "run.gear=auto"])) == config_digest(
        load_text()
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("run.seed=7", "run.seed=8"),
        ("data.0.path=a.parquet", "data.0.path=b.parquet"),
        ("venue.participation=null", "venue.participation=0.1"),
        (OWN % "{a: 1.5}", OWN % "{a: '1.5'}"),
        (OWN % "{a: null}", OWN % "{}"),
    ],
)
def test_another_meaning_is_another_digest(load_text: LoadText, one: str, other: str) -> None:
    assert config_digest(load_text(sets=[one])) != config_digest(load_text(sets=[other]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("account.cash=100000", "account.cash='100000.000'"),
        ("instruments.0.tick=0.010", "instruments.0.tick='0.01'"),
        ("run.from=2024-01-01", "run.from=2024-01-01T01:00:00+01:00"),
        ("strategies.cross.params.trend=null", "run.seed=7"),
        (OWN % "{a: 1, b: 2}", OWN % "{b: 2, a: 1}"),
    ],
)
def test_another_spelling_is_the_same_digest(load_text: LoadText, one: str, other: str) -> None:
    assert config_digest(load_text(sets=[one])) == config_digest(load_text(sets=[other]))


def test_the_digest_is_kept(load_text: LoadText) -> None:
    """If this moves, every recorded run gets another name: say why in the changelog."""
    assert len(config_digest(load_text())) == 64
    assert config_digest(load_text()) == (
        "6635f3886ec81227b843b8867a5db379a7746ba5a5b54a7f878b2cad19be9c0b"
    )
