"""What a venue remembers across a restart: orders with their fills, balances, prices and ids.

The file is a journal of lines. Each line holds whole records of what a turn has changed, and a
later record of a thing replaces the earlier one. A line is written before the turn's answer
leaves, so a venue that is killed forgets nothing that it has told; half a line at the end is a
turn that nobody was told of. At the start the journal is written anew, one line for each order.
"""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self, get_type_hints

import msgspec

from sims.servers.binance.accounts import Account, Balance
from sims.servers.binance.amounts import text_of
from sims.servers.binance.engine import Engine
from sims.servers.binance.lists import OrderList
from sims.servers.binance.orders import Order
from sims.servers.binance.reports import Event
from trader.errors import UsageError

VERSION: Final = 1
# Update ids that were given out after the last line are passed over.
UPDATES_SKIPPED: Final = 1_000_000

Record = dict[str, Any]

_KINDS: Final = ("orders", "lists", "balances", "markets", "counts")
_MEMBERS: Final = ("orders", "pair", "pending")


def _fields(kind: type, *references: str) -> dict[str, Any]:
    return {name: hint for name, hint in get_type_hints(kind).items() if name not in references}


_FIELDS: Final = _fields(Order, "account", "market")
_LIST_FIELDS: Final = _fields(OrderList, "account", "working", *_MEMBERS)


class Store:
    """Keeps an engine's memory in a file, from entering to leaving."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self._path: Final = path
        self._engine: Final = engine
        self._accounts: Final = {each.name: each for each in engine.accounts.values()}
        self._changed: Final[dict[int, Order]] = {}
        self._lists: Final[dict[int, OrderList]] = {}
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        try:
            if self._path.exists():
                self._recall(_read(self._path))
            self._write_anew()
            self._file = self._path.open("ab")
        except OSError as error:
            raise UsageError(
                f"the venue can keep nothing there: {(error.strerror or str(error)).lower()}",
                where=str(self._path),
                hint="name a file in a folder that you may write",
            ) from None
        self._engine.listen(self._hear)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._file is not None
        self._engine.forget(self._hear)
        self._file.close()
        self._write_anew()

    def _hear(self, account: str, event: Event) -> None:
        order_id = event.get("i")
        if isinstance(order_id, int):
            self._changed[order_id] = self._engine.orders[order_id]
        if event["e"] == "listStatus":
            list_id = event["g"]
            assert isinstance(list_id, int), event
            self._lists[list_id] = self._engine.lists[list_id]
        # The balances come last of what an account is told of a turn.
        if event["e"] == "outboundAccountPosition":
            orders = {str(number): _record(order) for number, order in self._changed.items()}
            balances = {account: self._accounts[account].balances}
            lists = {str(number): _list_record(list_) for number, list_ in self._lists.items()}
            self._append({"orders": orders, "lists": lists, "balances": balances} | self._general())
            self._changed.clear()
            self._lists.clear()

    def _append(self, record: Record) -> None:
        assert self._file is not None
        self._file.write(msgspec.json.encode(record) + b"\n")
        self._file.flush()

    def _general(self) -> Record:
        return {
            "markets": {
                symbol: {
                    "price": market.price,
                    "trade": market.tape.last_id,
                    "aggregate": market.tape.last_aggregate_id,
                    "update": market.book.update_id,
                }
                for symbol, market in self._engine.markets.items()
            },
            "counts": self._engine.counts,
        }

    def _write_anew(self) -> None:
        draft = self._path.with_name(f".{self._path.name}.draft")
        balances = {name: account.balances for name, account in self._accounts.items()}
        with draft.open("wb") as self._file:
            self._append({"version": VERSION})
            for number, order in self._engine.orders.items():
                self._append({"orders": {str(number): _record(order)}})
            for number, list_ in self._engine.lists.items():
                self._append({"lists": {str(number): _list_record(list_)}})
            self._append({"balances": balances} | self._general())
        draft.replace(self._path)

    def _recall(self, whole: Record) -> None:
        for name, balances in whole["balances"].items():
            self._account(name).balances.update(msgspec.convert(balances, dict[str, Balance]))
        for symbol, ids in whole["markets"].items():
            if symbol in self._engine.markets:
                self._recall_market(symbol, ids)
        for name, count in whole["counts"].items():
            setattr(self._engine.counts, name, count)
        for record in sorted(whole["orders"].values(), key=lambda each: int(each["order_id"])):
            self._engine.recall(self._order(record))
        for record in sorted(whole["lists"].values(), key=lambda each: int(each["list_id"])):
            self._engine.lists[int(record["list_id"])] = self._list(record)

    def _recall_market(self, symbol: str, ids: dict[str, int]) -> None:
        market = self._engine.markets[symbol]
        tick = market.rules.tick
        self._engine.mark(symbol, text_of(ids["price"] // tick * tick))
        market.tape.last_id = ids["trade"]
        market.tape.last_aggregate_id = ids["aggregate"]
        market.book.update_id = ids["update"] + UPDATES_SKIPPED

    def _order(self, record: Record) -> Order:
        symbol = record["terms"]["symbol"]
        market = self._engine.markets.get(symbol)
        if market is None:
            raise UsageError(
                f"it has orders in {symbol}, which is not traded", where=str(self._path)
            )
        fields = {name: msgspec.convert(record[name], kind) for name, kind in _FIELDS.items()}
        return Order(account=self._account(record["account"]), market=market, **fields)

    def _list(self, record: Record) -> OrderList:
        fields = {name: msgspec.convert(record[name], kind) for name, kind in _LIST_FIELDS.items()}
        orders = self._engine.orders
        fields |= {name: [orders[number] for number in record[name]] for name in _MEMBERS}
        working = orders.get(record["working"])
        return OrderList(account=self._account(record["account"]), working=working, **fields)

    def _account(self, name: str) -> Account:
        account = self._accounts.get(name)
        if account is None:
            raise UsageError(f"it knows account {name}, which is not open", where=str(self._path))
        return account


def _record(order: Order) -> Record:
    return {"account": order.account.name} | {name: getattr(order, name) for name in _FIELDS}


def _list_record(list_: OrderList) -> Record:
    members = {name: [each.order_id for each in getattr(list_, name)] for name in _MEMBERS}
    record = {name: getattr(list_, name) for name in _LIST_FIELDS} | members
    working = None if list_.working is None else list_.working.order_id
    return record | {"account": list_.account.name, "working": working}


def _read(path: Path) -> Record:
    whole: Record = {kind: {} for kind in _KINDS}
    for record in _lines(path):
        for kind in _KINDS:
            whole[kind] |= record.get(kind, {})
    return whole


def _lines(path: Path) -> Iterator[Record]:
    lines = path.read_bytes().splitlines(keepends=True)
    if not lines or lines[0] != msgspec.json.encode({"version": VERSION}) + b"\n":
        raise UsageError("this is no state of a venue", where=str(path))
    for number, line in enumerate(lines, start=1):
        try:
            yield msgspec.json.decode(line, type=Record)
        except msgspec.DecodeError as error:
            if number == len(lines):
                return
            raise UsageError(f"line {number} is damaged", where=str(path)) from error
