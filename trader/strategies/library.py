"""The bundled strategies by the name that a configuration gives as `type`."""

from typing import Final

from trader.strategies.averages import EmaCross
from trader.strategies.holding import BuyAndHold
from trader.strategies.reversions import BollingerReversion, NaiveMeanReversion
from trader.strategies.session import VwapFade
from trader.strategies.strategy import Strategy
from trader.strategies.strength import RsiReversion

BUNDLED: Final[dict[str, type[Strategy]]] = {
    "ema_cross": EmaCross,
    "rsi_reversion": RsiReversion,
    "bollinger_reversion": BollingerReversion,
    "vwap_fade": VwapFade,
    "buy_and_hold": BuyAndHold,
    "naive_mean_reversion": NaiveMeanReversion,
}

BASELINES: Final = ("buy_and_hold", "naive_mean_reversion")
