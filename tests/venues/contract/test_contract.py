"""The contract of every venue: the same commands have the same outcome, simulated or not.

A venue may lack something. Then it says so before anything is sent, by the code `unsupported`, and
such a card asks no more of it.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.venues.binance.family import cancel, replace
from tests.venues.binance.wire import EPOCH, NAME, START, order, query
from tests.venues.contract.benches import Bench, BinanceBench, Line, SimulatedBench
from tests.venues.contract.cards import (
    ENTRY,
    HIGH,
    LIMIT,
    LOW,
    STOP,
    Life,
    family,
    stop,
)
from tests.venues.contract.corner import CornerBench
from tests.venues.contract.gateway import GatewayBench
from trader.errors import VenueFault
from trader.model.account import AccountReported, OrderReport, PositionReport, QueryAccount
from trader.model.envelope import Message
from trader.model.orders import (
    OrderInDoubt,
    OrderRejected,
    OrderSubmitted,
    OrderType,
    TimeInForce,
)
from trader.model.units import SECOND_NS

LINES: list[Callable[[], Line]] = [BinanceBench, CornerBench]
BENCHES: list[Callable[[], Bench]] = [SimulatedBench, GatewayBench, *LINES]
MID = 6_000_000


@pytest.fixture(params=BENCHES, ids=lambda make: make.__name__)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Each venue in turn, ready to trade."""
    made: Bench = request.param()
    with ExitStack() as stack:
        if isinstance(made, GatewayBench):
            stack.callback(made.close)
        if not isinstance(made, SimulatedBench):
            made.connect(EPOCH)  # type: ignore[attr-defined]
        yield made


@pytest.fixture(params=LINES, ids=lambda make: make.__name__)
def line(request: pytest.FixtureRequest) -> Line:
    """Each codec in turn, ready to trade."""
    made: Line = request.param()
    made.connect(EPOCH)
    return made


def lives(*ids: str) -> tuple[Life, ...]:
    return tuple(Life(id_) for id_ in ids)


# -- one order ------------------------------------------------------------------------------------


def test_a_market_order_is_filled_whole(bench: Bench) -> None:
    life = Life(ENTRY).hear(bench.perform(order()))
    life.hear(bench.move(MID))

    assert (life.accepted, life.filled, life.end) == (True, 1_000, "")


def test_a_limit_rests_until_the_market_comes(bench: Bench) -> None:
    life = Life(ENTRY).hear(bench.perform(order(limit=LOW)))
    assert (life.accepted, life.filled) == (True, 0)

    life.hear(bench.move(LOW - 1_000))
    assert (life.filled, life.end) == (1_000, "")


def test_an_order_can_be_taken_back(bench: Bench) -> None:
    life = Life(ENTRY).hear(bench.perform(order(limit=LOW)))
    life.hear(bench.perform(cancel(ENTRY)))
    assert life.end == "canceled"

    life.hear(bench.move(LOW - 1_000))
    assert life.filled == 0


def test_a_cancel_that_comes_too_late_does_no_harm(bench: Bench) -> None:
    life = Life(ENTRY).hear(bench.perform(order()))
    life.hear(bench.move(MID))
    life.hear(bench.perform(cancel(ENTRY)))

    assert (life.filled, life.end) == (1_000, "")


def test_what_cannot_trade_at_once_expires(bench: Bench) -> None:
    life = Life(ENTRY)
    for force in (TimeInForce.IOC, TimeInForce.FOK):
        id_ = f"main-x-{EPOCH}-{force + 1}"
        life = Life(id_).hear(
            bench.perform(order(client_order_id=id_, limit=LOW, time_in_force=force))
        )
        assert life.filled == 0
        assert life.end in {"expired", "canceled"} or life.reason == "unsupported"


def test_an_order_that_only_rests_does_not_take(bench: Bench) -> None:
    life = Life(ENTRY).hear(bench.perform(order(limit=HIGH, time_in_force=TimeInForce.GTX)))
    life.hear(bench.move(MID))

    assert (life.filled, life.end) == (0, "rejected")


def test_a_stop_waits_for_its_price(bench: Bench) -> None:
    life = Life(ENTRY).hear(
        bench.perform(order(lots=-1_000, order_type=OrderType.STOP, stop_ticks=LOW))
    )
    if life.reason == "unsupported":
        return
    life.hear(bench.move(MID - 1_000))
    assert (life.accepted, life.filled) == (True, 0)

    life.hear(bench.move(LOW - 1_000))
    assert life.filled == -1_000


