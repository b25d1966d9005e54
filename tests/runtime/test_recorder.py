"""Every message that is an output, column by column in its table."""

from collections.abc import Sequence
from typing import Any

import pytest

from actors.runtime.recorder import OUTPUTS, Approvals, Recorder
from tests.core.making import A, submit, target
from trader.logic.tables import DICTIONARIES, INPUTS_MAX, SCHEMAS, Tables
from trader.model import orders
from trader.model.account import EquitySampled, PositionAdjusted
from trader.model.control import TradingState, TradingStateChanged
from trader.model.envelope import Message
from trader.model.orders import (
    DecisionRecorded,
    Liquidity,
    OrderAccepted,
    OrderApproved,
    OrderCanceled,
    OrderDenied,
    OrderEvent,
    OrderFilled,
    OrderRole,
    OrderStatus,
    OrderType,
)
from trader.model.units import NONE

NAME, TS, CAUSE = (7, 3), 1_000, (6, 2)
HEAD = {"seq": 7, "n": 3, "ts": 1_000, "cause_seq": 6, "cause_n": 2}
ID = "main-one-1-1"


def recorded(*messages: Message) -> tuple[Recorder, dict[str, list[dict[str, int]]]]:
    """What stands in the tables after these messages, the empty tables left out."""
    recorder = Recorder(Tables())
    for message in messages:
        recorder.records[type(message)](NAME, TS, CAUSE, message)
    rows = {
        name: [table.row(index) for index in range(len(table))]
        for name, table in recorder.tables.tables.items()
        if len(table)
    }
    return recorder, rows


def decision(**columns: int) -> dict[str, list[dict[str, int]]]:
    usual = {"strategy": 0, "instrument": 0, "target_lots": 5, "reason": 0}
    inputs = {f"input_{k}": 0 for k in range(INPUTS_MAX)}
    return {"decisions": [{**HEAD, **usual, **inputs, **columns}]}


def placed(**columns: int) -> dict[str, list[dict[str, int]]]:
    usual = {"order": 0, "strategy": 0, "instrument": 0, "order_type": 0, "lots": -5}
    prices = {"limit_ticks": NONE, "stop_ticks": NONE}
    rest = {"time_in_force": 0, "role": 0, "parent": NONE}
    return {"orders": [{**HEAD, **usual, **prices, **rest, **columns}]}


def moved(status: OrderStatus, lots_filled: int = 0) -> dict[str, int]:
    return {**HEAD, "order": 0, "status": status, "lots_filled": lots_filled}


def event(kind: type[OrderEvent], status: OrderStatus, **fields: Any) -> Any:
    return kind(client_order_id=ID, strategy="one", instrument=A, status=status, **fields)


FILL = event(
    OrderFilled,
    OrderStatus.PARTIALLY_FILLED,
    lots_filled=4,
    trade_id="t",
    last_lots=3,
    last_ticks=101,
    fee=9,
    liquidity=Liquidity.MAKER,
    ts_event=990,
)


@pytest.mark.parametrize(
    ("message", "rows"),
    [
        (target(5), decision()),
        (target(5, inputs=(1, -2)), decision(input_0=1, input_1=-2)),
        (
            target(5, inputs=(1, 2, 3, 4)),
            decision(input_0=1, input_1=2, input_2=3, input_3=4),
        ),
        (
            DecisionRecorded(strategy="one", instrument=A, lots=-5, reason="r", inputs=(8,)),
            decision(target_lots=-5, input_0=8),
        ),
        (submit(-5), placed()),
        (
            submit(-5, order_type=OrderType.LIMIT, limit_ticks=9, role=OrderRole.EXPLICIT),
            placed(order_type=1, limit_ticks=9, role=2),
        ),
        (
            submit(-5, order_type=OrderType.STOP, stop_ticks=8, role=OrderRole.PROTECTION),
            placed(order_type=2, stop_ticks=8, role=1),
        ),
        (submit(-5, parent="main-one-1-0"), placed(parent=1)),
        (
            OrderApproved(order=submit(-5), limits_version=4),
            {"statuses": [moved(OrderStatus.APPROVED)]},
        ),
        (
            event(OrderDenied, OrderStatus.INITIALIZED, lots=-5, code="c", detail="d"),
            {
                "statuses": [moved(OrderStatus.DENIED)],
                "denials": [
                    {**HEAD, "order": 0, "strategy": 0, "instrument": 0, "lots": -5, "code": 0}
                ],
            },
        ),
        (
            FILL,
            {
                "statuses": [moved(OrderStatus.PARTIALLY_FILLED, 4)],
                # A fill's instant is the venue's.
                "fills": [
                    {
                        **HEAD,
                        "ts": 990,
                        "order": 0,
                        "trade": 0,
                        "strategy": 0,
                        "instrument": 0,
                        "lots": 3,
                        "ticks": 101,
                        "fee": 9,
                        "liquidity": 0,
                    }
                ],
            },
        ),
        (
            TradingStateChanged(
                state=TradingState.ACTIVE, previous=TradingState.HALTED, code="c", by="b"
            ),
            {"states": [{**HEAD, "state": 2, "previous": 0, "code": 0, "by": 1}]},
        ),
        (
            EquitySampled(equity=1, cash=-2, realized=3, unrealized=-4, peak=5),
            {
                "equity": [
                    {
                        **HEAD,
                        "equity": 1,
                        "cash": -2,
                        "realized": 3,
                        "unrealized": -4,
                        "peak": 5,
                    }
                ]
            },
        ),
    ],
)
def test_an_output_stands_in_its_table(
    message: Message, rows: dict[str, list[dict[str, int]]]
) -> None:
    recorder, found = recorded(message)

    assert found == rows
    assert all(list(row) == list(SCHEMAS[name]) for name, some in found.items() for row in some)
    assert set(recorder.tables.names) == set(DICTIONARIES)


