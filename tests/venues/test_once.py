"""Every id passes once, in whatever order, and memory stays bounded."""

from hypothesis import given
from hypothesis import strategies as st

from trader.venues.once import Once


@given(counts=st.lists(st.integers(1, 40)), counts_max=st.integers(1, 5))
def test_no_id_passes_twice(counts: list[int], counts_max: int) -> None:
    once = Once(7, counts_max)

    passed = [count for count in counts if once.passes(f"main-a-b-7-{count}")]

    assert len(passed) == len(set(passed))


def test_ids_out_of_order_pass_while_they_are_remembered() -> None:
    once = Once(1, counts_max=3)
    assert [once.passes(f"m-s-1-{count}") for count in (2, 1, 5, 4)] == [True] * 4
    # The eldest, 2, has become the floor.
    assert [once.passes(f"m-s-1-{count}") for count in (2, 1, 3)] == [False, False, True]


def test_only_the_present_epoch_passes_and_strategies_do_not_mix() -> None:
    once = Once(3)
    assert not once.passes("main-x-2-1")
    assert not once.passes("main-x-4-1")
    assert once.passes("main-x-3-1")
    assert once.passes("main-y-3-1")
