"""Kills of one daemon on paper, whose venue dies with it, and the judgement by its journal.

What survives such a kill is the journal alone. It is read here as it stands: each fill once, no
order beyond its size, no limit broken at any approval, cash to the last quantum, and the orders at
work that the core believes in. What is held under exits has a stop, but for a short while.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import anyio
from msgspec.structs import replace

from actors.assembly import Core
from actors.edge.journal import JournalContents, read_journal
from actors.replay import header_of, recover, replay_live
from sims.seeds import stream
from tests.crash.judge import outputs
from tests.crash.lives import Lives, Toll
from tests.crash.running import ENVIRON, ROOT, Nursery, Running
from trader.model.envelope import Message
from trader.model.orders import (
    OrderApproved,
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    OrderReplaced,
    OrderRole,
    SubmitOrder,
)
from trader.model.units import SECOND_NS

GUARDED: Final = "ETHUSDT.binance"
NAKED_INPUTS_MAX: Final = 300
"""So much a daemon hears at most while what is held under exits has no stop."""
POSITION_MAX: Final = 160
ORDERS_MAX: Final = 100
ROWS_PER_S: Final = "200"
_CONFIG: Final = """
run: {{name: paper}}
account: {{currency: USDT, cash: "1000"}}
instruments:
  - {{symbol: BTCUSDT, venue: binance, tick: "0.01", lot: "0.00001", currency: USDT}}
  - {{symbol: ETHUSDT, venue: binance, tick: "0.01", lot: "0.0001", currency: USDT}}
data:
  - {{kind: quotes, instrument: BTCUSDT.binance}}
  - {{kind: quotes, instrument: ETHUSDT.binance}}
  - {{kind: bars, instrument: ETHUSDT.binance, interval: 1s}}
strategies:
  - {{name: mixed, file: "{folder}/mixed.py", instrument: BTCUSDT.binance}}
  - name: guarded
    file: "{folder}/guarded.py"
    instrument: ETHUSDT.binance
    exits: [{{kind: atr_stop, n: 2, k: 1}}, {{kind: take_profit, n: 2, k: 1}}]
venue: {{taker_bps: 10, maker_bps: 5}}
risk: {{lots_max: 100, notional_max: "1000", position_max: {position}, gross_max: "1000",
  orders_max: {orders}, drawdown_max: "0.5"}}
state_dir: state
gateway: {{venue: binance, paper: true, rest: "{rest}", ws_stream: "{ws_stream}"}}
"""


@contextmanager
def market() -> Iterator[dict[str, str]]:
    """A venue's market as a process of its own; where it is."""
    program = Path(__file__).with_name("market.py")
    with subprocess.Popen(
        [sys.executable, str(program), ROWS_PER_S],
        cwd=ROOT,
        env=dict(ENVIRON),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            assert process.stdout is not None
            ready: dict[str, str] = json.loads(process.stdout.readline())
            yield ready
        finally:
            process.kill()


async def kill_on_paper(
    folder: Path, nursery: Nursery, where: dict[str, str], seed: int, pairs: int
) -> Toll:
    """So many kills at work and on the way back, then a life until an orderly end."""
    config = folder / "paper.yaml"
    config.write_text(
        _CONFIG.format(
            folder=Path(__file__).parent, position=POSITION_MAX, orders=ORDERS_MAX, **where
        )
    )

    @asynccontextmanager
    async def begin(aim: str, count: int) -> AsyncIterator[Running]:
        async with nursery.fork(str(config), aim, str(count), on_paper=True) as daemon:
            yield daemon

    lives = Lives(begin, stream(seed, "paper kills").randrange)
    for at in range(seed * pairs, seed * pairs + pairs):
        await lives.be_killed_twice(at)
    await lives.live_on(lambda: None)
    await judge_journal(await read_journal(folder / "state" / "journal.db"))
    return lives.toll


async def judge_journal(contents: JournalContents) -> None:
    """Holds all that the journal says against itself, and against a replay."""
    books = Books()
    for envelope in outputs(contents):
        books.take(envelope.body, envelope.ts, envelope.seq)
    assert contents.ended
    agrees, text = await anyio.to_thread.run_sync(replay_live, contents)
    assert agrees, text
    config = header_of(contents).config
    core = Core(config, patient=True, live=True)
    await anyio.to_thread.run_sync(recover, contents, core)
    for name, holding in core.portfolio.state.holdings.items():
        assert holding.lots == books.held[name]
    scale = core.scale
    spent = sum(2 * scale.half[name] * worth for name, worth in books.turnover.items())
    assert core.portfolio.sample().cash == scale.of(config.account.cash) - spent - books.fees
    working = {id_ for desk in core.order_manager.state.desks.values() for id_ in desk.working}
    assert books.open.keys() == working


class Books:
    """Orders and positions as the journal tells them, one message after the other."""

    def __init__(self) -> None:
        self.held: Counter[str] = Counter()
        self.turnover: Counter[str] = Counter()
        self.fees = 0
        self.open: dict[str, SubmitOrder] = {}
        self._orders: dict[str, SubmitOrder] = {}
        self._filled: Counter[str] = Counter()
        self._trades: set[tuple[str, str]] = set()
        self._approved_at: list[int] = []
        self._naked_since: int | None = None

    def take(self, body: Message, ts: int, seq: int) -> None:
        """Books it, and sees that it may be."""
        self._take(body, ts)
        stops = sum(
            self._filled[id_] - order.lots
            for id_, order in self.open.items()
            if order.instrument == GUARDED and order.stop_ticks is not None
        )
        if stops >= self.held[GUARDED]:
            self._naked_since = None
            return
        since = self._naked_since = seq if self._naked_since is None else self._naked_since
        assert seq - since <= NAKED_INPUTS_MAX, f"without a stop from input {since} to {seq}"

    def _take(self, body: Message, ts: int) -> None:
        match body:
            case OrderApproved():
                self._approve(body.order, ts)
            case OrderReplaced():
                self.open[body.client_order_id] = replace(
                    self._orders[body.client_order_id], lots=body.lots
                )
            case OrderFilled():
                self._fill(body)
            case OrderCanceled() | OrderExpired() | OrderRejected():
                self.open.pop(body.client_order_id, None)
            case _:
                pass

    def _approve(self, order: SubmitOrder, ts: int) -> None:
        assert order.client_order_id not in self._orders, "an id was approved twice"
        self.open[order.client_order_id] = self._orders[order.client_order_id] = order
        if order.role is OrderRole.PROTECTION:
            return
        buys = sum(
            each.lots - self._filled[id_]
            for id_, each in self.open.items()
            if each.instrument == order.instrument and each.lots > 0
        )
        assert order.lots < 0 or self.held[order.instrument] + buys <= POSITION_MAX
        self._approved_at.append(ts)
        before = self._approved_at[:-ORDERS_MAX][-1:]
        assert not before or ts - before[0] >= SECOND_NS, "orders were approved too fast"

    def _fill(self, fill: OrderFilled) -> None:
        id_, name = fill.client_order_id, fill.instrument
        assert (name, fill.trade_id) not in self._trades, "a fill was booked twice"
        self._trades.add((name, fill.trade_id))
        self.held[name] += fill.last_lots
        self.turnover[name] += fill.last_lots * fill.last_ticks
        self.fees += fill.fee
        self._filled[id_] += fill.last_lots
        order = self.open[id_]
        assert abs(self._filled[id_]) <= abs(order.lots), "an order was filled beyond its size"
        if self._filled[id_] == order.lots:
            del self.open[id_]
