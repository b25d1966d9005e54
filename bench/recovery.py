"""How long a daemon needs to stand where it stood: the tail of a journal, or its last snapshot."""

import io
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Final

import anyio
import msgspec
from msgspec.structs import replace

from actors.assembly import Core
from actors.edge.journal import HEADER, open_journal
from actors.edge.telemetry import Telemetry
from actors.recovering import recover_core
from actors.replay import SNAPSHOT, STEP, Checkpoint, LiveHeader
from actors.runtime.step_record import StepObserver, encode_step
from bench.figure import Figure
from trader.config.loader import load
from trader.config.schema import Config
from trader.model.account import AccountReported
from trader.model.control import RunStarted
from trader.model.envelope import Message
from trader.model.market import BarClosed, Quote
from trader.model.units import SECOND_NS
from trader.ops.logs import Sink

CONFIG: Final = Path(__file__).parent.parent / "config" / "paper.yaml"
EVENTS: Final = 100_000
START: Final = 1_700_000_000 * SECOND_NS
NAME: Final = "BTCUSDT.binance"
TICKS: Final = 6_000_000
PACE_NS: Final = SECOND_NS // 100
BAR_EVERY: Final = 100
BATCH: Final = 256

Records = list[tuple[str, bytes]]


def tail(folder: Path) -> Figure:
    """A start with 100,000 events in the tail."""
    return _figure("recovery", folder, bound=5, snapshot=False)


def snapshot(folder: Path) -> Figure:
    """A start with the same journal and a snapshot at its end."""
    return _figure("snapshot", folder, bound=1, snapshot=True)


def _figure(name: str, folder: Path, bound: float, *, snapshot: bool) -> Figure:
    seconds = anyio.run(_recover, folder / name, snapshot)
    note = f"{EVENTS:,} events in the journal{', and a snapshot' if snapshot else ''}"
    return Figure(name=name, value=seconds, unit="s", bound=bound, note=note)


async def _recover(folder: Path, snapshot: bool) -> float:  # noqa: FBT001 - anyio passes no names
    records, state = _life()
    header = _header()
    async with open_journal(folder / "journal.db") as journal:
        head = (HEADER, msgspec.json.encode(header))
        whole = [head, *(records if snapshot else records[:-1])]
        for start in range(0, len(whole), BATCH):
            await journal.commit(whole[start : start + BATCH])
    begun = perf_counter()
    core = Core(header.config, patient=True, live=True)
    async with open_journal(folder / "journal.db", since=SNAPSHOT) as journal:
        log = Telemetry(Sink(io.StringIO(), None), lambda: 0)
        await recover_core(journal, core, header, folder, log)
    seconds = perf_counter() - begun
    assert core.state_hash() == state
    return seconds


@cache
def _header() -> LiveHeader:
    loaded = load(CONFIG).config
    config: Config = replace(loaded, run=replace(loaded.run, from_=START))
    return LiveHeader(run="bench", config=config, code_version="", money_quantum="1")


@cache
def _life() -> tuple[Records, str]:
    """The records of a life, a snapshot at their end, and the hash of the state."""
    core, observer, records = (
        Core(_header().config, patient=True, live=True),
        StepObserver(),
        Records(),
    )
    core.reactor.observer = observer

    def take(message: Message, ts: int) -> None:
        core.reactor.row(message, ts)
        records.append((STEP, encode_step(observer.finish())))

    take(RunStarted(run="bench", epoch=1), START)
    take(AccountReported(request_id="a", count=0, ts_event=START), START)
    for number in range(EVENTS):
        ts = START + number * PACE_NS
        price = TICKS + number // BAR_EVERY % 37
        if number % BAR_EVERY == BAR_EVERY - 1:
            sides = (price, price + 9, price - 9, price)
            take(BarClosed(NAME, SECOND_NS, *sides, 5, ts - SECOND_NS, ts), ts)
        else:
            take(Quote(NAME, price, price + 10, 10, 10, ts), ts)
    state = core.state_hash()
    last = Checkpoint(state_hash=state, core=core.snapshot())
    return [*records, (SNAPSHOT, msgspec.msgpack.encode(last))], state
