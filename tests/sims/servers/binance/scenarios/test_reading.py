"""A scenario is read from YAML or JSON, and what is wrong with it is told."""

from pathlib import Path

import pytest

from sims.servers.binance.markets import MarketStatus
from sims.servers.binance.orders import Side
from sims.servers.binance.scenarios.deeds import Halt, HumanOrder
from sims.servers.binance.scenarios.reading import Script, read_script
from sims.servers.binance.scenarios.rules import Answer, Delay
from trader.errors import TraderdError

YAML = """
seed: 7
rules:
  - {do: answer, what: order.place, code: -1007, is_executed: true, share: 0.25}
  - {do: delay, what: "executionReport:*", ms: 250, from_s: 10, to_s: null}
deeds:
  - {do: halt, symbol: BTCUSDT, at_s: 1.5}
  - {do: human_order, symbol: BTCUSDT, side: SELL, quantity: 0.50, at_s: 3}
"""
JSON = """
{"seed": 7,
 "rules": [
  {"do": "answer", "what": "order.place", "code": -1007, "is_executed": true, "share": 0.25},
  {"do": "delay", "what": "executionReport:*", "ms": 250, "from_s": 10, "to_s": null}],
 "deeds": [
  {"do": "halt", "symbol": "BTCUSDT", "at_s": 1.5},
  {"do": "human_order", "symbol": "BTCUSDT", "side": "SELL", "quantity": "0.50", "at_s": 3}]}
"""


@pytest.mark.parametrize("text", [YAML, JSON])
def test_a_scenario_is_rules_and_deeds(tmp_path: Path, text: str) -> None:
    path = tmp_path / "scenario"
    path.write_text(text)

    script = read_script(path)

    assert script == Script(
        seed=7,
        rules=[
            Answer(what="order.place", code=-1007, is_executed=True, share=0.25),
            Delay(what="executionReport:*", ms=250, from_s=10),
        ],
        deeds=[
            Halt(symbol="BTCUSDT", status=MarketStatus.HALT, at_s=1.5),
            HumanOrder(symbol="BTCUSDT", side=Side.SELL, quantity="0.50", at_s=3),
        ],
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot read the scenario"),
        ("rules: [", "not YAML"),
        ("rules: [{do: vanish, what: x}]", "bad scenario: Invalid value 'vanish'"),
        ("rules: [{do: delay, what: x, ms: soon}]", "bad scenario: Expected `int`"),
        ("colours: []", "unknown field `colours`"),
    ],
)
def test_a_bad_scenario_is_a_mistake(tmp_path: Path, text: str | None, message: str) -> None:
    path = tmp_path / "scenario.yaml"
    if text is not None:
        path.write_text(text)

    with pytest.raises(TraderdError, match=message):
        read_script(path)