EVENTS = {
    orders.OrderSubmitted: OrderStatus.SUBMITTED,
    orders.OrderAccepted: OrderStatus.ACCEPTED,
    orders.OrderRejected: OrderStatus.REJECTED,
    orders.CancelRequested: OrderStatus.PENDING_CANCEL,
    orders.CancelRejected: OrderStatus.PARTIALLY_FILLED,
    orders.ReplaceRequested: OrderStatus.PENDING_REPLACE,
    orders.ReplaceRejected: OrderStatus.ACCEPTED,
    orders.OrderReplaced: OrderStatus.ACCEPTED,
    orders.OrderCanceled: OrderStatus.CANCELED,
    orders.OrderExpired: OrderStatus.EXPIRED,
    orders.OrderInDoubt: OrderStatus.IN_DOUBT,
    orders.OrderBusted: OrderStatus.FILLED,
}
NEEDED: dict[type, dict[str, Any]] = {
    orders.OrderRejected: {"code": "c"},
    orders.OrderReplaced: {"lots": 5},
    orders.OrderBusted: {"trade_id": "t", "last_lots": 1, "last_ticks": 1},
}


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_every_change_of_status_is_a_row(kind: type[OrderEvent]) -> None:
    status = EVENTS[kind]

    _, rows = recorded(event(kind, status, lots_filled=2, **NEEDED.get(kind, {})))

    assert rows.pop("replacements", []) == (
        [{**HEAD, "order": 0, "lots": 5, "limit_ticks": NONE, "stop_ticks": NONE}]
        if kind is orders.OrderReplaced
        else []
    )
    assert rows == {"statuses": [moved(status, 2)]}


def test_a_replacement_says_what_the_order_is_from_now_on() -> None:
    changed = event(
        orders.OrderReplaced, OrderStatus.ACCEPTED, lots=-5, limit_ticks=7, stop_ticks=9
    )

    _, rows = recorded(changed)

    assert rows["replacements"] == [
        {**HEAD, "order": 0, "lots": -5, "limit_ticks": 7, "stop_ticks": 9}
    ]


def test_what_a_split_or_a_dividend_made_of_a_position_is_a_row() -> None:
    adjusted = PositionAdjusted(
        strategy="one", instrument=A, lots=70, cost=5, income=-3, reason="split"
    )

    recorder, rows = recorded(adjusted)

    assert rows == {
        "adjustments": [
            {**HEAD, "strategy": 0, "instrument": 0, "lots": 70, "cost": 5, "income": -3,
             "reason": 0}
        ]
    }  # fmt: skip
    assert list(recorder.tables.names["reasons"]) == ["split"]


def test_these_are_all_the_events_there_are() -> None:
    assert {*EVENTS, OrderDenied, OrderFilled} == set(OrderEvent.__subclasses__())
    assert {*EVENTS, OrderDenied, OrderFilled} <= Recorder(Tables()).records.keys()


def test_names_are_numbered_as_they_appear() -> None:
    """One for the whole dictionary: a fill finds its order by the number the order has."""
    recorder, rows = recorded(
        target(5, reason="up"),
        target(0, strategy="two", instrument="B.v", reason="down"),
        submit(5),
        submit(-5, client_order_id="main-one-1-2", parent=ID),
        FILL,
    )

    assert [list(recorder.tables.names[kind]) for kind in DICTIONARIES] == [
        [ID, "main-one-1-2"],
        ["t"],
        ["one", "two"],
        [A, "B.v"],
        ["up", "down"],
        [],
    ]
    assert [row["strategy"] for row in rows["decisions"]] == [0, 1]
    assert [row["parent"] for row in rows["orders"]] == [NONE, 0]
    assert rows["fills"][0]["order"] == 0


# -- approvals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ([], NAME),
        ([event(orders.OrderAccepted, OrderStatus.ACCEPTED)], NAME),
        ([FILL], NAME),
        ([event(OrderCanceled, OrderStatus.CANCELED)], (0, 0)),
        ([event(orders.OrderRejected, OrderStatus.REJECTED, code="c")], (0, 0)),
        ([event(orders.OrderCanceled, OrderStatus.CANCELED)] * 2, (0, 0)),
    ],
)
def test_the_name_of_an_approval_is_known_while_its_order_is_open(
    later: Sequence[Message], expected: tuple[int, int]
) -> None:
    recorder, _ = recorded(OrderApproved(order=submit(5), limits_version=1), *later)

    assert recorder.approval(ID) == expected
    assert recorder.approval("a stranger's") == (0, 0)


def test_a_run_without_tables_names_the_same_and_knows_the_same_approvals() -> None:
    with_tables, without = Recorder(Tables()), Approvals()
    assert set(with_tables.records) == set(without.records) == set(OUTPUTS)

    order = submit(5, client_order_id=ID)
    for event in (
        order,
        OrderApproved(order=order, limits_version=1),
        OrderAccepted(client_order_id=ID, status=OrderStatus.ACCEPTED),
    ):
        for recorder in (with_tables, without):
            recorder.records[type(event)](NAME, TS, CAUSE, event)
        assert with_tables.approvals == without.approvals
    assert (without.approval(ID), without.approval("another")) == (NAME, (0, 0))

    ended = OrderCanceled(client_order_id=ID, status=OrderStatus.CANCELED)
    without.records[OrderCanceled](NAME, TS, CAUSE, ended)
    assert without.approvals == {}
