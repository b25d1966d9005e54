"""What is under way arrives after the latency, in the order in which it left."""

from hypothesis import given
from hypothesis import strategies as st

from sims.link import Link
from trader.model.envelope import Message
from trader.model.orders import CancelOrder, OrderCanceled
from trader.model.units import INT64_MAX


def cancel(number: int) -> Message:
    return CancelOrder(
        client_order_id=str(number), instrument="X.sim", request_id="", reason="asked_for"
    )


def test_nothing_is_due_on_an_empty_way() -> None:
    link = Link(5, lambda: 0)
    assert link.next_due == INT64_MAX
    assert link.in_flight == 0


def test_a_command_arrives_after_the_latency_and_a_report_too() -> None:
    link = Link(5, lambda: 0)
    link.send(cancel(1), 100)
    link.report(OrderCanceled(client_order_id="1"), 102)
    assert link.commands[0] == (105, cancel(1))
    assert link.reports[0] == (107, OrderCanceled(client_order_id="1"))
    assert link.next_due == 105
    assert link.in_flight == 2


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_nothing_overtakes(steps: list[tuple[int, int]]) -> None:
    jitters = iter([jitter for _, jitter in steps])
    link = Link(3, lambda: next(jitters))
    now = 0
    for number, (wait, _) in enumerate(steps):
        now += wait
        link.send(cancel(number), now)
    due = [each for each, _ in link.commands]
    assert due == sorted(due)
    assert [message for _, message in link.commands] == [cancel(k) for k in range(len(steps))]


def test_what_is_meant_arrives_at_once_and_the_rest_goes_on() -> None:
    link = Link(5, lambda: 0)
    for number in range(4):
        link.send(cancel(number), 100 + number)

    odd = link.take(link.commands, lambda command: command in (cancel(1), cancel(3)))

    assert odd == [cancel(1), cancel(3)]
    assert list(link.commands) == [(105, cancel(0)), (107, cancel(2))]
    link.send(cancel(4), 101)
    assert link.commands[-1] == (107, cancel(4))  # nothing overtakes what is still under way
