"""A loopback venue in this process, and daemons beside it as processes that may be killed."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import time_ns  # noqa: TID251 - the daemon runs on the real clock, and so does its venue
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sims.servers.binance.accounts import AccountSpec
from sims.servers.binance.engine import Engine
from sims.servers.binance.limits import ORDERS, RAW, WEIGHT, Limits
from sims.servers.binance.markets import EUROS, SymbolRules
from sims.servers.binance.server import Venue, serve
from tests.crash.running import KEYS, ROOT, Line, Nursery, Running, running
from tests.sims.servers.binance.desk import MAIN
from trader.data.samples import sample

__all__ = ["KEYS", "ROOT", "Line", "Running", "Stage", "mortal", "running", "staged"]

BARS: Final = sample("bars/fx/EURUSD/1h/20170101-20171229.parquet")
ACCOUNT: Final = AccountSpec(
    name="main", key=MAIN.key, secret=MAIN.secret, balances={"USDT": "100000", "EUR": "50"}
)
CONFIG: Final = """
run: {{name: crash}}
account: {{currency: USDT, cash: "100000", keys: {{env: LOOPBACK_KEYS}}}}
instruments:
  - {{symbol: EURUSDT, venue: binance, tick: "0.00001", lot: "1", currency: USDT}}
data:
  - {{kind: bars, instrument: EURUSDT.binance, interval: 1h, path: "{bars}"}}
strategies:
  - {{name: {name}, file: "{folder}/{name}.py", instrument: EURUSDT.binance, params: {{lots: 100}}}}
risk: {{lots_max: 100, notional_max: "1000", position_max: 200, gross_max: "1000",
  orders_max: 1000, drawdown_max: "0.5"}}
state_dir: state
gateway: {{venue: binance, ws_api: "{url}", pace_ns: {pace_ns}}}
"""
PACE_NS: Final = 20_000_000
ENDLESS: Final = 1_000_000_000


class Scene(Struct, frozen=True, kw_only=True):
    """What a venue trades for whom, and the text of the daemon's configuration.

    In the text stand `url`, `bars`, `pace_ns` and `folder`, where the strategies' files lie. A
    `patient` venue counts, but has enough of nobody.
    """

    config: str
    account: AccountSpec = ACCOUNT
    symbols: tuple[SymbolRules, ...] = (EUROS,)
    patient: bool = False


def plain(strategy: str, *, patient: bool = False) -> Scene:
    """One market, one strategy, limits that it keeps."""
    return Scene(config=CONFIG.replace("{name}", strategy), patient=patient)


class Stage:
    """A venue, a folder for the daemon's state, and the daemon's configuration."""

    def __init__(self, venue: Venue, engine: Engine, folder: Path, scene: Scene) -> None:
        self.nursery: Nursery | None = None
        self.venue: Final = venue
        self.engine: Final = engine
        self.scene: Final = scene
        self.config = folder / "live.yaml"
        self.journal: Final = folder / "state" / "journal.db"
        self.config.write_text(
            scene.config.format(
                bars=BARS, folder=Path(__file__).parent, url=venue.url, pace_ns=PACE_NS
            )
        )

    @asynccontextmanager
    async def daemon(
        self, point: str = "none", count: int = 1, *sets: str
    ) -> AsyncIterator[Running]:
        """A daemon, killed at the end of the block if it still runs; `sets` change its values."""
        if self.nursery is None:
            made = mortal(self.config, point, count, *sets)
        else:
            made = self.nursery.fork(str(self.config), point, str(count), *sets)
        async with made as daemon:
            yield daemon


@asynccontextmanager
async def mortal(
    config: Path, point: str = "none", count: int = 1, *sets: str, keys: str = KEYS
) -> AsyncIterator[Running]:
    """The daemon that dies at a point, with short patience."""
    program = Path(__file__).with_name("daemon.py")
    async with running(str(program), str(config), point, str(count), *sets, keys=keys) as daemon:
        yield daemon


@asynccontextmanager
async def staged(
    folder: Path,
    *,
    strategy: str = "flip",
    scene: Scene | None = None,
    now: Callable[[], int] = time_ns,
) -> AsyncIterator[Stage]:
    """A venue that stands by the clock `now`, and everything that a daemon needs to trade there."""
    scene = scene or plain(strategy)
    engine = Engine(now=now, symbols=scene.symbols, accounts=(scene.account,))
    limits = _endless(engine) if scene.patient else None
    async with serve(engine, limits=limits) as venue:
        yield Stage(venue, engine, folder, scene)


def _endless(engine: Engine) -> Limits:
    orders = [replace(window, limit=ENDLESS) for window in ORDERS]
    return Limits(engine, replace(WEIGHT, limit=ENDLESS), orders, replace(RAW, limit=ENDLESS))
