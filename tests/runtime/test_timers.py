"""Timers: never early, at most once, in one order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.runtime.timers import Timers, TimersState
from trader.model.control import StartTimer, TimerFired
from trader.model.units import INT64_MAX


def timer(owner: str, due: int, *, name: str = "t", after_bars: bool = False) -> StartTimer:
    return StartTimer(owner=owner, name=name, due=due, after_bars=after_bars)


def started(*messages: StartTimer) -> Timers:
    timers = Timers()
    for message in messages:
        assert timers.start(message, 0) == ()
    return timers


def fired(timers: Timers, now: int, *, after_bars: bool = True) -> list[str]:
    """The owners of what fires at `now`, in order."""
    owners = []
    while (rings := timers.due(now, after_bars=after_bars)) is not None:
        owners.append(rings.owner)
    return owners


def test_a_timer_fires_once_with_what_it_was_started_with() -> None:
    timers = started(timer("a", 5, name="session"))

    assert timers.due(4, after_bars=True) is None
    assert timers.due(5, after_bars=True) == TimerFired(owner="a", name="session", due=5)
    assert timers.due(5, after_bars=True) is None


def test_a_timer_that_is_late_says_when_it_was_due() -> None:
    assert started(timer("a", 5)).due(99, after_bars=False) == TimerFired(
        owner="a", name="t", due=5
    )


@pytest.mark.parametrize(
    ("messages", "now", "before_bars", "after"),
    [
        ([timer("a", 5), timer("b", 5)], 5, ["a", "b"], []),
        ([timer("b", 5), timer("a", 5)], 5, ["b", "a"], []),  # as they were started
        ([timer("a", 5), timer("b", 4)], 5, ["b", "a"], []),
        ([timer("a", 5, after_bars=True), timer("b", 5)], 5, ["b"], ["a"]),
        ([timer("a", 5, after_bars=True), timer("b", 6)], 5, [], ["a"]),
        # An instant that has gone by has no bars to wait for.
        ([timer("a", 4, after_bars=True), timer("b", 5)], 5, ["a", "b"], []),
        ([timer("a", 6), timer("b", 7)], 5, [], []),
    ],
)
def test_at_one_instant_those_that_wait_for_its_bars_come_last(
    messages: list[StartTimer], now: int, before_bars: list[str], after: list[str]
) -> None:
    timers = started(*messages)

    assert fired(timers, now, after_bars=False) == before_bars
    assert fired(timers, now) == after


def test_starting_a_pending_timer_again_moves_it() -> None:
    timers = started(timer("a", 5), timer("b", 6), timer("a", 7), timer("a", 6, name="other"))

    assert fired(timers, 5) == []
    assert fired(timers, 7) == ["b", "a", "a"]


def test_it_is_known_when_the_next_one_is_due() -> None:
    timers = started(timer("a", 7), timer("b", 5))

    assert timers.next_due == 5
    fired(timers, 5)
    assert timers.next_due == 7
    fired(timers, 7)
    assert timers.next_due == INT64_MAX


def test_a_state_can_be_taken_over() -> None:
    timers = started(timer("a", 7), timer("b", 5))
    again, empty = Timers(), started(timer("a", 7))

    again.load(timers.state)
    empty.load(TimersState())

    assert (again.next_due, empty.next_due) == (5, INT64_MAX)
    assert fired(again, 7) == ["b", "a"]
    assert fired(empty, 7) == []


STARTS = st.builds(timer, st.sampled_from("abcd"), st.integers(0, 9), after_bars=st.booleans())


@given(st.lists(STARTS, max_size=12), st.lists(st.tuples(st.integers(0, 3), st.booleans())))
def test_never_early_at_most_once_and_in_the_order_of_their_instants(
    messages: list[StartTimer], steps: list[tuple[int, bool]]
) -> None:
    timers = started(*messages)
    wanted = {message.owner: message for message in messages}
    seen: list[tuple[int, bool, str]] = []
    now = 0
    for step, after_bars in [*steps, (9, True)]:
        now += step
        while (rings := timers.due(now, after_bars=after_bars)) is not None:
            message = wanted.pop(rings.owner)
            assert rings.due == message.due <= now
            assert after_bars or not message.after_bars or message.due < now
            seen.append((message.due, message.after_bars, message.owner))
        assert timers.next_due == min((m.due for m in wanted.values()), default=INT64_MAX)
    assert wanted == {}
    assert [due for due, *_ in seen] == sorted(due for due, *_ in seen)