# -- changes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "lots"), [({"lots": 600}, 600), ({"lots": 1_400}, 1_400), ({}, 1_000)]
)
def test_an_order_can_be_changed(bench: Bench, changes: dict[str, int], lots: int) -> None:
    life = Life(ENTRY).hear(bench.perform(order(limit=LOW - 50_000)))
    life.hear(bench.perform(replace(ENTRY, limit_ticks=LOW, **changes)))
    if life.refused == ["unsupported"]:
        return

    assert (life.lots, life.end) == (lots, "")
    life.hear(bench.move(LOW - 1_000))
    assert life.filled == lots


def test_an_order_that_is_only_made_smaller_keeps_its_price(bench: Bench) -> None:
    life = Life(ENTRY).hear(bench.perform(order(limit=LOW)))
    life.hear(bench.perform(replace(ENTRY, lots=400)))
    if life.refused == ["unsupported"]:
        return

    assert (life.lots, life.end) == (400, "")
    life.hear(bench.move(LOW - 1_000))
    assert life.filled == 400


def test_a_change_to_nothing_is_a_cancel(bench: Bench) -> None:
    life = Life(ENTRY).hear(bench.perform(order(limit=LOW)))
    life.hear(bench.perform(replace(ENTRY, lots=0)))

    assert life.end == "canceled" or life.refused == ["unsupported"]


def test_what_is_gone_cannot_be_changed(bench: Bench) -> None:
    life = Life(ENTRY).hear(bench.perform(order()))
    life.hear(bench.move(MID))
    life.hear(bench.perform(replace(ENTRY, lots=2_000)))

    assert life.refused
    assert life.filled == 1_000


# -- families -------------------------------------------------------------------------------------


NONE_SUCH = {"unsupported", "unknown_parent"}
"""A venue has no families, or an entry that fills at once is gone before its children come."""


def opened(bench: Bench, price: int | None = LOW + 50_000) -> list[Message]:
    """A family whose entry has filled."""
    told = bench.perform(*family(limit=price))
    told += bench.move(LOW + 40_000)
    return told + bench.move(MID)


@pytest.mark.parametrize("price", [None, LOW + 50_000])
def test_protection_works_once_its_entry_has_filled(bench: Bench, price: int | None) -> None:
    """Whether the entry takes what there is or rests until it does."""
    entry_, stop_, limit_ = lives(ENTRY, STOP, LIMIT)
    told = opened(bench, price)
    if stop_.hear(told).reason in NONE_SUCH:
        return
    assert entry_.hear(told).filled == 1_000
    assert stop_.hear(told).accepted
    assert limit_.hear(told).accepted
    assert (stop_.filled, limit_.filled) == (0, 0)

    told = bench.move(LOW - 1_000)
    assert stop_.hear(told).filled == -1_000
    assert (limit_.hear(told).filled, limit_.end) == (0, "canceled")


def test_a_profit_that_is_taken_ends_the_stop(bench: Bench) -> None:
    _, stop_, limit_ = lives(ENTRY, STOP, LIMIT)
    told = opened(bench)
    if stop_.hear(told).reason in NONE_SUCH:
        return
    told += bench.move(HIGH + 1_000)

    assert limit_.hear(told).filled == -1_000
    assert (stop_.hear(told).filled, stop_.end) == (0, "canceled")


def test_children_of_what_never_filled_go_with_it(bench: Bench) -> None:
    entry_, stop_, limit_ = lives(ENTRY, STOP, LIMIT)
    told = bench.perform(*family(limit=LOW + 50_000))
    told += bench.perform(cancel(ENTRY))

    for life in (entry_, stop_, limit_):
        life.hear(told)
    assert entry_.end == "canceled"
    assert (stop_.end, limit_.end) in {("canceled", "canceled"), ("rejected", "rejected")}


def test_a_child_of_nobody_is_rejected(bench: Bench) -> None:
    stop_ = Life(STOP).hear(bench.perform(stop()))
    assert stop_.end == "rejected"
    assert stop_.reason in NONE_SUCH


def test_protection_can_be_moved_as_one(bench: Bench) -> None:
    """A level that trails, of a position that has shrunk."""
    _, stop_, limit_ = lives(ENTRY, STOP, LIMIT)
    told = opened(bench)
    if stop_.hear(told).reason in NONE_SUCH:
        return
    told += bench.perform(
        replace(STOP, lots=-400, stop_ticks=LOW + 50_000), replace(LIMIT, lots=-400)
    )
    stop_.hear(told)
    limit_.hear(told)
    assert (stop_.lots, limit_.lots, stop_.end, limit_.end) == (-400, -400, "", "")

    told = bench.move(LOW + 40_000)
    assert (stop_.hear(told).filled, limit_.hear(told).filled) == (-400, 0)


