"""What an entry opens, what its orders fill, what is cut: what is covered, and what will be."""

import pytest

from trader.logic.cover import Cover


@pytest.mark.parametrize(
    ("cover", "held", "left"),
    [
        (Cover(side=1, lots=10), 0, 10),
        (Cover(side=1, lots=10, opened=4), 4, 10),
        (Cover(side=1, lots=10, opened=10, filled=3, cut=2), 5, 5),
        (Cover(side=-1, lots=10, opened=6, filled=1, cut=5), 0, 4),
    ],
)
def test_what_is_opened_less_what_is_gone_is_held(cover: Cover, held: int, left: int) -> None:
    assert (cover.held, cover.left) == (held, left)


@pytest.mark.parametrize(
    ("closing", "filled", "opened"),
    [(0, 0, 0), (0, 4, 4), (0, 10, 10), (0, 12, 10), (5, 4, 0), (5, 7, 2), (5, -7, 2), (5, 15, 10)],
)
def test_an_entry_closes_first_and_opens_no_more_than_it_should(
    closing: int, filled: int, opened: int
) -> None:
    cover = Cover(side=1, lots=10, closing=closing)

    cover.open(filled)

    assert cover.opened == opened


def test_with_its_entry_it_ends_at_what_that_has_opened() -> None:
    cover = Cover(side=1, lots=10, opened=4, filled=1)

    cover.end()

    assert (cover.held, cover.left) == (3, 3)


def test_after_a_split_it_opens_what_the_venue_says_that_its_entry_opens() -> None:
    cover = Cover(side=-1, lots=15, opened=9, closing=4, filled=3, cut=2)

    cover.split((1, 2), (-9, -6))

    assert cover == Cover(side=-1, lots=7, opened=4, closing=2, filled=1, cut=1)


def test_after_a_split_what_a_past_entry_has_opened_is_what_is_held_of_it() -> None:
    cover = Cover(side=-1, lots=9, opened=9, closing=4, filled=3, cut=1)

    cover.split((3, 2), None)

    assert cover == Cover(side=-1, lots=7, opened=7, closing=4)


def test_what_was_cut_and_is_filled_nevertheless_counts_once() -> None:
    """A cancel may come too late: lots of no other cover make up for it."""
    cover = Cover(side=1, lots=5, opened=5, filled=4, cut=5)

    assert (cover.held, cover.left) == (0, 0)
