"""Symbols are added by a file, if their grid makes whole money."""

import json
from pathlib import Path

import pytest

from sims.servers.binance.amounts import amount
from sims.servers.binance.engine import Engine
from sims.servers.binance.listing import read_symbols
from sims.servers.binance.markets import SYMBOLS
from tests.sims.servers.binance.desk import Clock
from trader.errors import UsageError

DOGE = {
    "symbol": "DOGEUSDT", "base": "DOGE", "quote": "USDT",
    "tick": "0.00001", "step": "1", "price": "0.17",
}  # fmt: skip


def written(folder: Path, text: str) -> Path:
    path = folder / "symbols.json"
    path.write_text(text)
    return path


def test_a_file_adds_symbols_to_those_that_are_known(tmp_path: Path, clock: Clock) -> None:
    symbols = read_symbols(written(tmp_path, json.dumps([DOGE])), SYMBOLS)
    engine = Engine(now=clock, symbols=symbols)

    assert list(engine.markets) == ["BTCUSDT", "ETHUSDT", "DOGEUSDT"]
    assert engine.markets["DOGEUSDT"].price == amount("0.17")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "bad symbols"),
        ('[{"symbol": "A"}]', "missing required field"),
        (json.dumps([DOGE | {"step": "0.0001"}]), "is no money"),
        (json.dumps([DOGE | {"tick": "0"}]), "is no money"),
        (json.dumps([DOGE | {"price": "0.123456"}]), "not on its grid"),
        (json.dumps([DOGE | {"price": "much"}]), "not a decimal number"),
        (json.dumps([DOGE, DOGE]), "there twice"),
    ],
)
def test_a_bad_file_is_a_mistake(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_symbols(written(tmp_path, text), SYMBOLS)


def test_a_file_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read the symbols"):
        read_symbols(tmp_path / "none", SYMBOLS)