def test_a_profit_target_alone_can_be_taken_back(bench: Bench) -> None:
    _, stop_, limit_ = lives(ENTRY, STOP, LIMIT)
    told = opened(bench)
    if stop_.hear(told).reason in NONE_SUCH:
        return
    told += bench.perform(cancel(LIMIT))
    assert limit_.hear(told).end == "canceled"
    assert stop_.hear(told).end == ""

    assert stop_.hear(bench.move(LOW - 1_000)).filled == -1_000


# -- the line -------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", LINES)
def test_nothing_leaves_before_the_venue_listens(make: Callable[[], Line]) -> None:
    line = make()
    [rejected] = line.perform(order())

    assert isinstance(rejected, OrderRejected)
    assert rejected.code == "not_sent"
    assert line.received == []
    before = line.client.ready
    line.connect(EPOCH)
    assert (before, line.client.ready) == (False, True)


def test_an_id_leaves_once_and_in_its_epoch_alone(line: Line) -> None:
    line.perform(order(limit=LOW))
    again = line.perform(order(limit=LOW))
    former = line.perform(order(client_order_id=f"main-x-{EPOCH - 1}-9", limit=LOW))

    for told in (again, former):
        [rejected] = told
        assert isinstance(rejected, OrderRejected)
    assert line.received == [ENTRY]


def test_that_the_bytes_left_is_told_first(line: Line) -> None:
    told = line.perform(order(limit=LOW))
    assert isinstance(told[0], OrderSubmitted)


def test_an_order_without_an_answer_is_in_doubt_and_found(line: Line) -> None:
    """It is asked for and never sent again."""
    line.deafen(is_deaf=True)
    told = line.perform(order())
    was_busy = line.client.busy
    line.deafen(is_deaf=False)

    told += line.wait(30_000)
    assert OrderInDoubt in [type(each) for each in told]
    life = Life(ENTRY).hear(told)
    assert (life.filled, life.end) == (1_000, "")
    assert (was_busy, line.client.busy) == (True, False)
    assert line.received == [ENTRY]


def test_a_line_that_breaks_leaves_doubts(line: Line) -> None:
    line.deafen(is_deaf=True)
    line.perform(order(limit=LOW))
    assert OrderInDoubt in [type(each) for each in line.cut()]
    assert not line.client.ready

    line.deafen(is_deaf=False)
    line.connect(EPOCH + 1)
    life = Life(ENTRY).hear(line.perform(query()) + line.wait(30_000))
    assert (life.accepted, life.end) == (True, "")
    assert line.received == [ENTRY]


def test_what_filled_while_nobody_heard_is_told(line: Line) -> None:
    line.perform(order(limit=LOW))
    line.cut()
    line.move(LOW - 1_000)
    line.connect(EPOCH + 1)
    life = Life(ENTRY).hear(line.perform(query()) + line.wait(30_000))

    assert (life.filled, life.end) == (1_000, "")


def test_an_order_that_the_venue_never_saw_is_absent(line: Line) -> None:
    """Proven after a while, and not before."""
    life = Life(ENTRY).hear(line.perform(query()))
    assert life.end == ""

    life.hear(line.wait(60_000))
    assert (life.end, life.reason) == ("rejected", "absent")


def test_the_account_is_told_whole(line: Line) -> None:
    line.perform(order(limit=LOW), order(2))
    told = line.perform(QueryAccount(request_id="q")) + line.wait(10_000)

    orders = [each for each in told if isinstance(each, OrderReport)]
    positions = [each for each in told if isinstance(each, PositionReport)]
    [end] = [each for each in told if isinstance(each, AccountReported)]
    assert [(each.client_order_id, each.lots, each.lots_filled) for each in orders] == [
        (ENTRY, 1_000, 0)
    ]
    assert [each.instrument for each in positions] == [NAME]
    assert (end.request_id, end.count) == ("q", len(orders) + len(positions))


@pytest.mark.parametrize("frame", [b"", b"{", b"\xff", b"<html>", b"null", b"[]", b"[" * 10_000])
def test_nonsense_is_the_venues_fault(line: Line, frame: bytes) -> None:
    with pytest.raises(VenueFault):
        line.client.hear(frame, START)


def test_it_can_be_asked_when_it_has_something_to_do(line: Line) -> None:
    """And then does it: its next time lies ahead."""
    line.deafen(is_deaf=True)
    line.perform(order(limit=LOW))
    due = line.client.due
    line.client.tick(due)

    assert due < line.client.due <= due + 3_600 * SECOND_NS
