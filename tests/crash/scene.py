"""What the storms of kills trade: two markets, two strategies, and limits that they run into."""

from typing import Final

from msgspec.structs import asdict, replace

from sims.servers.binance.accounts import AccountSpec
from sims.servers.binance.markets import EUROS
from tests.crash.stage import Scene
from tests.crash.witness import Bounds
from tests.sims.servers.binance.desk import MAIN

POUNDS: Final = replace(EUROS, symbol="GBPUSDT", base="GBP")
BOUNDS: Final = (
    Bounds(gross=180),
    Bounds(cash=160, borrow=False),
    Bounds(),
    Bounds(orders=25),
)
"""Sets of limits in turn, since the first rule that says no keeps the others silent."""
CODES: Final = (
    *("lots_exceed_max", "notional_exceeds_max", "position_exceeds_max", "gross_exceeds_max"),
    *("balance_insufficient", "open_orders_exceed_max", "rate_exceeds_max"),
)
"""Why orders are denied on this scene."""
GUARDED_ALONE: Final = """\
  - name: guarded
    file: "{folder}/guarded.py"
    instrument: GBPUSDT.binance
    exits: [{{kind: atr_stop, n: 2, k: 2}}, {{kind: trailing, n: 2, k: 3}},
      {{kind: take_profit, n: 2, k: 3}}]
"""
BOTH: Final = (
    '  - {{name: mixed, file: "{folder}/mixed.py", instrument: EURUSDT.binance}}\n' + GUARDED_ALONE
)
_CONFIG: Final = """
run: {{name: storm}}
account: {{currency: USDT, cash: "<cash>", keys: {{env: LOOPBACK_KEYS}}}}
instruments:
  - {{symbol: EURUSDT, venue: binance, tick: "0.00001", lot: "1", currency: USDT}}
  - {{symbol: GBPUSDT, venue: binance, tick: "0.00001", lot: "1", currency: USDT}}
data:
  - {{kind: bars, instrument: EURUSDT.binance, interval: 1h, path: "{bars}"}}
  - {{kind: bars, instrument: GBPUSDT.binance, interval: 1h, path: "{bars}"}}
strategies:
<strategies>risk: {{lots_max: <lots>, notional_max: "<notional>", position_max: <position>,
  gross_max: "<gross>", open_orders_max: <open_orders>, orders_max: <orders>,
  unprotected_max: "1000000", drawdown_max: "0.5", borrow: <borrow>}}
state_dir: state
gateway: {{venue: binance, ws_api: "{url}", pace_ns: 10000000}}
"""


def scene_of(bounds: Bounds, strategies: str = BOTH) -> Scene:
    """Both markets for one account, under these limits."""
    config = _CONFIG.replace("<strategies>", strategies)
    for name, value in asdict(bounds).items():
        config = config.replace(f"<{name}>", str(value).lower())
    account = AccountSpec(
        name="main", key=MAIN.key, secret=MAIN.secret, balances={"USDT": str(bounds.cash)}
    )
    return Scene(config=config, account=account, symbols=(EUROS, POUNDS), patient=True)
