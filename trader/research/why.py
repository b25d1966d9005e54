"""Why something happened: from a row of a run back to what was read, and on to what became of it.

The way back is that of causes: each message names the one that provoked it, and the last of them
is an input row. What the tables do not hold (what a rule compared, how far a breaker's measure
went, why the venue ended an order) is heard from the run itself, played again up to there.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import polars as pl
from msgspec import Struct

from trader.config.spelling import shown
from trader.errors import DataError, UsageError
from trader.model.envelope import Envelope, Name
from trader.model.orders import OrderStatus
from trader.research.heard import breach_of, compared_of, reason_of, rule_of
from trader.research.lives import Lives
from trader.research.messages import Asked, Message, Messages, parsed, text
from trader.research.rows import Rows
from trader.research.telling import Telling, Told

HALT: Final = "halt"
TRADE: Final = "trade:"
_NAME: Final = re.compile(r"[0-9]{1,18}\.[0-9]{1,18}")
_OF_ORDERS: Final = frozenset({"order", "status", "replacement"})
_FLATTENED: Final = "flattened"
"""Why trading is halted once nothing is held any more; what ordered that was said before."""


class Subject(Struct, frozen=True):
    """What is asked about: a message, or an input row by its name."""

    name: Name
    message: Message | None


Hear: TypeAlias = Callable[[Message], Sequence[Envelope]]
"""What was said in the step of a message."""


class Why:
    """Answers for one run."""

    def __init__(self, run: Asked, rows: Rows, hearing: Hear | None = None) -> None:
        """Without `hearing` only the tables answer."""
        self._run = run
        self._messages = Messages(run.folder)
        self._telling = Telling(run.config)
        self._rows = rows
        self._lives = Lives(self._messages, self._telling, self._rows)
        self._hearing = hearing

    def document(self, id_: str) -> Told:
        """The whole answer; raises `UsageError` where nothing has this id."""
        subject = find(self._messages, id_)
        message = subject.message
        chain = self.chain(subject)
        told = {
            "run": self._run.folder.run["id"],
            "id": id_,
            "kind": chain[0]["kind"],
            "name": text(subject.name),
            "currency": self._telling.currency,
            "chain": chain,
            "orders": self._orders(subject),
            "followed": self._followed(subject),
            "denial": None,
            "breach": None,
            "played_again": False,
        }
        if message is not None:
            self._explain(message, told)
        return told

    def chain(self, subject: Subject) -> list[Told]:
        """From the subject back to the input row: the cause of each is the name of the next."""
        told: list[Told] = []
        name, message = subject.name, subject.message
        while True:
            while message is not None:
                told.append(self._telling.message(message))
                name = message.cause
                message = self._caused(told[-1]["name"], name)
            if name[0] > self._rows.total:
                raise UsageError(
                    f"the run read no row {name[0]}",
                    where=str(self._run.folder.path),
                    hint=f"its last is {self._rows.total}.0",
                )
            told.append(self._rows.told(name[0]))
            message = self._answered(name[0])
            if message is None:
                return told

    def _caused(self, caused: str, name: Name) -> Message | None:
        """The message that caused another one; None if it was an input row."""
        message = self._messages.named(name) if name[1] else None
        if name[1] and (message is None or message.cause >= name):
            raise DataError(
                f"{caused} was caused by {text(name)}, which is in no table",
                where=str(self._run.folder.path),
                hint="the tables are not those of one run",
            )
        return message

    def _answered(self, seq: int) -> Message | None:
        """The approval of the order that a venue reports of in an input row, if it does."""
        id_ = self._rows.reported(seq)
        if id_ is None:
            return None
        mine = (pl.col("client_order_id") == id_) & (pl.col("seq") < seq)
        approved = mine & (pl.col("status") == OrderStatus.APPROVED.name)
        found = self._messages.of("statuses", approved, last=1)
        return found[0] if found else None

    # -- what became of it ----------------------------------------------------------------------

    def _orders(self, subject: Subject) -> list[Told]:
        """The lives of the orders that it is about, or that it made."""
        message = subject.message
        if message is None:
            return []
        ids = [message.row["client_order_id"]] if "client_order_id" in message.row else []
        if message.kind == "decision":
            made = self._messages.caused_by([message.name], ["orders"])
            ids = [each.row["client_order_id"] for each in made]
        lives = (self._lives.of(each) for each in ids)
        return [life for life in lives if life is not None]

    def _followed(self, subject: Subject) -> list[Told]:
        """What a row of the input, or a change of the trading state, led to in its step."""
        message, seq = subject.message, subject.name[0]
        if message is not None and message.kind != "state":
            return []
        tables = ("decisions", "orders", "denials", "fills", "states", "adjustments", "statuses")
        if message is not None:
            found = self._messages.caused_by([message.name], tables)
            found += self._messages.of("statuses", _taken_back(message))
        else:
            here = (pl.col("seq") == seq) & pl.col("cause").str.starts_with(f"{seq}.")
            found = [each for table in tables[:-1] for each in self._messages.of(table, here)]
        found.sort(key=lambda each: each.name)
        return [self._telling.message(each) for each in found]

    # -- what only the run itself knows -----------------------------------------------------------

    def _explain(self, message: Message, told: Told) -> None:
        """Adds what the tables do not hold, if there is any of it."""
        moment = self._moment(message)
        if moment is None:
            return
        told["played_again"] = self._hearing is not None
        heard = () if self._hearing is None else self._hearing(moment)
        if message.kind == "denial":
            code = message.row["code"]
            compared = compared_of(heard, message.name, self._run.config)
            told["denial"] = {"code": code, "rule": rule_of(code), "compared": compared}
        elif message.kind == "state":
            told["breach"] = breach_of(heard, moment, self._run.config)
        else:
            [life] = told["orders"]
            life["ended"]["reason"] = reason_of(heard, message.row["client_order_id"])

    def _moment(self, message: Message) -> Message | None:
        """The message with which something was said that no table holds."""
        if message.kind == "denial":
            return message
        if message.kind == "state":
            return self._ordered(message)
        if message.kind not in _OF_ORDERS:
            return None
        return self._lives.end_of(message.row["client_order_id"])

    def _ordered(self, state: Message) -> Message:
        """The change of the trading state behind this one: where all is flat, what ordered that."""
        first: Message | None = state
        while first is not None and first.row.get("reason") == _FLATTENED:
            first = self._flattening(first)
        return state if first is None else first

    def _flattening(self, halted: Message) -> Message | None:
        """The change of the trading state that is nearest among what led to this one."""
        each = self._messages.named(halted.cause)
        while each is not None and each.kind != "state":
            each = self._messages.named(each.cause)
        return each


def _taken_back(state: Message) -> pl.Expr:
    """The cancels that the kill switch sends beside a change of the trading state."""
    seq, n = state.name
    after = (pl.col("seq") == seq) & (pl.col("n") > n) & (pl.col("cause") == text(state.cause))
    return after & (pl.col("status") == OrderStatus.PENDING_CANCEL.name)


def find(messages: Messages, id_: str) -> Subject:
    """What a person means by an id; `UsageError` if there is no such thing in the run."""
    if id_ == HALT:
        found = messages.rows("states", last=1)
        if not found:
            raise UsageError("the trading state never changed", where=str(messages.folder.path))
        return _subject(messages, (found[0]["seq"], found[0]["n"]))
    if id_.startswith(TRADE):
        return _fill(messages, id_, id_.removeprefix(TRADE))
    if _NAME.fullmatch(id_):
        return _subject(messages, parsed(id_))
    mine = pl.col("client_order_id") == id_
    for table in ("denials", "orders"):
        for message in messages.of(table, mine):
            return Subject(message.name, message)
    return _fill(messages, id_, id_)


def _subject(messages: Messages, name: Name) -> Subject:
    if not name[1]:
        return Subject(name, None)
    message = messages.named(name)
    if message is None:
        raise UsageError(
            f"no row is called {text(name)}",
            where=str(messages.folder.path),
            hint=f"{name[0]}.0 is the input row, and shows what it led to",
        )
    return Subject(name, message)


def _fill(messages: Messages, id_: str, trade_id: str) -> Subject:
    """The fill of a trade_id, which is unique in its instrument."""
    found = messages.of("fills", pl.col("trade_id") == trade_id)
    if len(found) > 1:
        names = ", ".join(text(each.name) for each in found)
        raise UsageError(
            f"{len(found)} fills have the trade_id {shown(trade_id)}",
            where=str(messages.folder.path),
            hint=f"name one of them: {names}",
        )
    if not found:
        raise UsageError(
            f"no order, fill or row is called {shown(id_)}",
            where=str(messages.folder.path),
            hint="name a client_order_id, trade:ID, a row such as 12.1, or halt",
        )
    return Subject(found[0].name, found[0])
