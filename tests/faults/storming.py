"""A daemon trades for a while at a venue in bad weather; then it heals, and both are compared."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import format_exception
from typing import Final

import anyio

from tests.crash.stage import Line, Running, running
from tests.faults.site import Site, shipped
from tests.faults.verdict import judge, replays
from tests.faults.weather import KINDS, Weather
from tests.storm.trial import Verdict

SECONDS: Final = 15.0
SETTLE_S: Final = 60.0
STILL_S: Final = 1.0
FILLS: Final = 4
"""So many fills, once everything is well again, say that it trades on."""
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


async def trade(folder: Path, seed: int, seconds: float) -> Counter[str]:
    """One run and its judgement; what was met on the way."""
    async with shipped(folder, "--rate", "20", "--seed", str(1 + seed)) as site:
        config = folder / "live.yaml"
        file = Path(__file__).with_name("busy.py")
        config.write_text(CONFIG.format(file=file, **site.ready))
        weather = Weather(site, seed)
        program = str(Path(__file__).with_name("daemon.py"))
        async with running(program, str(config)) as daemon:
            await daemon.event("trading_state_changed", state="active")
            await live_through(daemon, weather, seconds)
            code = await stop(daemon, site)
        assert code == 0, daemon.lines[-5:]
        bad = [line for line in daemon.lines if line["event"] in BAD]
        assert not bad, bad[:3]
        engine = await site.stop()
    journal = folder / "state" / "journal.db"
    await replays(journal)
    return weather.met + _counted(daemon.lines) + await judge(journal, engine, SYMBOLS)


async def live_through(daemon: Running, weather: Weather, seconds: float) -> None:
    """Bad weather, and what follows until it trades again as if nothing had been."""
    is_over = False

    async def rage() -> None:
        nonlocal is_over
        await weather.rage(seconds)
        is_over = True

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(rage)
        await daemon.until(lambda _: is_over)
    with anyio.fail_after(SETTLE_S):
        # A connection that begins anew is a comparison of both sides.
        await weather.part()
        await daemon.event("trading_state_changed", state="active")
        for _ in range(FILLS):
            await daemon.event("order_filled")


async def stop(daemon: Running, site: Site) -> int:
    """Stops it in order while the market stands, so that nothing fills unheard; its exit code."""
    await site.do(*({"do": "halt", "symbol": symbol} for symbol in SYMBOLS))
    with anyio.move_on_after(STILL_S):
        await daemon.until(lambda _: False)
    return await daemon.stop()


def _counted(lines: list[Line]) -> Counter[str]:
    names = {"order_in_doubt": "doubts", "connected": "connections"}
    return Counter(names[line["event"]] for line in lines if line["event"] in names)


EXPECTED: Final = frozenset(KINDS)


def faulted(seed: int, seconds: float = SECONDS) -> Verdict:
    """What became of one seed."""
    with TemporaryDirectory() as folder:
        try:
            return Verdict((), anyio.run(trade, Path(folder), seed, seconds))
        except Exception as error:  # noqa: BLE001 - whatever it is, the storm tells the seed
            return Verdict(tuple("".join(format_exception(error)).splitlines()[-30:]))
