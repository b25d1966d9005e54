"""The inbox: order of arrival, and what becomes of too much."""

import anyio
import pytest

from actors.runtime.inbox import Inbox, InboxLimits
from trader.model.control import CancelById, InboxOverflowed, SetTradingState, TradingState
from trader.model.envelope import Message
from trader.model.market import BarClosed, BookDelta, Quote, Trade
from trader.model.orders import OrderAccepted

pytestmark = pytest.mark.anyio


def bar(number: int, instrument: str = "A.x") -> BarClosed:
    return BarClosed(instrument, 1, 1, 1, 1, 1, 1, number, number + 1)


def report(number: int) -> OrderAccepted:
    return OrderAccepted(client_order_id=str(number))


def inbox(bars: int = 3, reports: int = 4) -> Inbox:
    return Inbox(InboxLimits(market_max=bars, reports_max=reports))


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


def test_an_instrument_of_which_nothing_waits_has_its_place_all_the_same() -> None:
    box = inbox(bars=1)
    for message in (bar(1, "A.x"), bar(1, "B.x"), bar(2, "B.x")):
        box.put(message)

    assert len(box) == 2
    assert box.take(9) == [bar(1, "A.x"), bar(2, "B.x")]
    assert box.conflated == 1


def quote(number: int, instrument: str = "A.x") -> Quote:
    return Quote(instrument, number, number + 1, 1, 1, number)


def trade(number: int) -> Trade:
    return Trade("A.x", number, 1, 1, number, number)


def delta(number: int) -> BookDelta:
    return BookDelta("A.x", 1, number, 1, number, number, -1, 0, 1, number)


def test_each_kind_and_length_conflates_for_itself() -> None:
    box = inbox(bars=1)
    hour = BarClosed("A.x", 60, 1, 1, 1, 1, 1, 1, 61)
    for message in (bar(1), quote(1), trade(1), hour, quote(2), trade(2), bar(2)):
        box.put(message)

    assert box.take(9) == [hour, quote(2), trade(2), bar(2)]
    assert box.conflated == 3


def test_changes_of_a_book_all_wait() -> None:
    box = inbox(bars=1)
    for number in range(9):
        box.put(delta(number))

    assert box.take(20) == [delta(number) for number in range(9)]


def test_a_flood_that_nobody_takes_leaves_no_more_behind_than_what_waits() -> None:
    box = inbox(bars=3)
    for number in range(1_000):
        box.put(quote(number))

    assert len(box) == 3
    assert len(box._market) <= 7  # noqa: SLF001 - what it costs is what is tested
    assert box.take(9) == [quote(0), quote(1), quote(999)]
    assert (box.conflated, len(box)) == (997, 0)


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


def test_what_people_tell_can_be_heard_ahead_of_everything_else() -> None:
    box = inbox()
    halt = SetTradingState(state=TradingState.HALTED, by="ann", reason="lunch")
    cancel = CancelById(client_order_id="1", by="ann", reason="wrong")
    for message in (bar(1), report(1), halt, report(2), cancel):
        box.put(message)

    assert box.take_told() == [halt, cancel]
    assert box.take_told() == []
    assert list(box.take(9)) == [bar(1), report(1), report(2)]


async def test_who_waits_waits_on_when_all_that_was_there_was_told() -> None:
    box = inbox()
    box.put(CancelById(client_order_id="1", by="ann", reason="wrong"))
    box.take_told()

    with anyio.move_on_after(0) as scope:
        await box.wait()
    assert scope.cancelled_caught
