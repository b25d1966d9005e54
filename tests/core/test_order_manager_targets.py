"""From a wish to an order: targets, the stops that go with them, and orders of one's own."""

import pytest

from tests.core.desks import (
    accepted,
    ask,
    cancel_rejected,
    canceled,
    commands,
    denied,
    fill,
    holds,
    in_doubt,
    made_lots,
    manager,
    name,
    order,
    rejected,
    work,
)
from tests.core.making import A, B, given, submit, target
from trader.model.envelope import Message
from trader.model.orders import (
    CancelKey,
    CancelOrder,
    CancelRequested,
    OrderApproved,
    OrderRequested,
    OrderRole,
    OrderStatus,
    OrderType,
    Protection,
    SubmitOrder,
)

PROTECTION = OrderRole.PROTECTION


def test_a_target_becomes_an_order_that_says_whence_it_came() -> None:
    made = manager()

    [made_order] = given(made, target(10, ref_ticks=77), now=5)

    assert made_order == submit(10, client_order_id=name(1), ref_ticks=77, ts_decided=5)
    assert order(made).status is OrderStatus.INITIALIZED


@pytest.mark.parametrize(
    ("position", "working", "lots", "expected"),
    [
        (0, [], 10, ["submit 1 10"]),
        (0, [], 0, []),
        (4, [], 10, ["submit 1 6"]),
        (10, [], 10, []),
        (10, [], 4, ["submit 1 -6"]),
        (10, [], -5, ["submit 1 -15"]),
        (-5, [], 0, ["submit 1 5"]),
        (0, [10], 10, []),  # on its way already
        (0, [10], 15, ["submit 2 5"]),
        (0, [10, 15], 15, []),
        # What is open goes too far: it is taken back and made anew.
        (0, [10], 4, ["cancel 1", "submit 2 4"]),
        (0, [10], 0, ["cancel 1"]),
        (0, [10], -5, ["cancel 1", "submit 2 -5"]),
        (0, [10, 15], -5, ["cancel 1", "cancel 2", "submit 3 -5"]),
        (10, [0], 10, ["cancel 1"]),
        (10, [0], 5, ["cancel 1", "submit 2 -5"]),
        (10, [4], -5, ["submit 2 -9"]),
    ],
)
def test_the_order_is_what_lacks_beside_position_and_open_orders(
    position: int, working: list[int], lots: int, expected: list[str]
) -> None:
    made = manager()
    holds(made, position)
    for each in working:
        work(made, target(each))

    assert commands(given(made, target(lots))) == expected


def test_a_part_that_is_filled_is_open_no_more() -> None:
    """What the portfolio has told is position, what the order still may fill is open."""
    made = manager()
    work(made, target(10))
    given(made, fill(4))
    holds(made, 4)

    assert made_lots(given(made, target(15))) == [5]


def test_each_strategy_counts_its_own_orders() -> None:
    made = manager()
    two = {"strategy": "two", "instrument": B}
    wishes = [target(1), target(5, **two), target(3), target(-2, **two)]

    orders = [each for each in ask(made, *wishes) if isinstance(each, SubmitOrder)]

    assert [each.client_order_id for each in orders] == [
        name(1),
        name(1, "two"),
        name(2),
        name(2, "two"),
    ]
    assert [each.instrument for each in orders] == [A, B, A, B]


def test_a_cancel_is_told_and_sent() -> None:
    made = manager()
    work(made, target(10))

    assert given(made, target(0)) == [
        CancelRequested(
            client_order_id=name(1),
            strategy="one",
            instrument=A,
            status=OrderStatus.PENDING_CANCEL,
            request_id=f"{name(1)}-c",
        ),
        CancelOrder(
            client_order_id=name(1),
            instrument=A,
            request_id=f"{name(1)}-c",
            reason="target_changed",
        ),
    ]


def test_a_denied_order_was_never_there() -> None:
    made = manager()
    [first] = given(made, target(10))
    assert isinstance(first, SubmitOrder)

    assert given(made, denied(first)) == []
    assert order(made).status is OrderStatus.DENIED
    assert commands(given(made, target(10))) == ["submit 2 10"]


# -- stops that go with an entry -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "lots", "expected"),
    [
        (0, 10, [(10, None), (-10, 80), (-10, 70)]),
        (0, -10, [(-10, None), (10, 120), (10, 130)]),
        (0, 1, [(1, None), (-1, 80), (-1, 70)]),
        (0, -1, [(-1, None), (1, 120), (1, 130)]),
        (-5, 10, [(15, None), (-10, 80), (-10, 70)]),  # what it opens, not what it closes
        (5, 10, [(5, None), (-5, 80), (-5, 70)]),  # the other five have theirs
        (10, 4, [(-6, None)]),
        (10, 10, []),
        (10, 0, [(-10, None)]),
    ],
)
def test_stops_protect_what_the_entry_opens(
    position: int, lots: int, expected: list[tuple[int, int | None]]
) -> None:
    made = manager()
    holds(made, position)
    stops = (Protection("near", 20), Protection("far", 30))

    orders = ask(made, target(lots, protection=stops))

    assert all(isinstance(each, SubmitOrder) for each in orders)
    assert [
        (each.lots, each.stop_ticks) for each in orders if isinstance(each, SubmitOrder)
    ] == expected


def test_a_stop_names_its_entry_and_its_role() -> None:
    made = manager()
    [entry] = given(made, target(10, protection=(Protection("atr_stop", 30),)), now=3)
    assert entry == submit(10, ts_decided=3)

    assert given(made, OrderApproved(order=entry, limits_version=1), now=3) == [
        submit(
            -10,
            client_order_id=name(2),
            order_type=OrderType.STOP,
            stop_ticks=70,
            role=PROTECTION,
            parent=name(1),
            ts_decided=3,
        )
    ]


