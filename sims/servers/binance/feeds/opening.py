"""What each market of a venue is fed with."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from msgspec import Struct, field

from sims.seeds import stream
from sims.servers.binance.engine import Engine
from sims.servers.binance.feeds.made_up import made_up
from sims.servers.binance.feeds.past import past_minutes
from sims.servers.binance.feeds.player import Player
from sims.servers.binance.feeds.recorded import recorded
from sims.servers.binance.feeds.rows import paced
from sims.servers.binance.market.street import Street
from trader.errors import UsageError


class Plan(Struct, frozen=True, kw_only=True):
    """Files by symbol and how fast they go; who has no file is made up from `seed`."""

    seed: int = 1
    files: Mapping[str, Path] = field(default_factory=dict)
    pace: float = 1.0
    rows_per_s: Decimal = Decimal(4)


def open_players(engine: Engine, plan: Plan) -> list[Player]:
    """Open a player for each market; a file for a symbol that is not traded is a `UsageError`."""
    for symbol in plan.files:
        if symbol not in engine.markets:
            hint = f"there are {', '.join(engine.markets)}"
            raise UsageError(f"the venue does not trade {symbol}", hint=hint)
    return [_player(engine, symbol, plan) for symbol in engine.markets]


def _player(engine: Engine, symbol: str, plan: Plan) -> Player:
    market = engine.markets[symbol]
    rules = market.rules
    path = plan.files.get(symbol)
    if path is None:
        last_id = market.tape.last_id
        past = past_minutes(rules, market.price, plan.seed, engine.now(), last_id)
        market.tape.recall(past)
        feed = made_up(rules, market.price, plan.seed, plan.rows_per_s)
    else:
        feed = paced(recorded(path, rules), plan.pace)
    street = Street(rules, stream(plan.seed, f"venue/{symbol}").randrange)
    return Player(engine, symbol, feed, street, engine.now())
