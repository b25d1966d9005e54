"""A market that is made up, the same one for the same seed; it never ends.

It comes in chunks. Each is a path of `sims.synthetic` that begins at the last price of the one
before.
"""

from decimal import Decimal
from typing import Final

from sims.seeds import Numbers
from sims.servers.binance.amounts import ONE
from sims.servers.binance.feeds.rows import Feed, Quote, Row, Taken
from sims.servers.binance.markets import SymbolRules
from sims.synthetic.path import Path, make_path
from trader.config.parts import Synthetic
from trader.config.schema import InstrumentConfig
from trader.model.units import SECOND_NS

ROWS: Final = 4_096
# A trade follows one row in so many.
ROWS_PER_TRADE: Final = 3
WORTH: Final = 2_000
JUMPS_A_DAY: Final = Decimal(20)


def made_up(rules: SymbolRules, price: int, seed: int, rows_per_s: Decimal) -> Feed:
    """Yield quotes at `rows_per_s` on average from `price` on, and trades at a third of them."""
    start, chunk = 0, 0
    while True:
        path = make_market_path(rules, str(chunk), price, rows_per_s, seed, ROWS)
        yield from _rows(path, rules, start, Numbers(seed, f"{rules.symbol}/{chunk}/takers"))
        start += int(path.ts[-1]) + 1
        price, chunk = int(path.ticks[-1]) * rules.tick, chunk + 1


def make_market_path(  # noqa: PLR0913 - a path has a place, a time and a chance
    rules: SymbolRules,
    name: str,
    price: int,
    rows_per_s: Decimal,
    seed: int,
    rows: int,
    *,
    is_regular: bool = False,
) -> Path:
    """Draw a path of a symbol, whose chance goes by `name`; rows are equally far if regular."""
    instrument = InstrumentConfig(
        symbol=f"{rules.symbol}-{name}",
        venue="binance",
        tick=Decimal(rules.tick) / ONE,
        lot=Decimal(rules.step) / ONE,
        currency=rules.quote,
    )
    market = Synthetic(
        start=0,
        rows=rows,
        price=Decimal(price) / ONE,
        rate=rows_per_s,
        lots=max(1, WORTH * ONE * ONE // (price * rules.step)),
        jumps=JUMPS_A_DAY,
    )
    step_ns = int(SECOND_NS / rows_per_s) if is_regular else None
    return make_path(instrument, market, seed, step_ns=step_ns)


def _rows(path: Path, rules: SymbolRules, start: int, chance: Numbers) -> list[Row]:
    rows: list[Row] = []
    takes = chance.below(ROWS_PER_TRADE, ROWS).tolist()
    buys = chance.below(2, ROWS).tolist()
    shares = chance.below(1_000, ROWS).tolist()
    columns = (path.ts, path.ticks, path.half_spread, path.bid_lots, path.ask_lots)
    for at, row in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        ts, ticks, half, bid_lots, ask_lots = row
        bid, ask = (ticks - half) * rules.tick, (ticks + half) * rules.tick
        rows.append(Quote(start + ts, bid, ask, bid_lots * rules.step, ask_lots * rules.step))
        if takes[at] == 0:
            is_buyer = buys[at] == 1
            lots = 1 + (ask_lots if is_buyer else bid_lots) * shares[at] // 1_000
            price = ask if is_buyer else bid
            rows.append(Taken(start + ts, price, lots * rules.step, is_buyer))
    return rows
