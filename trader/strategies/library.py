"""The bundled strategies by the name that a configuration gives as `type`."""

from typing import Final

from trader.strategies.averages import EmaCross
from trader.strategies.holding import BuyAndHold
from trader.strategies.reversions import BollingerReversion, NaiveMeanReversion
from trader.strategies.strategy import Strategy

BUNDLED: Final[dict[str, type[Strategy]]] = {
    "ema_cross": EmaCross,
    "bollinger_reversion": BollingerReversion,
    "buy_and_hold": BuyAndHold,
    "naive_mean_reversion": NaiveMeanReversion,
}

BASELINES: Final = ("buy_and_hold", "naive_mean_reversion")
