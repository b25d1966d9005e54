"""A daemon trades for a while at a venue in bad weather; then it heals, and both are compared."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import format_exception
from typing import Final

import anyio

from sims.seeds import stream
from sims.servers.binance.engine import Engine
from tests.crash.stage import Line, Running, running
from tests.faults.dooms import DOOMS, Doom, meet
from tests.faults.site import Site, shipped
from tests.faults.verdict import judge, replays
from tests.faults.weather import KINDS, Weather
from tests.storm.trial import Verdict
from trader.errors import ENDED_HALTED

SECONDS: Final = 15.0
SETTLE_S: Final = 150.0
"""More than a minute, after which there is weight again if it was used up."""
STILL_S: Final = 1.0
FILLS: Final = 4
"""So many fills, once everything is well again, say that it trades on."""
LATELY: Final = 300
"""Lines that tell what a daemon was about in the end."""
SYMBOLS: Final = {"EURUSDT": "EUR", "BTCUSDT": "BTC"}
BAD: Final = frozenset({"failed", "difference_found", "strategy_faulted"})
CONFIG: Final = """
run: {{name: faults}}
account: {{currency: USDT, cash: "100000", keys: {{env: LOOPBACK_KEYS}}}}
instruments:
  - {{symbol: EURUSDT, venue: binance, tick: "0.00001", lot: "1", currency: USDT}}
  - {{symbol: BTCUSDT, venue: binance, tick: "0.01", lot: "0.00001", currency: USDT}}
data:
  - {{kind: bars, instrument: EURUSDT.binance, interval: 1s}}
  - {{kind: quotes, instrument: EURUSDT.binance}}
  - {{kind: bars, instrument: BTCUSDT.binance, interval: 1s}}
  - {{kind: quotes, instrument: BTCUSDT.binance}}
strategies:
  - {{name: euros, file: "{file}", instrument: EURUSDT.binance,
      params: {{lots: 100, away: 4, far: 12}}}}
  - {{name: coins, file: "{file}", instrument: BTCUSDT.binance,
      params: {{lots: 1000, away: 300, far: 900}}}}
risk: {{lots_max: 5000, notional_max: "5000", position_max: 5000, gross_max: "10000",
  orders_max: 1000, drawdown_max: "0.5"}}
state_dir: state
gateway: {{venue: binance, rest: "{rest}", ws_api: "{ws_api}", ws_stream: "{ws_stream}"}}
"""


@dataclass(frozen=True)
class Life:
    """A daemon that trades, and its venue."""

    daemon: Running
    site: Site
    weather: Weather

    async def stop(self) -> int:
        """Stops it in order while the market stands, so that nothing fills unheard; its code."""
        await self.site.do(*({"do": "halt", "symbol": symbol} for symbol in SYMBOLS))
        with anyio.move_on_after(STILL_S):
            await self.daemon.until(lambda _: False)
        return await self.daemon.stop()


@asynccontextmanager
async def living(folder: Path, seed: int) -> AsyncIterator[Life]:
    """A venue whose prices come of the seed, and a daemon that has begun to trade there."""
    async with shipped(folder, "--rate", "20", "--seed", str(1 + seed)) as site:
        config = folder / "live.yaml"
        file = Path(__file__).with_name("busy.py")
        config.write_text(CONFIG.format(file=file, **site.ready))
        program = str(Path(__file__).with_name("daemon.py"))
        async with running(program, str(config)) as daemon:
            try:
                await daemon.event("trading_state_changed", state="active")
                yield Life(daemon, site, Weather(site, seed))
            except Exception as error:
                error.add_note(_summary(daemon.lines))
                raise


async def weathered(folder: Path, seed: int, seconds: float) -> Counter[str]:
    """One life in bad weather, and its judgement; what was met on the way."""
    async with living(folder, seed) as life:
        await live_through(life, seconds)
        code = await life.stop()
        assert code == 0, life.daemon.lines[-5:]
        engine = await life.site.stop()
    return life.weather.met + await _judged(folder, life, engine)


async def doomed(folder: Path, seed: int) -> Counter[str]:
    """One life with all that can be borne, in an order of the seed's choosing, and a last deed."""
    chance = stream(seed, "dooms").randrange
    bearable = [doom for doom in DOOMS if not doom.halts]
    last = [doom for doom in DOOMS if doom.halts]
    met = Counter[str]()
    async with living(folder, seed) as life:
        for symbol in SYMBOLS:
            await life.daemon.event("order_filled", instrument=f"{symbol}.binance")
        while bearable:
            doom = bearable.pop(chance(len(bearable)))
            await meet(life.daemon, life.site, doom)
            met[doom.name] += 1
        assert not _bad(life.daemon.lines)
        doom = last[seed % len(last)]
        await meet(life.daemon, life.site, doom)
        met[doom.name] += 1
        code = await life.stop()
        assert code == ENDED_HALTED, life.daemon.lines[-5:]
        engine = await life.site.stop()
    return met + await _judged(folder, life, engine, last=doom)


async def live_through(life: Life, seconds: float) -> None:
    """Bad weather, and what follows until it trades again as if nothing had been."""
    is_over = False

    async def rage() -> None:
        nonlocal is_over
        await life.weather.rage(seconds)
        is_over = True

    def told(line: Line) -> bool:
        assert line["event"] not in BAD, line
        return is_over

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(rage)
        await life.daemon.until(told)
    with anyio.fail_after(SETTLE_S):
        # A connection that begins anew is a comparison of both sides.
        await life.weather.part()
        await life.daemon.event("trading_state_changed", state="active")
        for _ in range(FILLS):
            await life.daemon.event("order_filled")
    assert not _bad(life.daemon.lines)


def _bad(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line["event"] in BAD]


def _summary(lines: list[Line]) -> str:
    """What a daemon was about that is at fault."""
    states = [line for line in lines if line["event"] == "trading_state_changed"]
    lately = Counter(f"{line['event']} {line.get('code', '')}" for line in lines[-LATELY:])
    return f"last state: {states[-1:]}\nlately: {dict(lately.most_common())}\nat last: {lines[-3:]}"


async def _judged(
    folder: Path, life: Life, engine: Engine, last: Doom | None = None
) -> Counter[str]:
    """What `traderd replay` and the venue's own memory say; the counts of it."""
    journal = folder / "state" / "journal.db"
    await replays(journal)
    names = {"order_in_doubt": "doubts", "connected": "connections"}
    events = [line["event"] for line in life.daemon.lines]
    counts = Counter(names[event] for event in events if event in names)
    if last is None:
        return counts + await judge(journal, engine, SYMBOLS)
    return counts + await judge(journal, engine, {}, doubled=last.doubled)


EXPECTED: Final = frozenset(KINDS)
DOOMED: Final = frozenset(doom.name for doom in DOOMS)


def faulted(seed: int, seconds: float = SECONDS) -> Verdict:
    """What became of one seed in bad weather."""
    return _tried(lambda folder: weathered(folder, seed, seconds))


def struck(seed: int) -> Verdict:
    """What became of one seed of deeds that no daemon can mend."""
    return _tried(lambda folder: doomed(folder, seed))


def _tried(trial: Callable[[Path], Awaitable[Counter[str]]]) -> Verdict:
    async def tried(folder: Path) -> Verdict:
        return Verdict((), await trial(folder))

    with TemporaryDirectory() as folder:
        try:
            return anyio.run(tried, Path(folder))
        except Exception as error:  # noqa: BLE001 - whatever it is, the storm tells the seed
            return Verdict(tuple("".join(format_exception(error)).splitlines()[-12:]))
