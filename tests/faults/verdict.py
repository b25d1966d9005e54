"""Holds what the venue remembers against the daemon's journal, taken again from its beginning."""

import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Final

import anyio

from actors.assembly import Core
from actors.edge.journal import read_journal
from actors.replay import header_of, recover
from sims.servers.binance.accounts import ACCOUNTS, Account
from sims.servers.binance.engine import Engine
from sims.servers.binance.orders import Order
from sims.servers.binance.scenarios.director import HAND
from tests.crash.judge import outputs
from tests.crash.stage import ROOT
from trader.model.orders import OrderApproved, OrderBusted, OrderFilled, OrderStatus
from trader.venues.binance.names import order_of

ONE: Final = 10**8
CASH: Final = Decimal(100_000)
"""What the daemon's configuration says that the account began with."""
STANDING: Final = frozenset({OrderStatus.ACCEPTED, OrderStatus.PARTIALLY_FILLED})
Fill = tuple[str, str]
"""A symbol, and the number of a trade of it."""


async def replays(journal: Path) -> str:
    """What `traderd replay` says; fails if it does not agree to the bit."""
    command = [sys.executable, "-m", "trader", "replay", str(journal)]
    environ = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = await anyio.run_process(command, cwd=ROOT, env=environ, check=False)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, said
    return said


async def judge(
    journal: Path, engine: Engine, symbols: dict[str, str], *, doubled: bool = False
) -> Counter[str]:
    """Both sides agree to the unit; how many orders and fills that were.

    `symbols` are the base assets by symbol, none if others have moved the account's money too.
    What was placed by hand is nobody's business here, and neither are orders that the venue has
    `doubled`.
    """
    contents = await read_journal(journal)
    assert contents.ended, contents.note
    approved, booked = set(), Counter[tuple[str, Fill]]()
    for envelope in outputs(contents):
        body = envelope.body
        if isinstance(body, OrderApproved):
            approved.add(body.order.client_order_id)
        elif isinstance(body, OrderFilled):
            booked[body.client_order_id, _fill(body)] += 1
        elif isinstance(body, OrderBusted):
            booked[body.client_order_id, _fill(body)] -= 1
    core = Core(header_of(contents).config, patient=True, live=True)
    await anyio.to_thread.run_sync(recover, contents, core)

    placed = [each for each in engine.orders.values() if not _name(each).startswith(HAND)]
    names = Counter(map(_name, placed))
    strangers = {order_of(name)[0] for name in names} - approved
    assert not strangers, f"nobody decided on {strangers}"
    twice = {name for name, times in names.items() if times > 1}
    assert bool(twice) is doubled, f"an id is two orders: {twice}"
    orders = [each for each in placed if _name(each) not in twice]
    theirs = Counter(
        (order.terms.symbol, str(trade.trade_id)) for order in orders for trade in order.trades
    )
    fills = Counter[Fill]()
    for (id_, fill), times in booked.items():
        fills[fill] += 0 if id_ in twice else times
    assert fills == theirs, {"ours alone": fills - theirs, "theirs alone": theirs - fills}
    _judge_working(orders, core)
    _judge_money(engine, core, symbols)
    return Counter({"orders": len(approved), "fills": fills.total()})


def _judge_money(engine: Engine, core: Core, symbols: dict[str, str]) -> None:
    [account] = [each for each in engine.accounts.values() if each.name == "main"][:1]
    for symbol, asset in symbols.items():
        held = sum(
            desk.position
            for desk in core.order_manager.state.desks.values()
            if desk.instrument.startswith(f"{symbol}.")
        )
        gained = _units(account, asset)
        step = engine.markets[symbol].rules.step
        assert held * step == gained, f"{symbol}: we hold {held} lots, the venue {gained / step}"
    if symbols:
        cash = Decimal(core.scale.text(core.portfolio.sample().cash))
        assert cash - CASH == Decimal(_units(account, "USDT")) / ONE


def _name(order: Order) -> str:
    return str(order.terms.client_order_id)


def _fill(body: OrderFilled | OrderBusted) -> Fill:
    return body.instrument.partition(".")[0], body.trade_id


def _judge_working(orders: list[Order], core: Core) -> None:
    state = core.order_manager.state
    doubted = {id_ for id_, o in state.orders.items() if o.status is OrderStatus.IN_DOUBT}
    assert not doubted, f"in doubt for good: {doubted}"
    ours = {id_ for id_, order in state.orders.items() if order.status in STANDING}
    theirs = {order_of(str(order.terms.client_order_id))[0] for order in orders if order.is_open}
    assert ours == theirs, {"ours alone": ours - theirs, "theirs alone": theirs - ours}


def _units(account: Account, asset: str) -> int:
    """What the account has gained of an asset since it was opened."""
    balance = account.balance(asset)
    opening = Decimal(ACCOUNTS[0].balances.get(asset, "0"))
    return balance.free + balance.locked - int(opening * ONE)
