"""Rows that are bars, and back: compared with a list of them."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.data.kept import kept_of

pieces = st.lists(st.lists(st.booleans(), max_size=12), min_size=1, max_size=6)


@given(pieces)
def test_every_bar_is_found_in_its_row_and_every_row_knows_its_bars(
    pieces: list[list[bool]],
) -> None:
    """However the file is cut into pieces."""
    begins = np.cumsum([0, *map(len, pieces)]).tolist()
    flags = [flag for piece in pieces for flag in piece]
    bars = [row for row, flag in enumerate(flags) if flag]

    kept = kept_of(
        (row, np.array(piece, np.bool_)) for row, piece in zip(begins, pieces, strict=False)
    )

    assert kept.total == len(bars)
    assert [kept.row_of(bar) for bar in range(kept.total)] == bars
    assert [kept.bars_before(row) for row in range(len(flags) + 1)] == [
        sum(flags[:row]) for row in range(len(flags) + 1)
    ]


def test_a_file_without_holes_is_one_run() -> None:
    kept = kept_of([(0, np.ones(5, np.bool_)), (5, np.ones(3, np.bool_))])

    assert (kept.rows.tolist(), kept.before.tolist(), kept.total) == ([0], [0], 8)


@pytest.mark.parametrize("first", [0, 3])
def test_a_hole_across_a_border_ends_a_run(first: int) -> None:
    flags = [False] * first + [True, True, False, False, True]
    border = first + 3
    kept = kept_of(
        [(0, np.array(flags[:border], np.bool_)), (border, np.array(flags[border:], np.bool_))]
    )

    assert kept.rows.tolist() == [first, first + 4]
    assert all(one < other for one, other in pairwise(kept.before.tolist()))
