"""The venue hears when sessions close, each group of instruments at its own time."""

from sims.closings import Closing, Closings
from trader.model.units import INT64_MAX


def every(step: int) -> Closing:
    return Closing(instruments=[f"I{step}"], next_close=lambda ts: (ts // step + 1) * step)


def test_without_groups_nothing_closes() -> None:
    closings = Closings([])
    closings.start(0)
    assert closings.next_due == INT64_MAX
    assert list(closings.closed(10**18)) == []


def test_a_close_at_the_start_is_over() -> None:
    closings = Closings([every(10)])
    closings.start(20)
    assert closings.next_due == 30


def test_each_group_closes_at_its_own_time() -> None:
    closings = Closings([every(10), every(15)])
    closings.start(0)
    told = []
    while closings.next_due <= 30:
        now = closings.next_due
        told += [(now, *names) for names in closings.closed(now)]
    assert told == [(10, "I10"), (15, "I15"), (20, "I10"), (30, "I10"), (30, "I15")]
