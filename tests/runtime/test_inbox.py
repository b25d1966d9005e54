"""The inbox: order of arrival, and what becomes of too much."""

import anyio
import pytest

from actors.runtime.inbox import Inbox, InboxLimits
from trader.model.control import InboxOverflowed
from trader.model.envelope import Message
from trader.model.market import BarClosed
from trader.model.orders import OrderAccepted

pytestmark = pytest.mark.anyio


def bar(number: int, instrument: str = "A.x") -> BarClosed:
    return BarClosed(instrument, 1, 1, 1, 1, 1, 1, number, number + 1)


def report(number: int) -> OrderAccepted:
    return OrderAccepted(client_order_id=str(number))


def inbox(bars: int = 3, reports: int = 4) -> Inbox:
    return Inbox(InboxLimits(bars_max=bars, reports_max=reports))


def test_everything_comes_out_in_the_order_of_its_arrival() -> None:
    box = inbox()
    arrived: list[Message] = [bar(1), report(1), report(2), bar(2), report(3), bar(3)]
    for message in arrived:
        box.put(message)

    assert len(box) == 6
    assert [*box.take(4), *box.take(1), *box.take(9)] == arrived
    assert (box.take(1), len(box), box.conflated) == ([], 0, 0)


def test_beyond_the_limit_the_newest_bar_replaces_its_elder() -> None:
    box = inbox()
    for message in (bar(1, "A.x"), bar(1, "B.x"), report(1), bar(2, "A.x"), bar(3, "A.x")):
        box.put(message)

    assert box.take(9) == [bar(1, "A.x"), bar(1, "B.x"), report(1), bar(3, "A.x")]
    assert box.conflated == 1


def test_an_instrument_without_a_waiting_bar_takes_the_place_of_the_oldest() -> None:
    box = inbox(bars=1)
    box.put(bar(1, "A.x"))
    box.put(bar(1, "B.x"))

    assert box.take(9) == [bar(1, "B.x")]
    assert box.conflated == 1


def test_reports_beyond_the_limit_are_all_there_and_said_once() -> None:
    box = inbox()
    for number in range(7):
        box.put(report(number))

    taken = box.take(20)

    assert [each for each in taken if isinstance(each, OrderAccepted)] == [
        report(number) for number in range(7)
    ]
    assert [each for each in taken if isinstance(each, InboxOverflowed)] == [
        InboxOverflowed(kind="reports", count=5)
    ]
    assert isinstance(taken[0], InboxOverflowed)


def test_after_a_drain_the_next_flood_is_said_again() -> None:
    box = inbox()
    for _ in range(2):
        for number in range(6):
            box.put(report(number))
        assert sum(isinstance(each, InboxOverflowed) for each in box.take(20)) == 1


async def test_whoever_waits_is_woken_by_the_next_message() -> None:
    box = inbox()
    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(box.wait)
            await anyio.wait_all_tasks_blocked()
            box.put(report(1))
        await box.wait()
    box.take(1)
    with anyio.move_on_after(0) as scope:
        await box.wait()
    assert scope.cancelled_caught