def test_an_entry_that_is_denied_takes_its_stops_along() -> None:
    made = manager()
    [entry] = given(made, target(10, protection=(Protection("atr_stop", 30),)))
    assert isinstance(entry, SubmitOrder)

    assert given(made, denied(entry)) == []
    assert list(made.state.orders) == [name(1)]


def test_a_stop_stays_on_the_grid() -> None:
    [_, stop] = ask(manager(), target(10, protection=(Protection("atr_stop", 100),)))

    assert isinstance(stop, SubmitOrder)
    assert stop.stop_ticks == 1


def test_stops_and_own_orders_do_not_count_as_open() -> None:
    made = manager()
    work(made, target(10, protection=(Protection("s", 20),)), request("k", 7))

    assert commands(given(made, target(15))) == ["submit 4 5"]


# -- orders of its own ---------------------------------------------------------------------------


def request(
    key: str, lots: int, *, limit: int | None = None, stop: int | None = None
) -> OrderRequested:
    kind = OrderType.STOP if stop else OrderType.LIMIT if limit else OrderType.MARKET
    return OrderRequested(
        strategy="one",
        instrument=A,
        key=key,
        lots=lots,
        order_type=kind,
        limit_ticks=limit,
        stop_ticks=stop,
        ref_ticks=100,
    )


def cancel(key: str) -> CancelKey:
    return CancelKey(strategy="one", key=key)


@pytest.mark.parametrize(
    ("prices", "kind"),
    [({}, OrderType.MARKET), ({"limit": 90}, OrderType.LIMIT), ({"stop": 110}, OrderType.STOP)],
)
def test_a_request_becomes_the_order_it_asks_for(prices: dict[str, int], kind: OrderType) -> None:
    assert given(manager(), request("k", -3, **prices), now=4) == [
        submit(
            -3,
            order_type=kind,
            limit_ticks=prices.get("limit"),
            stop_ticks=prices.get("stop"),
            role=OrderRole.EXPLICIT,
            ts_decided=4,
        )
    ]


def test_a_request_for_nothing_is_none() -> None:
    assert given(manager(), request("k", 0)) == []


@pytest.mark.parametrize("end", [canceled(), rejected(), fill(3)])
def test_a_key_names_one_order_until_that_ends(end: Message) -> None:
    made = manager()
    work(made, request("k", 3), request("other", 1))

    assert given(made, request("k", 5)) == []
    given(made, end)
    assert given(made, cancel("k")) == []
    assert commands(ask(made, request("k", 5))) == ["submit 3 5"]
    assert commands(given(made, cancel("other"))) == ["cancel 2"]


def test_a_denied_request_frees_its_key() -> None:
    made = manager()
    [first] = given(made, request("k", 3))
    assert isinstance(first, SubmitOrder)
    given(made, denied(first))

    assert commands(given(made, request("k", 3))) == ["submit 2 3"]


def test_a_key_cancels_its_order_once() -> None:
    made = manager()
    work(made, request("k", 3))

    assert commands(given(made, cancel("nobody's"))) == []
    assert commands(given(made, cancel("k"))) == ["cancel 1"]
    assert commands(given(made, cancel("k"))) == []


# -- where cancels take time ---------------------------------------------------------------------


def test_a_new_target_waits_for_the_answers_to_its_cancels() -> None:
    made = manager(patient=True)
    work(made, target(10), target(15))

    assert commands(given(made, target(-5))) == ["cancel 1", "cancel 2"]
    assert commands(given(made, canceled(1))) == []
    assert commands(given(made, canceled(2))) == ["submit 3 -5"]
    assert made.state.desks["one"].waiting is None


def test_the_last_of_several_targets_is_the_one_that_waits() -> None:
    """It finds nothing left to cancel, and yet the way is not free."""
    made = manager(patient=True)
    work(made, target(10))
    given(made, target(-5))

    assert commands(given(made, target(-7))) == []
    assert commands(given(made, canceled())) == ["submit 2 -7"]


def test_a_target_that_is_where_we_stand_ends_the_waiting() -> None:
    made = manager(patient=True)
    work(made, target(10))
    given(made, target(-5), target(0))

    assert commands(given(made, canceled())) == []
    assert made.state.desks["one"].waiting is None


def test_what_was_not_cancelled_counts_as_open() -> None:
    made = manager(patient=True)
    work(made, target(10))
    given(made, target(-5))

    assert commands(given(made, cancel_rejected())) == ["submit 2 -15"]


def test_a_fill_of_part_of_it_is_no_answer() -> None:
    made = manager(patient=True)
    work(made, target(10))
    given(made, target(-5))

    assert commands(given(made, fill(4))) == []
    holds(made, 4)
    assert commands(given(made, canceled())) == ["submit 2 -9"]


def test_a_target_waits_for_an_order_in_doubt_as_well() -> None:
    """Its cancel is kept until the order is known to work; the target waits for both."""
    made = manager(patient=True)
    ask(made, target(10))
    given(made, in_doubt())

    assert given(made, target(-5)) == []
    assert commands(given(made, accepted())) == ["cancel 1"]
    assert commands(given(made, canceled())) == ["submit 2 -5"]


def test_with_no_cancel_to_wait_for_nobody_waits() -> None:
    made = manager(patient=True)
    work(made, target(10))

    assert commands(given(made, target(15))) == ["submit 2 5"]
