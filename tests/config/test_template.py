"""The commented configuration loads as it is, and with every comment taken away."""

import re
from collections.abc import Iterator

import pytest
from msgspec import Struct

from tests.config.loading import LoadText
from trader.config.fields import fields_of
from trader.config.schema import Config
from trader.config.template import template
from trader.strategies.params import EmaCrossParams

SWITCHED_OFF = re.compile(r"^( *)# (?=[ -]*[a-z_]+:( |$))", re.MULTILINE)
EITHER_OR = ("file: rising.py", "weight:")
MADE_UP = re.compile(r"^    # synthetic:.*\n(    #   .*\n)+", re.MULTILINE)


def keys(struct: type[Struct]) -> Iterator[str]:
    """Every key of the struct and of those it holds."""
    for field in fields_of(struct):
        yield field.key
        if field.inner is not None:
            yield from keys(field.inner)


def test_it_loads(load_text: LoadText) -> None:
    config = load_text(template()).config

    assert config.run.name == "first"
    assert config.strategies[0].type == "ema_cross"


def test_it_loads_with_everything_switched_on(load_text: LoadText) -> None:
    """Except the other half of an either-or."""
    lines = MADE_UP.sub("", template()).splitlines()
    text = "\n".join(line for line in lines if not any(each in line for each in EITHER_OR))

    config = load_text(SWITCHED_OFF.sub(r"\1", text)).config

    assert config.gateway is not None
    assert config.account.keys is not None
    assert config.risk.lots_max == 1000
    assert [each.kind for each in config.strategies[0].exits] == ["atr_stop"]
    assert config.strategies[0].params["trend"] == 200


@pytest.mark.parametrize("struct", [Config, EmaCrossParams])
def test_every_key_there_is_appears(struct: type[Struct]) -> None:
    found = set(re.findall(r"([a-z_]+):(?: |$)", template(), re.MULTILINE))

    assert set(keys(struct)) <= found


def test_values_can_be_given(load_text: LoadText) -> None:
    given = {"instruments.symbol": "EURUSD", "instruments.venue": "fx", "data.path": "a b.parquet"}

    config = load_text(template(given)).config

    assert config.strategies[0].instrument == config.data[0].instrument == "EURUSD.fx"
    assert str(config.data[0].path).endswith("/a b.parquet")
