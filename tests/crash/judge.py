"""Holds what the venue has seen against what the daemon's journal says: an independent witness.

It believes the venue. It uses no core to read the journal, only to see that a replay agrees.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import anyio

from actors.assembly import Core
from actors.edge.journal import JournalContents, read_journal
from actors.replay import STEP, header_of, recover, replay_live
from actors.runtime.step_record import decode_step
from tests.crash.stage import Stage
from trader.model.envelope import Envelope
from trader.model.orders import OrderApproved, OrderFilled, OrderRole, OrderStatus, SubmitOrder
from trader.venues.binance.names import order_of

PLACE: Final = "order.place"
PLACING: Final = frozenset({PLACE, "order.cancelReplace"})
LISTS: Final = "orderList.place"


class Account:
    """What the journal says, read as it stands."""

    def __init__(self, contents: JournalContents) -> None:
        self.decisions: dict[str, tuple[object, ...]] = {}
        self.approved: set[str] = set()
        self.approved_at: list[int] = []
        """Of orders that protect nothing."""
        self.trades: list[tuple[str, str]] = []
        self.lots: Counter[str] = Counter()
        for envelope in outputs(contents):
            body = envelope.body
            if isinstance(body, SubmitOrder):
                terms = (body.lots, body.order_type, body.limit_ticks, body.stop_ticks)
                self.decisions[body.client_order_id] = (envelope.cause, *terms)
            elif isinstance(body, OrderApproved):
                self.approved.add(body.order.client_order_id)
                if body.order.role is not OrderRole.PROTECTION:
                    self.approved_at.append(envelope.ts)
            elif isinstance(body, OrderFilled):
                self.trades.append((body.instrument.partition(".")[0], body.trade_id))
                self.lots[body.instrument.partition(".")[0]] += body.last_lots


def outputs(contents: JournalContents) -> Iterator[Envelope]:
    for record in contents.records:
        if record.kind == STEP:
            yield from decode_step(record.payload).kept


async def approved_on_disk(stage: Stage) -> set[str]:
    """The orders whose approval is durable at this moment."""
    return Account(await read_journal(stage.journal)).approved


def placed(stage: Stage) -> list[str]:
    """Every name that the venue was asked to place, as often as it was."""
    return [
        str(value)
        for request in stage.venue.received
        for key, value in request.params.items()
        if names_an_order(request.method, key)
    ]


def names_an_order(method: str, key: str) -> bool:
    """Whether this parameter of a request says how an order shall be called."""
    if method.startswith(LISTS):
        return key.endswith("ClientOrderId") and key != "listClientOrderId"
    return method in PLACING and key == "newClientOrderId"


def holding(stage: Stage) -> dict[str, int]:
    """What the account has gained of each base asset, in lots, by symbol."""
    [account] = stage.engine.accounts.values()
    gained = {}
    for market in stage.engine.markets.values():
        base = market.rules.base
        balance = account.balance(base)
        before = int(stage.scene.account.balances.get(base, "0"))
        gained[market.rules.symbol] = (balance.free + balance.locked) // 10**8 - before
    return gained


async def judge_orders(stage: Stage) -> Account:
    """No order twice, none without a durable decision, one at most for each decision."""
    told = Account(await read_journal(stage.journal))
    names = placed(stage)
    assert max(Counter(names).values()) == 1, "an id was placed twice"
    ids = {order_of(name)[0] for name in names}
    assert ids <= told.approved, "an order left before its approval was durable"
    decisions = Counter(told.decisions[id_] for id_ in ids)
    assert max(decisions.values()) == 1, "a decision has two orders at the venue"
    at_venue = [str(order.terms.client_order_id) for order in stage.engine.orders.values()]
    assert sorted(at_venue) == sorted(set(at_venue) & set(names)), "the venue has other orders"
    return told


async def judge_end(stage: Stage) -> Account:
    """Both sides agree to the unit, each fill is booked once, and a replay says the same."""
    told = await judge_orders(stage)
    trades = [t for order in stage.engine.orders.values() for t in order.trades]
    assert sorted(told.trades) == sorted((trade.symbol, str(trade.trade_id)) for trade in trades)
    assert {symbol: told.lots[symbol] for symbol in stage.engine.markets} == holding(stage)
    contents = await read_journal(stage.journal)
    assert contents.ended
    agrees, text = await anyio.to_thread.run_sync(replay_live, contents)
    assert agrees, text
    return told


async def judge_books(stage: Stage) -> None:
    """Cash is the venue's to the unit, and so are the orders that work."""
    contents = await read_journal(stage.journal)
    core = Core(header_of(contents).config, patient=True, live=True)
    await anyio.to_thread.run_sync(recover, contents, core)
    [account] = stage.engine.accounts.values()
    balance = account.balance("USDT")
    assert Decimal(core.scale.text(core.portfolio.sample().cash)) == (
        Decimal(balance.free + balance.locked) / 10**8
    )
    state = core.order_manager.state
    ours = {id_ for desk in state.desks.values() for id_ in desk.working}
    theirs = {
        order_of(str(order.terms.client_order_id))[0]
        for order in stage.engine.orders.values()
        if order.is_open
    }
    assert theirs <= ours, "the venue works orders that we do not know"
    standing = {id_ for id_ in ours if state.orders[id_].status is OrderStatus.ACCEPTED}
    assert standing <= theirs, "we believe in orders that the venue does not have"
