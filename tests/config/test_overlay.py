"""Defaults < file < environment < --set, and every place in a configuration can be named."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from tests.config.loading import LoadText
from trader.errors import ConfigError


def test_the_later_source_wins(load_text: LoadText) -> None:
    environ = {"TRADERD_RUN__SEED": "8", "TRADERD_RUN__GEAR": "step"}

    runs = [
        load_text().config.run.seed,
        load_text(environ=environ).config.run.seed,
        load_text(environ=environ, sets=["run.seed=9"]).config.run.seed,
        load_text(environ=environ, sets=["run.seed=9", "run.seed=10"]).config.run.seed,
    ]

    assert runs == [7, 8, 9, 10]


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("strategies.cross.params.fast=5", 5),
        ("strategies.0.params.fast=5", 5),
        ("strategies.cross.params={fast: 5, slow: 26, lots: 1}", 5),
        ("strategies.cross.params.fast = 5", 5),
    ],
)
def test_list_elements_go_by_name_or_index(load_text: LoadText, change: str, value: object) -> None:
    assert load_text(sets=[change]).config.strategies[0].params["fast"] == value


def test_names_with_dots_are_found_and_decimals_stay_exact(load_text: LoadText) -> None:
    loaded = load_text(sets=["instruments.ETHUSDT.binance.tick=0.1000000000000000055"])

    assert loaded.config.instruments[1].tick == Decimal("0.1000000000000000055")


@pytest.mark.parametrize(
    "name",
    [
        "TRADERD_STRATEGIES__CROSS__PARAMS__FAST",
        "TRADERD_STRATEGIES__0__PARAMS__FAST",
        "TRADERD_strategies__Cross__params__fast",
    ],
)
def test_a_variable_names_a_strategy_in_any_case(load_text: LoadText, name: str) -> None:
    assert load_text(environ={name: "5"}).config.strategies[0].params["fast"] == 5


def test_a_variable_names_an_instrument_with_underscores(load_text: LoadText) -> None:
    loaded = load_text(environ={"TRADERD_INSTRUMENTS__ETHUSDT_BINANCE__SHORTABLE": "false"})

    assert [each.shortable for each in loaded.config.instruments] == [True, False]


def test_sections_that_are_absent_come_into_being(load_text: LoadText) -> None:
    loaded = load_text(
        environ={"TRADERD_ACCOUNT__KEYS__ENV": "BINANCE_KEYS", "TRADERD_STATE_DIR": "state"},
        sets=["gateway.venue=binance", "report=null", "report.baselines=false"],
    )

    assert loaded.config.gateway is not None
    assert loaded.config.gateway.venue == "binance"
    assert loaded.config.account.keys is not None
    assert loaded.config.account.keys.env == "BINANCE_KEYS"
    assert not loaded.config.report.baselines
    assert loaded.written["state_dir"] == "state"


def test_variables_of_others_are_left_alone(load_text: LoadText) -> None:
    environ = {"TRADERD_KEYS": "s3cret", "TRADERD": "x", "XTRADERD_RUN__SEED": "9", "SEED": "9"}

    assert load_text(environ=environ) == load_text()


def test_a_number_given_outside_the_file_may_be_a_name(load_text: LoadText) -> None:
    """Quotes rarely survive a shell."""
    loaded = load_text(sets=["run.name=2024"], environ={"TRADERD_ACCOUNT__ID": "a1"})

    assert (loaded.config.run.name, loaded.config.account.id) == ("2024", "a1")


@pytest.mark.parametrize(
    ("sets", "environ", "where", "message", "hint"),
    [
        (["run.sede=9"], {}, "--set (run.sede)", "unknown key 'sede'", "did you mean seed?"),
        (["run.seed=x"], {}, "--set (run.seed)", "expected a whole number, got 'x'", ""),
        (["run.seed"], {}, "--set", "'run.seed' has no value", "write --set a.b=value"),
        (["=9"], {}, "--set", "'' is no key", "write it like run.seed"),
        (["run..seed=9"], {}, "--set", "'run..seed' is no key", ""),
        (["." * 99 + "=9"], {}, "--set", "is no key", ""),
        (["a." * 99 + "a=9"], {}, "--set", "is no key", ""),
        (["run.name=\udc80"], {}, "--set (run.name)", "not UTF-8", ""),
        (["run.\udc80=9"], {}, "--set", "'run.\\udc80' is no key", ""),
        (["run.seed.x=9"], {}, "--set (run.seed.x)", "'run.seed' is a single value", ""),
        (["strategies.crss.name=x"], {}, "--set (strategies.crss.name)",
         "'strategies' has no element 'crss'", "did you mean cross?"),
        (["data.7.path=x"], {}, "--set (data.7.path)", "'data' has no element", "known: 0"),
        (["run.seed=[1"], {}, "--set (run.seed)", "not YAML", ""),
        (["run.seed=!!python/name:os.system"], {}, "--set (run.seed)", "the tag", ""),
        (["run.seed=--- 1\n--- 2"], {}, "--set (run.seed)", "a second document", ""),
        ([], {"TRADERD_RUN__SEDE": "9"}, "environment TRADERD_RUN__SEDE (run.sede)",
         "unknown key 'sede'", "did you mean seed?"),
        ([], {"TRADERD_RUN__SEED": ""}, "environment TRADERD_RUN__SEED (run.seed)",
         "expected a whole number, got nothing", ""),
        ([], {"TRADERD___SEED": "1"}, "environment TRADERD___SEED", "is no key", ""),
        ([], {"TRADERD_RUN": "1"}, "environment TRADERD_RUN (run)", "expected keys", ""),
    ],
)  # fmt: skip
def test_a_mistake_names_its_source(
    load_text: LoadText,
    sets: Sequence[str],
    environ: Mapping[str, str],
    where: str,
    message: str,
    hint: str,
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_text(sets=sets, environ=environ)

    assert caught.value.where == where
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize("change", ["run.seed=", "run.seed= "])
def test_an_empty_value_is_no_value(load_text: LoadText, change: str) -> None:
    with pytest.raises(ConfigError, match="has an empty value") as caught:
        load_text(sets=[change])

    assert "run.seed=null" in caught.value.hint
