"""The minutes before a venue began, made up like what follows: who asks for candles finds some."""

from decimal import Decimal
from typing import Final

from sims.servers.binance.amounts import product
from sims.servers.binance.feeds.made_up import make_market_path
from sims.servers.binance.market.candles import KEPT, SECOND_NS, Candle
from sims.servers.binance.markets import SymbolRules
from sims.synthetic.path import STEPS_A_BAR

MINUTE_S: Final = 60
ROWS_PER_S: Final = Decimal(STEPS_A_BAR) / MINUTE_S


def past_minutes(rules: SymbolRules, price: int, seed: int, now: int, last_id: int) -> list[Candle]:
    """Return the minutes that ended by `now`, the last of them at `price`.

    Their trades have the ids that follow `last_id`.
    """
    rows = KEPT * STEPS_A_BAR
    path = make_market_path(rules, "past", price, ROWS_PER_S, seed, rows, is_regular=True)
    ticks = (path.ticks - path.ticks[-1] + price // rules.tick).reshape(-1, STEPS_A_BAR)
    sizes = path.bid_lots.reshape(-1, STEPS_A_BAR)
    start_s = now // SECOND_NS // MINUTE_S * MINUTE_S - KEPT * MINUTE_S
    return [
        _minute(rules, start_s + at * MINUTE_S, prices, lots, last_id + at * STEPS_A_BAR + 1)
        for at, (prices, lots) in enumerate(zip(ticks.tolist(), sizes.tolist(), strict=True))
    ]


def _minute(
    rules: SymbolRules, start_s: int, ticks: list[int], lots: list[int], first_id: int
) -> Candle:
    prices = [each * rules.tick for each in ticks]
    sizes = [each * rules.step for each in lots]
    quotes = [product(price, size) for price, size in zip(prices, sizes, strict=True)]
    return Candle(
        start_s=start_s,
        end_s=start_s + MINUTE_S,
        open=prices[0],
        high=max(prices),
        low=min(prices),
        close=prices[-1],
        volume=sum(sizes),
        quote=sum(quotes),
        count=len(prices),
        taker_volume=sum(sizes[::2]),
        taker_quote=sum(quotes[::2]),
        first_id=first_id,
        last_id=first_id + len(prices) - 1,
    )
