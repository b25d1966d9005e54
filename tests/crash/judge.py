"""Holds what the venue has seen against what the daemon's journal says: an independent witness.

It believes the venue. It uses no core to read the journal, only to see that a replay agrees.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import anyio

from actors.edge.journal import JournalContents, read_journal
from actors.replay import STEP, replay_live
from actors.runtime.step_record import decode_step
from tests.crash.stage import ACCOUNT, Stage
from trader.model.envelope import Envelope
from trader.model.orders import OrderApproved, OrderFilled, SubmitOrder

PLACE: Final = "order.place"


class Account:
    """What the journal says, read as it stands."""

    def __init__(self, contents: JournalContents) -> None:
        self.decisions: dict[str, tuple[int, int]] = {}
        self.approved: set[str] = set()
        self.trades: list[str] = []
        self.lots = 0
        for envelope in outputs(contents):
            body = envelope.body
            if isinstance(body, SubmitOrder):
                self.decisions[body.client_order_id] = envelope.cause
            elif isinstance(body, OrderApproved):
                self.approved.add(body.order.client_order_id)
            elif isinstance(body, OrderFilled):
                self.trades.append(body.trade_id)
                self.lots += body.last_lots


def outputs(contents: JournalContents) -> Iterator[Envelope]:
    for record in contents.records:
        if record.kind == STEP:
            yield from decode_step(record.payload).kept


async def approved_on_disk(stage: Stage) -> set[str]:
    """The orders whose approval is durable at this moment."""
    return Account(await read_journal(stage.journal)).approved


def placed(stage: Stage) -> list[str]:
    """Every id that the venue was asked to place, as often as it was."""
    return [
        str(request.params["newClientOrderId"])
        for request in stage.venue.received
        if request.method == PLACE
    ]


def holding(stage: Stage) -> int:
    """What the account has gained of the base asset, in lots."""
    [account] = stage.engine.accounts.values()
    balance = account.balance("EUR")
    return (balance.free + balance.locked) // 10**8 - int(ACCOUNT.balances["EUR"])


async def judge_orders(stage: Stage) -> Account:
    """No order twice, none without a durable decision, one at most for each decision."""
    told = Account(await read_journal(stage.journal))
    ids = placed(stage)
    assert max(Counter(ids).values()) == 1, "an id was placed twice"
    assert set(ids) <= told.approved, "an order left before its approval was durable"
    decisions = Counter(told.decisions[id_] for id_ in ids)
    assert max(decisions.values()) == 1, "a decision has two orders at the venue"
    at_venue = [order.client_order_id for order in stage.engine.orders.values()]
    assert sorted(at_venue) == sorted(set(at_venue) & set(ids)), "the venue has other orders"
    return told


async def judge_end(stage: Stage) -> None:
    """Both sides agree to the unit, each fill is booked once, and a replay says the same."""
    told = await judge_orders(stage)
    trades = [t for order in stage.engine.orders.values() for t in order.trades]
    assert sorted(told.trades) == sorted(str(trade.trade_id) for trade in trades)
    assert told.lots == holding(stage)
    contents = await read_journal(stage.journal)
    assert contents.ended
    agrees, text = await anyio.to_thread.run_sync(replay_live, contents)
    assert agrees, text
