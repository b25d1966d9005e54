"""The life of an order as the tables tell it: what happened to it, what protected it, its end."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from trader.config.notation import instant_text
from trader.logic.lifecycle import ENDED
from trader.model.control import SplitEffective, TradingState
from trader.model.envelope import Name
from trader.model.money import plain
from trader.model.orders import OrderRole, OrderStatus
from trader.research.messages import Message, Messages, text
from trader.research.rows import Rows
from trader.research.slippage import Reference, References
from trader.research.telling import Telling, Told

_UNFILLED: Final = frozenset({"CANCELED", "EXPIRED", "REJECTED"})


class Lives:
    """Tells the lives of one run's orders."""

    def __init__(self, messages: Messages, telling: Telling, rows: Rows) -> None:
        self._messages = messages
        self._telling = telling
        self._rows = rows
        self._references = References(messages, rows)

    def of(self, client_order_id: str) -> Told | None:
        """The life of an order and of what protected it; None if there is no such order."""
        mine = pl.col("client_order_id") == client_order_id
        for order in self._messages.of("orders", mine):
            fills = self._messages.of("fills", mine)
            statuses = self._messages.of("statuses", mine)
            return {
                **self._life(order, statuses, fills),
                "protection": self._protection(order, statuses, fills),
            }
        return None

    def end_of(self, client_order_id: str) -> Message | None:
        """The status with which the venue ended an order unfilled, for a reason of its own."""
        statuses = self._messages.of("statuses", pl.col("client_order_id") == client_order_id)
        if not statuses or statuses[-1].row["status"] not in _UNFILLED:
            return None
        return None if asked_to_cancel(statuses) else statuses[-1]

    def brief(self, name: Name) -> Told:
        """A message as it stands; of an input row its name alone."""
        found = self._messages.named(name) if name[1] else None
        if found is None:
            return {"kind": "input" if name[0] else "start", "name": text(name)}
        return self._telling.message(found)

    def _life(self, order: Message, statuses: Sequence[Message], fills: Sequence[Message]) -> Told:
        decision = self._references.decision(order)
        return {
            **self._telling.message(order),
            "decided": None if decision is None else self._telling.message(decision),
            "events": self._events(order, statuses, fills),
            "ended": self._ended(order, statuses),
            "trades": [_trade(row, fills) for row in self._messages.trades_with(fills)],
        }

    def _events(
        self, order: Message, statuses: Sequence[Message], fills: Sequence[Message]
    ) -> list[Told]:
        """Each change of status with what came with it, and the splits on the way."""
        filled = {each.name: each for each in fills}
        mine = pl.col("client_order_id") == order.row["client_order_id"]
        changed = {each.name: each for each in self._messages.of("replacements", mine)}
        last = statuses[-1].name[0] if statuses else order.name[0]
        splits = self._references.splits(order, last)
        reference = self._references.of(order)
        told: list[Told] = []
        for status in statuses:
            while splits and splits[0][0] <= status.name[0]:
                told.append(self._split(reference, *splits.pop(0)))
            event = self._telling.message(status)
            if status.name in filled:
                event |= self._fill(filled[status.name], reference)
                event["told"] = status.when
            elif status.name in changed:
                event |= self._change(changed[status.name], order, reference)
            event["because"] = self._because(status, order, statuses)
            told.append(event)
        return told

    def _fill(self, fill: Message, reference: Reference) -> Told:
        """A fill beside the price that it is held against; its instant is the venue's."""
        row = fill.row
        return {
            **self._telling.message(fill),
            "reference": reference.of,
            "reference_price": self._telling.price(row["instrument"], reference.ticks),
            "slippage_bps": reference.cost_bps(row["lots"], row["ticks"]),
        }

    def _change(self, change: Message, order: Message, reference: Reference) -> Told:
        reference.move(change.row)
        return {
            "kind": change.kind,
            **self._telling.replacement(change.row, order.row["instrument"]),
        }

    def _split(self, reference: Reference, seq: int, split: SplitEffective) -> Told:
        reference.carry(split)
        return {
            "kind": "split",
            "name": f"{seq}.0",
            "ts": instant_text(split.ts_event),
            "numerator": split.numerator,
            "denominator": split.denominator,
        }

    def _because(self, status: Message, order: Message, statuses: Sequence[Message]) -> Told | None:
        """What moved an order that neither itself nor the venue moved."""
        own = {order.name, *(each.name for each in statuses)}
        if status.cause in own:
            return None
        if status.row["status"] == OrderStatus.PENDING_CANCEL.name:
            for state in self._messages.of("states", _moved_before(status), last=1):
                return self._telling.message(state)
        return self.brief(status.cause)

    def _ended(self, order: Message, statuses: Sequence[Message]) -> Told | None:
        """How it ended; None of an order that still worked at the end."""
        if not statuses or OrderStatus[statuses[-1].row["status"]] < ENDED:
            return None
        last = statuses[-1]
        moved = asked_to_cancel(statuses) or last
        return {
            "status": last.row["status"],
            "name": text(last.name),
            "ts": last.when,
            "lots_filled": last.row["lots_filled"],
            "because": self._because(moved, order, statuses),
            "reason": None,
        }

    def _protection(
        self, order: Message, statuses: Sequence[Message], fills: Sequence[Message]
    ) -> list[Told]:
        """The orders that protect what it opened: made with it, or after its fills."""
        id_ = order.row["client_order_id"]
        causes = [text(each.name) for each in (*fills, *statuses)]
        children = (pl.col("parent") == id_).fill_null(value=False)
        protects = pl.col("role") == OrderRole.PROTECTION.name
        others = pl.col("client_order_id") != id_
        mine = protects & others & (children | pl.col("cause").is_in(causes))
        found = []
        for each in self._messages.of("orders", mine):
            of_it = pl.col("client_order_id") == each.row["client_order_id"]
            rows = (self._messages.of(table, of_it) for table in ("statuses", "fills"))
            found.append(self._life(each, *rows))
        return found


def _moved_before(status: Message) -> pl.Expr:
    """The change of the trading state that took an order back, which has the cause of the halt.

    The kill switch says both at once, so the cancel is not caused by the change itself.
    """
    seq, n = status.name
    before = (pl.col("seq") == seq) & (pl.col("n") < n)
    stops = pl.col("state") != TradingState.ACTIVE.name
    return before & stops & (pl.col("cause") == text(status.cause))


def asked_to_cancel(statuses: Sequence[Message]) -> Message | None:
    """The last status at which we took an order back that was canceled then."""
    if not statuses or statuses[-1].row["status"] != OrderStatus.CANCELED.name:
        return None
    pending = OrderStatus.PENDING_CANCEL.name
    return next((each for each in reversed(statuses) if each.row["status"] == pending), None)


def _trade(row: Mapping[str, Any], fills: Sequence[Message]) -> Told:
    """A row of the trade table, and what this order did in it."""
    names = {text(each.name) for each in fills}
    part = "opened" if row["entry_fill"] in names else "changed"
    if row["exit_fill"] in names:
        part = "closed" if part == "changed" else "opened and closed"
    kept = ("trade", "side", "lots", "entry_price", "exit_price", "entry_reason", "exit_reason")
    left = row["ts_exit"]
    return {
        "part": part,
        **{name: row[name] for name in kept},
        "ts_entry": instant_text(row["ts_entry"]),
        "ts_exit": None if left is None else instant_text(left),
        "fees": plain(row["fees"]),
        "pnl": plain(row["pnl"]),
        "entry_fill": row["entry_fill"],
        "exit_fill": row["exit_fill"],
    }
