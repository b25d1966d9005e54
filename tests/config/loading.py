"""A small right configuration, and what the fixture that loads an altered one looks like."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from trader.config.loaded import Loaded

RIGHT = """\
run: {name: trial, seed: 7}
account: {currency: USD, cash: "100000"}
instruments:
  - {symbol: BTCUSDT, venue: binance, tick: "0.01", lot: "0.00001", currency: USD}
  - symbol: ETHUSDT
    venue: binance
    tick: 0.01
    lot: 0.0001
    currency: USD
data:
  - {kind: bars, instrument: BTCUSDT.binance, interval: 1m, path: bars.parquet}
strategies:
  - name: cross
    type: ema_cross
    instrument: BTCUSDT.binance
    params: {fast: 12, slow: 26, lots: 100, direction: both}
  - name: fade
    type: bollinger_reversion
    instrument: BTCUSDT.binance
    params:
      entry: 2.5
      weight: 0.25
venue: {slippage_bps: 0, participation: null, touch_fills: false, taker_bps: 0.75}
risk: {}
"""


class LoadText(Protocol):
    """Writes the text to `traderd.yaml` in a folder and loads it by that name."""

    def __call__(
        self,
        text: str | bytes = RIGHT,
        *,
        sets: Sequence[str] = (),
        environ: Mapping[str, str] | None = None,
        exists: Callable[[Path], bool] = ...,
    ) -> Loaded: ...
