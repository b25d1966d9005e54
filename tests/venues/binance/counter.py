"""A venue of a few lines that a test moves by hand: orders, lists, cancels, changes, fills.

It answers requests at once and keeps its events until they are let go, so that a test chooses which
comes first. It knows no prices: what trades is what a test fills.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from tests.venues.binance.wire import EPOCH, GRID, KEYS, MS, PATIENCE, START
from trader.model.envelope import Message
from trader.venues.binance.dialogue import BinanceDialogue
from trader.venues.binance.grid import Grid
from trader.venues.binance.history import PAGE
from trader.venues.execution_client import Turn

Document = dict[str, Any]
OPEN: Final = ("NEW", "PARTIALLY_FILLED", "PENDING_NEW")
BAD: Final = {"code": -2010, "msg": "Account has insufficient balance for requested action."}
UNKNOWN_ORDER: Final = {"code": -2011, "msg": "Unknown order sent."}
NO_ORDER: Final = {"code": -2013, "msg": "Order does not exist."}


class Counter:
    """A dialogue at this venue; `told` is what the core has heard since the last look."""

    def __init__(self, *, amends: bool = True, grid: Grid = GRID, epoch: int = EPOCH) -> None:
        self.now = START
        self.grid: Final = grid
        self.dialogue = BinanceDialogue(KEYS, [grid], PATIENCE)
        self.orders: Final[dict[str, Document]] = {}
        self.trades: Final[list[Document]] = []
        self.asked: Final[list[tuple[str, Document]]] = []
        self.events: Final[list[Document]] = []
        self.refused: Final[dict[str, Document]] = {}
        self.lost: Final[set[str]] = set()
        self.unseen: Final[set[str]] = set()
        self.holds_events = False
        self._told: list[Message] = []
        self._amends = amends
        self._lists = 0
        self._take(self.dialogue.greet(epoch, self.now))
        self.methods()

    # -- what a test does -------------------------------------------------------------------------

    def perform(self, *messages: Message) -> list[Message]:
        self._take(self.dialogue.perform(messages, self.now))
        return self.told()

    def told(self) -> list[Message]:
        told, self._told = self._told, []
        return told

    def methods(self) -> list[str]:
        methods = [method for method, _ in self.asked]
        self.asked.clear()
        return methods

    def wait(self, ms: int) -> list[Message]:
        end = self.now + ms * MS
        while self.dialogue.due <= end:
            self.now = max(self.now, self.dialogue.due)
            self._take(self.dialogue.tick(self.now))
        self.now = end
        return self.told()

    def fill(self, name: str, size: str, price: str = "60000") -> list[Message]:
        """Fills so much of an order, and does what that does to its list."""
        order = self.orders[name]
        self._trigger_list(order)
        self.trades.append(
            {
                "id": len(self.trades) + 1,
                "orderId": order["orderId"],
                "price": price,
                "qty": size,
                "commission": "0",
                "commissionAsset": "USDT",
                "time": self.now // MS,
                "isBuyer": order["side"] == "BUY",
                "isMaker": True,
            }
        )
        order["executedQty"] = self._sum(order["executedQty"], size)
        is_full = order["executedQty"] == self._sum(order["origQty"], "0")
        order["status"] = "FILLED" if is_full else "PARTIALLY_FILLED"
        self._report(order, "TRADE", l=size, L=price, t=len(self.trades))
        for child in self._members(order):
            if is_full and child["status"] == "PENDING_NEW":
                child["status"] = "NEW"
                self._report(child, "NEW")
        self.release()
        return self.told()

    def end(self, name: str, status: str, **fields: Any) -> list[Message]:
        """Ends an order, and all of its list, of the venue's own accord."""
        self._end(self.orders[name], status, **fields)
        self.release()
        return self.told()

    def break_line(self) -> list[Message]:
        """The connection breaks and another one begins."""
        told = self._told + self.dialogue.lose(self.now).messages
        self._told = []
        self._take(self.dialogue.greet(EPOCH + 1, self.now))
        return told + self.told()

    def release(self) -> None:
        """Lets the events go that have not gone yet."""
        if not self.holds_events:
            while self.events:
                frame = {"subscriptionId": 0, "event": self.events.pop(0)}
                self._take(self.dialogue.hear(json.dumps(frame).encode(), self.now))

    # -- the venue --------------------------------------------------------------------------------

    def _take(self, turn: Turn) -> None:
        self._told += turn.messages
        for outgoing in turn.frames:
            self._told += outgoing.sent
            self._serve(json.loads(outgoing.frame))

    def _serve(self, request: Document) -> None:
        method, params = request["method"], request["params"]
        self.asked.append((method, params))
        if method in self.unseen:
            return
        error = self.refused.pop(method, None)
        result: Any = None
        if error is None:
            result = _METHODS[method](self, params)
            if isinstance(result, dict) and "code" in result:
                error = result
        self.release()
        if method in self.lost:
            return
        answer = {"id": request["id"], "status": 200, "result": result}
        if error is not None:
            status = 409 if error["code"] == -2021 else 400
            answer = {"id": request["id"], "status": status, "error": error}
        self._take(self.dialogue.hear(json.dumps(answer).encode(), self.now))
        self.release()

    def _new(self, params: Document, prefix: str = "", **fields: Any) -> Document:
        def field(name: str, default: str = "0") -> str:
            key = f"{prefix}{name[0].upper()}{name[1:]}" if prefix else name
            return str(params.get(key, default))

        name = field("newClientOrderId") if not prefix else field("clientOrderId")
        assert name not in self.orders, "a name is used twice"
        order = {
            "symbol": params["symbol"],
            "orderId": len(self.orders) + 1,
            "orderListId": -1,
            "clientOrderId": name,
            "side": field("side"),
            "type": field("type"),
            "timeInForce": field("timeInForce", "GTC"),
            "origQty": field("quantity"),
            "price": field("price"),
            "stopPrice": field("stopPrice"),
            "executedQty": "0",
            "status": "NEW",
            "updateTime": self.now // MS,
            "transactTime": self.now // MS,
        } | fields
        self.orders[name] = order
        self._report(order, "NEW")
        return order

    def serve_place(self, params: Document) -> Document:
        return dict(self._new(params))

    def _list(self, orders: list[Document]) -> Document:
        return {"orderListId": self._lists, "orderReports": [dict(each) for each in orders]}

    def serve_oco(self, params: Document) -> Document:
        self._lists += 1
        both = {"side": params["side"], "origQty": params["quantity"], "orderListId": self._lists}
        return self._list([self._new(params, leg, **both) for leg in ("above", "below")])

    def serve_oto(self, params: Document) -> Document:
        self._lists += 1
        list_id = {"orderListId": self._lists}
        pending = list_id | {"status": "PENDING_NEW"}
        children: tuple[str, ...] = ("pending",)
        if "pendingAboveType" in params:
            children = "pendingAbove", "pendingBelow"
            pending |= {"side": params["pendingSide"], "origQty": params["pendingQuantity"]}
        orders = [self._new(params, "working", **list_id)]
        orders += [self._new(params, leg, **pending) for leg in children]
        return self._list(orders)

    def serve_cancel(self, params: Document) -> Document:
        order = self.orders.get(params["origClientOrderId"])
        if order is None or order["status"] not in OPEN:
            return UNKNOWN_ORDER
        ended = self._end(order, "CANCELED")
        answers = [each | {"origClientOrderId": each["clientOrderId"]} for each in ended]
        if len(answers) == 1:
            return answers[0] | {"clientOrderId": "cancel"}
        return {"orderListId": order["orderListId"], "orderReports": answers}

    def serve_swap(self, params: Document) -> Document:
        order = self.orders[params["cancelOrigClientOrderId"]]
        is_new = order["status"] == "NEW"
        if order["status"] not in OPEN or ("cancelRestrictions" in params and not is_new):
            data: Document = {"cancelResult": "FAILURE", "newOrderResult": "NOT_ATTEMPTED"}
            return {"code": -2022, "data": data | {"cancelResponse": UNKNOWN_ORDER}}
        canceled = self.serve_cancel({"origClientOrderId": order["clientOrderId"]})
        if "half" in self.refused:
            data = {"cancelResult": "SUCCESS", "newOrderResult": "FAILURE"}
            data |= {"cancelResponse": canceled, "newOrderResponse": self.refused.pop("half")}
            return {"code": -2021, "data": data}
        return {"cancelResponse": canceled, "newOrderResponse": self.serve_place(params)}

    def serve_amend(self, params: Document) -> Document:
        if not self._amends:
            return {"code": -2038, "msg": "Order amend is not supported for this symbol."}
        order = self.orders[params["origClientOrderId"]]
        order["origQty"] = params["newQty"]
        self._report(order, "REPLACED")
        amended = order | {"qty": order["origQty"], "origClientOrderId": order["clientOrderId"]}
        return {"transactTime": self.now // MS, "executionId": 1, "amendedOrder": amended}

    def serve_status(self, params: Document) -> Document:
        if "orderId" in params:
            [found] = [
                each for each in self.orders.values() if each["orderId"] == params["orderId"]
            ]
            return found
        return self.orders.get(params["origClientOrderId"], NO_ORDER)

    def serve_all(self, params: Document) -> list[Document]:
        least = params.get("orderId", 0)
        return [each for each in self.orders.values() if each["orderId"] >= least]

    def serve_open(self, _params: Document) -> list[Document]:
        return [each for each in self.serve_all({}) if each["status"] in OPEN]

    def serve_own_trades(self, params: Document) -> list[Document]:
        if "fromId" in params:
            return [each for each in self.trades if each["id"] >= params["fromId"]][:PAGE]
        return [each for each in self.trades if each["orderId"] == params["orderId"]]

    def _sum(self, first: str, second: str) -> str:
        return self.grid.size_text(self.grid.lots(first) + self.grid.lots(second))

    def _members(self, order: Document) -> list[Document]:
        return [
            each
            for each in self.orders.values()
            if each["orderListId"] == order["orderListId"] >= 0 and each is not order
        ]

    def _end(self, order: Document, status: str, **fields: Any) -> list[Document]:
        ended = [order, *(each for each in self._members(order) if each["status"] in OPEN)]
        for each in ended:
            each["status"] = status
            named = {"c": "cancel", "C": each["clientOrderId"]} if status == "CANCELED" else {}
            self._report(each, status, **named | fields)
        return ended

    def _trigger_list(self, order: Document) -> None:
        """One of a pair trades: the other one ends."""
        for other in self._members(order):
            if other["status"] in OPEN and other["side"] == order["side"]:
                other["status"] = "EXPIRED"
                self._report(other, "EXPIRED", eR="OCO_TRIGGER")

    def _report(self, order: Document, kind: str, **fields: Any) -> None:
        ms = self.now // MS
        event = {
            "e": "executionReport",
            "E": ms,
            "T": ms,
            "s": order["symbol"],
            "c": order["clientOrderId"],
            "C": "",
            "S": order["side"],
            "x": kind,
            "X": order["status"],
            "i": order["orderId"],
            "g": order["orderListId"],
            "q": order["origQty"],
            "z": order["executedQty"],
        }
        self.events.append(event | fields)


_METHODS: Final[dict[str, Callable[[Counter, Document], Any]]] = {
    "time": lambda venue, _: {"serverTime": venue.now // MS},
    "userDataStream.subscribe.signature": lambda *_: {"subscriptionId": 0},
    "order.place": Counter.serve_place,
    "orderList.place.oco": Counter.serve_oco,
    "orderList.place.oto": Counter.serve_oto,
    "orderList.place.otoco": Counter.serve_oto,
    "order.cancel": Counter.serve_cancel,
    "order.cancelReplace": Counter.serve_swap,
    "order.amend.keepPriority": Counter.serve_amend,
    "order.status": Counter.serve_status,
    "allOrders": Counter.serve_all,
    "openOrders.status": Counter.serve_open,
    "myTrades": Counter.serve_own_trades,
    "account.status": lambda *_: {"balances": []},
}
